"""``harness report``, on runs that are on disk."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run as harness
from harness.compare.views.comparison_document import encode_comparison
from harness.results.codec import encode_result, encode_run
from harness.results.model import Outcome, Run
from tests.unit.report.bare import unpack_blocks
from tests.unit.report.compared import compare_with_base
from tests.unit.report.factory import FIVE, MINI, SPEC, result, run_of, small_run, turn, verdict

RUN_ID = "20260901-120000-a1b2c3"


def on_disk(project: Path, run: Run, spec: Mapping[str, Any] | None = SPEC) -> Path:
    directory = project / "reports" / "sweden" / run.info.id
    directory.mkdir(parents=True)
    (project / ".harness").mkdir(exist_ok=True)
    (directory / "run.json").write_text(encode_run(run.info), encoding="utf-8")
    lines = "".join(encode_result(held) + "\n" for held in run.results)
    (directory / "results.jsonl").write_text(lines, encoding="utf-8")
    if spec is not None:
        (directory / "spec.json").write_text(json.dumps(spec), encoding="utf-8")
    return directory


@pytest.fixture
def project_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_three_documents_land_in_the_folder_of_the_run(
    project_here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = on_disk(project_here, small_run())
    assert harness(["report", "latest"]) == 0
    assert capsys.readouterr().out.strip() == str(directory / "report.html")
    assert "Paul Allen" in (directory / "report.html").read_text(encoding="utf-8")
    assert ET.fromstring((directory / "junit.xml").read_text()).attrib["tests"] == "16"
    assert (directory / "summary.md").read_text().startswith("## ")
    assert sorted(p.name for p in directory.iterdir()) == [
        "junit.xml", "report.html", "results.jsonl", "run.json", "spec.json", "summary.md",
    ]  # fmt: skip


def test_a_run_is_found_by_its_id_or_its_folder_from_anywhere_in_the_project(
    project_here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = on_disk(project_here, small_run())
    (project_here / "specs").mkdir()
    monkeypatch.chdir(project_here / "specs")
    assert harness(["report", RUN_ID]) == 0
    assert harness(["report", str(directory)]) == 0
    monkeypatch.chdir("/")
    assert harness(["report", RUN_ID, "--root", str(project_here)]) == 0
    assert set(capsys.readouterr().out.split()) == {str(directory / "report.html")}


def test_output_names_the_page_and_leaves_the_folder_alone(
    project_here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = on_disk(project_here, small_run())
    assert harness(["report", "latest", "-o", "out/page.html"]) == 0
    assert Path("out/page.html").is_file()
    assert harness(["report", "latest", "-o", "out"]) == 0
    assert Path("out/report.html").is_file()
    assert not (directory / "report.html").exists()
    assert capsys.readouterr().out.split() == ["out/page.html", "out/report.html"]


def test_json_says_where_the_page_is_and_what_the_run_came_to(
    project_here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on_disk(project_here, small_run())
    assert harness(["report", "latest", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["run"] == RUN_ID
    assert document["simulated"] is True
    assert document["verdict"] is None
    assert Path(document["report"]).is_file()


def test_a_report_exits_well_whatever_the_verdict(project_here: Path) -> None:
    bad = run_of([result("a", MINI, "failed", turn(1, "Hi", "Ho", verdict("failed")))], [MINI])
    gate = {"min_pass_rate": 1.0, "allow_simulated": True}
    directory = on_disk(project_here, bad, {**SPEC, "evaluation": {"gate": gate}})
    assert harness(["report", "latest"]) == 0
    assert "Below the floor" in (directory / "report.html").read_text(encoding="utf-8")


def test_a_floor_of_a_conversation_counts_as_in_the_evaluation(project_here: Path) -> None:
    results = [
        result("a", MINI, "passed", turn(1, "Hi", "Ho", verdict())),
        result("b", MINI, "failed", turn(1, "Hi", "Ho", verdict("failed"))),
    ]
    spec = {
        "evaluation": {"gate": {"allow_simulated": True, "on_no_baseline": "warn"}},
        "conversations": [{"id": "a"}, {"id": "b", "must_pass": True}],
    }
    directory = on_disk(project_here, run_of(results, [MINI]), spec)
    assert harness(["report", "latest"]) == 0
    assert "Below the floor" in (directory / "report.html").read_text(encoding="utf-8")


def test_what_allow_simulated_let_through_stays_so_in_a_later_report(project_here: Path) -> None:
    held = [result("a", MINI, "passed", turn(1, "Hi", "Ho", verdict()))]
    spec = {"evaluation": {"gate": {"on_no_baseline": "warn"}}}
    directory = on_disk(project_here, run_of(held, [MINI], verdict="passed", exit_code=0), spec)
    assert harness(["report", "latest"]) == 0
    assert "<title>✓ Gate passed" in (directory / "report.html").read_text(encoding="utf-8")


def once(identifier: str, *outcomes: Outcome) -> Run:
    """Three conversations, once each, on the day that the run's id names."""
    held = [
        result(name, MINI, outcome, turn(1, "Hi", f"{outcome} {identifier}", verdict()))
        for name, outcome in zip("abc", outcomes, strict=True)
    ]
    started = f"2026-09-{identifier[6:8]}T12:00:00Z"
    return run_of(held, [MINI], id=identifier, started_at=started)


