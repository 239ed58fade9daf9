"""The trials of a run as a table for spreadsheets and programs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from harness.cli.main import run as harness
from harness.report.tables import COLUMNS, generate_table, guard_formula
from tests.unit.report.factory import MINI, result, run_of, small_run, turn, verdict
from tests.unit.report.test_report_command import on_disk


def test_a_row_a_trial_with_what_is_unknown_left_empty() -> None:
    rows = list(csv.DictReader(io.StringIO("".join(generate_table(small_run().results, ".csv")))))
    assert len(rows) == 16
    assert list(rows[0]) == list(COLUMNS)
    failed = next(row for row in rows if row["outcome"] == "failed")
    assert (failed["conversation"], failed["target"], failed["repeat"], failed["reason"]) == (
        "founders", "sweden/five", "2", 'turn 1: "Bill Gates" is not in the reply',
    )  # fmt: skip
    assert (failed["reply"], failed["cost_usd"], failed["input_tokens"]) == (
        "It was 1975.", "0.000248", "360",
    )  # fmt: skip
    china = next(row for row in rows if row["case"] == "china")
    assert (china["reply"], china["cost_usd"]) == ("中国的首都是北京。", "")


def test_json_lines_have_the_same_rows_with_null_for_the_unknown() -> None:
    lines = "".join(generate_table(small_run().results, ".jsonl")).splitlines()
    rows = [json.loads(line) for line in lines]
    assert len(rows) == 16
    assert list(rows[0]) == list(COLUMNS)
    assert next(row for row in rows if row["case"] == "china")["cost_usd"] is None
    assert rows[0]["repeat"] == 1


FORMULAS = [
    "=1+1", "+1", "-1+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
    "＝1", "＋1", "－1", "＠x",
    '=HYPERLINK("http://evil.example","x")',
]  # fmt: skip


@pytest.mark.parametrize("evil", FORMULAS)
@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_no_cell_begins_as_a_formula(evil: str, suffix: str) -> None:
    asked = turn(1, evil, evil, verdict("failed", reason=evil))
    held = result(evil, MINI, "failed", asked, case=evil, variant=evil, tags=(evil,))
    text = "".join(generate_table(run_of([held], [MINI]).results, suffix))
    row = (
        json.loads(text)
        if suffix == ".jsonl"
        else next(csv.DictReader(io.StringIO(text, newline="")))
    )
    for name in ("conversation", "case", "variant", "asked", "reply", "tags"):
        assert row[name].startswith("'"), name
    for cell in map(str, row.values()):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


def test_other_text_is_as_it_was_but_for_what_no_file_can_hold() -> None:
    assert guard_formula("It is 4 - 2 = 2.") == "It is 4 - 2 = 2."
    assert guard_formula("a\x00b") == "a␀b"
    assert guard_formula("") == ""


def test_the_command_writes_the_table_by_the_name_of_its_file_and_the_comment_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    directory = on_disk(tmp_path, small_run())
    assert harness(["report", "latest", "-o", "out/trials.csv"]) == 0
    assert harness(["report", "latest", "-o", "trials.JSONL", "--comment", "comment.md"]) == 0
    assert capsys.readouterr().out.split() == ["out/trials.csv", "trials.JSONL"]
    assert Path("out/trials.csv").read_text("utf-8").startswith("conversation,case,target,")
    assert json.loads(Path("trials.JSONL").read_text("utf-8").splitlines()[0])["repeat"] == 1
    assert Path("comment.md").read_text("utf-8").startswith("<!-- harness: sweden -->\n\n## ")
    assert not (directory / "report.html").exists()
