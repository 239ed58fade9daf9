"""Upload a run from its directory: all of it in one transaction, and once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from harness.errors import Diagnostic, OutsideError, RequestError
from harness.fs.regular import read_regular
from harness.history.database import HistoryDatabase
from harness.history.naming import require_run_id
from harness.history.stored_file import NAMES, RUN, UNSOUND, FileSum, insert_pieces, sum_file
from harness.history.tables import FIGURES, FILES, PIECES, RUNS
from harness.results.codec import decode_run
from harness.results.model import RunInfo

Pushed = Literal["uploaded", "renewed", "there"]
"""``there``: these very bytes, or those of a later end of the same run, were there already."""


@dataclass(frozen=True, slots=True)
class Upload:
    """The moment of an upload, and the name of whoever does it."""

    at: str
    by: str


def push_run(database: HistoryDatabase, directory: Path, upload: Upload) -> Pushed:
    """Upload the files of a run; of one that went on since, the newer files take their place.

    Raises:
        RequestError: the folder holds no run, or another run has its id there.
        OutsideError: the database refused; nothing of this run was written then.
    """
    info, sums = _read(directory)
    for _ in range(2):
        try:
            with database.write() as connection:
                return _push(connection, directory, info, sums, upload)
        except OutsideError as error:
            # Somebody was uploading the same run: it is there now, and looked at again.
            if not isinstance(error.__context__, IntegrityError):
                raise
    raise OutsideError(
        Diagnostic(UNSOUND, f"run {info.id} is being uploaded by others", hint="do it again")
    )


def _read(directory: Path) -> tuple[RunInfo, dict[str, FileSum]]:
    try:
        info = decode_run(read_regular(directory / RUN).decode())
        found = {name: sum_file(directory / name) for name in NAMES}
    except (OSError, ValueError) as error:
        summary = f"this is no run that could be uploaded: {error}"
        raise RequestError(Diagnostic(UNSOUND, summary, str(directory))) from error
    require_run_id(info.id)
    return info, {name: one for name, one in found.items() if one is not None}


def _push(
    connection: Connection,
    directory: Path,
    info: RunInfo,
    sums: dict[str, FileSum],
    upload: Upload,
) -> Pushed:
    row = connection.execute(select(RUNS).where(RUNS.c.id == info.id).with_for_update()).first()
    described = _describe(info, upload)
    if row is None:
        connection.execute(insert(RUNS), described)
    else:
        if _select_sums(connection, info.id) == sums or _is_newer(row, info):
            return "there"
        connection.execute(update(RUNS).where(RUNS.c.id == info.id), described)
        for table in (PIECES, FILES, FIGURES):
            connection.execute(delete(table).where(table.c.run_id == info.id))
    figures = [
        {"run_id": info.id, "number": number, "target": column.target[:255],
         "variant": column.variant[:255], "trials": column.trials,
         "pass_rate": column.pass_rate.value if column.pass_rate else None,
         "cost_usd": column.cost_usd, "p50_s": column.p50_s, "p95_s": column.p95_s}
        for number, column in enumerate(info.columns)
    ]  # fmt: skip
    if figures:
        connection.execute(insert(FIGURES), figures)
    for name, one in sums.items():
        file = {"run_id": info.id, "name": name, "size": one.size, "sha256": one.sha256}
        connection.execute(insert(FILES), file)
        insert_pieces(connection, info.id, directory / name, one)
    return "uploaded" if row is None else "renewed"


def _is_newer(row: Row[Any], info: RunInfo) -> bool:
    """Return whether what is there is a later end of the same run.

    Raises:
        RequestError: it is another run.
    """
    if (row.spec_name, row.started_at) != (info.spec_name[:255], info.started_at[:40]):
        summary = f"the shared history has another run {info.id}"
        why = f"that one is of '{row.spec_name}' and began {row.started_at}; nothing was changed"
        raise RequestError(Diagnostic(UNSOUND, summary, why, hint="merge it, which gives a new id"))
    return row.finished_at is not None and row.finished_at > (info.finished_at or "")


def _select_sums(connection: Connection, run: str) -> dict[str, FileSum]:
    rows = connection.execute(select(FILES).where(FILES.c.run_id == run))
    return {row.name: FileSum(row.size, row.sha256) for row in rows}


def _describe(info: RunInfo, upload: Upload) -> dict[str, Any]:
    return {
        "id": info.id,
        "spec_name": info.spec_name[:255],
        "started_at": info.started_at[:40],
        "finished_at": info.finished_at[:40] if info.finished_at else None,
        "status": info.status,
        "verdict": info.verdict[:20] if info.verdict else None,
        "exit_code": info.exit_code,
        "simulated": info.simulated,
        "replayed": info.replayed,
        "harness_version": info.harness_version[:64],
        "trials": info.totals.trials,
        "passed": info.totals.passed,
        "errored": info.totals.errored,
        "cost_usd": info.totals.cost_usd,
        "uploaded_at": upload.at,
        "uploaded_by": upload.by[:100],
    }