def test_of_several_runs_the_newest_is_compared_with_the_one_before_it(
    project_here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on_disk(project_here, once("20260801-120000-000000", "passed", "passed", "failed"))
    on_disk(project_here, once("20260903-120000-000000", "passed", "passed", "passed"))
    newest = on_disk(project_here, once("20260907-120000-000000", "failed", "passed", "passed"))
    names = ["20260903-120000-000000", "latest", "20260801-120000-000000"]
    assert harness(["report", *names, "-o", "page.html"]) == 0
    assert capsys.readouterr().out.split() == ["page.html"]
    assert not (newest / "report.html").exists()
    data = unpack_blocks(Path("page.html").read_text(encoding="utf-8"))
    summary = data["summary"]
    assert summary["head"]["run_id"] == "20260907-120000-000000"
    assert summary["comparison"]["base"]["id"] == "20260903-120000-000000"
    (case,) = [one for one in summary["comparison"]["pairs"][0]["cases"] if one["kind"] != "same"]
    assert (case["conversation"], case["kind"]) == ("a", "regressed")
    was = data["t0"][str(case["index"])]["base"]
    assert [line["turns"][0]["assistant"] for line in was] == ["passed 20260903-120000-000000"]
    assert "base" not in data["t0"]["1"]


def test_a_base_that_is_another_run_by_now_is_not_shown_as_the_one_that_was(
    project_here: Path,
) -> None:
    newest = on_disk(project_here, once("20260907-120000-000000", "failed", "passed", "passed"))
    comparison = compare_with_base("a", "regressed")
    (newest / "comparison.json").write_text(encode_comparison(comparison), encoding="utf-8")
    assert harness(["report", "latest"]) == 0
    page = (newest / "report.html").read_text(encoding="utf-8")
    data = unpack_blocks(page)
    assert data["summary"]["comparison"]["base"]["id"] == comparison.base.id
    assert "base" not in data["t0"]["0"]
    on_disk(project_here, once(comparison.base.id, "passed", "passed", "passed"))
    assert harness(["report", newest.name]) == 0
    data = unpack_blocks((newest / "report.html").read_text(encoding="utf-8"))
    assert data["t0"]["0"]["base"][0]["outcome"] == "passed"


def test_a_run_named_twice_is_one_run(project_here: Path) -> None:
    directory = on_disk(project_here, small_run())
    assert harness(["report", "latest", RUN_ID]) == 0
    assert (directory / "junit.xml").exists()


def test_run_and_results_are_enough(project_here: Path) -> None:
    directory = on_disk(project_here, small_run(), spec=None)
    assert harness(["report", "latest"]) == 0
    assert "About this run" in (directory / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["latest"], ["no run yet", "harness eval"]),
        (["20260901-120000-ffffff"], ["there is no run and no baseline '20260901-120000-ffffff'"]),
    ],
)
def test_what_cannot_be_reported_is_told_with_a_way_out(
    project_here: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    words: list[str],
) -> None:
    assert harness(["report", *arguments]) == 2
    error = capsys.readouterr().err
    assert all(word in error for word in words)
    assert "Traceback" not in error


@pytest.mark.parametrize("text", ["{", "[]", "[" * 100_000, "\udcff"])
def test_a_broken_spec_of_a_run_is_named(
    project_here: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    directory = on_disk(project_here, small_run())
    (directory / "spec.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert harness(["report", "latest"]) == 2
    assert str(directory / "spec.json") in capsys.readouterr().err


def test_odd_text_survives_the_way_through_the_disk(project_here: Path) -> None:
    said = "NUL \x00 ESC \x1b half \ud83d override \u202e 中文"
    run = run_of([result("a", FIVE, "failed", turn(1, said, said, verdict("failed")))], [FIVE])
    directory = on_disk(project_here, run)
    assert harness(["report", "latest"]) == 0
    html = (directory / "report.html").read_text(encoding="utf-8")
    assert "NUL ␀ ESC ␛ half ⟨U+D83D⟩ override ⟨U+202E⟩ 中文" in html
    ET.fromstring((directory / "junit.xml").read_bytes())


def test_what_is_known_to_fail_is_told_by_every_document(project_here: Path) -> None:
    said = turn(1, "Hi", "no", verdict("failed"))
    run = run_of([result("bug", MINI, "failed", said), result("ok", MINI, "passed", said)], [MINI])
    mark = {"until": "2099-01-31", "issue": "https://example.org/1?a=<b>"}
    marked = [{"id": "bug", "known_failing": mark}, {"id": "ok", "known_failing": "by hand"}]
    directory = on_disk(project_here, run, {**SPEC, "conversations": marked})
    assert harness(["report", "latest"]) == 0
    page = (directory / "report.html").read_text(encoding="utf-8")
    assert 'rel="noopener noreferrer">known to fail until 2099-01-31</a>' in page
    assert '<a class="tag" href="https://example.org/1?a=&lt;b&gt;"' in page
    summary = (directory / "summary.md").read_text(encoding="utf-8")
    assert re.search(r"^Known to fail until 2099\\?-01\\?-31: https", summary, re.MULTILINE)
    assert "1 known to fail" in summary
    assert ET.parse(directory / "junit.xml").getroot().attrib["failures"] == "0"
