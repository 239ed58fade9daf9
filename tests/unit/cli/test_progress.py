from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from harness.cli.progress import Count, Progress, duration, said
from harness.conversation.transcript import Exchange, Failure, Reply
from harness.results.model import JudgedExchange, Outcome, Result, TrialId
from harness.run.events import Finished, Paused, Started, Stopped

STARTED = Started(200, 0, ("a", "b"), Path("reports/x/1"))


def result(outcome: Outcome = "passed", cost: float | None = 0.01) -> Result:
    turn = JudgedExchange(Exchange(1, "?", Reply("!", "stop")), cost_usd=cost)
    return Result(TrialId("c", None, "a", "default", 1), "", outcome, None, (turn,))


class Terminal:
    """What a progress wrote, on a clock that the test sets."""

    def __init__(self, *, live: bool) -> None:
        self.now = 0.0
        self.text = ""
        self.progress = Progress(live=live, monotonic=lambda: self.now, write=self._write)

    def _write(self, text: str) -> None:
        self.text += text


def test_one_line_says_what_is_done_what_failed_what_it_cost_and_what_is_left() -> None:
    count = Count()
    for outcome in ("passed", "failed", "blocked", "errored"):
        count.add(result(outcome))
    assert said(count, before=96, trials=200, elapsed_s=2.0) == (
        "100/200 done · 2 failed · 1 errored · $0.0400 · 50 s left"
    )


def test_a_cost_that_is_unknown_is_not_shown_as_zero() -> None:
    count = Count()
    count.add(result())
    count.add(result(cost=None))
    assert "$" not in said(count, 0, 2, 1.0)


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


def test_a_resumed_run_says_what_was_done_before() -> None:
    terminal = Terminal(live=False)
    terminal.progress(replace(STARTED, done=50))
    assert "50 of them done before" in terminal.text


def test_durations_are_said_as_people_do() -> None:
    assert [duration(seconds) for seconds in (0.4, 59, 200, 7500)] == [
        "0 s",
        "59 s",
        "3 min 20 s",
        "2 h 5 min",
    ]
