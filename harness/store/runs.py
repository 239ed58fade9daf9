"""Runs on disk: ``reports/<spec name>/<run id>/``. The directory is the truth."""

from __future__ import annotations

import json
import os
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Any

from harness.conversation.ports import Place
from harness.conversation.transcript import AnswerT, Reply
from harness.errors import Diagnostic, RequestError
from harness.fs.atomic import sweep
from harness.fs.names import make_folder_name
from harness.fs.refusals import measure_free
from harness.fs.regular import open_regular, read_regular
from harness.results.codec import (
    decode_result,
    decode_run,
    encode_result,
    encode_run,
    format_indented,
)
from harness.results.lines import RunFormatError
from harness.results.model import Result, Run, RunInfo, TrialId
from harness.results.scored import ScoredTrial
from harness.results.unknown import UnknownRequests
from harness.run.clock import SystemClock
from harness.run.ports import Recalled, Trials
from harness.run.requests.spent import Spent
from harness.run.waves.history import WaveHistory
from harness.run.waves.journalled import JournalledWaves
from harness.store.index import RUN_ID, IndexedRun, decode_indexed, explain_unused, list_runs
from harness.store.joining import join_files, read_trials
from harness.store.journal import (
    AppendedFile,
    Journal,
    Syncing,
    mend,
    read_memory,
    read_unknown,
    recall_as,
)
from harness.store.ownership import Ownership, is_held
from harness.store.spending import read_spent
from harness.store.stored import NO_RUN, StoredResults, is_cut_off, unreadable_run_error
from harness.store.writing import (
    explain_disk_errors,
    make_room_error,
    write_atomically,
    write_lines_atomically,
)

RUN, SPEC, EVENTS, RESULTS = "run.json", "spec.json", "events.jsonl", "results.jsonl"
INDEX = "runs.sqlite"
NOT_EMPTY = "H703"
ABSENT = -1


class DiskLog:
    """The files of one run that is going on; an implementation of ``run.ports.RunLog``.

    Memory: eight bytes a trial, and on a resumed run what unfinished trials had been answered.
    """

    def __init__(
        self,
        owner: Ownership,
        results: AppendedFile,
        offsets: array[int],
        journal: Journal,
        memory: dict[Place, Recalled[Reply]] | None = None,
        book: WaveHistory | None = None,
    ) -> None:
        self.waves = JournalledWaves(journal, book or WaveHistory())
        self.directory = owner.directory
        self._owner, self._results = owner, results
        self._offsets = offsets
        self._journal = journal
        self._resumed = memory is not None
        self._memory = memory or {}
        self.note_sent = journal.note_sent
        self.gather_unknown = journal.ledger.gather
        self.keep_answer = journal.keep_answer

    def is_finished(self, index: int) -> bool:
        """Return whether this trial's result is on disk."""
        return index < len(self._offsets) and self._offsets[index] != ABSENT

    def recall(self, place: Place, kind: type[AnswerT]) -> Recalled[AnswerT] | None:
        """Return what the journal of an earlier process noted."""
        return recall_as(self._memory.get(place), kind) if self._memory else None

    def require_room(self, least_bytes: int) -> int | None:
        """Return the bytes that are free on the disk, or refuse to begin without enough of them."""
        free = measure_free(self.directory)
        if free is not None and free < least_bytes:
            raise make_room_error(self.directory, free, least_bytes)
        return free

    def gather_open(self) -> UnknownRequests:
        """Return what earlier processes left unknown in trials that have no result."""
        unknown = {place for place, known in self._memory.items() if known == "unknown"}
        return self._journal.ledger.gather_open(unknown)

    def append(self, index: int, result: Result) -> None:
        """Add the result to ``results.jsonl``."""
        if index >= len(self._offsets):  # of a run that asks certain cells, numbers leave gaps
            self._offsets.extend([ABSENT] * (index + 1 - len(self._offsets)))
        self._offsets[index] = self._results.append(encode_result(result))

    def arrange(self) -> None:
        """Rewrite ``results.jsonl`` in the order of the trials, at once; nothing is added after.

        Windows replaces no file that anybody has open: it is closed before, and the lines are read
        to their end, which closes the file that they are read from.
        """
        self._owner.confirm()
        self._results.close()
        present = array("q", (offset for offset in self._offsets if offset != ABSENT))
        if self._resumed or any(one > other for one, other in pairwise(present)):
            path = self.directory / RESULTS
            with explain_disk_errors(path, "read"):
                write_lines_atomically(path, _read_lines(path, present))

    def results(self) -> Iterator[Result]:
        """Return the results in the order of the file."""
        return iter(StoredResults(self.directory / RESULTS))

    def results_of(self, wanted: Callable[[int], bool]) -> Iterator[Result]:
        """Return results so far in the order of their trials, whose numbers are ``wanted``."""
        path = self.directory / RESULTS
        offsets = (
            offset
            for index, offset in enumerate(self._offsets)
            if offset != ABSENT and wanted(index)
        )
        with explain_disk_errors(path, "read"):
            yield from map(decode_result, _read_lines(path, offsets))

    def describe(self, info: RunInfo) -> None:
        """Write ``run.json``."""
        self._owner.confirm()
        write_atomically(self.directory / RUN, encode_run(info))
        self._journal.note("described", status=info.status, exit_code=info.exit_code)


