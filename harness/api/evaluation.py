"""Play the conversations of a spec from Python."""

from __future__ import annotations

import asyncio
import contextvars
import html
import math
import shutil
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from harness.api.specs import (
    Cassette,
    LoadedSpec,
    choose_recording,
    list_words,
    load_if_path,
    make_contradiction_error,
    open_spec,
)
from harness.app.documents import write_run_documents
from harness.app.evaluation import FinishedRun, evaluate_spec
from harness.compare.comparison.model import Comparison
from harness.compare.summary import Summary, VerdictWord
from harness.compare.table import format_lines
from harness.errors import Exit
from harness.report.terminal.failures import list_failures
from harness.results.model import Result, RunInfo
from harness.run.matrix import Selection
from harness.run.preparation import EvalOptions
from harness.run.requests.interruption import WISH_TO_STOP

LOOK_S = 0.2


@dataclass(frozen=True, slots=True)
class EvaluatedRun:
    """A run that has ended; iterating gives its results, in the order of the trials.

    Attributes:
        info: the content of ``run.json``: targets, totals, whether it was simulated or replayed.
        directory: the folder of its files, the report among them.
        results: one a trial, decoded from disk whenever they are asked for.
        summary: its numbers: a row a target and variant, a cell a conversation.
        exit_code: the exit code that ``harness eval`` would have ended with.
        halted: the reason why it is not whole; "" when it is.
    """

    info: RunInfo
    directory: Path
    results: Sequence[Result] = field(repr=False)
    summary: Summary = field(repr=False)
    exit_code: int = 0
    halted: str = ""

    @property
    def passed(self) -> bool:
        """True where ``harness eval`` would have ended with 0."""
        return self.exit_code == 0

    @property
    def verdict(self) -> VerdictWord | None:
        """The gate's word; None where the spec declares no gate."""
        return self.summary.verdict.word

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons why it passed or did not, in sentences, the decisive one first."""
        return self.summary.verdict.reasons

    @property
    def comparison(self) -> Comparison | None:
        """The run held against its baseline; None where there was none to compare with."""
        return self.summary.comparison

    @property
    def report(self) -> Path:
        """The page for people."""
        return self.directory / "report.html"

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __repr__(self) -> str:
        ended = self.verdict or ("passed" if self.passed else f"exit code {self.exit_code}")
        totals = self.info.totals
        return f"<EvaluatedRun {self.info.id}: {ended}, {totals.passed}/{totals.trials} passed>"

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"

    def __str__(self) -> str:
        marks = [word for word in ("simulated", "replayed") if getattr(self.info, word)]
        width = shutil.get_terminal_size((100, 24)).columns
        failures = list_failures(self.results, self.summary, self.info.id, width=width)
        said = format_lines(self.summary, width=width, not_passed=failures)
        said += ["", " · ".join([*marks, f"run {self.info.id}: {self.directory}"])]
        return "\n".join([*said, *([f"not whole: {self.halted}"] if self.halted else [])])


def evaluate(
    spec: LoadedSpec | str | PathLike[str],
    *,
    targets: Iterable[str] = (),
    keyword: str = "",
    selection: Selection | None = None,
    replay: bool | Cassette = False,
    record: bool | Cassette = False,
    output: str | PathLike[str] | None = None,
    max_usd: float | None = None,
    allow_simulated: bool = False,
) -> EvaluatedRun:
    """Play the conversations of a spec on its targets, as ``harness eval`` does, and wait.

    What it calls has to be deployed (``apply``). Inside a running event loop, a notebook's for
    example, it works in a thread of its own and blocks the loop until it is done.

    Args:
        spec: what ``load_spec`` gave, or the path of a spec that needs nothing allowed.
        targets: names or globs; default: the spec's own selection.
        keyword: which conversations and cases, as ``-k``: ``"founders and not slow"``.
        selection: more than a keyword: ``Selection(conversations=…, tags=…, repeats=…,
            sample=…, seed=…)``.
        replay: answer from the cassette, ``True`` for the one beside the spec: no credentials, no
            network.
        record: keep every exchange in the cassette, ``True`` for the one beside the spec.
        output: the run's directory; default: ``reports/NAME/ID`` in the project root.
        max_usd: stop before so many US dollars are spent.
        allow_simulated: let a simulated run stand before the gate.

    Raises:
        HarnessError: nothing was run, for a reason that it says: the spec is wrong
            (``SpecError``), nothing is selected, nobody is signed in.
        KeyboardInterrupt: Ctrl-C; what was answered is kept, and the run's report says that it is
            partial.
    """
    loaded = load_if_path(spec)
    recording = choose_recording(loaded, replay, record)
    if replay and max_usd is not None:
        raise make_contradiction_error("max_usd has nothing to hold: a replay spends nothing")
    chosen = selection or Selection()
    if keyword and chosen.keyword:
        raise make_contradiction_error(
            "keyword and selection.keyword say the same: give one of them"
        )
    options = _check_options(
        EvalOptions(
            targets=list_words(targets),
            conversations=list_words(chosen.conversations),
            keyword=keyword or chosen.keyword,
            tags=list_words(chosen.tags),
            repeats=chosen.repeats,
            sample=chosen.sample,
            seed=chosen.seed if chosen.sample is not None else None,
            cells=chosen.cells,
            output=None if output is None else Path(output),
            max_usd=max_usd,
            allow_simulated=allow_simulated,
        )
    )

    def play() -> FinishedRun:
        with open_spec(loaded, recording) as world:
            finished = evaluate_spec(world, options, lambda _: None, say=lambda _: None)
            done = finished.evaluated
            write_run_documents(world.archive, done.directory, done.summary)
            return finished

    finished = _run_beside_any_loop(play)
    return _make_evaluated_run(finished)


def _check_options(options: EvalOptions) -> EvalOptions:
    if options.repeats is not None and options.repeats < 1:
        raise make_contradiction_error(
            f"repeats={options.repeats}: a conversation is played at least once"
        )
    if options.max_usd is not None and not 0 <= options.max_usd < math.inf:
        raise make_contradiction_error(f"max_usd={options.max_usd} is no amount of money")
    return options


def _make_evaluated_run(finished: FinishedRun) -> EvaluatedRun:
    done = finished.evaluated
    return EvaluatedRun(
        info=done.info,
        directory=done.directory,
        results=finished.results,
        summary=done.summary,
        exit_code=done.exit_code,
        halted=done.halted,
    )


def _run_beside_any_loop(work: Callable[[], FinishedRun]) -> FinishedRun:
    """Do the work here, or in a thread where a loop runs already: a run has a loop of its own."""
    if not _runs_a_loop():
        finished = work()
        _pass_on_signal(finished.evaluated.exit_code)
        return finished
    given_up = threading.Event()
    context = contextvars.copy_context()
    context.run(WISH_TO_STOP.set, given_up)
    with ThreadPoolExecutor(1, "harness-evaluate") as pool, _stopping_at_interrupt(given_up):
        ending = pool.submit(context.run, work)
        # Again and again: a signal that comes just before a wait begins is heard after it.
        while not wait([ending], LOOK_S).done:
            pass
    return ending.result()


@contextmanager
def _stopping_at_interrupt(given_up: threading.Event) -> Iterator[None]:
    """Let Ctrl-C, in a notebook for example, stop the run; a second one does what it always did."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    caught: list[int] = []

    def stop(number: int, frame: object) -> None:
        del frame
        caught.append(number)
        given_up.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        given_up.set()
        signal.signal(signal.SIGINT, before)
        if caught:
            signal.raise_signal(signal.SIGINT)


def _pass_on_signal(exit_code: int) -> None:
    """Let a signal that stopped the run do to this program what it would have done without it."""
    if exit_code in (Exit.INTERRUPTED, Exit.TERMINATED):
        signal.raise_signal(signal.Signals(exit_code - 128))


def _runs_a_loop() -> bool:
    # Answered here: what is raised in an `except` block would be headed by "no running event loop".
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
