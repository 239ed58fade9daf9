"""`harness convert` of logs and of GitHub Models' prompts, as people use it; then the spec runs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli.main import run


def make_line(number: int, answer: str = "Yes.") -> str:
    messages = [
        {"role": "system", "content": "You sell groceries."},
        {"role": "user", "content": f"Is article {number} in stock? " + "x" * 200},
        {"role": "assistant", "content": answer},
    ]
    return json.dumps({"messages": messages, "model": "gpt-4.1-mini"}) + "\n"


def test_a_log_becomes_a_spec_that_runs_beside_the_answers_of_then(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [make_line(number) for number in range(5)]
    (folder / "log.jsonl").write_text("".join([*lines, lines[0], "oops\n"]), encoding="utf-8")
    assert run(["convert", "log.jsonl", "-o", "specs/chats.yaml", "--sample", "3"]) == 0
    said = capsys.readouterr().err
    assert "log.jsonl:7: broken: a line: it is not JSON: Expecting value" in said
    assert "note: 6 chats read, 1 of them asked before, 3 kept" in said
    assert "what to run next: harness run specs/chats.yaml" in said
    assert run(["validate", "specs/chats.yaml"]) == 0
    assert run(["run", "specs/chats.yaml", "--output", "out"]) == 0
    lines = Path("out/results.jsonl").read_text(encoding="utf-8").splitlines()
    results = list(map(json.loads, lines))
    then = [one for one in results if one["target"] == "recorded/then"]
    assert [one["turns"][0]["assistant"] for one in then] == ["Yes."] * 3
    assert {one["system"] for one in results} == {"You sell groceries."}


def test_a_log_longer_than_what_is_read_whole_is_read_line_by_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (folder / "log.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(make_line(number) for number in range(15_000))
    assert (folder / "log.jsonl").stat().st_size > 4_000_000
    assert run(["convert", "log.jsonl", "-o", "chats.yaml", "--seed", "5"]) == 0
    assert "15,000 chats read, 0 of them asked before, 1,000 kept" in capsys.readouterr().err
    assert len(Path("data/chats.jsonl").read_text(encoding="utf-8").splitlines()) == 1000


def test_a_log_does_not_go_to_standard_output_and_replaces_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "log.jsonl").write_text(make_line(1), encoding="utf-8")
    assert run(["convert", "log.jsonl"]) == 2
    assert "error[H972]" in capsys.readouterr().err
    (folder / "data").mkdir()
    (folder / "data" / "chats.jsonl").write_text("mine", encoding="utf-8")
    assert run(["convert", "log.jsonl", "-o", "chats.yaml"]) == 2
    assert "is there already" in capsys.readouterr().err
    assert not Path("chats.yaml").exists()


def test_a_prompt_of_github_models_goes_to_standard_output(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = 'messages: [{role: user, content: "Hi {{who}}"}]'
    text = f"model: openai/gpt-4o\n{asked}\ntestData: [{{who: Ada}}]\n"
    (folder / "greet.prompt.yml").write_text(text, encoding="utf-8")
    assert run(["convert", "greet.prompt.yml"]) == 0
    shown = capsys.readouterr()
    assert "\nversion: 1\nname: greet\n" in shown.out
    assert "note: GitHub Models ended on 2026-07-30" in shown.err


def test_a_line_that_is_no_text_is_named_and_the_others_are_kept(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [make_line(1).encode(), b'{"messages": "\xff"}\n', make_line(2).encode()]
    (folder / "log.jsonl").write_bytes(b"".join(lines))
    assert run(["convert", "log.jsonl", "-o", "chats.yaml"]) == 0
    said = capsys.readouterr().err
    assert "log.jsonl:2: broken: a line: it is not UTF-8 text" in said
    assert "2 chats read" in said
    (folder / "binary.jsonl").write_bytes(b"\x1f\x8b\x08\x00")
    assert run(["convert", "binary.jsonl", "-o", "other.yaml"]) == 2
    assert "error[H103]" in capsys.readouterr().err


def test_a_line_separator_inside_a_text_ends_no_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    messages = [{"role": "user", "content": "one\u2028two\x85three"}]
    line = json.dumps({"messages": messages}, ensure_ascii=False) + "\r\n"
    (folder / "log.jsonl").write_bytes((line * 2).encode())
    assert run(["convert", "log.jsonl", "-o", "chats.yaml"]) == 0
    assert "2 chats read, 1 of them asked before" in capsys.readouterr().err
    assert run(["validate", "chats.yaml"]) == 0
