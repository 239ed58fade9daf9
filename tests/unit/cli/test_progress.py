from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.cli.evaluation.progress import (
    Count,
    Progress,
    estimate_left,
    format_duration,
    format_progress,
)
from harness.conversation.transcript import Exchange, Failure, Reply
from harness.results.model import JudgedExchange, Outcome, Result, TrialId
from harness.run.events import Finished, HeldUp, Paused, Started, Stopped

STARTED = Started(200, 0, ("a", "b"), Path("reports/x/1"))


def result(outcome: Outcome = "passed", cost: float | None = 0.01) -> Result:
    turn = JudgedExchange(Exchange(1, "?", Reply("!", "stop")), cost_usd=cost)
    return Result(TrialId("c", None, "a", "default", 1), "", outcome, None, (turn,))


class Terminal:
    """What a progress wrote, on a clock that the test sets."""

    def __init__(self, *, live: bool) -> None:
        self.now = 0.0
        self.text = ""
        self.progress = Progress(
            live=live, monotonic=lambda: self.now, write=self._write, spec="spec.yaml"
        )

    def _write(self, text: str) -> None:
        self.text += text


def test_one_line_says_what_is_done_what_failed_what_it_cost_and_what_is_left() -> None:
    count = Count()
    for outcome in ("passed", "failed", "blocked", "errored", "passed"):
        count.add(result(outcome))
    assert format_progress(count, before=0, trials=105, elapsed_s=5.0) == (
        "5/105 done · 2 failed · 1 errored · $0.05 · 1 min 40 s left"
    )


def test_of_a_run_that_went_on_the_line_says_since_when_it_counts_failures_and_money() -> None:
    count = Count()
    for outcome in ("passed", "failed", "passed", "passed", "passed"):
        count.add(result(outcome))
    assert format_progress(count, before=95, trials=200, elapsed_s=5.0) == (
        "100/200 done · since it went on: 1 failed, $0.05 · 1 min 40 s left"
    )


@pytest.mark.parametrize(
    ("done", "left", "elapsed_s", "left_s"),
    [
        (1, 99, 60.0, None),  # one answer says nothing of the other 99
        (4, 1, 60.0, None),
        (5, 5, 2.9, None),  # too soon, however many are done
        (5, 5, 10.0, 10.0),
        (9, 191, 10.0, None),  # of 200 ten have to be done
        (10, 190, 10.0, 190.0),
        (49, 99_951, 10.0, None),
        (50, 99_950, 10.0, 19_990.0),  # fifty are enough for any run
        (10, 0, 10.0, None),  # nothing is left
    ],
)
def test_the_time_left_is_told_when_enough_trials_took_long_enough(
    done: int, left: int, elapsed_s: float, left_s: float | None
) -> None:
    assert estimate_left(done, left, elapsed_s) == left_s


def test_a_cost_that_is_unknown_is_not_shown_as_zero() -> None:
    count = Count()
    count.add(result())
    count.add(result(cost=None))
    assert "$" not in format_progress(count, 0, 2, 1.0)


def test_where_nothing_was_answered_no_cost_is_told() -> None:
    assert format_progress(Count(done=1, errored=1), 0, 2, 1.0) == "1/2 done · 1 errored"


def test_without_a_terminal_there_is_a_line_every_few_seconds_and_no_escapes() -> None:
    terminal = Terminal(live=False)
    terminal.progress(STARTED)
    for second in range(1, 12):
        terminal.now = float(second)
        terminal.progress(Finished(result()))
    terminal.progress.end()
    lines = terminal.text.splitlines()
    assert lines[0].startswith("200 trials on 2 targets")
    assert len(lines) == 3
    assert "\x1b" not in terminal.text


def test_a_terminal_has_one_line_that_is_redrawn_and_cleared() -> None:
    terminal = Terminal(live=True)
    terminal.progress(STARTED)
    for step in range(1, 5):
        terminal.now = step / 2
        terminal.progress(Finished(result()))
    terminal.progress.end()
    assert terminal.text.count("\n") == 1
    assert terminal.text.endswith("\r\x1b[2K")


def test_what_a_service_says_cannot_drive_the_terminal() -> None:
    terminal = Terminal(live=False)
    evil = "slow\x1b]52;c;AAAA\x07 down\r\nfake line"
    terminal.progress(Paused("a", 2.0, evil))
    terminal.progress(Stopped("b", Failure("auth", evil, 401, "401")))
    assert "\x1b" not in terminal.text
    assert "\x07" not in terminal.text
    assert len(terminal.text.splitlines()) == 2


def test_a_target_that_is_not_there_names_the_command_that_deploys_it() -> None:
    terminal = Terminal(live=False)
    terminal.progress(Stopped("sweden/mini", Failure("not_found", "gone", 404)))
    assert "harness apply" in terminal.text


@pytest.mark.parametrize(
    ("failure", "says"),
    [
        (Failure("not_found", "gone", 404), "what the model is called"),
        (Failure("not_found", "gone", 410), "retired"),
        (Failure("not_found", "no weights", code="unloadable"), "folder whole"),
        (Failure("auth", "who are you", 401), "api_key"),
    ],
)
def test_a_providers_target_that_is_stopped_is_not_said_to_need_deploying(
    failure: Failure, says: str
) -> None:
    terminal = Terminal(live=False)
    terminal.progress(Stopped("openai/gpt-4o", failure, deployed=False))
    assert says in terminal.text
    assert "harness apply" not in terminal.text


def test_a_storm_is_told_once_in_a_while() -> None:
    terminal = Terminal(live=False)
    for tenth in range(120):
        terminal.now = tenth / 10
        terminal.progress(Paused("a", 0.1, "slow down"))
    terminal.progress(Paused("b", 0.1, "slow down"))
    said = "paused 0.1 s: rate limit of {}: slow down\n"
    assert terminal.text == said.format("a") * 3 + said.format("b")


def test_the_live_line_is_no_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "24")
    terminal = Terminal(live=True)
    terminal.progress(STARTED)
    terminal.now = 1.0
    terminal.progress(Finished(result("errored")))
    assert terminal.text.rsplit("\x1b[2K", 1)[1] == "1/200 done · 1 errored ·"[:23]


def test_one_trial_on_one_target_is_said_so() -> None:
    terminal = Terminal(live=False)
    terminal.progress(Started(1, 0, ("a",), Path("reports/x/1")))
    assert terminal.text.startswith("1 trial on 1 target →")


def test_a_resumed_run_says_what_was_done_before() -> None:
    terminal = Terminal(live=False)
    terminal.progress(replace(STARTED, done=50))
    assert "50 of them done before" in terminal.text


def test_durations_are_said_as_people_do() -> None:
    assert [format_duration(seconds) for seconds in (0.4, 59, 200, 7500)] == [
        "0 s",
        "59 s",
        "3 min 20 s",
        "2 h 5 min",
    ]


def test_a_run_that_waits_for_a_quota_says_so_and_what_helps() -> None:
    terminal = Terminal(live=False)
    limits = "50,000 tokens and 50 requests a minute"
    terminal.progress(HeldUp("a/mini", 24.0, 30.0, limits, "tokens"))
    terminal.progress(HeldUp("a/mini", 100.0, 125.0, limits, "requests", ended=True))
    assert terminal.text.splitlines() == [
        f"a/mini is waiting for its token limit ({limits}): 80% of the last 30 s",
        f"a/mini waited for its request limit ({limits}): 80% of 2 min 5 s",
        "  hint: more capacity or another SKU; fewer, longer requests",
    ]
