"""The list of what did not pass, and the whole of it, as a terminal shows them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from harness.conversation.transcript import Failure
from harness.report.terminal.failures import list_failures, tell_failures
from harness.results.model import Result, Run
from harness.spec.model.spec import Conversation, KnownFailing, Turn
from tests.unit.report.factory import FIVE, MINI, result, run_of, summary_of, turn, verdict

MISSING = 'The reply does not contain "30 days".'


def refund(target: str = "mini", repeat: int = 1, said: str = "No.\nNever.", **more: str) -> Result:
    on = {"mini": MINI, "five": FIVE}[target]
    why = verdict("failed", "contains", "30 days", more.pop("reason", MISSING))
    played = turn(1, "May I send it back?", said, why)
    return result("faq", on, "failed", played, case="refund", repeat=repeat, **more)  # type: ignore[arg-type]


def shown(*results: Result, width: int = 100) -> list[str]:
    run = run_of(results, [MINI, FIVE])
    return list_failures(run.results, summary_of(run), run.info.id, width=width)


def test_failed_trials_are_grouped_by_conversation_with_the_reason_and_the_first_line() -> None:
    passed = result("hello", MINI, "passed", turn(1, "Hi", "Hello."))
    said = shown(refund("mini"), refund("five", said="\n  We keep it.\nAnd more."), passed)
    assert said == [
        "not passed (trials of each conversation):",
        "  faq (refund): 2 of 2",
        f"    failed    sweden/mini: {MISSING}",
        "              reply: No.",
        f"    failed    sweden/five: {MISSING}",
        "              reply: We keep it.",
    ]


def test_repeats_that_say_the_same_share_a_line_and_others_have_their_own() -> None:
    said = shown(*(refund(repeat=n) for n in (1, 2, 3)), refund(repeat=4, said="Perhaps."))
    assert said[1:] == [
        "  faq (refund): 4 of 4",
        f"    failed    sweden/mini, 3 times: {MISSING}",
        "              reply: No.",
        f"    failed    sweden/mini: {MISSING}",
        "              reply: Perhaps.",
    ]


def test_a_reply_that_the_reason_quotes_is_not_said_twice() -> None:
    said = shown(refund(said="No.", reason='The reply does not contain "30 days": "No.".'))
    assert said[2:] == [
        '    failed    sweden/mini: The reply does not contain "30 days": "No.".',
    ]
    short = shown(refund(said="e", reason="The reply is wrong."))
    assert short[3] == "              reply: e"


def test_the_reply_is_that_of_the_turn_that_the_reason_names() -> None:
    first = turn(1, "?", "One.", verdict("failed", reason="wrong"))
    two = result("a", MINI, "failed", first, turn(2, "?", "Two.", verdict()))
    assert shown(two)[2:] == [
        "    failed    sweden/mini: turn 1: wrong",
        "              reply: One.",
    ]
    whole = replace(two, turns=(turn(1, "?", "One."), turn(2, "?", "Two.")),
                    verdicts=(verdict("failed", reason="rude"),))  # fmt: skip
    assert shown(whole)[3] == "              reply: Two."
    ended = turn(1, "?", "On", finish_reason="length")
    cut = replace(two, outcome="truncated", turns=(ended, turn(2, "?", "Two.")))
    assert shown(cut)[2:] == [
        "    truncated sweden/mini: turn 1: ended by length",
        "              reply: On",
    ]
    gone = Failure("timeout", "no answer")
    none = replace(two, outcome="errored", failure=gone,
                   turns=(turn(1, "?", "One."), turn(2, "?", None, failure=gone)))  # fmt: skip
    assert shown(none)[2:] == ["    errored   sweden/mini: timeout: no answer"]


def test_only_trials_that_did_not_pass_are_counted_and_told() -> None:
    fine = result("faq", MINI, "passed", turn(1, "?", "30 days"), case="refund", repeat=2)
    said = shown(refund(), fine)
    assert said[1] == "  faq (refund): 1 of 2"
    assert len(said) == 4


def test_nothing_is_said_where_everything_passed() -> None:
    assert shown(result("hello", MINI, "passed", turn(1, "Hi", "Hello."))) == []


def test_many_conversations_and_many_trials_are_counted_with_the_command_that_shows_them() -> None:
    many = [refund(repeat=n, said=f"No, {n}.") for n in range(1, 9)]
    others = [result(f"c{n}", MINI, "failed", turn(1, "?", "No.")) for n in range(12)]
    said = shown(*many, *others)
    assert "    and 4 more of this conversation" in said
    assert said[-1] == "  and 3 more conversations: harness show 20260901-120000-a1b2c3"
    assert shown(*others[:11])[-1].startswith("  and 1 more conversation: ")


def test_a_stale_recording_is_told_by_the_first_line_of_its_story() -> None:
    text = "turn 1 is not what was recorded: temperature changed\n  temperature: 0 instead of 1"
    stale = Failure("stale_recording", text)
    dead = [
        result(f"c{n}", FIVE, "errored", turn(1, "?", None, failure=stale), failure=stale)
        for n in range(2)
    ]
    assert shown(*dead)[0] == (
        "sweden/five: all 2 trials errored: stale_recording: turn 1 is not what was recorded: "
        "temperature changed"
    )


def test_a_target_that_answered_nothing_has_one_line_for_all_its_trials() -> None:
    gone = Failure("not_found", "The deployment does not exist.", 404)
    dead = [
        result(f"c{n}", FIVE, "errored", turn(1, "?", None, failure=gone), failure=gone)
        for n in range(20)
    ]
    assert shown(refund(), *dead) == [
        "sweden/five: all 20 trials errored: not_found: The deployment does not exist.",
        "not passed (trials of each conversation):",
        "  faq (refund): 1 of 1",
        f"    failed    sweden/mini: {MISSING}",
        "              reply: No.",
    ]
    assert len(shown(*dead)) == 1
    assert shown(dead[0])[1] == "  c0: 1 of 1", "one trial is no rule"


def test_a_variant_is_named_where_there_are_several() -> None:
    said = shown(refund(variant="plain"), refund(variant="concise"))
    assert [line for line in said if "·" in line] == [
        f"    failed    sweden/mini · plain: {MISSING}",
        f"    failed    sweden/mini · concise: {MISSING}",
    ]


def test_what_is_known_to_fail_says_so() -> None:
    run = run_of([refund()], [MINI])
    summary = summary_of(run)
    mark = KnownFailing(until=date(2027, 1, 31), issue="https://example.org/1")
    cells = tuple(replace(cell, known_failing=mark) for cell in summary.cells)
    said = list_failures(run.results, replace(summary, cells=cells), "run")
    assert said[1].startswith("  faq (refund): 1 of 1; known to fail until 2027-01-31")


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\u202e", "\r", "\x9b31m"])
def test_no_reply_and_no_name_moves_the_cursor(hostile: str) -> None:
    evil = result(f"a{hostile}b", MINI, "failed", turn(1, "?", f"x{hostile}y"), case=hostile)
    run = run_of([evil], [MINI])
    declared = Conversation(id=f"a{hostile}b", turns=(Turn(user="?"),))
    every = [*shown(evil), *tell_failures(run.results, summary_of(run), {declared.id: declared})]
    assert hostile not in "\n".join(every)


def test_the_whole_is_told_as_a_failed_test_is() -> None:
    run = small_faq()
    wanted = {"type": "contains", "value": "30 days"}
    ask = Turn.model_validate({"user": "May I send it back?", "assert": [wanted]})
    declared = Conversation(id="faq", turns=(ask,))
    said = list(tell_failures(run.results, summary_of(run), {"faq": declared}))
    assert said[0] == "--- faq on sweden/mini"
    assert "  user:      May I send it back?" in said[1].splitlines()
    assert f"  ✗ contains: {MISSING}" in said[1].splitlines()


def small_faq() -> Run:
    return run_of([refund(), refund(repeat=2)], [MINI])
