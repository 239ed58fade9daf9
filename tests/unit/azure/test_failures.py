from __future__ import annotations

import re

import pytest

from harness.azure.failures import FAILURES, KnownFailure, explain, find_policies, is_temporary

CODES_OF_THE_FACTS = (
    "RequestConflict", "FlagMustBeSetForRestore", "CustomDomainInUse", "InsufficientQuota",
    "InvalidCapacity", "DeploymentModelNotSupported", "InvalidResourceProperties",
    "ServiceModelDeprecated", "ServiceModelDeprecating", "CannotChangeDeploymentModel",
    "SpecialFeatureOrQuotaIdRequired", "AccountProvisioningStateInvalid", "CannotDeleteResource",
    "LocationNotAvailableForResourceType", "InvalidResourceLocation", "AuthorizationFailed",
    "MissingSubscriptionRegistration", "RequestDisallowedByPolicy", "TooManyRequests",
    "ResourceGroupNotFound", "BadRequest", "AuthenticationTypeDisabled", "DeploymentNotFound",
    "PermissionDenied", "RequestDisallowedByAzure", "OperationCancelled",
)  # fmt: skip
"""Every code of the failure table in what is known of Azure's management."""


def by_name(name: str) -> KnownFailure:
    return next(failure for failure in FAILURES if failure.name == name)


@pytest.mark.parametrize("code", CODES_OF_THE_FACTS)
def test_every_known_failure_has_a_row(code: str) -> None:
    assert any(failure.code == code for failure in FAILURES)


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.name)
def test_a_row_is_whole_and_is_found_by_azures_own_words(failure: KnownFailure) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", failure.name)
    assert failure.cause
    assert failure.remedy
    assert failure.source
    assert explain(failure.code.swapcase(), failure.said, failure.when) is failure


def test_names_are_unique() -> None:
    names = [failure.name for failure in FAILURES]
    assert len(names) == len(set(names))


def test_one_code_can_mean_several_things() -> None:
    quota = "This operation require 240 new capacity in quota Tokens Per Minute"
    accounts = "Insufficient quota. Cannot create/update/move resource 'x'."
    assert explain("InsufficientQuota", quota) is by_name("too-little-quota")
    assert explain("InsufficientQuota", accounts) is by_name("no-more-accounts")
    assert explain("BadRequest", "the body is wrong") is None


@pytest.mark.parametrize(
    ("status", "name", "temporary"),
    [
        (409, "request-conflict", True),
        (400, "account-not-ready", True),
        (429, "throttled", True),
        (500, "server-error", True),
        (200, "server-error", False),
        (400, "too-little-quota", False),
        (403, "no-role", False),
    ],
)
def test_whether_to_try_again_is_the_rows_word_or_the_statuses(
    status: int, name: str, temporary: bool
) -> None:
    assert is_temporary(status, by_name(name)) is temporary


def test_without_a_row_the_status_decides() -> None:
    assert is_temporary(503, None)
    assert not is_temporary(418, None)


def test_policies_are_found_in_the_message() -> None:
    assignment = "/subscriptions/s/providers/Microsoft.Authorization/policyAssignments/deny-east"
    definition = "/providers/Microsoft.Authorization/policyDefinitions/e56962a6"
    message = (
        "Resource `x` was disallowed by policy. Policy identifiers: "
        f'\'[{{"policyAssignment":{{"name":"No","id":"{assignment}"}},'
        f'"policyDefinition":{{"name":"n","id":"{definition}"}}}}]\'.'
    )
    assert find_policies(message) == (("assignment", assignment), ("definition", definition))
    assert find_policies("nothing of the kind") == ()
