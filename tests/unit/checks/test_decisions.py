from __future__ import annotations

import inspect
from typing import Any

import pytest

from harness.checks.decision import Decision, average_score, decide
from harness.checks.definitions import DEFINITIONS
from harness.checks.registry import check, check_all, list_referrals
from harness.checks.subject import Subject
from harness.checks.verdict import CheckOutcome, Verdict
from harness.spec.model.spec import Assertion

HELLO = Subject(text="Hello, Ada.")


def verdict(outcome: CheckOutcome, weight: float = 1.0, score: float | None = None) -> Verdict:
    scores = {"passed": 1.0, "failed": 0.0}
    return Verdict("x", None, outcome, scores.get(outcome, score), "", weight=weight)


@pytest.mark.parametrize(
    ("verdicts", "threshold", "expected"),
    [
        ([], None, Decision("passed", None)),
        ([verdict("passed"), verdict("passed")], None, Decision("passed", 1.0)),
        ([verdict("passed"), verdict("failed")], None, Decision("failed", 0.5)),
        ([verdict("passed", 3), verdict("failed")], 0.75, Decision("passed", 0.75)),
        ([verdict("passed", 3), verdict("failed")], 0.76, Decision("failed", 0.75)),
        ([verdict("failed")], 0.0, Decision("passed", 0.0)),
        ([verdict("passed"), verdict("failed", 0)], None, Decision("passed", 1.0)),
        ([verdict("failed", 0)], None, Decision("passed", None)),
        ([verdict("passed"), verdict("errored", 0)], None, Decision("errored", None)),
        ([verdict("passed"), verdict("errored")], 0.0, Decision("errored", None)),
        ([verdict("failed"), verdict("errored")], None, Decision("failed", 0.0)),
        ([verdict("failed"), verdict("errored", 0)], None, Decision("failed", 0.0)),
        ([verdict("failed", 0), verdict("errored")], None, Decision("errored", None)),
        ([verdict("failed"), verdict("errored")], 0.5, Decision("errored", None)),
        ([verdict("failed"), verdict("errored")], 0.51, Decision("failed", 0.0)),
        ([verdict("failed"), verdict("errored", 0)], 0.5, Decision("failed", 0.0)),
        ([verdict("errored")], 1.0, Decision("errored", None)),
        ([verdict("skipped"), verdict("skipped")], None, Decision("skipped", None)),
        ([verdict("skipped"), verdict("failed")], None, Decision("failed", 0.0)),
        ([verdict("skipped"), verdict("passed")], 1.0, Decision("passed", 1.0)),
        ([verdict("skipped"), verdict("errored")], None, Decision("errored", None)),
    ],
)
def test_many_verdicts_come_to_one_decision(
    verdicts: list[Verdict], threshold: float | None, expected: Decision
) -> None:
    assert decide(verdicts, threshold) == expected


def test_three_thirds_reach_a_threshold_of_one_whatever_floats_say() -> None:
    tenths = [Verdict("x", None, "passed", 1.0, "", weight=0.1) for _ in range(3)]
    assert decide(tenths, 1.0).outcome == "passed"


def test_a_score_is_the_weighted_mean_of_what_was_scored() -> None:
    assert (
        average_score([verdict("passed", 2), verdict("failed", 1), verdict("skipped", 5)]) == 2 / 3
    )
    assert average_score([verdict("skipped")]) is None


@pytest.mark.parametrize("when", ["", "false", "False", "0", "no", "null", [], False, 0])
def test_a_check_is_skipped_where_its_when_comes_to_nothing(when: object) -> None:
    never = Assertion(type="contains", value="Bob", when=when)
    verdicts = check_all([never, a_set({"type": "contains", "value": "x"}, when=when)], HELLO)
    assert [verdict.outcome for verdict in verdicts] == ["skipped", "skipped"]
    assert verdicts[0].type == "contains"
    asks = Assertion(type="llm-rubric", value="polite", when=when)
    assert list_referrals([asks], HELLO) == ()


@pytest.mark.parametrize("when", [None, "true", "yes", "1", "milk"])
def test_a_check_is_carried_out_where_its_when_holds(when: object) -> None:
    assert check(Assertion(type="contains", value="Bob", when=when), HELLO).outcome == "failed"


def a_set(*parts: dict[str, Any], **more: Any) -> Assertion:
    return Assertion.model_validate({"type": "assert-set", "assert": list(parts), **more})


ADA = {"type": "contains", "value": "Ada"}
BOB = {"type": "contains", "value": "Bob"}


def test_a_set_is_one_weighted_check_with_its_parts_inside() -> None:
    found = check(a_set(ADA, BOB, weight=2, metric="greeting"), HELLO)
    assert (found.outcome, found.score, found.weight) == ("failed", 0.5, 2.0)
    assert found.metric == "greeting"
    assert [part.outcome for part in found.parts] == ["passed", "failed"]
    assert found.reason == (
        '1 of 2 checks passed; contains: The reply does not contain "Bob": "Hello, Ada.".'
    )


def test_a_set_with_a_threshold_passes_on_its_mean() -> None:
    found = check(a_set(ADA, BOB, threshold=0.5), HELLO)
    assert (found.outcome, found.score) == ("passed", 0.5)
    assert found.reason == "1 of 2 checks passed, a score of 0.50; wanted: at least 0.5."


def test_a_set_with_an_error_inside_is_an_error_even_when_negated() -> None:
    broken = {"type": "regex", "value": "("}
    assert check(a_set(ADA, broken), HELLO).outcome == "errored"
    assert check(a_set(ADA, broken, negated=True), HELLO).outcome == "errored"


def test_a_path_on_a_set_narrows_every_check_in_it() -> None:
    found = check(a_set(ADA, path="$.name"), Subject(text='{"name": "Ada", "friend": "Bob"}'))
    assert found.outcome == "passed"
    assert check(a_set(BOB, path="$.name"), Subject(text='{"name": "Ada"}')).outcome == "failed"


def test_a_negated_check_turns_its_score_as_well() -> None:
    found = check(Assertion(type="contains", negated=True, value="Ada"), HELLO)
    assert (found.type, found.outcome, found.score) == ("not-contains", "failed", 0.0)


def test_a_skipped_check_says_why_and_scores_nothing() -> None:
    found = check(Assertion(type="skip", value="needs a judge"), HELLO)
    assert (found.outcome, found.score, found.reason) == ("skipped", None, "needs a judge")


def test_verdicts_come_in_the_order_of_the_assertions() -> None:
    found = check_all([Assertion.model_validate(BOB), Assertion.model_validate(ADA)], HELLO)
    assert [verdict.outcome for verdict in found] == ["failed", "passed"]


def test_an_assertion_of_a_later_version_is_an_error_and_never_a_pass() -> None:
    for negated in (False, True):
        found = check(Assertion(type="llm-rubric", value="polite", negated=negated), HELLO)
        assert found.outcome == "errored"


@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_check_that_a_spec_may_name_has_a_function_or_somebody_else_who_decides(
    name: str,
) -> None:
    definition = DEFINITIONS[name]
    if definition.decided_by in ("function", "models"):
        parameters = inspect.signature(definition.load_function()).parameters
        assert list(parameters) == ["assertion", "subject"]
    else:
        assert definition.function == ""


def test_a_name_that_no_check_has_is_errored() -> None:
    verdict = check(Assertion(type="sentence-length"), HELLO)
    assert verdict.outcome == "errored"
    assert verdict.reason == 'This version cannot carry out "sentence-length".'