class DiskRuns:
    """The runs of a project; an implementation of ``run.ports.RunStore``."""

    def __init__(self, project_root: Path, now: Callable[[], datetime] | None = None) -> None:
        self._root = project_root
        self._reports = project_root / "reports"
        self._index = project_root / ".harness" / INDEX
        self._now = now or SystemClock().now

    @contextmanager
    def begin(
        self, info: RunInfo, document: Mapping[str, Any], directory: Path | None
    ) -> Iterator[DiskLog]:
        """Open the files of a new run."""
        usual = directory or self._name_directory(info)
        hint = f"choose another, or go on with that run: --resume {usual}"
        place = self._make_directory(info, directory, hint)
        write_atomically(place / SPEC, format_indented(document))
        with self._open(place) as (events, journal, owner):
            offsets = array("q", [ABSENT]) * (info.planned_trials or 0)
            with _open_synced(events, owner) as results:
                yield DiskLog(owner, results, offsets, journal)

    def _make_directory(self, info: RunInfo, directory: Path | None, hint: str) -> Path:
        place = directory or self._name_directory(info)
        with explain_disk_errors(place, "create the run's directory"):
            place.mkdir(parents=True, exist_ok=True)
            if any(place.iterdir()) and not is_cut_off(place):
                raise RequestError(
                    Diagnostic(
                        NOT_EMPTY,
                        "the output directory is not empty",
                        str(place),
                        hint=hint if (place / RUN).is_file() else "choose another; it holds no run",
                    )
                )
        return place

    def _name_directory(self, info: RunInfo) -> Path:
        return self._reports / make_folder_name(info.spec_name) / info.id

    def join(
        self,
        parts: Sequence[Path],
        places: Iterable[tuple[int, int]],
        info: RunInfo,
        directory: Path | None,
    ) -> Path:
        """Write results, journal and spec of parts into a new run's directory; say where it is."""
        hint = "choose another; the same parts may have been merged there before"
        place = self._make_directory(info, directory, hint)
        note = {"event": "merged", "parts": info.selection.get("merged"), "at": info.started_at}
        join_files(parts, places, place, note)
        return place

    def describe(self, directory: Path, info: RunInfo) -> None:
        """Write ``run.json``."""
        write_atomically(directory / RUN, encode_run(info))

    def read_trials(self, directory: Path) -> Sequence[TrialId]:
        """Read whose the results of a run are, in their order."""
        return read_trials(directory / RESULTS)

    @contextmanager
    def reopen(
        self, directory: Path, trials: Trials, *, take_over: bool = False
    ) -> Iterator[DiskLog]:
        """Open the files of a run that stopped, for this process alone."""
        with self._open(directory, take_over=take_over) as (events, journal, owner):
            mend(directory / RESULTS)
            offsets = array("q", [ABSENT]) * trials.planned
            for offset, trial in _list_trials(directory / RESULTS):
                index = trials.number(trial)
                if index is not None:
                    offsets[index] = offset
            for comparison in trials.together():
                if any(offsets[index] == ABSENT for index in comparison):
                    for index in comparison:  # its requests are in the journal: it costs nothing
                        offsets[index] = ABSENT

            def is_unfinished(trial: TrialId) -> bool:
                index = trials.number(trial)
                return index is not None and offsets[index] == ABSENT

            book = WaveHistory()
            memory = read_memory(directory / EVENTS, is_unfinished, journal.ledger, book)
            with _open_synced(events, owner) as results:
                yield DiskLog(owner, results, offsets, journal, memory, book)

    @contextmanager
    def _open(
        self, directory: Path, *, take_over: bool = False
    ) -> Iterator[tuple[AppendedFile, Journal, Ownership]]:
        owner = Ownership(directory, directory / EVENTS)
        with ExitStack() as stack:
            stack.callback(owner.release)
            events = stack.enter_context(closing(AppendedFile(directory / EVENTS)))
            owner.take(take_over=take_over)
            sweep(directory)
            mend(directory / EVENTS)  # before anything is added behind a torn line
            journal = Journal(events, self._now)
            journal.note("opened", pid=os.getpid())
            yield events, journal, owner

    def find(self, name: str, spec_name: str | None = None) -> Path:
        """Find the directory of a run, by path, id or ``latest``."""
        as_path = Path(name)
        if (as_path / RUN).is_file():
            return as_path
        if (at_home := self._find_at_home(name, spec_name)) is not None:
            return at_home
        names = list[str]()
        for entry in self._list(spec_name):
            if name in (entry.id, entry.directory.name) or (name == "latest" and entry.id):
                return entry.directory
            names.append(entry.directory.name)
        known = get_close_matches(name, names, n=3, cutoff=0.4) or names[:3]
        where = f" of '{spec_name}'" if spec_name else ""
        raise RequestError(
            Diagnostic(
                NO_RUN,
                f"there is no run '{name}'{where}" if name != "latest" else f"no run{where} yet",
                str(self._reports),
                hint=f"runs: {', '.join(known)}" if known else "make one: harness eval",
            )
        )

    def info(self, directory: Path) -> RunInfo:
        """Read ``run.json``."""
        return read_info(directory)

    def read_spent(self, directory: Path) -> Spent:
        """Read what the processes of a run spent, from its journal."""
        return read_spent(directory / EVENTS)

    def read_document(self, directory: Path) -> Mapping[str, Any]:
        """Read the spec of a run as it was decoded; empty where nothing can be read."""
        with suppress(OSError, ValueError, RecursionError):
            document = json.loads(read_regular(directory / SPEC))
            return document if isinstance(document, dict) else {}
        return {}

    def read(self, directory: Path) -> Run:
        """Read a whole run; its results stay on disk and are decoded as they are asked for.

        Of one that was killed the journal tells which requests have no answer.
        """
        info = read_info(directory)
        if info.finished_at is None and not info.replayed:
            info = replace(info, unknown=read_unknown(directory / EVENTS) or None)
        return Run(info, StoredResults(directory / RESULTS))

    def read_scored(self, directory: Path) -> Iterator[ScoredTrial]:
        """Return the figures of a run's results, without their transcripts.

        Raises:
            RequestError: the run counts trials, and the file that holds them is gone.
        """
        path = directory / RESULTS
        if not path.exists() and read_info(directory).totals.trials:
            raise unreadable_run_error(path, RunFormatError(f"{RESULTS} is not there"))
        return StoredResults(path).read_scored()

    def runs(self, spec_name: str | None = None) -> Iterator[tuple[Path, RunInfo]]:
        """Yield every run that can be read, newest first."""
        for entry in self._list(spec_name):
            with suppress(RunFormatError):
                yield entry.directory, decode_indexed(entry)

    def newest(self, most_each: int) -> Iterator[tuple[Path, RunInfo, int]]:
        """Yield the newest runs of each spec, and how many runs of that spec there are."""
        for entry in list_runs(self._reports, self._index, None, most_each):
            with suppress(RunFormatError):
                yield entry.directory, decode_indexed(entry), entry.among

    def unreadable(self) -> Iterator[tuple[Path, str]]:
        """Yield the directories with a ``run.json`` that is none, and what is wrong with it."""
        for entry in list_runs(self._reports, self._index, most_each=0):
            if not entry.id:
                try:
                    decode_indexed(entry)
                except RunFormatError as error:
                    yield entry.directory, str(error)

    def explain_unused_index(self) -> str:
        """Return why runs are listed without an index, "" where they are not."""
        return explain_unused(self._index)

    def is_being_written(self, directory: Path) -> bool:
        """Return whether a process is writing the run in this directory."""
        events = directory / EVENTS
        return events.exists() and is_held(directory, events)

    def _list(self, spec_name: str | None) -> Iterator[IndexedRun]:
        return list_runs(self._reports, self._index, spec_name)

    def _find_at_home(self, name: str, spec_name: str | None) -> Path | None:
        """Find a run by its id where it was written, without an index."""
        if not RUN_ID.fullmatch(name):
            return None
        folder = make_folder_name(spec_name) if spec_name else "*"
        return next((path.parent for path in self._reports.glob(f"{folder}/{name}/{RUN}")), None)


