"""``harness suggest`` as a person uses it: a rule of the simulator speaks as the judge."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.cli.main import run

SPEC = """\
version: 1
name: bakery
cloud: simulator
providers:
  house:
    {type: openai-compatible, base_url: "http://127.0.0.1:9/v1", models: {clerk: {}, judge: {}}}
simulator:
  replies:
    - {on: system, target: house/judge, match: You propose test cases, reply: REPLY}
evaluation:
  targets: [house/clerk]
  system: You are the clerk of a bakery.
  judge: {target: house/judge}
variants:
  plain: {}
  brief: {system: "Answer in a word."}
conversations:
  - id: bread
    system: You sell {{what}}.
    vars: {what: bread}
    turns: [{user: "Bread?", assert: [{icontains: "yes"}]}]
  - id: kinds
    system: You sell {{kind}}.
    cases: [{kind: rye}]
    turns: [{user: "Any?"}]
"""


def write(folder: Path, *cases: tuple[str, str], reply: str | None = None) -> Path:
    proposed = [
        {"id": name, "turns": [{"user": user, "assert": [{"type": "not-is-refusal"}]}]}
        for name, user in cases
    ]
    said = json.dumps({"cases": proposed}) if reply is None else reply
    path = folder / "bakery.yaml"
    path.write_text(SPEC.replace("REPLY", json.dumps(said)), encoding="utf-8")
    (folder / ".git").mkdir(exist_ok=True)
    return path


def suggest(*arguments: str, capsys: pytest.CaptureFixture[str], code: int = 0) -> tuple[str, str]:
    assert run(["suggest", *arguments, "--spec", "bakery.yaml"]) == code
    shown = capsys.readouterr()
    return shown.out, shown.err


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_no_spec_loads_what_nobody_has_read(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = write(here, ("opening", "When do you open?"))
    out, err = suggest("bread", "-n", "1", "-o", "more.yaml", capsys=capsys)
    assert out == ""
    assert "wrote more.yaml: read it, delete its first entry, then include it in a spec" in err
    written = (here / "more.yaml").read_text(encoding="utf-8")
    assert written.startswith("# UNREAD: suggested by simulated · house/judge")
    spec.write_text(spec.read_text() + "  - include: more.yaml\n")
    assert run(["eval", "bakery.yaml"]) == 2
    assert "more.yaml:4:3: error[H121]" in capsys.readouterr().err
    (here / "more.yaml").write_text(written.replace(written.splitlines()[3] + "\n", ""))
    assert run(["eval", "bakery.yaml", "-k", "opening"]) == 0
    assert "1 conversation" in capsys.readouterr().out


def test_a_conversation_brings_its_system_text_and_variables(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(here, ("opening", "When do you open?"), ("bread", "bread"))
    out, _ = suggest("bread", "-n", "2", "--json", capsys=capsys)
    document = json.loads(out)
    assert document["unread"] is True
    assert document["simulated"] is True
    assert document["prompt"] == "the conversation bread"
    [made] = document["conversations"]
    assert (made["system"], made["vars"]) == ("You sell {{what}}.", {"what": "bread"})
    assert "it says what another conversation says already" in {
        one["reason"] for one in document["unusable"]
    }


@pytest.mark.parametrize(
    ("prompt", "origin", "system"),
    [
        ("brief", "the variant brief", None),
        ("prompt.txt", "prompt.txt", "You are terse."),
        ("You are terse.", "the prompt that was given", "You are terse."),
        ("You are the clerk of a bakery.", "the prompt that was given", None),
    ],
)
def test_a_prompt_is_a_variant_a_file_or_a_text(
    prompt: str,
    origin: str,
    system: str | None,
    here: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(here, ("opening", "When do you open?"))
    (here / "prompt.txt").write_text("You are terse.\n")
    document = json.loads(suggest(prompt, "-n", "1", "--json", capsys=capsys)[0])
    assert document["prompt"] == origin
    assert document["conversations"][0].get("system") == system


def test_the_simulators_own_words_are_no_suggestion(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = write(here)
    spec.write_text(spec.read_text().replace("You propose", "Nobody proposes"))
    _, err = suggest("bread", capsys=capsys, code=3)
    assert "error[H954]: house/judge suggested nothing that can be used" in err
    assert "`simulator.replies`" in err


def test_a_file_that_is_there_is_never_written_over(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = write(here, ("opening", "When do you open?"))
    before = spec.read_bytes()
    _, err = suggest("bread", "-o", "bakery.yaml", capsys=capsys, code=2)
    assert "bakery.yaml is there already" in err
    assert spec.read_bytes() == before
    _, err = suggest("bread", "-n", "1", "-o", "no/such/folder.yaml", capsys=capsys, code=3)
    assert "error[H955]: no/such/folder.yaml cannot be written" in err


@pytest.mark.parametrize(
    ("prompt", "told"),
    [
        ("nosuch", "is no conversation or variant of bakery.yaml, and no file"),
        ("plain", "error[H953]: the variant plain has no prompt of its own"),
        ("kinds", "error[H953]: the prompt of the conversation kinds cannot stand alone"),
        ("   ", "error[H953]: the prompt that was given is empty"),
        ("Translate {{text}} please", "nobody gives them values: text"),
        ("a file://x", ""),
        ("Be\udcff short", "PROMPT is no text in UTF-8"),
    ],
)
def test_a_prompt_that_is_none_is_said_to_be(
    prompt: str, told: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = write(here, ("opening", "When do you open?"))
    if prompt == "plain":
        spec.write_text(spec.read_text().replace("  system: You are the clerk of a bakery.\n", ""))
    _, err = suggest(prompt, capsys=capsys, code=2 if told else 0)
    assert told in err
