"""Shared histories of both kinds, each test its own."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

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


def make_database(server: str) -> str:
    import psycopg

    name = f"team_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"postgresql://{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    return f"postgresql://{server}/{name}"


@pytest.fixture
def postgres_url(server: str) -> str:
    """The URL of an empty database."""
    return make_database(server)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of an empty shared history: of a file, then of a server."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('team')}/team.db"
    return make_database(request.getfixturevalue("server"))


@pytest.fixture(autouse=True)
def _no_history_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HARNESS_HISTORY_URL", "PGPASSWORD", "GITHUB_ACTOR", "GITLAB_USER_LOGIN"):
        monkeypatch.delenv(name, raising=False)