def read_info(directory: Path) -> RunInfo:
    """Read the description of the run in a directory.

    Raises:
        RequestError: it is no run.
    """
    try:
        return decode_run(read_regular(directory / RUN).decode())
    except (OSError, ValueError) as error:
        raise unreadable_run_error(directory / RUN, error) from error


def _list_trials(path: Path) -> Iterator[tuple[int, TrialId]]:
    """List where each result begins, and whose it is."""
    if not path.exists():
        return
    offset = 0
    with open_regular(path) as file:
        for raw in file:
            # An unreadable line is as good as none: its trial is run again.
            with suppress(RunFormatError, UnicodeDecodeError):
                yield offset, decode_result(str(raw, "utf-8")).trial
            offset += len(raw)


def _read_lines(path: Path, offsets: Iterable[int]) -> Iterator[str]:
    with open_regular(path) as file:
        for offset in offsets:
            file.seek(offset)
            yield str(file.readline(), "utf-8")


@contextmanager
def _open_synced(events: AppendedFile, owner: Ownership) -> Iterator[AppendedFile]:
    """Open the file of results, and start a thread that syncs it and the journal."""
    results = AppendedFile(owner.directory / RESULTS)
    syncing = Syncing(events, results, confirm=owner.confirm)
    try:
        yield results
    finally:
        syncing.end()
        results.close()
