"""Runs in a shared history: the same behaviour on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import zlib
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from harness.errors import HarnessError, OutsideError, RequestError
from harness.history import shared_runs
from harness.history.shared_runs import SharedRuns
from tests.unit.history.projects import (
    FIRST,
    SECOND,
    describe_only,
    list_infos,
    make_run,
    open_shared,
    write_run,
)

FILES = ("run.json", "results.jsonl", "spec.json")


def change(shared: SharedRuns, statement: str, **values: object) -> None:
    with create_engine(shared.database.address.url, poolclass=NullPool).begin() as connection:
        connection.execute(text(statement), values)


def count(shared: SharedRuns, table: str) -> int:
    with create_engine(shared.database.address.url, poolclass=NullPool).connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() or 0)


def code(error: pytest.ExceptionInfo[HarnessError]) -> str:
    return error.value.diagnostics[0].code


def test_the_bytes_that_come_back_are_those_that_were_uploaded(url: str, tmp_path: Path) -> None:
    directory = write_run(tmp_path, make_run())
    # Longer than a piece, and with bytes that no reader of results would write.
    (directory / "results.jsonl").write_bytes(b'{"torn": "\xff\x00' + bytes(range(256)) * 9000)
    shared = open_shared(url, tmp_path)
    assert shared.push(directory) == "uploaded"
    brought = open_shared(url, tmp_path / "elsewhere").find(FIRST)
    assert brought is not None
    for name in FILES:
        assert (brought / name).read_bytes() == (directory / name).read_bytes()
    assert count(shared, "harness_piece") == 5


def test_a_run_is_uploaded_once_however_often_it_is_pushed(url: str, tmp_path: Path) -> None:
    directory = write_run(tmp_path, make_run())
    shared = open_shared(url, tmp_path)
    assert [shared.push(directory) for _ in range(3)] == ["uploaded", "there", "there"]
    assert (count(shared, "harness_run"), count(shared, "harness_figure")) == (1, 1)


def test_a_run_that_went_on_takes_its_place_and_an_earlier_state_does_not(
    url: str, tmp_path: Path
) -> None:
    early = make_run(status="partial", finished_at="2026-09-01T12:01:00Z")
    late = make_run(status="complete", finished_at="2026-09-01T12:09:00Z")
    old, new = write_run(tmp_path / "a", early), write_run(tmp_path / "b", late)
    shared = open_shared(url, tmp_path)
    assert [shared.push(one) for one in (old, new, old)] == ["uploaded", "renewed", "there"]
    assert [info.status for info in list_infos(shared)] == ["complete"]


def test_another_run_of_the_same_id_is_refused_and_changes_nothing(
    url: str, tmp_path: Path
) -> None:
    shared = open_shared(url, tmp_path)
    shared.push(write_run(tmp_path, make_run()))
    with pytest.raises(RequestError, match="has another run") as caught:
        shared.push(write_run(tmp_path, make_run(spec="norway")))
    assert code(caught) == "H878"
    assert [info.spec_name for info in list_infos(shared)] == ["sweden"]


def test_runs_are_listed_newest_first_over_pages_and_by_spec(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_runs, "PAGE", 4)
    shared = open_shared(url, tmp_path)
    ids = [f"20260901-120000-{number:06x}" for number in range(11)]
    for number, run_id in enumerate(ids):
        shared.push(describe_only(tmp_path, run_id, "norway" if number == 1 else "sweden"))
    assert [info.id for info in list_infos(shared)] == ids[::-1]
    assert [info.id for info in list_infos(shared, "norway")] == [ids[1]]
    latest, norway = shared.find("latest"), shared.find("latest", "norway")
    assert latest is not None
    assert norway is not None
    assert (latest.name, norway.name) == (ids[-1], ids[1])


def test_a_history_without_tables_is_empty_and_the_first_upload_makes_them(
    empty_url: str, tmp_path: Path
) -> None:
    shared = open_shared(empty_url, tmp_path)
    assert list_infos(shared) == []
    assert shared.find("latest") is None
    assert shared.list_baselines() == []
    assert "no tables yet" in shared.describe()
    shared.push(write_run(tmp_path, make_run()))
    assert "1 run, schema" in shared.describe()


def test_a_baseline_is_the_last_one_set_and_what_it_was_is_kept(url: str, tmp_path: Path) -> None:
    first, second = write_run(tmp_path, make_run()), write_run(tmp_path, make_run(SECOND))
    mona, lena = open_shared(url, tmp_path, "mona"), open_shared(url, tmp_path, "lena")
    mona.set_baseline("main", first, make_run().info)
    lena.set_baseline("main", second, make_run(SECOND).info)
    (held,) = mona.list_baselines()
    assert (held.run, held.set_by, held.set_at) == (SECOND, "lena", "2026-09-03T00:00:00Z")
    past = mona.list_past_baselines("sweden", "main")
    assert [(one.run, one.set_by) for one in past] == [(SECOND, "lena"), (FIRST, "mona")]
    found = mona.find_baseline("main", "sweden")
    assert found is not None
    assert found.name == SECOND
    assert mona.find_baseline("main", "norway") is None


def test_a_baseline_of_several_specs_wants_the_spec(url: str, tmp_path: Path) -> None:
    shared = open_shared(url, tmp_path)
    for run in (make_run(), make_run(SECOND, "norway")):
        shared.set_baseline("main", write_run(tmp_path, run), run.info)
    assert shared.find_baseline("main") is None
    assert shared.find_baseline("main", "norway") == shared.find(SECOND)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE harness_file SET sha256 = 'ab' WHERE name = 'results.jsonl'", "SHA-256 differs"),
        ("UPDATE harness_file SET size = 3 WHERE name = 'results.jsonl'", "larger than it says"),
        ("UPDATE harness_file SET size = -1 WHERE name = 'results.jsonl'", "says that it has -1"),
        ("UPDATE harness_piece SET content = :junk WHERE name = 'results.jsonl'", "results.jsonl"),
        ("UPDATE harness_piece SET content = :bomb WHERE name = 'results.jsonl'", "larger than"),
        ("DELETE FROM harness_piece WHERE name = 'results.jsonl'", "SHA-256 differs"),
        ("DELETE FROM harness_file WHERE name = 'run.json'", "run.json is none"),
    ],
)
def test_a_run_whose_bytes_are_not_sound_is_refused(
    url: str, tmp_path: Path, statement: str, why: str
) -> None:
    shared = open_shared(url, tmp_path)
    shared.push(write_run(tmp_path, make_run()))
    values = {"junk": b"junk", "bomb": zlib.compress(bytes(9_000_000))}
    change(shared, statement, **{key: one for key, one in values.items() if f":{key}" in statement})
    with pytest.raises(OutsideError) as caught:
        shared.find(FIRST)
    assert code(caught) == "H878"
    assert why in caught.value.diagnostics[0].detail
    place = shared.locate(FIRST)
    assert not (place / "run.json").exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE harness_file SET size = 'x'",
        "UPDATE harness_piece SET content = 'text'",
        "UPDATE harness_piece SET content = 5",
        "UPDATE harness_piece SET content = zeroblob(3000000)",
        "UPDATE harness_run SET id = x'0102'",
    ],
)
def test_a_file_of_sqlite_with_values_of_other_types_is_refused(
    tmp_path: Path, statement: str
) -> None:
    shared = open_shared(f"sqlite:///{tmp_path}/team.db", tmp_path)
    shared.push(write_run(tmp_path, make_run()))
    change(shared, statement)
    ((run, info, why),) = shared.list_runs()
    assert isinstance(run, str)
    assert info is None
    assert why
    with pytest.raises(HarnessError) as caught:
        shared.find("latest")
    assert code(caught) == "H878"


def test_a_run_that_is_named_like_a_path_does_not_end_the_list(url: str, tmp_path: Path) -> None:
    shared = open_shared(url, tmp_path)
    shared.push(write_run(tmp_path, make_run()))
    change(shared, "INSERT INTO harness_run SELECT '99/../../up', spec_name, started_at,"
           " finished_at, status, verdict, exit_code, simulated, replayed, harness_version, trials,"
           " passed, errored, cost_usd, uploaded_at, uploaded_by FROM harness_run")  # fmt: skip
    told = {run: why for run, _, why in shared.list_runs()}
    assert "an id is" in told["99/../../up"] or "SHA-256" in told["99/../../up"]
    assert told[FIRST] == ""


def test_a_copy_that_somebody_changed_is_brought_again(url: str, tmp_path: Path) -> None:
    shared = open_shared(url, tmp_path)
    directory = write_run(tmp_path, make_run())
    shared.push(directory)
    brought = shared.find(FIRST)
    assert brought is not None
    (brought / "results.jsonl").write_text("changed", encoding="utf-8")
    assert shared.find(FIRST) == brought
    assert (brought / "results.jsonl").read_bytes() == (directory / "results.jsonl").read_bytes()


def test_an_id_that_is_a_path_leads_nowhere(url: str, tmp_path: Path) -> None:
    shared = open_shared(url, tmp_path)
    shared.push(write_run(tmp_path, make_run()))
    change(shared, "INSERT INTO harness_run SELECT '99/../../up', spec_name, started_at,"
           " finished_at, status, verdict, exit_code, simulated, replayed, harness_version, trials,"
           " passed, errored, cost_usd, uploaded_at, uploaded_by FROM harness_run")  # fmt: skip
    with pytest.raises(RequestError, match="is no id"):
        shared.find("latest")
    assert [info.id for info in list_infos(shared)] == [FIRST]
    # And a description that calls itself otherwise than its row is nobody's.
    change(shared, "UPDATE harness_file SET run_id = '99/../../up' WHERE name = 'run.json'")
    change(shared, "UPDATE harness_piece SET run_id = '99/../../up' WHERE name = 'run.json'")
    assert list_infos(shared) == []


PUSH = """
    import os
    import sys
    from pathlib import Path
    import psycopg, alembic.command
    from harness.history import stored_file
    from tests.unit.history.projects import open_shared
    project, url, words = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    if words == ["at once"]:  # born by fork: to import everything takes seconds
        children = []
        for _ in range(3):
            child = os.fork()
            if not child:
                children.clear()
                break
            children.append(child)
    if words == ["stop"]:
        inner = stored_file.zlib.compress
        def compress(piece):
            print("in the middle", flush=True)
            sys.stdin.read()
            return inner(piece)
        stored_file.zlib.compress = compress
    for directory in sorted((project / "reports" / "sweden").iterdir()):
        os.write(1, open_shared(url, project).push(directory).encode() + b"\\n")
    if words == ["at once"]:
        assert all(os.waitpid(child, 0)[1] == 0 for child in children)
