"""Real recordings of other people's, replayed by a spec that asks what they asked."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.cli.main import run
from tests.recordings.spoken import Answer, Script, is_conversation, scripts
from tests.recordings.traffic import from_cassette

PLANES = ("inference-azure", "inference-openai")
PARTS = 4
LAST = ("auth", "not_found")
"""Kinds of failure that end a target: nothing more is asked of it."""

FILTERED = "content_filter"

Told = list[tuple[Path, Script]]


def told(data: Path, part: int = 0, parts: int = 1) -> Told:
    """Every conversation of the real recordings, with its file; or a part of them."""
    found = []
    paths = [path for plane in PLANES for path in (data / "recordings" / plane).iterdir()]
    for path in sorted(paths)[part::parts]:
        document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        exchanges = [from_cassette(entry) for entry in document["interactions"]]
        asked = scripts([one for one in exchanges if is_conversation(one)])
        found += [(path, script) for script in asked]
    return found


def askable(told_there: Told) -> Told:
    return [(path, script) for path, script in told_there if not script.why_not]


def as_spec(script: Script) -> str:
    """The spec that a person would write to ask the same."""
    conversation: dict[str, Any] = {
        "id": "asked",
        "turns": script.turns,
        "tools": script.tools,
        "system": script.system,
    }
    document = {
        "version": 1,
        "name": "foreign",
        "providers": {"them": script.provider},
        "evaluation": {
            "parameters": script.parameters,
            "stream": script.stream,
            "repeats": script.repeats,
        },
        "conversations": [{name: value for name, value in conversation.items() if value}],
    }
    return json.dumps(document, ensure_ascii=False).replace("{{", "\\\\{{")


def replayed(script: Script, cassette: Path, folder: Path) -> tuple[int, list[dict[str, Any]]]:
    """The exit code and the results of `harness eval --replay --cassette FILE`."""
    (folder / ".harness").mkdir(parents=True)
    spec, out = folder / "spec.yaml", folder / "out"
    spec.write_text(as_spec(script), encoding="utf-8")
    replay = ["--replay", "--cassette", str(cassette), "--output", str(out)]
    code = run(["eval", str(spec), "-q", *replay])
    lines = (out / "results.jsonl").read_text(encoding="utf-8").splitlines()
    return code, [json.loads(line) for line in lines]


def heard(result: dict[str, Any]) -> list[Answer]:
    """What the live turns of a result were answered, up to the failure that ended it."""
    answers = [
        Answer(turn["assistant"], tuple(call["name"] for call in turn["tool_calls"]))
        for turn in result["turns"]
        if not turn.get("scripted") and turn["assistant"] is not None
    ]
    error = result.get("error")
    return [*answers, Answer(failure=error["kind"])] if error else answers


def expected(script: Script, others: Told) -> list[Answer]:
    """The last answer of each repeat, as a person would expect it."""
    first, *_ = answers = script.answers if script.repeats > 1 else script.answers[-1:]
    if first.failure in LAST:
        return [first] * script.repeats
    if first.failure == "bad_request":
        # A parameter that the model refuses is left out, and what it says then was recorded too.
        for _, other in others:
            fewer = other.parameters.items() < script.parameters.items()
            if other.turns == script.turns and fewer and not other.answers[-1].failure:
                return other.answers[-1:]
    return answers


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("streamed", ["as recorded", "the other way"])
def test_every_recorded_conversation_is_answered_as_it_was(
    shared_data: Path, tmp_path: Path, part: int, streamed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    there = told(shared_data, part, PARTS)
    for number, (path, script) in enumerate(askable(there)):
        asked = replace(script, stream=script.stream != (streamed != "as recorded"))
        wanted = expected(script, [one for one in there if one[0] == path])
        code, results = replayed(asked, path, tmp_path / str(number))
        said = [heard(result)[-1] for result in results]
        if "tool_results" in script.turns[-1]:  # a result has the calls of all rounds of a turn
            said = [replace(answer, calls=()) for answer in said]
        assert Counter(said) == Counter(wanted), f"{path.name}: {capsys.readouterr().err}"
        if any(answer.failure not in (None, FILTERED) for answer in wanted):
            assert code == 3


def test_nearly_every_recording_that_asks_a_model_for_words_can_be_asked_again(
    shared_data: Path,
) -> None:
    there = told(shared_data)
    holding = {path for path, _ in there}
    replaying = {path for path, _ in askable(there)}
    assert len(holding) > 80
    assert len(replaying) / len(holding) > 0.95


def test_one_word_of_any_prompt_is_never_answered_by_its_old_recording(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, (path, script) in enumerate(askable(told(shared_data))[::6]):
        before = dict(script.turns[-1])
        script.turns[-1] = before | {"user": f"{before['user']} Quickly!"}
        code, results = replayed(script, path, tmp_path / str(number))
        assert code == 3, path.name
        for result in results:
            assert result["error"]["kind"] == "stale_recording", path.name
            assert "{+ Quickly!+}" in result["error"]["message"], path.name
    assert "Traceback" not in capsys.readouterr().err


def test_a_target_that_the_recording_never_heard_of_is_answered_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    (tmp_path / ".harness").mkdir()
    asked = {"model": "gpt-4", "messages": [{"role": "user", "content": "Hello"}], "logprobs": True}
    answer = {"choices": [{"message": {"content": "Hi there."}, "finish_reason": "stop"}]}
    foreign = {
        "version": 1,
        "interactions": [
            {
                "request": {
                    "method": "POST",
                    "uri": "https://contoso.openai.azure.com/openai/v1/chat/completions",
                    "headers": {},
                    "body": json.dumps({**asked, "messages": messages}),
                },
                "response": {"status": {"code": 200}, "headers": {}, "body": json.dumps(answer)},
            }
            for messages in (asked["messages"], [{"role": "user", "content": "Nobody asks"}])
        ],
    }
    (tmp_path / "foreign.json").write_text(json.dumps(foreign), encoding="utf-8")
    (tmp_path / "spec.yaml").write_text(
        """
version: 1
name: foreign
cloud: simulator
accounts:
  sweden:
    region: swedencentral
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalStandard, capacity: 1}
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4o: {}}}
resource_group: {name: rg, region: swedencentral}
conversations: [{id: hello, turns: [{user: Hello, assert: [{contains: there}]}]}]
""",
        encoding="utf-8",
    )
    file = str(tmp_path / "foreign.json")
    assert run(["eval", str(tmp_path / "spec.yaml"), "--replay", "--cassette", file]) == 0
    shown = capsys.readouterr()
    assert "simulated" not in shown.out
    assert shown.err.startswith(f"replay of {file}; nothing leaves this machine\n")
    assert "note: mini is answered by a recording of gpt-4 at contoso.openai.azure.com" in shown.err
    assert "note: the recording's client also sent logprobs true" in shown.err
    assert 'note: not asked for: interaction 2 (completions: "Nobody asks")' in shown.err
    spec = str(tmp_path / "spec.yaml")
    assert run(["eval", spec, "--record", "--cassette", file]) == 2
    assert "error[H828]" in capsys.readouterr().err
    assert run(["eval", spec, "--replay", "--cassette", spec]) == 3
    assert f"{spec}:1:1: error[H827]" in capsys.readouterr().err
    assert run(["plan", spec, "--replay", "--cassette", file]) == 3
    assert "plan was never recorded here" in capsys.readouterr().err
    assert run(["eval", spec, "--replay", "--cassette", file, "--repeats", "2"]) == 3
    told = capsys.readouterr().err
    assert "was asked once more than it was recorded" in told
    assert f"record one of your own:\n  harness eval {spec} --record\n" in told
