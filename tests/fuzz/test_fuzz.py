"""Whatever a file or an answer holds: a result, or a refusal that says why. Never a traceback.

``HARNESS_DRILLS=all`` makes a million mutations. ``HARNESS_FUZZ_SEED`` makes others of them, and
``HARNESS_FUZZ_KEEP`` names a folder for the files that broke something.
"""

from __future__ import annotations

import os
import resource
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.drills import count_rounds
from tests.fuzz.drill import FuzzedReader, drill
from tests.fuzz.project import make_project
from tests.fuzz.services import list_services

MOST_MEGABYTES = 600
"""Of the process that reads them all, with what it is itself."""


def drill_all(readers: Iterable[FuzzedReader]) -> list[str]:
    seed = int(os.environ.get("HARNESS_FUZZ_SEED", "7"))
    keep = os.environ.get("HARNESS_FUZZ_KEEP")
    found: list[str] = []
    for reader in readers:
        rounds = max(5, round(count_rounds(40, 21_000) * reader.share))
        found += drill(reader, rounds, seed=seed, keep=Path(keep) if keep else None)
    return found


def test_no_answer_of_a_service_breaks_what_reads_it() -> None:
    found = drill_all(list_services())
    assert not found, "\n".join(found)


def test_no_file_breaks_what_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make_project(tmp_path)
    from tests.fuzz.commands import list_files, list_recording_readers, list_run_readers
    from tests.fuzz.others import list_others

    readers = (*list_files(), *list_run_readers(), *list_recording_readers(), *list_others())
    found = drill_all(readers)
    assert not found, "\n".join(found)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 < MOST_MEGABYTES
