"""The URL of a shared history, and what of it people may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.errors import Diagnostic, RequestError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

NO_URL, NO_PACKAGE = "H870", "H871"
VARIABLE = "HARNESS_HISTORY_URL"
HERE = {"", "localhost", "127.0.0.1", "::1"}
EXAMPLE = f"{VARIABLE}=postgresql://user@host/database, or sqlite:///team.db for a file"


@dataclass(frozen=True, slots=True)
class HistoryAddress:
    """The place of a shared history; ``name`` is how people see it, without any password."""

    url: URL = field(repr=False)
    name: str

    @property
    def is_file(self) -> bool:
        """True where it is a file of this machine, and no server."""
        return self.url.get_backend_name() == "sqlite"

    def hide(self, text: str) -> str:
        """Return a text of others without the password of the URL, should they repeat it."""
        password = self.url.password
        return text.replace(str(password), "***") if password else text


def read_address(text: str) -> HistoryAddress:
    """Read a URL. What stands in it is repeated in no message: it may hold a password.

    To a server of another machine the connection has to be encrypted, unless the URL itself says
    otherwise (``sslmode``).

    Raises:
        RequestError: it is no such URL, or the extra ``history`` is not installed.
    """
    try:
        from sqlalchemy.engine import make_url
        from sqlalchemy.exc import ArgumentError
    except ModuleNotFoundError as error:
        raise make_package_error(error.name or "sqlalchemy") from error
    try:
        url = make_url(text.strip())
        host, port, backend = url.host or "", url.port, url.drivername.partition("+")[0]
    except (ArgumentError, ValueError):
        raise _no_url_error("it cannot be read as a URL") from None
    if backend == "sqlite":
        if not url.database or url.database == ":memory:":
            raise _no_url_error("a SQLite history is a file: sqlite:///team.db")
        return HistoryAddress(url.set(drivername="sqlite"), f"sqlite:///{url.database}")
    if backend not in {"postgresql", "postgres"}:
        raise _no_url_error("it begins neither with postgresql:// nor with sqlite:///")
    if not url.database:
        raise _no_url_error("it names no database: postgresql://user@host/database")
    if "@" in host + url.database:  # what follows the first @ of a password would be shown
        raise _no_url_error(
            "it has more than one @: one within a user's name or a password is written %40"
        )
    url = url.set(drivername="postgresql+psycopg")
    at = url.query.get("host", host)
    if not (isinstance(at, str) and (at in HERE or at.startswith("/"))):
        url = url.update_query_dict({"sslmode": url.query.get("sslmode", "require")})
    shown = f"[{host}]" if ":" in host else host
    user = f"{url.username}@" if url.username else ""
    place = f"{user}{shown}" + (f":{port}" if port else "")
    return HistoryAddress(url, f"postgresql://{place}/{url.database}")


def make_package_error(missing: str) -> RequestError:
    """Make the error for the libraries of the extra ``history`` that are not installed."""
    return RequestError(
        Diagnostic(
            NO_PACKAGE,
            "a shared history needs libraries that are not installed",
            f"there is no package {missing}",
            hint="pip install 'azure-openai-harness[history]'",
        )
    )


def _no_url_error(why: str) -> RequestError:
    summary = f"{VARIABLE}, or --history, is not the URL of a shared history"
    return RequestError(Diagnostic(NO_URL, summary, why, hint=f"set {EXAMPLE}"))
