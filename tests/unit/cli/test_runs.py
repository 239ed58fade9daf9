"""``harness runs``: the list, its filters, trends, and removing old runs."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from harness.cli.main import run
from harness.results.codec import encode_run
from harness.results.measured import MeasuredColumn, Rate
from harness.results.model import RunInfo, TargetInfo, Totals
from harness.store.runs import DiskRuns

NOW = datetime.now(UTC)


def write_run(
    root: Path,
    number: int,
    *,
    spec: str = "sweden",
    age: timedelta = timedelta(0),
    target: str = "sweden/mini",
    version: str = "2025-04-14",
    rate: float = 0.75,
    verdict: str | None = "passed",
    simulated: bool = False,
    selection: dict[str, object] | None = None,
    spec_sha256: str = "ab",
) -> Path:
    began = NOW - age
    info = RunInfo(
        f"{began:%Y%m%d-%H%M%S}-{number:06x}", spec, spec_sha256, "0.3.0",
        began.isoformat().replace("+00:00", "Z"),
        (TargetInfo(target, "gpt-4.1-mini", version),),
        status="complete", verdict=verdict, exit_code=0, simulated=simulated,
        totals=Totals(trials=4, passed=3, failed=1, cost_usd=0.5), selection=selection or {},
        columns=(MeasuredColumn(target, "default", 4, Rate(rate, 0.5, 0.9), None, 1.25, 2.0),),
    )  # fmt: skip
    directory = root / "reports" / spec / info.id
    directory.mkdir(parents=True)
    (directory / "run.json").write_text(encode_run(info), encoding="utf-8")
    return directory


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".harness").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def days(number: float) -> timedelta:
    return timedelta(days=number)


def printed_ids(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.split()[0][-1] for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["1", "2", "3"]),
        (["--limit", "2"], ["1", "2"]),
        (["--since", "36h"], ["1", "2"]),
        (["--since", "1w", "--verdict", "regressed"], ["2"]),
        (["--verdict", "none", "--verdict", "regressed"], ["2", "3"]),
        (["-t", "norway/*"], ["3"]),
        (["--target", "sweden/mini", "--limit", "1"], ["1"]),
    ],
)
def test_the_list_holds_the_runs_that_are_asked_for_newest_first(
    root: Path, capsys: pytest.CaptureFixture[str], options: list[str], expected: list[str]
) -> None:
    write_run(root, 1)
    write_run(root, 2, age=days(1), verdict="regressed")
    write_run(root, 3, age=days(2), verdict=None, spec="norway", target="norway/mini")
    assert run(["runs", *options]) == 0
    assert printed_ids(capsys) == expected


def test_fifty_are_listed_and_programs_get_all(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(51):
        write_run(root, number, age=timedelta(minutes=number))
    assert run(["runs"]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 50
    assert "newest 50" in err
    assert run(["runs", "--limit", "0"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 51
    assert run(["runs", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 51


def test_a_baseline_and_a_run_that_cannot_be_read_are_told(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = write_run(root, 1)
    shutil.copytree(directory, root / "specs" / "sweden.baselines" / "main")
    (write_run(root, 2) / "run.json").write_text("{", encoding="utf-8")
    assert run(["runs"]) == 0
    out, err = capsys.readouterr()
    assert "· baseline main" in out
    assert "not listed: reports/sweden/" in err
    assert "not JSON" in err
    assert run(["runs", "--json"]) == 0
    (document,) = json.loads(capsys.readouterr().out)
    assert document["baselines"] == ["main"]
    assert document["directory"] == str(directory)


@pytest.mark.parametrize("moment", ["yesterday", "30", "5 years", "2026-13-01"])
def test_a_moment_that_is_none_is_refused_with_what_is_one(
    moment: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["runs", "--since", moment]) == 2
    assert "30d" in capsys.readouterr().err


def test_a_trend_says_what_changed_between_runs_and_never_zero_for_the_unknown(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_run(root, 1, age=days(3), rate=0.5)
    write_run(root, 2, age=days(2), rate=0.75, spec_sha256="cd")
    write_run(root, 3, age=days(1), rate=1.0, version="2026-01-01", spec_sha256="cd",
              selection={"keyword": "founders"})  # fmt: skip
    write_run(root, 4, simulated=True)
    assert run(["runs", "--trend"]) == 0
    out, err = capsys.readouterr()
    assert "▁▅█  50.0 % to 100 %" in out
    lines = [line.strip() for line in out.splitlines()]
    model = "─ model: gpt-4.1-mini 2025-04-14 → gpt-4.1-mini 2026-01-01"
    places = [lines.index("─ spec changed"), lines.index(model)]
    assert [lines[place + 1].split()[0][-1] for place in places] == ["2", "3"]
    assert "unknown" in lines[places[1] + 1]
    assert "1.25 s" in lines[places[1] + 1]
    assert "part of the conversations" in lines[places[1] + 1]
    assert "left out: 1 simulated run" in err
    assert run(["runs", "--trend", "--json"]) == 0
    (spec,) = json.loads(capsys.readouterr().out)["specs"]
    (trend,) = spec["trends"]
    assert [one["pass_rate"]["value"] for one in trend["runs"]] == [0.5, 0.75, 1.0]
    assert trend["runs"][0]["cost_usd"] is None
    assert trend["runs"][1]["changed"] == ["spec changed"]


def test_a_trend_of_simulated_runs_alone_says_so(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_run(root, 1, simulated=True)
    assert run(["runs", "--trend"]) == 0
    assert capsys.readouterr().out.startswith("sweden · simulated\n")


def test_runs_without_figures_have_no_trend_and_that_is_said(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_run(root, 1) / "run.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    del document["columns"]
    path.write_text(json.dumps(document), encoding="utf-8")
    assert run(["runs", "--trend"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "did not write it down" in err


def remaining(root: Path) -> list[str]:
    return sorted(path.name[-1] for path in root.glob("reports/*/*/") if path.is_dir())


def test_pruning_keeps_the_newest_of_each_spec(root: Path) -> None:
    for number in range(1, 4):
        write_run(root, number, age=days(number))
    write_run(root, 9, age=days(99), spec="norway")
    assert run(["runs", "prune", "--keep", "2", "--yes"]) == 0
    assert remaining(root) == ["1", "2", "9"]
    assert "3 runs of 2 specs" in (root / "reports" / "index.html").read_text(encoding="utf-8")


def test_pruning_by_age_spares_what_is_younger_and_with_both_the_newest_too(root: Path) -> None:
    for number in range(1, 5):
        write_run(root, number, age=days(10 * number))
    assert run(["runs", "prune", "--older-than", "35d", "--yes"]) == 0
    assert remaining(root) == ["1", "2", "3"]
    assert run(["runs", "prune", "--older-than", "5d", "--keep", "2", "--yes"]) == 0
    assert remaining(root) == ["1", "2"]


def test_nothing_goes_before_somebody_said_yes(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run(root, 1)
    write_run(root, 2, age=days(1))
    assert run(["runs", "prune", "--keep", "1"]) == 2
    assert "give --yes" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("click.confirm", lambda *_, **__: False)
    assert run(["runs", "prune", "--keep", "1"]) == 1
    assert remaining(root) == ["1", "2"]
    assert printed_ids(capsys) == ["2"]


def test_a_baseline_a_run_that_is_written_and_others_files_stay(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_run(root, 1)
    baseline, written, noted, old = (write_run(root, n, age=days(n)) for n in (2, 3, 4, 5))
    shutil.copytree(baseline, root / "sweden.baselines" / "main")
    (noted / "notes.txt").write_text("mine", encoding="utf-8")
    with DiskRuns(root)._open(written):
        assert run(["runs", "prune", "--keep", "1", "--yes"]) == 0
    assert remaining(root) == ["1", "2", "3", "4"]
    assert not old.exists()
    err = capsys.readouterr().err
    for reason in ("it is the baseline main", "a process is writing it", "notes.txt"):
        assert reason in err


def test_pruning_without_saying_which_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs", "prune"]) == 2
    assert "--keep" in capsys.readouterr().err
