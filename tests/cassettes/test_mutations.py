"""Whatever changes, in what is asked or in what was recorded: never green, never a traceback."""

from __future__ import annotations

import copy
import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.cli.main import run

if TYPE_CHECKING:
    from tests.cassettes.conftest import Project

Spec = dict[str, Any]
Step = str | int

SPEC: Spec = {
    "version": 1,
    "name": "mutated",
    "cloud": "simulator",
    "resource_group": {"name": "rg-mutated", "region": "swedencentral", "create": True},
    "accounts": {
        "sweden": {
            "region": "swedencentral",
            "deployments": {
                name: {"model": model, "version": version, "sku": "GlobalStandard", "capacity": 10}
                for name, model, version in (
                    ("mini", "gpt-4.1-mini", "2025-04-14"),
                    ("judge", "gpt-4.1", "2025-04-14"),
                    ("embed", "text-embedding-3-small", "1"),
                )
            },
        }
    },
    "simulator": {
        "date": "2026-09-01",
        "replies": [
            {
                "on": "system",
                "match": "verdict",
                "reply": '{"pass": true, "score": 1, "reason": ""}',
            },
            {
                "on": "last_user",
                "match": "Look",
                "tool_calls": [{"name": "look_up", "arguments": {"of": "Malmö"}}],
            },
        ],
    },
    "variants": {"plain": {}, "curt": {"system": "Be curt.", "user": "{{user}} In a word."}},
    "evaluation": {
        "targets": ["sweden/mini"],
        "system": "Answer in one sentence.",
        "parameters": {"temperature": 0.5, "max_output_tokens": 60, "seed": 7, "stop": ["END"]},
        "judge": {"target": "sweden/judge"},
        "embeddings": {"target": "sweden/embed"},
        "gate": {"allow_simulated": True, "max_error_rate": 1.0, "min_pass_rate": 0.0},
    },
    "conversations": [
        {
            "id": "founders",
            "turns": [
                {"user": "Who founded Microsoft?"},
                {"user": "My name is Ada.", "assistant": "Hello Ada, welcome."},
                {"user": "And when?", "assert": [{"llm-rubric": "Names a year."}]},
            ],
            "assert": [{"llm-rubric": "Stays polite."}],
        },
        {
            "id": "tools",
            "tools": [
                {
                    "type": "function",
                    "function": {
                        "name": "look_up",
                        "description": "Finds things.",
                        "parameters": {"type": "object", "properties": {"of": {"type": "string"}}},
                    },
                },
                {"type": "function", "function": {"name": "sleep"}},
            ],
            "turns": [
                {
                    "user": "Look at the weather.",
                    "tool_results": [
                        {"name": "look_up", "arguments": {"of": "Malmö"}, "result": {"is": "mild"}}
                    ],
                },
                {
                    "user": "Thank you kindly.",
                    "assert": [{"type": "similar", "value": "You are welcome.", "threshold": -1}],
                },
            ],
        },
        {
            "id": "cases",
            "cases": [{"id": "one", "word": "alpha"}, {"id": "two", "word": "beta"}],
            "turns": [{"user": "Spell {{word}}."}],
        },
    ],
}

FOUNDERS, TOOLS, CASES = (("conversations", number) for number in range(3))
SENT: tuple[tuple[Step, ...], ...] = (
    (*FOUNDERS, "turns"),
    (*FOUNDERS, "assert"),
    (*TOOLS, "tools", 0, "function", "description"),
    (*TOOLS, "tools", 1),
    (*TOOLS, "turns", 0, "user"),
    (*TOOLS, "turns", 0, "tool_results", 0, "result"),
    (*TOOLS, "turns", 1),
    (*CASES, "cases", 0, "word"),
    (*CASES, "cases", 1, "word"),
    (*CASES, "turns"),
    ("variants", "curt"),
    ("evaluation", "system"),
    ("evaluation", "parameters"),
)
"""Where everything stands that a model is sent."""

WAKE = {"type": "function", "function": {"name": "wake"}}

KEPT = frozenset({"threshold", "type"})
"""What no model is sent, or what stands in the place of one thing alone."""


def at(spec: Spec, path: tuple[Step, ...]) -> Any:
    part: Any = spec
    for step in path:
        part = part[step]
    return part


