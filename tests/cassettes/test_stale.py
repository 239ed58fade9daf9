"""A recording that is not what is asked for is never green: it says what differs, and exits 3."""

from __future__ import annotations

import json
import random
import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cassettes.conftest import Project

SPEC = """
version: 1
name: trial
cloud: simulator
providers:
  openai:
    type: openai
    api_key: "${OPENAI_API_KEY}"
    models: {gpt-4.1-mini: {}, gpt-4.1: {}}
simulator:
  replies:
    - {on: system, match: verdict, reply: '{"reason": "fine", "score": 0.9, "pass": true}'}
evaluation:
  targets: [openai/gpt-4.1-mini]
  system: Answer in one sentence.
  parameters: {temperature: 0.5, max_output_tokens: 60, stop: [END]}
  judge: {target: openai/gpt-4.1}
  gate: {allow_simulated: true, max_error_rate: 1.0, min_pass_rate: 0.0}
conversations:
  - id: founders
    vars: {company: Microsoft}
    tools:
      - {type: function, function: {name: look_up, description: Finds things.}}
    turns:
      - {user: "Who founded {{company}}?"}
      - {user: And when?, assert: [{llm-rubric: Names a year.}]}
  - id: cases
    cases: [{id: one, word: alpha}, {id: two, word: beta}]
    turns: [{user: "Spell {{word}}."}]
"""


@pytest.fixture
def recorded(project: Project) -> Project:
    project.write(SPEC)
    done = project.record()
    assert done.exit_code == 0, done.out + done.err
    assert project.replay().exit_code == 0
    return project


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("Who founded", "Who really founded", "turn 1 of founders"),
        ("And when?", "And where?", "turn 2 of founders"),
        ("Microsoft", "Contoso", "turn 1 of founders"),
        ("in one sentence", "in two sentences", "system"),
        ("temperature: 0.5", "temperature: 0.6", "temperature"),
        ("max_output_tokens: 60", "max_output_tokens: 61", "max"),
        ("stop: [END]", "stop: [END, STOP]", "stop"),
        ("temperature: 0.5, ", "", "temperature"),
        ("Finds things.", "Finds all things.", "look_up"),
        ("name: look_up", "name: look_down", "tool"),
        ("word: beta", "word: gamma", "cases"),
        ("Names a year.", "Names a month.", "check 1"),
        ("temperature: 0.5", "temperature: 0.5, seed: 1", "seed"),
        ('turns: [{user: "Spell', 'turns: [{user: Hi.}, {user: "Spell', "turn 1 of cases"),
        ("      - {user: And when?, assert: [{llm-rubric: Names a year.}]}\n", "", "never asked"),
    ],
)  # fmt: skip
def test_a_changed_request_is_stale_and_named(
    recorded: Project, old: str, new: str, named: str
) -> None:
    recorded.edit(old, new)
    done = recorded.replay()
    assert done.exit_code == 3, done.out
    assert done.info["exit_code"] == 3
    assert done.info["verdict"] == "incomplete"
    assert done.info["stale"]
    assert "the recording is stale" in done.err
    assert named in done.err
    assert "harness eval spec.yaml --record" in done.err


def test_only_what_changed_is_named_in_the_command_that_records_again(recorded: Project) -> None:
    recorded.edit("Who founded", "Who really founded")
    done = recorded.replay()
    command = "harness eval spec.yaml --record -k founders -t openai/gpt-4.1-mini"
    assert command in done.err.splitlines()[-1]
    assert recorded.record("-k", "founders", "-t", "openai/gpt-4.1-mini").exit_code == 0
    assert recorded.replay().exit_code == 0


def test_a_conversation_that_is_gone_leaves_a_file_that_is_named(recorded: Project) -> None:
    text = SPEC[: SPEC.index("  - id: cases")]
    recorded.write(text)
    done = recorded.replay()
    assert done.exit_code == 3
    assert "cases/one/openai" in done.err.replace("\\", "/")
    assert "harness cassettes prune spec.cassette" in done.err
    assert recorded.replay("-k", "founders").exit_code == 0, "a part of it is whole in itself"


