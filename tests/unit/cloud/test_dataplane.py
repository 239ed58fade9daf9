"""What one call to a deployment says of it."""

from __future__ import annotations

import pytest

from harness.cloud.dataplane import DataPlane, is_batch, judge, make_impossible_request
from harness.cloud.endpoint import make_azure_endpoint
from harness.plan.identity import DEPLOYMENT, AccountId, DeploymentId, GroupId
from harness.plan.observed import join_account

ACCOUNT = AccountId(GroupId("s", "g"), "a")


@pytest.mark.parametrize(
    ("status", "code", "state"),
    [
        # Asked for what its model cannot do, a deployment that is there says so.
        (400, "OperationNotSupported", "ready"),
        (200, "", "ready"),
        (429, "429", "ready"),
        (404, "DeploymentNotFound", "not there yet"),
        (404, "404", "unknown"),
        (401, "PermissionDenied", "forbidden"),
        (403, "AuthenticationTypeDisabled", "forbidden"),
        (403, "403", "closed"),
        (410, "410", "retired"),
        (503, "ServiceUnavailable", "unknown"),
    ],
)
def test_what_an_answer_says(status: int, code: str, state: str) -> None:
    found = judge(status, code, "what Azure said", ACCOUNT)
    assert found.state == state
    assert ("what Azure said" in found.said) == (state != "ready")


def test_who_is_not_let_in_is_told_the_command_that_grants_the_role() -> None:
    hint = judge(401, "PermissionDenied", "", ACCOUNT).hint
    assert "az role assignment create" in hint
    assert ACCOUNT.path in hint


@pytest.mark.parametrize(
    ("model", "sku", "asked", "batch"),
    [
        ("gpt-4.1-mini", "GlobalStandard", "embeddings", False),
        ("text-embedding-3-small", "Standard", "chat/completions", False),
        ("gpt-4.1", "GlobalBatch", "embeddings", True),
    ],
)
def test_a_deployment_is_asked_for_what_its_model_cannot_do(
    model: str, sku: str, asked: str, *, batch: bool
) -> None:
    body = {"name": "d", "sku": {"name": sku}, "properties": {"model": {"name": model}}}
    account = join_account({"name": "a"}, {DEPLOYMENT: (body,)})
    at = DeploymentId(ACCOUNT, "D")
    assert make_impossible_request(account, at) == asked
    assert is_batch(account, at) == batch


@pytest.mark.parametrize(
    "endpoint", ["https://evil.example/", "http://a.openai.azure.com/", "", "file:///etc/passwd"]
)
def test_nobody_signs_in_at_an_endpoint_that_is_not_azures(endpoint: str) -> None:
    def credential() -> object:
        raise AssertionError("a token was asked for")

    account = join_account({"name": "a", "properties": {"endpoint": endpoint}}, {})
    plane = DataPlane(make_azure_endpoint("azure"), credential)
    assert plane.check_readiness(DeploymentId(ACCOUNT, "d"), account, None).state == "unknown"
