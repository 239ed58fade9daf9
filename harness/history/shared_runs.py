"""The runs and baselines of a shared history: listed, found, and brought to this disk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Select, func, insert, select

from harness.app.history.sharing import SharedBaseline
from harness.errors import HarnessError
from harness.history.address import HistoryAddress
from harness.history.database import HistoryDatabase
from harness.history.naming import require_run_id
from harness.history.stored_file import (
    IS_OF_A_SIZE,
    LARGEST_LISTED,
    NAMES,
    RUN,
    FileSum,
    check_pieces,
    make_unsound_error,
    select_pieces,
    sum_file,
    write_file,
)
from harness.history.tables import BASELINES, FILES, NEWEST, PIECES, RUNS
from harness.history.uploading import Pushed, Upload, push_run
from harness.results.codec import decode_run
from harness.results.model import RunInfo
from harness.store.writing import explain_disk_errors

PAGE: Final = 100
"""Descriptions of runs that are read at once."""


@dataclass(frozen=True, slots=True)
class _Description:
    id: str
    info: RunInfo | None
    trouble: str = ""


class SharedRuns:
    """A shared history, as far as commands know it.

    Args:
        address: where it is.
        cache: the folder to which runs are brought; made as needed.
        by: the name of whoever uploads, or sets a baseline.
        now: the time.
    """

    def __init__(
        self, address: HistoryAddress, cache: Path, by: str, now: Callable[[], datetime]
    ) -> None:
        self.name = address.name
        self.database = HistoryDatabase(address)
        self._cache = cache / hashlib.sha256(self.name.encode()).hexdigest()[:12]
        self._by = by
        self._now = now

    def locate(self, run: str) -> Path:
        """Return where a run is, or would be, on this disk."""
        return self._cache / require_run_id(run)

    def push(self, directory: Path) -> Pushed:
        """Upload a run that is on disk.

        Raises:
            HarnessError: it is no run, or the database refused; then nothing of it is there.
        """
        return push_run(self.database, directory, self._sign())

    def list_runs(self, spec_name: str | None = None) -> Iterator[tuple[str, RunInfo | None, str]]:
        """Yield runs, newest first: the id, its description, and why that cannot be read.

        Raises:
            HarnessError: the database refused, or its tables are of another version.
        """
        last: str | None = None
        while True:
            with self.database.read() as connection:
                if connection is None:
                    return
                page = list(_select_page(connection, spec_name, last))
            for one in page:
                yield one.id, one.info, one.trouble
            if len(page) < PAGE:
                return
            last = page[-1].id

    def find(self, name: str, spec_name: str | None = None) -> Path | None:
        """Bring a run to this disk, by its id or ``latest``; None where there is none.

        Raises:
            HarnessError: the database or the disk refused, or its bytes are not sound.
        """
        wanted = select(RUNS.c.id).order_by(RUNS.c.id.desc()).limit(1)
        if spec_name is not None:
            wanted = wanted.where(RUNS.c.spec_name == spec_name)
        if name != "latest":
            wanted = wanted.where(RUNS.c.id == name)
        with self.database.read() as connection:
            found = connection.execute(wanted).scalar() if connection is not None else None
            return self._bring(connection, found) if connection is not None and found else None

    def find_baseline(self, name: str, spec_name: str | None = None) -> Path | None:
        """Bring the run that is a spec's baseline; None where there is none.

        Without a spec it is the only one of that name: None where several specs have one.

        Raises:
            HarnessError: the database or the disk refused, or its bytes are not sound.
        """
        found = [
            one
            for one in self.list_baselines()
            if one.name == name and spec_name in (None, one.spec_name)
        ]
        return self.find(found[0].run) if len(found) == 1 else None

    def list_baselines(self) -> list[SharedBaseline]:
        """List the baselines that hold now, by spec and name.

        Raises:
            HarnessError: the database refused, or its tables are of another version.
        """
        holding = select(func.max(BASELINES.c.number)).group_by(
            BASELINES.c.spec_name, BASELINES.c.name
        )
        wanted = select(BASELINES).where(BASELINES.c.number.in_(holding))
        return self._select_baselines(wanted.order_by(BASELINES.c.spec_name, BASELINES.c.name))

    def list_past_baselines(self, spec_name: str, name: str) -> list[SharedBaseline]:
        """List what a baseline is and was, the one that holds first.

        Raises:
            HarnessError: the database refused, or its tables are of another version.
        """
        wanted = select(BASELINES).where(
            BASELINES.c.spec_name == spec_name, BASELINES.c.name == name
        )
        return self._select_baselines(wanted.order_by(BASELINES.c.number.desc()))

    def _select_baselines(self, wanted: Select[Any]) -> list[SharedBaseline]:
        with self.database.read() as connection:
            if connection is None:
                return []
            return [
                SharedBaseline(row.spec_name, row.name, row.run_id, row.set_at, row.set_by)
                for row in connection.execute(wanted)
            ]

    def set_baseline(self, name: str, directory: Path, info: RunInfo) -> None:
        """Make a run the baseline of its spec, uploading it where it is not there.

        What it was before is kept; of two who do it at once, the later one holds.

        Raises:
            HarnessError: the database refused; the baseline is then what it was.
        """
        signed = self._sign()
        push_run(self.database, directory, signed)
        with self.database.write() as connection:
            row = {"spec_name": info.spec_name[:255], "name": name, "run_id": info.id}
            connection.execute(
                insert(BASELINES), {**row, "set_at": signed.at, "set_by": signed.by[:100]}
            )

    def upgrade(self) -> tuple[str | None, str]:
        """Bring the tables to this version's schema; say from which to which."""
        return self.database.upgrade()

    def describe(self) -> str:
        """Say in a line how many runs there are, and of which schema.

        Raises:
            HarnessError: the database refused, or its tables are of another version.
        """
        with self.database.read() as connection:
            if connection is None:
                return f"{self.name}: reached; no tables yet, the first upload makes them"
            count = connection.execute(select(func.count()).select_from(RUNS)).scalar() or 0
        return f"{self.name}: {count:,} run{'' if count == 1 else 's'}, schema {NEWEST}"

    def _sign(self) -> Upload:
        moment = self._now().astimezone(UTC).isoformat(timespec="seconds")
        return Upload(moment.replace("+00:00", "Z"), self._by)

    def _bring(self, connection: Connection, run: str) -> Path:
        place = self.locate(run)
        rows = connection.execute(select(FILES).where(FILES.c.run_id == run)).all()
        sums = {row.name: FileSum(row.size, row.sha256) for row in rows if row.name in NAMES}
        with explain_disk_errors(place, "keep a run of the shared history"):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            for name in NAMES:
                path, expected = place / name, sums.get(name)
                if expected is None:
                    path.unlink(missing_ok=True)
                elif sum_file(path) != expected:
                    write_file(path, select_pieces(connection, run, name, expected))
            described = _decode(run, (place / RUN).read_bytes() if RUN in sums else b"")
        if described.info is None:
            raise make_unsound_error(run, described.trouble)
        return place


