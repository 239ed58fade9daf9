"""Progress of an evaluation on stderr: done, failed, cost, time left."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from harness.azure.failures import explain
from harness.cli.show import shorten_path
from harness.conversation.transcript import NOT_SENT, UNLOADABLE
from harness.fs.refusals import format_bytes
from harness.results.model import Result
from harness.run.events import (
    BatchesLeft,
    BatchSeen,
    Cramped,
    Doubted,
    Event,
    Finished,
    Halting,
    HeldUp,
    Looked,
    Moved,
    Paused,
    Spread,
    Started,
    Stopped,
)
from harness.run.requests.throttle import describe_limit, name_throttle
from harness.text.numbers import format_money, format_plural
from harness.text.safe import printable

LIVE_S = 0.1
"""Between two drawings of the live line."""
PLAIN_S = 5.0
"""Between two lines where there is no terminal: enough to see life, few enough for a log."""
ENOUGH_TRIALS = range(5, 51)
"""The fewest and the most trials of this run that a first estimate of the time left waits for."""
ENOUGH_S = 3.0
"""Sooner than this no time left is told: the first answers are the quick ones."""
BATCH_S = 30.0
"""Between two lines about one batch that is in the same state."""
MOST_DOUBTS = 10
"""Of requests without an answer that are named one by one."""
CLEAR = "\r\x1b[2K"
UNAUTHORIZED, GONE = 401, 410


@dataclass(slots=True)
class Count:
    """The trials that are finished so far."""

    done: int = 0
    failed: int = 0
    errored: int = 0
    cost_usd: float | None = 0.0

    def add(self, result: Result) -> None:
        """Count one more trial."""
        self.done += 1
        self.failed += result.outcome in {"failed", "blocked", "truncated"}
        self.errored += result.outcome == "errored"
        for turn in result.turns:
            paid = turn.exchange.paid
            if self.cost_usd is None or turn.exchange.scripted or paid is None:
                continue
            self.cost_usd = None if turn.cost_usd is None else self.cost_usd + turn.cost_usd
        judging = result.judging.cost_usd
        if self.cost_usd is not None:
            self.cost_usd = None if judging is None else self.cost_usd + judging


class Progress:
    """Draws the events of a run: one changing line on a terminal, a line now and then elsewhere.

    Attributes:
        live: whether stderr is a terminal that a line can be redrawn on.
        monotonic: seconds; only differences count.
        write: gets text for stderr, its newline included where there is one.
        spec: the spec's path, for commands that are advised.
        directory: the run's, once it has begun.
    """

    def __init__(
        self,
        *,
        live: bool,
        monotonic: Callable[[], float],
        write: Callable[[str], None],
        spec: str,
    ) -> None:
        self.spec = spec
        self.live = live
        self.monotonic = monotonic
        self.write = write
        self._count = Count()
        self._trials = 0
        self._before = 0
        self._began = monotonic()
        self._drawn = self._began
        self._dirty = False
        self._paused: dict[str, float] = {}
        self._batches: dict[tuple[str, str], tuple[str, int, float]] = {}
        self.directory: Path | None = None

    def __call__(self, event: Event) -> None:
        """Take an event in, and draw when it is time to."""
        match event:
            case Started():
                self.directory = event.directory
                self._trials, self._before = event.trials, event.done
                self._began = self._drawn = self.monotonic()
                went_on = f", {event.done:,} of them done before" if event.done else ""
                on = format_plural(len(event.targets), "target")
                where = shorten_path(event.directory)
                most = f" at most, in {event.looks} looks" if event.looks else ""
                self._format_line(
                    f"{format_plural(event.trials, 'trial')} on {on}{most}{went_on} → {where}"
                )
            case Finished():
                self._count.add(event.result)
                self._draw()
            case Paused():
                self._pause(event)
            case BatchSeen():
                self._show_batch(event)
            case _:
                for line in _list_lines(event, self.spec):
                    self._format_line(line)

    def _pause(self, event: Paused) -> None:
        """Say it, unless the same target said so a moment ago: a storm has hundreds of pauses."""
        now = self.monotonic()
        if now - self._paused.get(event.target, -PLAIN_S) < PLAIN_S:
            return
        self._paused[event.target] = now
        self._format_line(describe_pause(event))

    def _show_batch(self, event: BatchSeen) -> None:
        """Say how far a batch has come: when its state changes, and now and then in between."""
        key, now = (event.target, event.wave), self.monotonic()
        state, count, at = self._batches.get(key, ("", -1, 0.0))
        same = state == event.state
        if same and (count == event.done or now - at < BATCH_S):
            return
        self._batches[key] = (event.state, event.done, now)
        self._format_line(describe_batch(event))

    def end(self) -> None:
        """Leave the terminal as it was."""
        if self.live and self._dirty:
            self.write(CLEAR)

    def _draw(self) -> None:
        now = self.monotonic()
        if now - self._drawn < (LIVE_S if self.live else PLAIN_S):
            return
        self._drawn = now
        text = format_progress(self._count, self._before, self._trials, now - self._began)
        self.write(f"{CLEAR}{text[: _measure_width()]}" if self.live else f"{text}\n")
        self._dirty = True

    def _format_line(self, text: str) -> None:
        self.write(f"{CLEAR if self.live and self._dirty else ''}{text}\n")
        self._dirty = False


def _describe_course(event: HeldUp | Spread | Moved) -> str:
    """Write what a run waits for, where it is played, or that a task has moved."""
    if isinstance(event, HeldUp):
        return describe_held_up(event)
    if isinstance(event, Spread):
        workers = format_plural(event.workers, "worker")
        if event.scheduler is None:
            return f"played on {workers} that are started here, as no --scheduler is named"
        return f"played on {workers} of {printable(event.scheduler)}"
    line = f"{event.lost} was lost: {event.worker} goes on with its task"
    if not event.doubted:
        return line
    verb = "was" if event.doubted == 1 else "were"
    fate = "asked again, and perhaps paid twice" if event.asked_again else "not asked again"
    return f"{line}; {format_plural(event.doubted, 'request')} {verb} in flight there: {fate}"


def _list_lines(event: Event, spec: str) -> list[str]:  # noqa: PLR0911 - a table
    """List the lines of an event that is told as it comes."""
    match event:
        case Cramped():
            free, likely = format_bytes(event.free), format_bytes(event.likely)
            return [f"only {free} free on that disk; the run may write {likely}"]
        case Doubted():
            return tell_doubts(event)
        case HeldUp() | Spread() | Moved():
            return [_describe_course(event)]
        case Stopped():
            return [_describe_stop(event, spec)]
        case Halting():
            return [f"{event.reason}: nothing more is sent; waiting for what is in flight"]
        case BatchesLeft():
            return tell_left(event)
        case Looked() if event.settled or event.at < event.planned:
            said = "settled: nothing more is asked" if event.settled else "not settled yet"
            return [f"look {event.at} of {event.planned}: {said}"]
    return []


def describe_pause(event: Paused) -> str:
    """Write who pauses, how long, for which limit, and how many wait for it."""
    waiting = f"; {format_plural(event.waiting, 'request')} in the queue" if event.waiting else ""
    limit = name_throttle(event.kind, event.target)
    return f"paused {event.seconds:.1f} s: {limit}{waiting}: {printable(event.reason)[:160]}"


def describe_held_up(event: HeldUp) -> str:
    """Write that a run mostly waits for a quota, and what would make it shorter."""
    of = "" if event.ended else "the last "
    share = f"{event.held_s / event.elapsed_s:.0%} of {of}{format_duration(event.elapsed_s)}"
    limits = f" ({event.limits})" if event.limits else ""
    waits = "waited" if event.ended else "is waiting"
    line = f"{event.target} {waits} for its {describe_limit(event.kind)}{limits}: {share}"
    return f"{line}\n  hint: {_advise_wait(event)}" if event.ended else line


def _advise_wait(event: HeldUp) -> str:
    if event.kind == "capacity":
        return "another region or SKU; more quota does not help"
    if event.kind == "requests":
        return "more capacity or another SKU; fewer, longer requests"
    return "more capacity, or a smaller max_output_tokens: all that a reply may have is counted"


def describe_batch(event: BatchSeen) -> str:
    """Write how far the file of a wave has come."""
    state = event.state.replace("_", " ")
    if event.state == "in_progress" and event.total:
        state += f" {event.done:,} of {event.total:,}"
    elif event.state in ("uploading", "validating"):
        state += f" {format_plural(event.total, 'request')}"
    elif event.state in ("completed", "expired", "cancelled"):
        state += f", {event.done:,} of {event.total:,} answered"
        state += f", {event.failed:,} failed" if event.failed else ""
    elif event.why:
        state += f" in the queue: {printable(event.why)[:200]}"
    batch = f" ({printable(event.batch)})" if event.batch else ""
    return f"wave {event.wave} to {event.target}: {state}{batch}"


def tell_left(event: BatchesLeft) -> list[str]:
    """Tell which batches go on without the run, and how each is cancelled."""
    left = event.batches
    goes = (
        "1 batch goes on at the service, and costs"
        if len(left) == 1
        else (f"{len(left):,} batches go on at the service, and cost")
    )
    lines = [f"{goes} what it answers; --resume takes the answers, or cancel:"]
    lines += [
        f"  {printable(one.batch)} ({one.target}, {format_plural(one.requests, 'request')}): "
        f"{one.cancelling}"
        for one in left[:MOST_DOUBTS]
    ]
    if len(left) > MOST_DOUBTS:
        lines.append(f"  and {len(left) - MOST_DOUBTS:,} more: events.jsonl has them all")
    return lines


def tell_doubts(event: Doubted) -> list[str]:
    """Tell which requests an earlier process left without an answer, and what becomes of them."""
    found = event.requests
    verb = "was" if found.requests == 1 else "were"
    fate = (
        f"asked again, and perhaps paid twice: {found.describe_cost()}"
        if event.asked_again
        else f"not asked again, and their trials are errored; {found.describe_cost()}"
    )
    sent = f"{format_plural(found.requests, 'request')} {verb} sent before the run stopped"
    lines = [f"{sent}, and no answer was recorded; {fate}"]
    lines += [f"  {printable(one.describe())}" for one in found.listed[:MOST_DOUBTS]]
    if found.requests > MOST_DOUBTS:
        lines.append(f"  and {found.requests - MOST_DOUBTS:,} more; run.json lists them in the end")
    return lines


def format_progress(count: Count, before: int, trials: int, elapsed_s: float) -> str:
    """Write one line: what is done, what went wrong, what it cost, how long it will take.

    Of a run that is gone on with, the failures and the money are those since then, and it says so.
    """
    done = before + count.done
    parts = [f"{done:,}/{trials:,} done"]
    now = []
    if count.failed:
        now.append(f"{count.failed:,} failed")
    if count.errored:
        now.append(f"{count.errored:,} errored")
    if count.cost_usd:  # not of none: nobody knows what requests cost that were not answered
        now.append(format_money(count.cost_usd))
    if now and before:
        now = [f"since it went on: {', '.join(now)}"]
    parts += now
    left_s = estimate_left(count.done, trials - done, elapsed_s)
    if left_s is not None:
        parts.append(f"{format_duration(left_s)} left")
    return " · ".join(parts)


def estimate_left(done: int, left: int, elapsed_s: float) -> float | None:
    """Return the seconds that the trials left will take; None while too few are done to say.

    A twentieth of the trials has to be done. Of those that are sent at once the quick ones are
    done first, while the clock has run for all: from a few of them the rest looks far too long.

    Args:
        done: trials that are finished since the run began, or went on.
        left: trials that are not.
        elapsed_s: seconds since then.
    """
    enough = min(max((done + left) // 20, ENOUGH_TRIALS.start), ENOUGH_TRIALS.stop - 1)
    if not left or done < enough or elapsed_s < ENOUGH_S:
        return None
    return elapsed_s / done * left


def format_duration(seconds: float) -> str:
    """Write a time as ``45 s``, ``3 min 20 s``, ``2 h 5 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _describe_stop(event: Stopped, spec: str) -> str:
    failure = event.failure
    cause = f"{failure.kind} ({failure.status or failure.code})"
    line = f"{event.target} is not asked any more: {cause}: {printable(failure.message)[:300]}"
    hint = _advise(event, spec)
    return f"{line}\n  hint: {hint}" if hint else line


