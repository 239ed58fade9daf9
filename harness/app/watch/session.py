"""Play the rounds of a watched spec: from the recording, and of what is stale live where asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from harness.app.evaluation import evaluate_spec
from harness.app.recording import Recording
from harness.app.watch.rounds import Round, read_round
from harness.run.preparation import EvalOptions

if TYPE_CHECKING:
    from harness.app.ports import World
    from harness.run.events import Event
    from harness.run.narrowing import CellName
    from harness.spec.load import SpecFile
    from harness.spec.model.spec import Spec

OpenWorld = Callable[["SpecFile", Recording | None], AbstractContextManager["World"]]


class InterruptedRoundError(Exception):
    """Somebody stopped a round; ``code`` is the exit code for that."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class WatchSession:
    """The rounds of one spec, however often it changes.

    Attributes:
        open_world: opens the outside of a spec, recorded or replayed.
        folder: the cassette that is replayed, and into which what is asked is recorded: a copy
            where nobody wants it changed, so that nothing is asked twice in one session.
        options: the selection; ``max_usd`` holds for all rounds together.
        say: gets lines about deployments that are not there.
        before: the cassette that ``folder`` is a copy of: it still answers what was asked before
            the spec was changed, and changed back.
        spent_usd: what was asked live so far; an answer of unknown cost counts at its most.
    """

    open_world: OpenWorld
    folder: Path
    options: EvalOptions
    say: Callable[[str], None]
    before: Path | None = None
    spent_usd: float = 0.0

    def replay(self, spec_file: SpecFile) -> Round:
        """Play everything that is selected from the recording.

        Raises:
            HarnessError: nothing was played, for a reason that it says.
            InterruptedRoundError: somebody stopped it.
        """
        options = replace(self.options, max_usd=None)
        if not _is_called(spec_file):  # its answers are there already: nobody could be asked
            return self._play(spec_file, None, options)
        if not self._holds_anything():
            return Round(recorded=False)
        played = self._play(spec_file, Recording("replay", self.folder), options)
        if not played.stale or self.before is None:
            return played
        again = _choose(played.stale, options)
        return played.update(self._play(spec_file, Recording("replay", self.before), again))

    def ask(
        self, spec_file: SpecFile, stale: frozenset[CellName], show: Callable[[Event], None]
    ) -> Round:
        """Ask what is stale live, and record it; with nothing that is, everything selected.

        Raises:
            HarnessError: nothing was asked, for a reason that it says.
            InterruptedRoundError: somebody stopped it.
        """
        options, limit = self.options, self.options.max_usd
        if stale:
            options = _choose(stale, options)
        if limit is not None:
            options = replace(options, max_usd=max(0.0, limit - self.spent_usd))
        return self._play(spec_file, Recording("missing", self.folder), options, show)

    def _holds_anything(self) -> bool:
        folder = self.folder
        return any(folder.iterdir()) if folder.is_dir() else folder.exists()

    def _play(
        self,
        spec_file: SpecFile,
        recording: Recording | None,
        options: EvalOptions,
        show: Callable[[Event], None] = lambda _: None,
    ) -> Round:
        ungated = replace(spec_file, spec=_take_gate(spec_file))
        live = recording is not None and not recording.replays
        with TemporaryDirectory(prefix="harness-watch-") as folder:
            chosen = replace(options, output=Path(folder))
            with self.open_world(ungated, recording) as world:
                finished = evaluate_spec(world, chosen, show, say=self.say if live else None)
            done = finished.evaluated
            if done.exit_code > 128:
                raise InterruptedRoundError(done.exit_code)
            amiss = () if live else (*world.stale, *world.recorded_errors)
            cost = done.info.totals.cost_usd if live else 0.0
            if live:  # what nobody knows the cost of counts at the most it may have cost
                self.spent_usd += done.spent.usd
            return read_round(finished.results, amiss, cost)


def _choose(cells: frozenset[CellName], options: EvalOptions) -> EvalOptions:
    """Return options that play these cells and nothing else."""
    targets = options.targets
    if options.failed is not None and not targets:  # of which the spec may ask others by itself
        targets = tuple(sorted({target for _, _, target, _ in cells}))
    return EvalOptions(targets=targets, cells=cells, repeats=options.repeats)


def _take_gate(spec_file: SpecFile) -> Spec:
    """Return the spec without its gate: a round is about each conversation, a verdict about all."""
    spec = spec_file.spec
    evaluation = spec.evaluation.model_copy(update={"gate": None})
    return spec.model_copy(update={"evaluation": evaluation})


def _is_called(spec_file: SpecFile) -> bool:
    """Return whether anything that a spec declares has to be called to answer."""
    spec = spec_file.spec
    return bool(spec.accounts) or any(one.is_called for one in spec.providers.values())


@contextmanager
def open_session(
    open_world: OpenWorld,
    cassette: Path,
    options: EvalOptions,
    say: Callable[[str], None],
    *,
    records: bool,
) -> Iterator[WatchSession]:
    """Open a session over a cassette, or over a copy of it that nobody sees.

    Args:
        open_world: opens the outside of a spec.
        cassette: where the recording is, or will be.
        options: the selection.
        say: gets lines about what is asked live.
        records: whether what is asked live is kept in the cassette itself.
    """
    if records:
        yield WatchSession(open_world, cassette, options, say)
        return
    with TemporaryDirectory(prefix="harness-watch-") as folder:
        copy, before = Path(folder) / cassette.name, None
        if cassette.is_dir():
            copytree(cassette, copy)
            before = cassette
        elif cassette.is_file():  # recorded by another program: replayed where it is
            copy = cassette
        yield WatchSession(open_world, copy, options, say, before)
