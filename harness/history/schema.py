"""The state of a shared history's tables: made on first use, migrated only when somebody asks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, inspect, text

from harness.errors import Diagnostic, OutsideError, RequestError
from harness.history.address import HistoryAddress
from harness.history.refusals import FORBIDDEN
from harness.history.tables import NEWEST

OLDER, NEWER = "H876", "H877"
LOCK: Final = 0x4A52_4E53
"""The advisory lock of PostgreSQL that keeps two who make tables apart; any number would do."""


def read_schema(connection: Connection) -> str | None:
    """Return the name of the last step that the tables went through; None where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def require_schema(connection: Connection, address: HistoryAddress) -> bool:
    """Return whether there are tables; those that are there have to be of this version.

    Raises:
        RequestError: they are older, or newer, or another program's.
    """
    found = read_schema(connection)
    if found is None or found == NEWEST:
        return found is not None
    _refuse_foreign(found, address)
    if found > NEWEST:
        summary = f"the shared history {address.name} is of a newer version ({found})"
        why = f"this version of harness knows schemas up to {NEWEST}"
        hint = "pip install --upgrade 'azure-openai-harness[history]'"
        raise RequestError(Diagnostic(NEWER, summary, why, hint=hint))
    summary = f"the shared history {address.name} is of an older version ({found})"
    why = f"this version of harness wants schema {NEWEST}; nothing was changed"
    hint = "harness history upgrade, once, by a role that may alter its tables"
    raise RequestError(Diagnostic(OLDER, summary, why, hint=hint))


def _refuse_foreign(found: str, address: HistoryAddress) -> None:
    """Refuse the table of versions that another program has made: a step here has four digits.

    Raises:
        RequestError: it is another program's.
    """
    if re.fullmatch("[0-9]{4}", found) is None or found == "0000":
        summary = f"the database {address.name} is another program's"
        why = f"its table alembic_version says '{found[:40]}', which no version of harness wrote"
        hint = "give the shared history a database of its own"
        raise RequestError(Diagnostic(NEWER, summary, why, hint=hint))


def migrate(connection: Connection, address: HistoryAddress) -> tuple[str | None, str]:
    """Bring the tables to this version's schema, whole or not at all; say from which to which.

    Raises:
        RequestError: they are of a newer version, or another program's.
        OutsideError: the role may not.
    """
    from alembic import command
    from alembic.config import Config
    from sqlalchemy.exc import DBAPIError

    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    before = read_schema(connection)
    if before is not None:
        _refuse_foreign(before, address)
    if before is not None and before >= NEWEST:
        require_schema(connection, address)
        return before, before
    config = Config()
    steps = str(Path(__file__).parent / "migrations")
    config.set_main_option("script_location", steps.replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, NEWEST)
    except DBAPIError as error:
        if "permission denied" not in str(error.orig) and "must be owner" not in str(error.orig):
            raise
        summary = f"this role may not make the tables of the shared history {address.name}"
        hint = "let a role that may do it once: harness history upgrade"
        said = " ".join(str(error.orig).split())
        raise OutsideError(Diagnostic(FORBIDDEN, summary, said, hint=hint)) from None
    return before, NEWEST