def _advise(event: Stopped, spec: str) -> str:  # noqa: PLR0911 - a table reads downwards
    failure = event.failure
    if failure.status == GONE:
        return "it has been retired: harness models shows what can be deployed in its place"
    if failure.code == NOT_SENT:
        return (
            "is the address right, and the server up? or does a proxy stand between (HTTPS_PROXY)?"
        )
    if failure.code == UNLOADABLE:
        return "is the model's folder whole? models that bring code of their own are not loaded"
    if failure.kind == "not_found":
        if event.deployed:
            path = shlex.quote(spec)
            return f"is it deployed? harness apply {path}, then harness verify {path}"
        return "is that what the model is called there, and may this key use it?"
    if failure.status == UNAUTHORIZED and not event.deployed:
        return "is the right key in the variable that the provider's api_key names?"
    if failure.kind == "auth":
        found = explain(failure.code or str(failure.status), failure.message)
        return found.remedy if found is not None else ""
    return ""


def _measure_width() -> int:
    """Return the columns for a line that is redrawn: one that wraps cannot be wiped."""
    return max(20, shutil.get_terminal_size().columns - 1)


def make_progress(monotonic: Callable[[], float], *, quiet: bool, spec: str) -> Progress:
    """Make the progress that this process's stderr shows; a quiet one says nothing."""
    stream = sys.stderr

    def write(text: str) -> None:
        if not quiet:
            stream.write(text)
            stream.flush()

    live = stream.isatty() and os.environ.get("TERM") != "dumb"
    return Progress(live=live, monotonic=monotonic, write=write, spec=spec)
