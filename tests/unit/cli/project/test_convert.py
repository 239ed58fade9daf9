"""`harness convert`: the spec, the table of what is missing in it, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli.main import run

CONFIG = """\
prompts: ['Name a city in {{country}}.']
providers: ['openai:gpt-4.1-mini', 'bedrock:some-model']
tests:
  - vars: {country: Sweden}
    assert: [{type: contains, value: Malmö}]
"""
OUT_OF_REACH = "prompts: [Hello]\nproviders: ['bedrock:some-model']\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".harness").mkdir()
    Path("promptfooconfig.yaml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def test_the_spec_goes_to_stdout_and_what_is_missing_to_stderr(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["convert", "promptfooconfig.yaml"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("# Converted by `harness convert` from promptfooconfig.yaml\n")
    assert (
        "promptfooconfig.yaml:2: left out: provider bedrock:some-model: a model of another cloud: "
        "Amazon Bedrock\n"
    ) in printed.err
    assert printed.err.endswith("1 conversation, 1 left out\n")


def test_what_is_written_validates_and_says_what_to_run_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["convert", "promptfooconfig.yaml", "-o", "specs/cities.yaml"]) == 0
    assert "what to run next: harness eval specs/cities.yaml\n" in capsys.readouterr().err
    assert run(["validate", "specs/cities.yaml"]) == 0


def test_nothing_is_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text("mine", encoding="utf-8")
    assert run(["convert", "promptfooconfig.yaml", "-o", "mine.yaml"]) == 2
    assert Path("mine.yaml").read_text(encoding="utf-8") == "mine"
    assert "mine.yaml is there already" in capsys.readouterr().err


def test_what_is_out_of_reach_is_a_no_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    Path("other.yaml").write_text(OUT_OF_REACH, encoding="utf-8")
    assert run(["convert", "other.yaml"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "nothing was written: it asks nobody that a spec can ask" in printed.err


def test_a_folder_is_a_table_of_what_it_holds(capsys: pytest.CaptureFixture[str]) -> None:
    Path("other.yaml").write_text(OUT_OF_REACH, encoding="utf-8")
    Path("data.json").write_text("[1]", encoding="utf-8")
    assert run(["convert", "."]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[:2]] == ["other.yaml", "promptfooconfig.yaml"]
    assert lines[2] == "2 files, 1 in reach; 0 of these with nothing left out"


def test_a_broken_configuration_in_a_folder_is_a_row_and_alone_an_error_with_its_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("sub").mkdir()
    Path("sub/promptfooconfig.yaml").write_text("prompts: [Say {{x}}.]\n", encoding="utf-8")
    assert run(["convert", "."]) == 0
    assert "sub/promptfooconfig.yaml  out of reach: the text is not YAML (line 1)" in (
        capsys.readouterr().out
    )
    assert run(["convert", "sub/promptfooconfig.yaml"]) == 2
    assert "sub/promptfooconfig.yaml:1:" in capsys.readouterr().err


def test_one_document_of_json_says_it_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["convert", "promptfooconfig.yaml", "--json"]) == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    assert file["in_reach"] is True
    assert file["conversations"] == 1
    assert [(one["line"], one["fate"]) for one in file["unmapped"]] == [(2, "left out")]


def test_a_data_set_that_belongs_beside_the_spec_wants_a_place(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = "".join(f"country {number}\n" for number in range(150))
    Path("t.csv").write_text(f"country\n{rows}", encoding="utf-8")
    text = CONFIG.partition("tests:")[0] + "tests: file://t.csv\n"
    Path("promptfooconfig.yaml").write_text(text, encoding="utf-8")
    assert run(["convert", "promptfooconfig.yaml"]) == 2
    assert "error[H972]" in capsys.readouterr().err
    assert run(["convert", "promptfooconfig.yaml", "-o", "specs/a.yaml"]) == 0
    assert run(["validate", "specs/a.yaml"]) == 0
    assert Path("specs/a.cases.jsonl").is_file()


def test_the_text_of_a_strange_file_cannot_steer_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = 'prompts: [Hi]\nproviders: ["bedrock:\\e[31mred"]\n'
    Path("evil.yaml").write_text(text, encoding="utf-8")
    assert run(["convert", "evil.yaml"]) == 1
    assert "\x1b" not in capsys.readouterr().err
