"""The connection to a shared history: transactions that are whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from harness.history.address import HistoryAddress, make_package_error
from harness.history.refusals import explain_refusals
from harness.history.schema import migrate, read_schema, require_schema

CONNECT_S: Final = 10
BUSY_S: Final = 60.0
"""Seconds: to reach a server; to wait until another process has written to the file."""


class HistoryDatabase:
    """One shared history; connections last as long as the block that they are opened for."""

    def __init__(self, address: HistoryAddress) -> None:
        self.address = address
        self._engine: Engine | None = None

    @contextmanager
    def read(self) -> Iterator[Connection | None]:
        """Open a transaction that only reads; None where there are no tables yet.

        Raises:
            RequestError: the tables are of another version.
            OutsideError: the database refused, or is not there.
        """
        with explain_refusals(self.address), self._open().connect() as connection:
            yield connection if require_schema(connection, self.address) else None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that writes; the first one makes the tables.

        Raises:
            RequestError: the tables are of another version.
            OutsideError: the database refused; nothing of the block was written.
        """
        with explain_refusals(self.address):
            with self._open().connect() as connection:
                made = require_schema(connection, self.address)
            if not made:
                self.upgrade()
            with self._begin() as connection:
                yield connection

    def upgrade(self) -> tuple[str | None, str]:
        """Bring the tables to this version's schema; say from which to which.

        Raises:
            RequestError: they are of a newer version.
            OutsideError: the database refused; the tables are as they were.
        """
        with explain_refusals(self.address), self._begin() as connection:
            return migrate(connection, self.address)

    def find_schema(self) -> str | None:
        """Return the version of the tables; None where there are none.

        Raises:
            OutsideError: the database refused, or is not there.
        """
        with explain_refusals(self.address), self._open().connect() as connection:
            return read_schema(connection)

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        engine = self._open().execution_options(writes=True)
        with engine.begin() as connection:
            yield connection

    def _open(self) -> Engine:
        if self._engine is None:
            try:
                self._engine = _make_engine(self.address)
            except ModuleNotFoundError as error:
                raise make_package_error(error.name or "psycopg") from error
            except ImportError as error:  # psycopg is there, and no libpq
                raise make_package_error("psycopg[binary]") from error
        return self._engine


def _make_engine(address: HistoryAddress) -> Engine:
    if not address.is_file:
        arguments = {"connect_timeout": CONNECT_S, "application_name": "harness"}
        return create_engine(address.url, poolclass=NullPool, connect_args=arguments)
    engine = create_engine(address.url, poolclass=NullPool, connect_args={"timeout": BUSY_S})

    @event.listens_for(engine, "connect")
    def _leave_transactions_to_us(connection: Any, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        # The file may be a stranger's: nothing that stands in its schema is run.
        connection.execute("PRAGMA trusted_schema = OFF")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Who asks for the lock at once waits for it; who asks after reading may be refused.
        mode = "IMMEDIATE" if connection.get_execution_options().get("writes") else "DEFERRED"
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine
