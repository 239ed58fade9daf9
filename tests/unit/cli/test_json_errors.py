"""A script that asks for JSON gets one document, whatever happens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli.main import run


@pytest.mark.parametrize(
    "words",
    [["plan", "nope.yaml"], ["verify", "nope.yaml"], ["eval", "nope.yaml"], ["plan"]],
)
def test_a_command_that_fails_prints_one_document(
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    code = run([*words, "--json"])
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["exit_code"] == code == 2
    assert document["errors"][0]["summary"] in err


def test_without_json_nothing_is_printed_but_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["plan", "nope.yaml"]) == 2
    assert capsys.readouterr().out == ""
