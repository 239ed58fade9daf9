"""Failures on demand: what a spec declares, the real management SDK meets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from azure.core.credentials import AzureKeyCredential
from azure.core.exceptions import HttpResponseError, ServiceRequestError, ServiceResponseError
from azure.core.pipeline.policies import AzureKeyCredentialPolicy
from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
from azure.mgmt.resource.resources import ResourceManagementClient

from harness.simulator.embedded import simulate
from harness.simulator.management.protocol.refusals import REFUSALS
from harness.simulator.management.protocol.rows import ErrorRow
from harness.spec.model.spec import Fault, Simulator

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
ACCOUNT_ID = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.CognitiveServices"
    "/accounts/acc"
)


class Azure:
    """Both SDK clients without retries of their own, and the simple writes."""

    def __init__(self, url: str, token: str) -> None:
        settings: dict[str, Any] = {
            "credential": object(),
            "subscription_id": SUBSCRIPTION,
            "base_url": url,
            "polling_interval": 0,
            "retry_total": 0,
            "authentication_policy": AzureKeyCredentialPolicy(
                AzureKeyCredential(token), "Authorization", prefix="Bearer"
            ),
        }
        self.cognitive: Any = CognitiveServicesManagementClient(**settings)
        self.resources: Any = ResourceManagementClient(**settings)

    def account(self) -> Any:
        properties = {"customSubDomainName": "acc"}
        body: Any = {"location": "swedencentral", "kind": "AIServices", "sku": {"name": "S0"},
                     "properties": properties}  # fmt: skip
        return self.cognitive.accounts.begin_create("rg", "acc", body).result()

    def deploy(self, capacity: int = 10) -> Any:
        model = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
        body: Any = {"sku": {"name": "GlobalStandard", "capacity": capacity},
                     "properties": {"model": model}}  # fmt: skip
        return self.cognitive.deployments.begin_create_or_update("rg", "acc", "mini", body).result()


@contextmanager
def azure(*faults: Fault, account: bool = True) -> Iterator[Azure]:
    simulator = Simulator(date=date(2026, 9, 1), faults=faults)
    with simulate(None, simulator, {}, environment={}) as simulated:
        both = Azure(simulated.url, simulated.token)
        both.resources.resource_groups.create_or_update("rg", {"location": "swedencentral"})
        if account:
            both.account()
        yield both
        both.cognitive.close()
        both.resources.close()


def refusal(attempt: Callable[[], object]) -> Any:
    with pytest.raises(HttpResponseError) as caught:
        attempt()
    assert caught.value.error is not None
    return caught.value


@pytest.mark.parametrize("row", REFUSALS, ids=lambda row: row.code)
def test_every_known_code_is_answered_with_azures_status_words_and_headers(row: ErrorRow) -> None:
    with azure(Fault(operation="deployment.put", code=row.code)) as there:
        error = refusal(there.deploy)
        assert error.status_code == row.status
        assert error.error is not None
        assert error.error.code == row.code
        assert error.error.message
        assert "$" not in str(error.error.message)
        assert "''" not in str(error.error.message).replace("SourceAccount: '", "")
        headers = error.response.headers if error.response else {}
        assert headers.get("x-ms-failure-cause", "") == row.cause
        expected = None if row.retry_after_s is None else str(row.retry_after_s)
        assert headers.get("Retry-After") == expected


def test_the_words_are_those_of_the_request() -> None:
    with azure(Fault(operation="deployment.put", code="AuthorizationFailed")) as there:
        message = str(refusal(there.deploy).message)
        assert "Microsoft.CognitiveServices/accounts/deployments/write" in message
        assert f"over scope '{ACCOUNT_ID}/deployments/mini'" in message
    with azure(Fault(operation="deployment.put", code="InsufficientQuota")) as there:
        assert "require 40 new capacity in quota" in str(refusal(lambda: there.deploy(40)).message)


def test_a_purge_needs_a_right_of_its_own() -> None:
    with azure(Fault(operation="deleted.purge", code="AuthorizationFailed")) as there:
        there.cognitive.accounts.begin_delete("rg", "acc").result()
        purge = there.cognitive.deleted_accounts.begin_purge
        message = refusal(lambda: purge("swedencentral", "rg", "acc").result()).message
        assert "CognitiveServices/locations/resourceGroups/deletedAccounts/delete" in str(message)


def test_a_bare_429_has_no_retry_after_and_a_declared_one_has() -> None:
    with azure(Fault(operation="deployment.put", status=429)) as there:
        error = refusal(there.deploy)
        assert error.error is not None
        assert (error.status_code, error.error.code) == (429, "TooManyRequests")
        assert error.response is not None
        assert "Retry-After" not in error.response.headers
    with azure(Fault(operation="deployment.put", status=429, retry_after_s=7)) as there:
        error = refusal(there.deploy)
        assert error.response is not None
        assert error.response.headers["Retry-After"] == "7"
        assert "'7' seconds" in str(error.message)


def test_a_code_nobody_knows_is_answered_as_declared() -> None:
    fault = Fault(operation="deployment.put", code="NewThing", message="as never seen")
    with azure(fault) as there:
        error = refusal(there.deploy)
        assert error.status_code == 409
        assert "(NewThing) as never seen" in str(error.message)


def test_an_accepted_account_fails_afterwards_and_stays_failed() -> None:
    with azure(
        Fault(operation="account.put", status=201, code="InternalServerError"), account=False
    ) as there:
        error = refusal(there.account)
        assert error.status_code == 200
        state = there.cognitive.accounts.get("rg", "acc").properties.provisioning_state
        assert state == "Failed"


def test_a_failed_deployment_must_be_deleted_before_it_is_made_again() -> None:
    fault = Fault(operation="deployment.put", status=201, code="InternalServerError", times=1)
    with azure(fault) as there:
        with pytest.raises(HttpResponseError):
            there.deploy()
        found = there.cognitive.deployments.get("rg", "acc", "mini")
        assert found.properties.provisioning_state == "Failed"
        assert "is in 'Failed' state, please delete it" in str(refusal(there.deploy).message)
        there.cognitive.deployments.begin_delete("rg", "acc", "mini").result()
        assert there.deploy().name == "mini"


def test_an_operation_runs_as_long_as_the_fault_says() -> None:
    with azure(Fault(operation="operation.get", code="Running", times=3), account=False) as there:
        assert there.account().properties.provisioning_state == "Succeeded"


def test_an_operation_can_be_cancelled() -> None:
    fault = Fault(operation="operation.get", code="OperationCancelled")
    with azure(fault, account=False) as there:
        error = refusal(there.account)
        assert error.error is not None
        assert error.error.code == "OperationCancelled"


@pytest.mark.parametrize(
    ("operation", "code"),
    [("account.get", "ResolvingDNS"), ("account.get", "Accepted"), ("deployment.get", "Disabled")],
)
def test_a_state_is_shown_not_refused(operation: str, code: str) -> None:
    with azure(Fault(operation=operation, code=code), account=False) as there:
        there.cognitive.accounts.begin_create(
            "rg", "acc", {"location": "swedencentral", "kind": "AIServices", "sku": {"name": "S0"}}
        )
        there.deploy()
        found: Any = (
            there.cognitive.accounts.get("rg", "acc")
            if operation == "account.get"
            else there.cognitive.deployments.get("rg", "acc", "mini")
        )
        assert found.properties.provisioning_state == code


def test_questions_before_a_creation_can_be_answered_no() -> None:
    with azure(
        Fault(operation="provider.get", code="NotRegistered"),
        Fault(operation="sku.check", code="SpecialFeatureOrQuotaIdRequired"),
        Fault(operation="domain.check", code="CustomDomainInUse"),
    ) as there:
        provider = there.resources.providers.get("Microsoft.CognitiveServices")
        assert provider.registration_state == "NotRegistered"
        kind = "Microsoft.CognitiveServices/accounts"
        ask = there.cognitive.check_sku_availability
        rows = ask("swedencentral", skus=["S0"], kind="OpenAI", type=kind).value or []
        assert [(one.sku_available, one.reason) for one in rows] == [
            (False, "SpecialFeatureOrQuotaIdRequired")
        ]
        answer = there.cognitive.check_domain_availability(subdomain_name="free", type=kind)
        assert not answer.is_subdomain_available


def test_a_connection_lost_before_the_request_leaves_nothing_and_after_it_the_work() -> None:
    with azure(Fault(operation="deployment.put", reset="connect")) as there:
        with pytest.raises((ServiceRequestError, ServiceResponseError)):
            there.deploy()
        assert not list(there.cognitive.deployments.list("rg", "acc"))
    with azure(Fault(operation="deployment.put", reset="body")) as there:
        with pytest.raises((ServiceRequestError, ServiceResponseError, HttpResponseError)):
            there.deploy()
        assert [one.name for one in there.cognitive.deployments.list("rg", "acc")] == ["mini"]
