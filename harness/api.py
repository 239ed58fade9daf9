"""harness from Python: read a spec, play its conversations, look at what was said.

::

    from harness import evaluate, load_spec

    spec = load_spec("specs/sweden.yaml")
    run = evaluate(spec, targets=["sweden/mini"], keyword="founders")
    for result in run:
        print(result.trial.conversation, result.outcome)
    assert run.passed, run

What a command would refuse is raised as ``HarnessError``, which says what, where, why and what to
do, and knows the command's exit code.
"""

from __future__ import annotations

import asyncio
import contextvars
import math
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Literal

from harness.compare.summary import Summary, VerdictWord
from harness.compare.table import lines
from harness.errors import Diagnostic, RequestError
from harness.results.model import Result, RunInfo
from harness.run.evaluate import EvalOptions, Evaluated
from harness.run.events import Event
from harness.run.targets import select_targets
from harness.spec.load import SpecFile
from harness.spec.model import CloudName, Spec
from harness.store.runs import RESULTS
from harness.store.stored import StoredResults
from harness.wiring import Trust, read_spec, read_spec_for_replay
from harness.wiring.evaluation import evaluate_spec
from harness.wiring.recording import Recording, default_folder

BAD_ARGUMENT = "H650"


@dataclass(frozen=True, slots=True)
class LoadedSpec:
    """A spec that was read and found right, with what its reader lets it do.

    Attributes:
        path: where it was read.
        file: what it says, with the place of everything in it.
    """

    path: Path
    file: SpecFile = field(repr=False)
    trust: Trust = field(repr=False)

    @property
    def name(self) -> str:
        """The spec's name, by which its runs are kept."""
        return self.spec.name

    @property
    def spec(self) -> Spec:
        """Everything that the author declared, with every default filled in."""
        return self.file.spec

    @property
    def conversations(self) -> tuple[str, ...]:
        """The ids of the conversations, in the order of the file."""
        return tuple(conversation.id for conversation in self.spec.conversations)

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the targets that are evaluated when nobody names others."""
        return tuple(target.name for target in select_targets(self.spec))


@dataclass(frozen=True, slots=True)
class EvaluatedRun:
    """A run that has ended; iterating gives its results, in the order of the trials.

    Attributes:
        info: what ``run.json`` says: targets, totals, whether it was simulated or replayed.
        directory: where its files are, the report among them.
        results: one a trial, decoded from disk whenever they are asked for.
        summary: its numbers: a row a target and variant, a cell a conversation.
        exit_code: what ``harness eval`` would have ended with.
        halted: why it is not whole; "" when it is.
    """

    info: RunInfo
    directory: Path
    results: Sequence[Result] = field(repr=False)
    summary: Summary = field(repr=False)
    exit_code: int = 0
    halted: str = ""

    @property
    def passed(self) -> bool:
        """Whether ``harness eval`` would have ended with 0."""
        return self.exit_code == 0

    @property
    def verdict(self) -> VerdictWord | None:
        """The gate's word; None where the spec declares no gate."""
        return self.summary.verdict.word

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it passed or did not, in sentences, the decisive one first."""
        return self.summary.verdict.reasons

    @property
    def report(self) -> Path:
        """The page for people."""
        return self.directory / "report.html"

    def __iter__(self) -> Iterator[Result]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    def __str__(self) -> str:
        marks = [word for word in ("simulated", "replayed") if getattr(self.info, word)]
        said = lines(self.summary, width=shutil.get_terminal_size((100, 24)).columns)
        said += ["", " · ".join([*marks, f"run {self.info.id}: {self.directory}"])]
        return "\n".join([*said, *([f"not whole: {self.halted}"] if self.halted else [])])


def load_spec(
    path: str | PathLike[str],
    *,
    root: str | PathLike[str] | None = None,
    allow_env: Sequence[str] = (),
    trust_hosts: Sequence[str] = (),
    allow_code: bool = False,
    cloud: CloudName | None = None,
) -> LoadedSpec:
    """The spec at ``path``; it can be evaluated as often as one likes.

    Args:
        path: the YAML file.
        root: the project root: files are read from nowhere else. By default the nearest folder
            with ``.git`` or ``.harness``, else the spec's.
        allow_env: variables that ``${NAME}`` may read beside ``AZURE_…``, ``OPENAI_…``,
            ``HARNESS_…``.
        trust_hosts: hosts that credentials may go to beside Azure's and OpenAI's.
        allow_code: whether the spec may run ``python:`` hooks and programs.
        cloud: instead of the spec's.

    Raises:
        SpecError: it cannot be read or is wrong; names every problem with its place.
    """
    trust = Trust(
        cloud=cloud,
        root=None if root is None else Path(root),
        environment_names=tuple(allow_env),
        hosts=tuple(trust_hosts),
        code=allow_code,
    )
    return LoadedSpec(Path(path), read_spec(Path(path), trust), trust)


def evaluate(  # noqa: PLR0913 - the flags of `harness eval`, each by its name
    spec: LoadedSpec | str | PathLike[str],
    *,
    targets: Iterable[str] = (),
    conversations: Iterable[str] = (),
    keyword: str = "",
    tags: Iterable[str] = (),
    repeats: int | None = None,
    replay: bool = False,
    record: bool = False,
    record_mode: Literal["all", "missing"] = "all",
    cassette: str | PathLike[str] | None = None,
    output: str | PathLike[str] | None = None,
    max_usd: float | None = None,
    allow_simulated: bool = False,
) -> EvaluatedRun:
    """Play the conversations of a spec on its targets, as ``harness eval`` does, and wait.

    What it calls has to be deployed (``harness apply``). Inside a running event loop, a notebook's
    for example, it works in a thread of its own and blocks the loop until it is done.

    Args:
        spec: what ``load_spec`` gave, or the path of a spec that needs nothing allowed.
        targets: names or globs; default: the spec's own selection.
        conversations: whole ids; default: all.
        keyword: which conversations and cases, as ``-k``: ``"founders and not slow"``.
        tags: only conversations with one of these.
        repeats: instead of the spec's.
        replay: answer from the cassette: no credentials, no network.
        record: keep every exchange in the cassette.
        record_mode: with ``record``: everything that is run, or what is missing or has changed.
        cassette: where; default: the spec's name with ``.cassette``, beside it.
        output: the run's directory; default: ``reports/NAME/ID`` in the project root.
        max_usd: stop before so many US dollars are spent.
        allow_simulated: let a simulated run stand before the gate.

    Raises:
        HarnessError: nothing was run, for a reason that it says: the spec is wrong
            (``SpecError``), nothing is selected, nobody is signed in.
    """
    loaded = spec if isinstance(spec, LoadedSpec) else load_spec(spec)
    recording = _recording(
        loaded.path, replay=replay, record=record, mode=record_mode, cassette=cassette
    )
    if replay and max_usd is not None:
        raise _contradiction("max_usd has nothing to hold: a replay spends nothing")
    options = _checked(
        EvalOptions(
            targets=_each(targets),
            conversations=_each(conversations),
            keyword=keyword,
            tags=_each(tags),
            repeats=repeats,
            output=None if output is None else Path(output),
            max_usd=max_usd,
            allow_simulated=allow_simulated,
        )
    )
    file = loaded.file
    if replay:
        file = read_spec_for_replay(loaded.path, loaded.trust)
    return _ended(
        _beside_any_loop(
            lambda show: evaluate_spec(file, loaded.trust, options, recording=recording, show=show)
        )
    )


def _each(words: Iterable[str]) -> tuple[str, ...]:
    """Several words; somebody who has one may give it bare."""
    return (words,) if isinstance(words, str) else tuple(words)


def _recording(
    spec: Path,
    *,
    replay: bool,
    record: bool,
    mode: Literal["all", "missing"],
    cassette: str | PathLike[str] | None,
) -> Recording | None:
    if replay and record:
        raise _contradiction("replay and record exclude each other")
    if cassette is not None and not (replay or record):
        raise _contradiction("cassette says where: it needs replay=True or record=True")
    folder = default_folder(spec) if cassette is None else Path(cassette)
    if replay:
        return Recording("replay", folder)
    return Recording(mode, folder) if record else None


def _checked(options: EvalOptions) -> EvalOptions:
    if options.repeats is not None and options.repeats < 1:
        raise _contradiction(f"repeats={options.repeats}: a conversation is played at least once")
    if options.max_usd is not None and not 0 <= options.max_usd < math.inf:
        raise _contradiction(f"max_usd={options.max_usd} is no amount of money")
    return options


def _contradiction(what: str) -> RequestError:
    hint = "help(harness.evaluate) says what each argument means"
    return RequestError(Diagnostic(BAD_ARGUMENT, what, hint=hint))


def _ended(done: Evaluated) -> EvaluatedRun:
    return EvaluatedRun(
        info=done.info,
        directory=done.directory,
        results=StoredResults(done.directory / RESULTS),
        summary=done.summary,
        exit_code=done.exit_code,
        halted=done.halted,
    )


class _GivenUpError(Exception):
    """Whoever waited for the run does so no more."""


def _beside_any_loop(work: Callable[[Callable[[Event], None]], Evaluated]) -> Evaluated:
    """Do the work here, or in a thread where a loop runs already: a run has a loop of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work(lambda _: None)
    given_up = threading.Event()

    def show(event: Event) -> None:
        del event
        if given_up.is_set():
            raise _GivenUpError

    with ThreadPoolExecutor(1, "harness-evaluate") as pool:
        ending = pool.submit(contextvars.copy_context().run, work, show)
        try:
            return ending.result()
        except BaseException:
            # An interrupted notebook: nothing more is sent once the next answer is here.
            given_up.set()
            raise