def _select_page(
    connection: Connection, spec_name: str | None, last: str | None
) -> Iterator[_Description]:
    wanted = (
        select(RUNS.c.id, FILES.c.size, FILES.c.sha256)
        .outerjoin(FILES, (FILES.c.run_id == RUNS.c.id) & (FILES.c.name == RUN))
        .order_by(RUNS.c.id.desc())
        .limit(PAGE)
    )
    if spec_name is not None:
        wanted = wanted.where(RUNS.c.spec_name == spec_name)
    if last is not None:
        wanted = wanted.where(RUNS.c.id < last)
    rows = connection.execute(wanted).all()
    listed = [row.id for row in rows if isinstance(row.size, int) and row.size <= LARGEST_LISTED]
    bodies: dict[str, list[bytes]] = {}
    for piece in connection.execute(
        select(PIECES.c.run_id, PIECES.c.content)
        .where(PIECES.c.name == RUN, PIECES.c.run_id.in_(listed), IS_OF_A_SIZE)
        .order_by(PIECES.c.run_id, PIECES.c.number)
    ):
        bodies.setdefault(piece.run_id, []).append(piece.content)
    for row in rows:
        expected = FileSum(row.size or 0, row.sha256 or "")
        try:
            checked = b"".join(check_pieces(row.id, RUN, expected, bodies.get(row.id, ())))
            yield _decode(require_run_id(row.id), checked)
        except HarnessError as error:
            problem = error.diagnostics[0]
            yield _Description(str(row.id), None, problem.detail or problem.summary)


def _decode(run: str, text: bytes) -> _Description:
    try:
        info = decode_run(text.decode())
    except ValueError as error:
        return _Description(run, None, f"its run.json is none: {error}")
    if info.id != run:
        return _Description(run, None, f"its run.json is that of {info.id[:80]}")
    return _Description(run, info)
