"""Commands without SPEC, and with a folder for one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.app.specs.finding import find_specs
from harness.cli.main import run

GOOD = "version: 1\nname: {name}\nconversations: [{{id: {name}, turns: [{{user: hi}}]}}]\n"
ANSWERS = '{"model": "m", "version": "1", "turns": [{"user": "hi", "assistant": "hello"}]}\n'
RECORDED = 'providers: {r: {type: recorded, answers: answers.jsonl, models: {m: {version: "1"}}}}\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    specs = tmp_path / "specs"
    specs.mkdir()
    (specs / "answers.jsonl").write_text(ANSWERS)
    for name in ("one", "two"):
        (specs / f"{name}.yaml").write_text(GOOD.format(name=name) + RECORDED)
    return tmp_path


def test_the_only_spec_is_taken_and_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "specs/two.yaml").unlink()
    assert run(["eval"]) == 0
    out, err = capsys.readouterr()
    assert err.startswith("spec: specs/one.yaml (the only one here)\n")
    assert "reports/one/" in out
    assert run(["validate", "-q"]) == 0
    assert capsys.readouterr().err == ""


def test_several_specs_and_none_named_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", "--json"]) == 2
    out, err = capsys.readouterr()
    assert json.loads(out)["errors"][0]["code"] == "H981"
    assert "hint: name one: `harness eval specs/one.yaml`, or all: `harness eval specs`\n" in err


def test_a_chat_is_told_where_its_spec_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["chat", "sweden/mini", "--once", "Hi."]) == 2
    hint = "hint: name one: `harness chat TARGET --spec specs/one.yaml`\n"
    assert hint in capsys.readouterr().err


def test_this_project_has_one_spec_so_that_the_readme_need_not_name_it(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    assert find_specs(None, project, command="chat").paths[0].name == "sweden.yaml"


def test_a_folder_is_gone_through_and_told_at_the_end(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = GOOD.format(name="two").replace("hi}", "hi, assert: [{contains: bye}]}")
    (folder / "specs/two.yaml").write_text(wrong + RECORDED)
    (folder / "specs/zero.yaml").write_text("version: 1\naccounts: 3\n")
    assert run(["eval", "specs"]) == 2
    out, err = capsys.readouterr()
    *_, title, one, two, zero = out.splitlines()
    assert title == "3 specs in specs:"
    assert one == "  specs/one.yaml   ok (exit 0)"
    assert two == "  specs/two.yaml   no (exit 1)"
    assert zero.startswith("  specs/zero.yaml  the request is wrong (exit 2): ")
    assert "specs/zero.yaml:2:" in err


def test_of_a_folder_the_first_exit_code_of_the_table_counts_not_the_greatest(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = GOOD.format(name="one").replace("hi}", "hi, assert: [{contains: bye}]}")
    (folder / "specs/one.yaml").write_text(wrong + RECORDED)
    assert run(["eval", "specs"]) == 1
    (folder / "specs/two.yaml").write_text(
        GOOD.format(name="two").replace("user: hi", "user: what") + RECORDED
    )
    assert run(["eval", "specs"]) == 3
    capsys.readouterr()


def test_a_folder_gives_one_document(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "specs/two.yaml").write_text("version: 1\naccounts: 3\n")
    assert run(["eval", "specs", "--json"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert (document["format_version"], document["exit_code"]) == (1, 2)
    one, two = document["specs"]
    assert (one["spec"], one["exit_code"]) == ("specs/one.yaml", 0)
    assert one["document"]["spec"]["name"] == "one"
    assert (two["exit_code"], two["document"]["errors"][0]["code"]) == (2, "H202")


def test_a_folder_gives_one_document_when_the_options_are_wrong_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", "specs", "--json", "--max-usd", "1", "--replay"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert document["exit_code"] == 2
    assert "--max-usd" in document["specs"][0]["document"]["errors"][0]["summary"]


def test_what_selects_nothing_in_one_spec_of_a_folder_may_select_something_in_another(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", "specs", "-k", "two"]) == 0
    out, err = capsys.readouterr()
    assert "  specs/one.yaml  nothing selected\n" in out
    assert "H604" not in err
    assert run(["eval", "specs", "-k", "three"]) == 2
    assert "error[H604]" in capsys.readouterr().err


@pytest.mark.parametrize("option", [["--output", "x"], ["--resume", "latest"], ["--comment", "c"]])
def test_an_option_that_names_one_thing_is_refused_with_several_specs(
    folder: Path, option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["eval", "specs", *option]) == 2
    assert f"error[H982]: {option[0]} is about one thing" in capsys.readouterr().err
    (folder / "specs/two.yaml").unlink()
    assert run(["eval", "specs", *option]) in (0, 2)
    assert "H982" not in capsys.readouterr().err


def test_what_failed_in_the_newest_run_of_each_spec_is_played_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / ".harness").mkdir()
    wrong = GOOD.format(name="two").replace("hi}", "hi, assert: [{contains: bye}]}")
    (folder / "specs/two.yaml").write_text(wrong + RECORDED, encoding="utf-8")
    assert run(["eval", "specs"]) == 1
    capsys.readouterr()
    assert run(["eval", "specs", "--failed", "latest"]) == 1
    assert "  specs/one.yaml  nothing failed\n" in capsys.readouterr().out
    assert run(["eval", "specs", "--failed", "20260101-000000-abcdef"]) == 2
    assert "error[H982]: --failed is about one thing" in capsys.readouterr().err


def test_a_command_for_one_spec_refuses_a_folder_of_several(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["outputs", "specs"]) == 2
    assert "error[H981]: specs holds 2 specs" in capsys.readouterr().err
    assert run(["upgrade", "specs/one.yaml", "r/m", "more"]) == 2
    assert "unexpected extra argument" in capsys.readouterr().err


def test_destroy_says_even_when_quiet_whose_resources_go(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "specs/two.yaml").unlink()
    assert run(["destroy", "-q"]) == 2
    assert "spec: specs/one.yaml (the only one here)" in capsys.readouterr().err


def test_a_folder_is_validated_whole_and_counted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "specs/two.yaml").write_text("version: 1\naccounts: 3\n")
    assert run(["validate", "specs"]) == 2
    assert capsys.readouterr().out.splitlines()[-1] == "2 specs: 1 valid, 1 not"