def test_a_new_conversation_is_not_there(recorded: Project) -> None:
    recorded.write(SPEC + "  - {id: fresh, turns: [{user: Hello?}]}\n")
    done = recorded.replay()
    assert done.exit_code == 3
    assert "fresh" in done.err


def test_a_model_that_is_another_is_stale(recorded: Project) -> None:
    recorded.edit("gpt-4.1-mini: {}", "gpt-4.1-mini: {model: gpt-5-mini}")
    assert recorded.replay().exit_code == 3, "it would be asked without a temperature"


def test_another_cloud_is_refused(recorded: Project) -> None:
    done = recorded.replay("--cloud", "azure")
    assert done.exit_code == 2
    assert "recorded on simulator, not on azure" in done.err


# --- tampering ----------------------------------------------------------------------------------


def conversation_files(project: Project) -> list[Path]:
    return [path for path in project.files() if "conversations" in path.parts]


def test_a_file_that_was_changed_is_told_by_its_hash(recorded: Project) -> None:
    file = conversation_files(recorded)[0]
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"status": 200', '"status": 201'), encoding="utf-8")
    done = recorded.replay()
    assert done.exit_code == 3
    assert "was changed after it was recorded" in done.err


def test_newlines_may_be_those_of_another_system(recorded: Project) -> None:
    for file in recorded.files():
        text = file.read_text(encoding="utf-8")
        file.write_bytes(text.replace("\n", "\r\n").encode())
    assert recorded.replay().exit_code == 0


def test_whatever_is_cut_flipped_dropped_or_added_is_never_green(
    recorded: Project, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(recorded.cassette, whole)
    chance = random.Random(7)
    for number in range(60):
        shutil.rmtree(recorded.cassette)
        shutil.copytree(whole, recorded.cassette)
        file = chance.choice(recorded.files())
        content = bytearray(file.read_bytes())
        match number % 5:
            case 0 | 1 | 2:
                place = chance.randrange(len(content))
                content[place] ^= 1 << chance.randrange(8)
                file.write_bytes(bytes(content))
            case 3:
                file.write_bytes(bytes(content[: chance.randrange(len(content))]))
            case _:
                file.unlink()
        done = recorded.replay()
        assert done.exit_code == 3, (file, number, done.out, done.err)
        assert "H001" not in done.err
        assert "Traceback" not in done.err


def test_a_file_that_nobody_recorded_is_named(recorded: Project) -> None:
    file = conversation_files(recorded)[0]
    shutil.copy(file, file.with_name("another.json"))
    done = recorded.replay()
    assert done.exit_code == 3
    assert "another.json" in done.err


@pytest.mark.parametrize("change", ["reorder", "drop", "double", "swap answers"])
def test_exchanges_are_those_that_were_recorded_even_when_the_hashes_agree(
    recorded: Project, change: str
) -> None:
    """Somebody who changes hashes too is trusted as a recorder is, but asked about every turn."""
    from harness.recording.storage.texts import hash_text

    file = next(path for path in conversation_files(recorded) if "founders" in path.parts)
    document = json.loads(file.read_text(encoding="utf-8"))
    exchanges = document["exchanges"]
    match change:
        case "reorder":
            exchanges.reverse()
        case "drop":
            exchanges.pop()
        case "double":
            exchanges.append(exchanges[-1])
        case _:
            one, two = exchanges[0], exchanges[1]
            one["request"], two["request"] = two["request"], one["request"]
    text = json.dumps(document, ensure_ascii=False, indent=1)
    file.write_text(text, encoding="utf-8")
    manifest = json.loads((recorded.cassette / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"][file.relative_to(recorded.cassette).as_posix()] = hash_text(text)
    (recorded.cassette / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert recorded.replay().exit_code == (0 if change == "reorder" else 3)