"""


def start_push(checkout: Path, tmp_path: Path, url: str, *words: str) -> subprocess.Popen[str]:
    program = textwrap.dedent(PUSH)
    return subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path), url, *words], cwd=checkout, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip


def test_four_processes_that_upload_at_once_lose_and_double_nothing(
    url: str, tmp_path: Path, project: Path
) -> None:
    ids = [f"20260901-120000-{number:06x}" for number in range(3)]
    for run_id in ids:
        write_run(tmp_path, make_run(run_id))
    four = start_push(project, tmp_path, url, "at once")
    said = four.communicate(timeout=120)[0].split()
    assert four.returncode == 0
    assert (said.count("uploaded"), said.count("there")) == (len(ids), 3 * len(ids))
    shared = open_shared(url, tmp_path)
    assert [info.id for info in list_infos(shared)] == ids[::-1]
    assert count(shared, "harness_file") == 3 * len(ids)


def test_a_push_that_is_killed_in_the_middle_leaves_nothing_and_is_completed_by_another(
    url: str, tmp_path: Path, project: Path
) -> None:
    directory = write_run(tmp_path, make_run())
    shared = open_shared(url, tmp_path)
    shared.upgrade()
    one = start_push(project, tmp_path, url, "stop")
    assert one.stdout is not None
    assert one.stdout.readline() == "in the middle\n"
    one.kill()
    one.communicate(timeout=60)
    assert [count(shared, f"harness_{name}") for name in ("run", "file", "piece")] == [0, 0, 0]
    assert shared.push(directory) == "uploaded"
    brought = shared.find(FIRST)
    assert brought is not None
    assert (brought / "results.jsonl").read_bytes() == (directory / "results.jsonl").read_bytes()


def test_two_who_set_a_baseline_at_once_are_both_kept(url: str, tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    open_shared(url, tmp_path).upgrade()
    first, second = write_run(tmp_path, make_run()), write_run(tmp_path, make_run(SECOND))
    pairs = [(first, make_run().info), (second, make_run(SECOND).info)] * 4
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: open_shared(url, tmp_path).set_baseline("main", *one), pairs))
    shared = open_shared(url, tmp_path)
    past = shared.list_past_baselines("sweden", "main")
    assert len(past) == 8
    assert shared.list_baselines() == past[:1]


def test_a_large_run_is_kept_in_pieces(url: str, tmp_path: Path) -> None:
    directory = write_run(tmp_path, make_run())
    lines = (directory / "results.jsonl").read_bytes()
    (directory / "results.jsonl").write_bytes(lines * (8_000_000 // len(lines)))
    shared = open_shared(url, tmp_path)
    assert shared.push(directory) == "uploaded"
    assert shared.find(FIRST) is not None
    assert count(shared, "harness_piece") == 10
