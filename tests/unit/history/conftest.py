"""Shared histories of both kinds, each test its own."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from harness.history.address import read_address
from harness.history.database import HistoryDatabase
from tests.unit.history.server import find_program, serve


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """A real PostgreSQL. Absent, the test is skipped; on CI its absence is a failure."""
    if find_program("initdb") is None:
        message = "no PostgreSQL here: apt-get install postgresql"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with ExitStack() as stack:
        # Not pytest's folder, which nobody but its owner may enter: the server has an owner too.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pg-")))
        folder.chmod(0o755)
        yield stack.enter_context(serve(folder / "cluster"))


TEMPLATE = "with_tables"


def make_database(server: str, template: str = "template0") -> str:
    import psycopg

    name = f"team_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"postgresql://{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE {template}')
    return f"postgresql://{server}/{name}"


@pytest.fixture(scope="session")
def server_with_template(server: str) -> str:
    """The server, and in it a database with all tables, of which each test gets a copy."""
    import psycopg

    made = make_database(server)
    HistoryDatabase(read_address(made)).upgrade()
    with psycopg.connect(f"postgresql://{server}/postgres", autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{made.rpartition("/")[2]}" RENAME TO {TEMPLATE}')
    return server


@pytest.fixture(scope="session")
def file_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, of which each test gets a copy."""
    file = tmp_path_factory.mktemp("template") / "team.db"
    HistoryDatabase(read_address(f"sqlite:///{file}")).upgrade()
    return file


@pytest.fixture
def postgres_url(server: str) -> str:
    """The URL of an empty database."""
    return make_database(server)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a shared history that has no tables yet: of a file, then of a server."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('team')}/team.db"
    return make_database(request.getfixturevalue("server"))


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a shared history that has its tables, and no runs."""
    if request.param == "sqlite":
        file = tmp_path_factory.mktemp("team") / "team.db"
        shutil.copyfile(request.getfixturevalue("file_with_tables"), file)
        return f"sqlite:///{file}"
    return make_database(request.getfixturevalue("server_with_template"), TEMPLATE)


@pytest.fixture(autouse=True)
def _no_history_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HARNESS_HISTORY_URL", "PGPASSWORD", "GITHUB_ACTOR", "GITLAB_USER_LOGIN"):
        monkeypatch.delenv(name, raising=False)
