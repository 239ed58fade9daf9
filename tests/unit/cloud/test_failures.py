from __future__ import annotations

import pytest

from harness.cloud.failures import explain_refusal, explain_unreachable


def test_a_refusal_says_what_azure_said_what_it_means_and_the_request_id() -> None:
    error = explain_refusal(
        status=409,
        code="RequestConflict",
        message="Another operation is being performed on the parent resource.",
        request_id="5f1c",
    )
    text = str(error)
    assert "Azure answered 409 RequestConflict" in text
    assert "Azure said: Another operation is being performed" in text
    assert "that is: another operation on the account is still running" in text
    assert "request id: 5f1c" in text
    assert "hint:" in text


@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (409, "RequestConflict", True),
        (400, "AccountProvisioningStateInvalid", True),
        (429, "", True),
        (503, "ServiceUnavailable", True),
        (400, "InsufficientQuota", False),
        (403, "AuthorizationFailed", False),
        (409, "FlagMustBeSetForRestore", False),
        (200, "OperationFailed", False),
    ],
)
def test_only_what_azure_calls_temporary_is_retryable(
    status: int, code: str, retryable: bool
) -> None:
    assert explain_refusal(status=status, code=code, message="").retryable is retryable


def test_a_code_without_a_row_is_passed_on_with_a_hint() -> None:
    text = str(explain_refusal(status=400, code="NeverSeen", message="what?"))
    assert "NeverSeen" in text
    assert "hint:" in text


def test_azures_words_cannot_command_the_terminal() -> None:
    text = str(explain_refusal(status=400, code="x\x1b[31m", message="a\x1b[2Jb\r\nc"))
    assert "\x1b" not in text
    assert "\r" not in text


def test_nobody_answering_is_worth_another_try() -> None:
    error = explain_unreachable("http://127.0.0.1:9", "refused")
    assert (error.status, error.retryable) == (0, True)


def test_the_policies_that_forbid_it_stand_on_lines_of_their_own() -> None:
    identifier = "/subscriptions/s/providers/Microsoft.Authorization/policyAssignments/deny"
    message = f'disallowed by policy. Policy identifiers: \'[{{"id":"{identifier}"}}]\'.'
    text = str(explain_refusal(status=403, code="RequestDisallowedByPolicy", message=message))
    assert f"\n  policy assignment: {identifier}\n" in text


def test_the_same_code_is_explained_by_its_message() -> None:
    text = str(
        explain_refusal(status=400, code="BadRequest", message="disableLocalAuth is set to be true")
    )
    assert "that is: the account takes no keys" in text
