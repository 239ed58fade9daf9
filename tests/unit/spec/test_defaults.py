"""What a spec means where it says nothing. Source: the contract, sections 1 and 5."""

from __future__ import annotations

from typing import Any

import pytest

from harness.spec.model.spec import Account, Assertion, Conversation, Deployment, Gate, Spec

SPEC = Spec.model_validate(
    {
        "version": 1,
        "name": "silent",
        "accounts": {
            "sweden": {
                "region": "swedencentral",
                "deployments": {"mini": {"model": "gpt-4.1-mini", "version": "2025-04-14"}},
            }
        },
        "evaluation": {"gate": {}},
        "conversations": [{"id": "a", "turns": [{"user": "Hi"}]}],
    }
)


@pytest.mark.parametrize(
    ("path", "default"),
    [
        ("accounts.sweden.account_name", "sweden"),
        ("accounts.sweden.subdomain", "sweden"),
        ("accounts.sweden.kind", "AIServices"),
        ("accounts.sweden.sku", "S0"),
        ("accounts.sweden.local_auth", True),
        ("accounts.sweden.on_soft_deleted", "fail"),
        ("accounts.sweden.protect", False),
        ("accounts.sweden.policy", "manage"),
        ("accounts.sweden.identity", None),
        ("accounts.sweden.deployments.mini.deployment_name", "mini"),
        ("accounts.sweden.deployments.mini.upgrade", "NoAutoUpgrade"),
        ("accounts.sweden.deployments.mini.content_filter", None),
        ("accounts.sweden.deployments.mini.policy", None),
        ("accounts.sweden.deployments.mini.price", None),
        ("simulator.date", None),
        ("simulator.catalogue", "strict"),
        ("simulator.upstream", None),
        ("simulator.latency_s", 0.0),
        ("simulator.management", "instant"),
        ("simulator.limits", "off"),
        ("variants", {}),
        ("evaluation.targets", None),
        ("evaluation.api", "auto"),
        ("evaluation.repeats", 1),
        ("evaluation.concurrency", "auto"),
        ("evaluation.stream", False),
        ("evaluation.on_turn_failure", "continue"),
        ("evaluation.gate.on_no_baseline", "fail"),
        ("evaluation.gate.alpha", 0.05),
        ("evaluation.gate.margin", 0.05),
        ("evaluation.gate.min_effect", 0.02),
        ("evaluation.gate.min_pass_rate", None),
        ("evaluation.gate.max_error_rate", 0.02),
        ("evaluation.gate.max_unusable_rate", 0.05),
        ("evaluation.gate.on_inconclusive", "warn"),
        ("evaluation.gate.allow_simulated", False),
    ],
)
def test_the_default_is_the_contracts(path: str, default: object) -> None:
    value: Any = SPEC
    for step in path.split("."):
        value = value[step] if isinstance(value, dict) else getattr(value, step)
    assert value == default
    assert type(value) is type(default)


def test_the_subdomain_follows_azures_name_and_not_the_handle() -> None:
    account = Account(region="swedencentral", account_name="harness-01").fill_names("sweden")
    assert (account.account_name, account.subdomain) == ("harness-01", "harness-01")


@pytest.mark.parametrize(
    ("model", "required"),
    [
        (Spec, {"version", "name"}),
        (Account, {"region"}),
        (Deployment, {"model", "version"}),
        (Conversation, {"id", "turns"}),
        (Assertion, {"type"}),
        (Gate, set()),
    ],
)
def test_only_what_nobody_could_guess_is_required(model: Any, required: set[str]) -> None:
    assert {name for name, field in model.model_fields.items() if field.is_required()} == required


def test_nothing_is_set_that_nobody_said() -> None:
    conversation = SPEC.conversations[0]
    assert conversation.model_fields_set == {"id", "turns"}
    assert SPEC.evaluation.parameters.to_dict() == {}
    assert Assertion(type="is-json").weight == 1.0
