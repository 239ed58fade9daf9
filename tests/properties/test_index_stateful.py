"""Whatever happens to run directories and to the index, the two never disagree."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from harness.results.codec import encode_run
from harness.results.model import RunInfo
from harness.store.index import list_runs

SPECS = ("sweden", "norway", "ø/😀")
PLACES = ("sweden/{}", "norway/{}", "kept/by hand/{}", "deep/er/and/{}", "{}")
numbers = st.integers(0, 5)
places = st.sampled_from(PLACES)
long_ago = st.one_of(st.none(), st.integers(10, 10**6))


def name(number: int) -> str:
    return f"20261122-13000{number}-abcdef"


class IndexBesideDirectories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.reports = self.root / "reports"
        self.file = self.root / ".harness" / "runs.sqlite"
        self.texts: dict[Path, bytes] = {}

    def put(self, directory: Path, text: bytes, age_s: int | None) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "run.json").write_bytes(text)
        if age_s is not None:
            then = (directory / "run.json").stat().st_mtime - age_s
            os.utime(directory / "run.json", (then, then))
        self.texts[directory] = text

    @rule(number=numbers, place=places, spec=st.sampled_from(SPECS), cost=numbers, age_s=long_ago)
    def write_a_run(self, number: int, place: str, spec: str, cost: int, age_s: int | None) -> None:
        info = RunInfo(name(number), spec, f"{cost}", "0.1.0", "", ())
        self.put(self.reports / place.format(name(number)), encode_run(info).encode(), age_s)

    @rule(number=numbers, place=places, age_s=long_ago)
    def break_a_run(self, number: int, place: str, age_s: int | None) -> None:
        self.put(self.reports / place.format(name(number)), b'{"id": \xff', age_s)

    @rule(data=st.data())
    def delete_a_run(self, data: st.DataObject) -> None:
        if self.texts:
            directory = data.draw(st.sampled_from(sorted(self.texts)))
            shutil.rmtree(directory)
            del self.texts[directory]

    @rule(data=st.data(), place=places)
    def move_a_run(self, data: st.DataObject, place: str) -> None:
        if self.texts:
            directory = data.draw(st.sampled_from(sorted(self.texts)))
            target = self.reports / place.format(directory.name)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                directory.rename(target)
                self.texts[target] = self.texts.pop(directory)

    @rule(junk=st.sampled_from([b"", b"junk", b"SQLite format 3\x00" + b"\xff" * 9000]))
    def break_the_index(self, junk: bytes) -> None:
        if self.file.exists():
            self.file.write_bytes(junk)

    @rule(at=st.integers(1, 40), junk=st.binary(min_size=1, max_size=200))
    def scratch_the_index(self, at: int, junk: bytes) -> None:
        if self.file.exists():
            with self.file.open("r+b") as file:
                file.seek(at * 500)
                file.write(junk)
            self.scratched = True

    @rule()
    def remove_the_index(self) -> None:
        self.file.unlink(missing_ok=True)

    @rule(statement=st.sampled_from(["DROP TABLE run", "PRAGMA user_version = 7"]))
    def bring_an_index_of_another_version(self, statement: str) -> None:
        self.file.unlink(missing_ok=True)
        list(list_runs(self.reports, self.file))
        if self.file.exists():
            index = sqlite3.connect(self.file)
            index.execute(statement)
            index.commit()
            index.close()

    @invariant()
    def the_index_says_what_the_directories_say(self) -> None:
        for spec in (None, *SPECS):
            indexed = list(list_runs(self.reports, self.file, spec))
            without = list(list_runs(self.reports, self.root / "no" / "such" / "folder", spec))
            assert indexed == without
        assert {entry.text for entry in without} <= set(self.texts.values())
        every = {entry.id for entry in list_runs(self.reports, self.file)} - {""}
        readable = {path.name for path, text in self.texts.items() if not text.endswith(b"\xff")}
        assert every == readable

    def teardown(self) -> None:
        shutil.rmtree(self.root)


TestIndexBesideDirectories = IndexBesideDirectories.TestCase
TestIndexBesideDirectories.settings = settings(max_examples=15, stateful_step_count=12)
