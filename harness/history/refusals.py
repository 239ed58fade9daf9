"""Refusals of a database, as errors that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from harness.errors import Diagnostic, HarnessError, OutsideError
from harness.history.address import HistoryAddress
from harness.text.safe import printable

NOT_REACHED, NOT_SIGNED_IN, NO_DATABASE, FORBIDDEN = "H872", "H873", "H874", "H875"

_TLS = ("ssl", "certificate", "tls")
_SIGN_IN = ("password authentication failed", "no password supplied", "no pg_hba.conf entry",
            "authentication failed", 'role "')  # fmt: skip
_FORBIDDEN = ("permission denied", "must be owner", "readonly database", "read-only transaction")
MOST_SAID: Final = 400


@contextmanager
def explain_refusals(address: HistoryAddress) -> Iterator[None]:
    """Turn what a database, or the way to it, says inside the block into an error to act on.

    Raises:
        OutsideError: for anything that SQLAlchemy or a driver raises; no password is repeated.
    """
    try:
        yield
    except HarnessError:
        raise
    except SQLAlchemyError as error:
        raise make_refusal(error, address) from None


def make_refusal(error: SQLAlchemyError, address: HistoryAddress) -> OutsideError:
    """Make the error of what a database said; the text of psycopg 3 and libpq tells the cause."""
    origin = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    said = address.hide(printable(" ".join(str(origin).split())))[:MOST_SAID]
    low = said.casefold()
    if any(word in low for word in _FORBIDDEN):
        summary = f"this role may not do that in the shared history {address.name}"
        hint = "reading wants SELECT, uploading INSERT, UPDATE and DELETE: docs/shared-history.md"
        return _make(FORBIDDEN, summary, said, hint)
    if 'database "' in low and "does not exist" in low:
        summary = f"there is no such database: {address.name}"
        return _make(NO_DATABASE, summary, said, f"create it: createdb {address.url.database}")
    if "unable to open database file" in low or "file is not a database" in low:
        summary = f"{address.name} cannot be opened as a SQLite file"
        return _make(NO_DATABASE, summary, said, "name a file in a folder that is there")
    if any(word in low for word in _SIGN_IN):
        summary = f"the server refused to sign in: {address.name}"
        hint = "check user and password of the URL, or PGPASSWORD or ~/.pgpass"
        return _make(NOT_SIGNED_IN, summary, said, hint)
    if any(word in low for word in _TLS):
        summary = f"no encrypted connection to the shared history {address.name}"
        hint = "let the server speak TLS; ?sslmode=verify-full&sslrootcert=FILE trusts a private CA"
        return _make(NOT_REACHED, summary, said, hint)
    summary = f"the shared history {address.name} did not do what was asked"
    hint = "is the server up, and host and port right? `harness doctor` looks at it"
    return _make(NOT_REACHED, summary, said, hint)


def _make(code: str, summary: str, detail: str, hint: str) -> OutsideError:
    return OutsideError(Diagnostic(code, summary, detail, hint=hint))
