"""The tables: made by steps, migrated when asked, refused by name when newer."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from harness.errors import OutsideError, RequestError
from harness.history import migrations
from harness.history.address import read_address
from harness.history.database import HistoryDatabase
from harness.history.tables import METADATA, NEWEST
from tests.unit.history.projects import FIRST, list_infos, make_run, open_shared, write_run


def execute(url: str, *statements: str) -> None:
    engine = create_engine(read_address(url).url, poolclass=NullPool)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def go_back_to_the_first_schema(url: str) -> None:
    execute(url, "DROP INDEX harness_run_of_spec", "DROP INDEX harness_baseline_of_spec",
            "UPDATE alembic_version SET version_num = '0001'")  # fmt: skip


def test_the_steps_lead_to_the_tables_that_the_program_knows(empty_url: str) -> None:
    HistoryDatabase(read_address(empty_url)).upgrade()
    engine = create_engine(read_address(empty_url).url, poolclass=NullPool)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == NEWEST


def test_an_older_schema_is_refused_and_migrated_when_asked_with_all_its_runs(
    url: str, tmp_path: Path
) -> None:
    shared = open_shared(url, tmp_path)
    directory = write_run(tmp_path, make_run())
    shared.push(directory)
    go_back_to_the_first_schema(url)
    for attempt in (lambda: list_infos(shared), lambda: shared.push(directory)):
        with pytest.raises(RequestError, match="older version") as caught:
            attempt()
        assert caught.value.diagnostics[0].code == "H876"
        assert "harness history upgrade" in caught.value.diagnostics[0].hint
    assert shared.upgrade() == ("0001", NEWEST)
    assert shared.upgrade() == (NEWEST, NEWEST)
    assert [info.id for info in list_infos(shared)] == [FIRST]


def test_a_newer_schema_is_refused_by_name(url: str, tmp_path: Path) -> None:
    shared = open_shared(url, tmp_path)
    shared.upgrade()
    execute(url, "UPDATE alembic_version SET version_num = '0999'")
    for attempt in (lambda: list_infos(shared), shared.upgrade):
        with pytest.raises(RequestError, match="newer version") as caught:
            attempt()
        assert caught.value.diagnostics[0].code == "H877"


@pytest.mark.parametrize("version", ["0000abc", "ae1027a6acf", "0000"])
def test_the_database_of_another_program_is_left_alone(
    url: str, tmp_path: Path, version: str
) -> None:
    shared = open_shared(url, tmp_path)
    shared.upgrade()
    execute(url, f"UPDATE alembic_version SET version_num = '{version}'")
    for attempt in (lambda: list_infos(shared), shared.upgrade):
        with pytest.raises(RequestError, match="another program's"):
            attempt()


def test_a_role_that_only_reads_reads_and_is_told_what_uploading_wants(
    postgres_url: str, tmp_path: Path
) -> None:
    directory = write_run(tmp_path, make_run())
    reader = postgres_url.rpartition("/")[2].replace("team", "reader")
    execute(postgres_url, f"CREATE ROLE {reader} LOGIN PASSWORD 'open'")
    as_reader = postgres_url.replace("boss:sesame", f"{reader}:open")
    with pytest.raises(OutsideError, match="may not make the tables") as caught:
        open_shared(as_reader, tmp_path).push(directory)
    assert caught.value.diagnostics[0].code == "H875"
    open_shared(postgres_url, tmp_path).push(directory)
    execute(postgres_url, f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {reader}")
    read = open_shared(as_reader, tmp_path / "desk")
    assert [info.id for info in list_infos(read)] == [FIRST]
    assert read.find("latest") is not None
    late = write_run(tmp_path, make_run("20260905-120000-a1b2c3"))
    with pytest.raises(OutsideError, match="may not do that") as caught:
        read.push(late)
    assert caught.value.diagnostics[0].code == "H875"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("sesame", "wrong-secret"), "H873"),
        (("/team_", "/absent_"), "H874"),
        (("@127.0.0.1:", "@127.0.0.1:1"), "H872"),
        (("@127.0.0.1", "@127.0.0.2"), "H872"),
    ],
)
def test_what_keeps_a_server_from_answering_is_told_without_the_password(
    postgres_url: str, tmp_path: Path, change: tuple[str, str], code: str
) -> None:
    url = postgres_url.replace(*change)
    if change[1].endswith(":1"):
        url = f"{postgres_url.rpartition(':')[0]}:1/team"
    with pytest.raises(OutsideError) as caught:
        list_infos(open_shared(url, tmp_path))
    problem = caught.value.diagnostics[0]
    assert problem.code == code
    assert problem.hint
    assert "sesame" not in str(caught.value)
    assert "wrong-secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://me:hush@host/db", "hush", "postgresql://u:hush@h",
                                 "sqlite://", "postgresql://u:hush@h:port/db",
                                 "postgresql://u:a@hush@h/db",
                                 "postgresql://u:a@b/hush@h/db"])  # fmt: skip
def test_what_is_no_url_of_a_history_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(RequestError) as caught:
        read_address(url)
    assert caught.value.diagnostics[0].code == "H870"
    assert "hush" not in str(caught.value)


def test_another_machine_is_spoken_to_encrypted_unless_the_url_says_otherwise() -> None:
    def mode(url: str) -> object:
        return read_address(url).url.query.get("sslmode")

    assert mode("postgresql://u@db.example.org/team") == "require"
    assert mode("postgres://u@db.example.org/team?sslmode=verify-full") == "verify-full"
    assert mode("postgresql://u@127.0.0.1/team") is None
    assert mode("postgresql:///team?host=/run/postgresql") is None
    assert (
        read_address("postgresql://u:p@h:5/team?sslmode=require").name == "postgresql://u@h:5/team"
    )
