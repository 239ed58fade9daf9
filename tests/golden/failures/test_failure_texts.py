"""What ``harness apply`` prints when Azure says no: a text for each row of the failure table.

Each text is made by a fault that the spec declares; ``UPDATE_GOLDEN=1`` writes them anew,
for a review.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harness.azure.failures import FAILURES, explain
from harness.cli.main import run
from harness.cloud.failures import explain_refusal

HERE = Path(__file__).parent

SPEC = """\
version: 1
name: fault
cloud: simulator
resource_group: {{name: rg-fault, region: swedencentral, create: true}}
simulator: {{date: 2026-09-01, faults: [{fault}]}}
accounts:
  main:
    account_name: fault-01
    region: {region}
    on_soft_deleted: purge
    {more}
    deployments:
      mini: {{model: gpt-4.1-mini, version: "2025-04-14", capacity: 50}}
"""


@dataclass(frozen=True)
class FailureCase:
    """A fault, what happened before it, and how apply ends; ``region`` says where it is wanted."""

    fault: str
    before: tuple[str, ...] = ()
    region: str = "swedencentral"
    exit_code: int = 3
    more: str = ""

    def spec(self) -> str:
        """The spec that declares it."""
        return SPEC.format(fault=self.fault, region=self.region, more=self.more)


def once(operation: str, code: str, more: str = "") -> FailureCase:
    """A fault that passes: the request is sent again, and apply ends well."""
    more = f", {more}" if more else ""
    return FailureCase(f"{{operation: {operation}, code: {code}, times: 1{more}}}", exit_code=0)


def always(operation: str, code: str, more: str = "") -> FailureCase:
    """A fault that does not pass."""
    more = f", {more}" if more else ""
    return FailureCase(f"{{operation: {operation}, code: {code}{more}}}")


def moved(case: FailureCase) -> FailureCase:
    """The account stands, and the spec has moved it to another region: it is replaced."""
    return replace(case, before=("apply",), region="norwayeast")


def purged(case: FailureCase) -> FailureCase:
    """The account is soft-deleted, and ``on_soft_deleted: purge`` purges it first."""
    return replace(case, before=("apply", "destroy"))


def granting(code: str) -> FailureCase:
    """A role that the spec gives is refused."""
    return replace(always("assignment.put", code), more=ACCESS)


ACCESS = "access: [{principal: me, role: Cognitive Services OpenAI User}]"

CASES = {
    "may-not-give-roles": granting("AuthorizationFailed"),
    "principal-unknown": granting("PrincipalNotFound"),
    "principal-of-another-type": granting("UnmatchedPrincipalType"),
    "role-unknown": granting("RoleDefinitionDoesNotExist"),
    "roles-exhausted": granting("RoleAssignmentLimitExceeded"),
    "request-conflict": once("deployment.put", "RequestConflict"),
    "concurrent-request": once("deployment.put", "Conflict"),
    "account-not-ready": once("deployment.put", "AccountProvisioningStateInvalid"),
    "throttled": once("deployment.put", "TooManyRequests", "retry_after_s: 0"),
    "server-error": always("account.put", "InternalServerError", "status: 201"),
    "service-unavailable": once("deployment.put", "ServiceUnavailable"),
    "soft-deleted-twin": always("account.put", "FlagMustBeSetForRestore"),
    "nothing-to-restore": always("account.put", "CanNotRestoreANonExistingResource"),
    "subdomain-in-use": always("account.put", "CustomDomainInUse"),
    "lives-elsewhere": always("account.put", "InvalidResourceLocation"),
    "no-more-accounts": always(
        "account.put",
        "InsufficientQuota",
        "message: Insufficient quota. Cannot create/update/move resource 'fault-01'.",
    ),
    "too-little-quota": always("deployment.put", "InsufficientQuota"),
    "wrong-capacity": always("deployment.put", "InvalidCapacity"),
    "unknown-model": always("deployment.put", "DeploymentModelNotSupported"),
    "no-such-sku": always(
        "deployment.put",
        "InvalidResourceProperties",
        "message: The deployment sku name 'S0' is invalid.",
    ),
    "wrong-sku": always("deployment.put", "InvalidResourceProperties"),
    "retired": always("deployment.put", "ServiceModelDeprecated"),
    "retiring": always("deployment.put", "ServiceModelDeprecating"),
    "two-changes-at-once": always(
        "deployment.put",
        "CannotChangeDeploymentModel",
        "message: Cannot change capacity and model at the same time for deployment.",
    ),
    "model-for-life": always("deployment.put", "CannotChangeDeploymentModel"),
    "deployment-failed": always(
        "deployment.put",
        "BadRequest",
        "message: \"The deployment 'mini' is in 'Failed' state, please delete it.\"",
    ),
    "invalid-content-filter": replace(
        always("policy.put", "Resource has invalid content filter", "status: 400"),
        more="content_filters: {strict: {base: Microsoft.DefaultV2, filters: [{name: Hate}]}}",
    ),
    "subscription-unfit": always("account.put", "SpecialFeatureOrQuotaIdRequired"),
    "region-without-accounts": always("account.put", "LocationNotAvailableForResourceType"),
    "holds-others": moved(always("account.delete", "CannotDeleteResource")),
    "locked": moved(always("deployment.delete", "ScopeLocked")),
    "group-missing": always("account.put", "ResourceGroupNotFound"),
    "subscription-missing": always("group.put", "SubscriptionNotFound"),
    "subscription-misspelt": always("group.put", "InvalidSubscriptionId", "status: 400"),
    "provider-not-registered": always("account.put", "MissingSubscriptionRegistration"),
    "may-not-purge": purged(always("deleted.purge", "AuthorizationFailed")),
    "no-role": always("deployment.put", "AuthorizationFailed"),
    "forbidden-by-policy": always("account.put", "RequestDisallowedByPolicy"),
    "forbidden-by-azure": always("account.put", "RequestDisallowedByAzure"),
    "token-refused": always("deployment.put", "InvalidAuthenticationToken"),
    "token-expired": always("deployment.put", "ExpiredAuthenticationToken"),
    "operation-cancelled": always("account.put", "OperationCancelled", "status: 201"),
}

UNREACHED = {
    "role-given-already": 409,
    "subdomain-in-use-on-update": 409,
    "subdomain-for-life": 400,
    "too-little-quota-unsaid": 400,
    "wrong-properties": 400,
    "keys-switched-off": 400,
    "keys-refused": 403,
    "deployment-unknown": 404,
    "no-data-role": 401,
    "closed-network": 403,
}
"""Rows that apply does not meet: their text is what whoever meets them prints. HTTP statuses."""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".harness").mkdir()
    monkeypatch.chdir(tmp_path)
    for name in ("HARNESS_CLOUD", "HARNESS_SIMULATOR_URL"):
        monkeypatch.delenv(name, raising=False)
    return Path("fault.yaml")


def test_every_row_has_a_fault_or_says_why_not() -> None:
    assert sorted([*CASES, *UNREACHED]) == sorted(failure.name for failure in FAILURES)


@pytest.mark.parametrize("name", CASES)
def test_apply_meets_the_failure_as_the_table_says(
    name: str, spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = CASES[name]
    row = next(failure for failure in FAILURES if failure.name == name)
    spec.write_text(FailureCase("").spec(), encoding="utf-8")
    for command in case.before:
        assert run([command, str(spec)]) == 0
    capsys.readouterr()
    spec.write_text(case.spec(), encoding="utf-8")
    assert run(["apply", str(spec), "--skip-preflight", "all"]) == case.exit_code
    out, err = capsys.readouterr()
    if case.exit_code == 0:
        assert f"Azure says {row.code}, again in" in err
    else:
        assert f"hint: {row.remedy}" in out
        assert f"that is: {row.cause}" in out
        assert "request id: " in out
    _compare(name, _steady(f"{_after_the_plan(out)}--- stderr\n{err}"))


@pytest.mark.parametrize("name", UNREACHED)
def test_what_apply_does_not_meet_is_explained_all_the_same(name: str) -> None:
    row = next(failure for failure in FAILURES if failure.name == name)
    assert explain(row.code, row.said, row.when) is row
    error = explain_refusal(
        status=UNREACHED[name],
        code=row.code,
        message=row.said,
        request_id="ID",
        operation=row.when,
    )
    _compare(name, f"{error}\n")


def _compare(name: str, text: str) -> None:
    golden = HERE / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def _after_the_plan(out: str) -> str:
    """What is said of the outcome; how plans read has texts of its own."""
    return re.split(r"^Plan: .*\n", out, maxsplit=1, flags=re.MULTILINE)[-1]


def _steady(text: str) -> str:
    """The text without what differs from run to run: seconds, guids, ports, moments."""
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "GUID", text)
    text = re.sub(r"\b\d+\.\d s\b", "N s", text)
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", text)
    return re.sub(r"\d{4}-?\d\d-?\d\dT\d\d:?\d\d:?\d\d[.\dZ]*", "MOMENT", text)