def leaves(part: Any, path: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name not in KEPT:
                yield from leaves(value, (*path, name))
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from leaves(value, (*path, number))
    else:
        yield path


def put(path: tuple[Step, ...], value: Any) -> Callable[[Spec], None]:
    def change(spec: Spec) -> None:
        at(spec, path[:-1])[path[-1]] = value

    return change


def without(*path: Step) -> Callable[[Spec], None]:
    return lambda spec: at(spec, path[:-1]).pop(path[-1])


def backwards(*path: Step) -> Callable[[Spec], None]:
    return lambda spec: at(spec, path).reverse()


def doubled(*path: Step) -> Callable[[Spec], None]:
    return lambda spec: at(spec, path[:-1]).insert(path[-1], copy.deepcopy(at(spec, path)))


def other_word(text: str, number: int) -> str:
    words = text.split(" ")
    words[number] = f"x{words[number]}"
    return " ".join(words)


def changes() -> Iterator[tuple[str, Callable[[Spec], None]]]:
    """One change each: every word, every number, every turn and tool."""
    for sent in SENT:
        for path in leaves(at(SPEC, sent), sent):
            old = at(SPEC, path)
            name = ".".join(map(str, path))
            if isinstance(old, str):
                for number, word in enumerate(old.split(" ")):
                    yield f"{name}: {word}", put(path, other_word(old, number))
            else:
                yield name, put(path, old + 1 if isinstance(old, int) else old / 2)
    for name in SPEC["evaluation"]["parameters"]:
        yield f"no {name}", without("evaluation", "parameters", name)
    tools: tuple[Step, ...] = (*TOOLS, "tools")
    yield "a tool less", without(*tools, 1)
    yield "tools in another order", backwards(*tools)
    yield "a tool more", put((*TOOLS, "tools"), [*at(SPEC, tools), WAKE])
    for conversation in (FOUNDERS, TOOLS):
        turns: tuple[Step, ...] = (*conversation, "turns")
        name = at(SPEC, conversation)["id"]
        yield f"{name} backwards", backwards(*turns)
        for number in range(len(at(SPEC, turns))):
            yield f"{name} without turn {number + 1}", without(*turns, number)
            yield f"{name} with turn {number + 1} twice", doubled(*turns, number)


CHANGES = dict(changes())
SHARES = 4


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of ``run``: management, conversations, a judge, embeddings and a tool."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / ".git").mkdir()
    (folder / "spec.yaml").write_text(json.dumps(SPEC), encoding="utf-8")
    assert replayed(folder, "--record") == 0
    assert replayed(folder) == 0
    return folder


def replayed(folder: Path, how: str = "--replay") -> int:
    shutil.rmtree(folder / "out", ignore_errors=True)
    return run(["run", str(folder / "spec.yaml"), how, "--output", str(folder / "out"), "-q"])


@pytest.mark.parametrize("share", range(SHARES))
def test_one_change_of_what_is_asked_is_never_green(
    whole: Path, project: Project, share: int
) -> None:
    shutil.copytree(whole / "spec.cassette", project.cassette)
    for name, change in list(CHANGES.items())[share::SHARES]:
        spec = copy.deepcopy(SPEC)
        change(spec)
        project.write(json.dumps(spec, ensure_ascii=False))
        code = replayed(project.folder)
        said = project.capsys.readouterr().err
        assert code == 3, (name, said)
        assert "Traceback" not in said, name
        assert "H001" not in said, name


def flipped(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


DAMAGE: dict[str, Callable[[bytes, random.Random], bytes | None]] = {
    "flipped": flipped,
    "flipped elsewhere": flipped,
    "cut": lambda content, chance: content[: chance.randrange(len(content))],
    "emptied": lambda *_: b"",
    "dropped": lambda *_: None,
    "doubled": lambda content, _: content + content,
    "another's": lambda *_: b'{"format_version": 1}',
    "deep": lambda *_: b"[" * 200_000,
    "no text": lambda content, _: b"\xff\xfe" + content,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_to_any_file_of_a_recording_is_never_green(
    whole: Path, project: Project, damage: str
) -> None:
    project.write(json.dumps(SPEC))
    shutil.copytree(whole / "spec.cassette", project.cassette)
    chance = random.Random(damage)
    names = [path.relative_to(project.cassette) for path in project.files()]
    assert {"manifest.json", "management.json"} <= {str(name) for name in names}
    for name in names:
        content = (whole / "spec.cassette" / name).read_bytes()
        changed = DAMAGE[damage](content, chance)
        if changed is None:
            (project.cassette / name).unlink()
        else:
            (project.cassette / name).write_bytes(changed)
        code = replayed(project.folder)
        said = project.capsys.readouterr().err
        assert code == 3, (name, said)
        assert "Traceback" not in said, name
        assert "H001" not in said, name
        (project.cassette / name).write_bytes(content)
    assert replayed(project.folder) == 0
