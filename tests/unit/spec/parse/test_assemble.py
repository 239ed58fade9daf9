from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.errors import SpecError

HEAD = "version: 1\nname: s\n"
PROVIDER = """
providers:
  p: {type: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: {m: {}}}
"""

Write = Callable[[str, str | bytes], Path]
Load = Callable[..., Any]


def codes(load_spec: Load) -> list[str]:
    with pytest.raises(SpecError) as refused:
        load_spec()
    return [f"{found.span} {found.code}" for found in refused.value.diagnostics]


def test_a_spec_is_laid_over_what_it_extends(write: Write, load_spec: Load) -> None:
    write("bases/common.yaml", HEAD + PROVIDER + "evaluation: {repeats: 3, stream: true}\n")
    write("bases/more.yaml", "description: from more\nevaluation: {repeats: 4}\n")
    write(
        "spec.yaml",
        """
        extends: [bases/common.yaml, bases/more.yaml]
        name: own
        x-anything: {goes: here}
        evaluation: {stream: null}
        """,
    )
    spec = load_spec().spec
    assert (spec.name, spec.description, spec.evaluation.repeats) == ("own", "from more", 4)
    assert spec.evaluation.stream is False


def test_conversations_append_and_includes_stand_where_they_are_named(
    write: Write, load_spec: Load
) -> None:
    conversation = "- {{id: {0}, turns: [{{user: hi}}]}}\n"
    write("base.yaml", HEAD + "conversations:\n" + conversation.format("base"))
    write("more/b.yaml", conversation.format("b"))
    write("more/a.yaml", conversation.format("a1") + conversation.format("a2"))
    write("more/deep/c.yaml", conversation.format("c"))
    write(
        "spec.yaml",
        "extends: base.yaml\nconversations:\n"
        "- include: more/*.yaml\n" + conversation.format("own") + "- include: more/**/c.yaml\n",
    )
    found = load_spec()
    assert [c.id for c in found.spec.conversations] == ["base", "a1", "a2", "b", "own", "c"]
    assert str(found.spans.at("conversations", 3)) == "more/b.yaml:1:3"


def test_a_problem_stands_in_the_file_that_holds_it(write: Write, load_spec: Load) -> None:
    write("base.yaml", "evaluation: {repaets: 3}\n")
    write("more.yaml", "- {id: a, trns: [], turns: [{user: '{{x}}'}]}\n")
    write(
        "spec.yaml",
        HEAD + "extends: base.yaml\nclowd: x\nconversations: [{include: more.yaml}]\n",
    )
    assert codes(load_spec) == [
        "spec.yaml:4:1 H201",
        "base.yaml:1:14 H201",
        "more.yaml:1:11 H201",
        "more.yaml:1:36 H304",
    ]


def test_paths_are_relative_to_the_file_that_names_them(write: Write, load_spec: Load) -> None:
    write("sub/data/cases.csv", "x\n1\n")
    write("sub/system.txt", "Be brief.\n")
    write(
        "sub/more.yaml",
        "- {id: a, cases: data/cases.csv, system: file://system.txt, turns: [{user: '{{x}}'}]}\n",
    )
    write("spec.yaml", HEAD + "conversations: [{include: sub/more.yaml}]\n")
    (conversation,) = load_spec().spec.conversations
    assert (conversation.cases, conversation.system) == ("sub/data/cases.csv", "Be brief.")


@pytest.mark.parametrize(
    ("files", "problems"),
    [
        ({"spec.yaml": "extends: spec.yaml\n" + HEAD}, ["spec.yaml:1:10 H112"]),
        (
            {"spec.yaml": "extends: a.yaml\n" + HEAD, "a.yaml": "extends: spec.yaml\n"},
            ["a.yaml:1:10 H112"],
        ),
        (
            {
                "spec.yaml": HEAD + "conversations: [{include: a.yaml}]\n",
                "a.yaml": "- include: a.yaml\n",
            },
            ["a.yaml:1:12 H112"],
        ),
        ({"spec.yaml": HEAD + "conversations: [{include: no/*.yaml}]\n"}, ["spec.yaml:3:27 H113"]),
        ({"spec.yaml": HEAD + "conversations: [{include: 3}]\n"}, ["spec.yaml:3:27 H203"]),
        (
            {"spec.yaml": HEAD + "extends: [3, no.yaml]\n"},
            ["spec.yaml:3:11 H203", "spec.yaml:3:14 H101"],
        ),
        (
            {"spec.yaml": HEAD + "conversations: [{include: a.yaml}]\n", "a.yaml": "id: x\n"},
            ["a.yaml:1:1 H110"],
        ),
        ({"spec.yaml": "- a\n"}, ["spec.yaml:1:1 H110"]),
        ({"spec.yaml": ""}, ["spec.yaml:1:1 H110"]),
        ({"spec.yaml": HEAD + "conversations: [{include: ../x.yaml}]\n"}, ["spec.yaml:3:27 H111"]),
        ({"spec.yaml": HEAD + "extends: /etc/passwd\n"}, ["spec.yaml:3:10 H111"]),
        ({}, ["None H101"]),
    ],
)  # fmt: skip
def test_files_that_lead_nowhere_are_told(
    files: dict[str, str], problems: list[str], write: Write, load_spec: Load
) -> None:
    for name, text in files.items():
        write(name, text)
    assert codes(load_spec) == problems


def test_extending_without_end_is_refused(write: Write, load_spec: Load) -> None:
    for number in range(12):
        write(f"f{number}.yaml", f"extends: [{', '.join([f'f{number + 1}.yaml'] * 3)}]\n")
    write("f12.yaml", HEAD)
    write("spec.yaml", "extends: f0.yaml\n")
    assert any(problem.endswith("H112") for problem in codes(load_spec))


@pytest.mark.parametrize("verb", ["extends", "include"])
def test_a_chain_without_end_is_refused(verb: str, write: Write, load_spec: Load) -> None:
    for number in range(1200):
        text = f"extends: f{number + 1}.yaml\n"
        if verb == "include":
            text = f"- include: f{number + 1}.yaml\n"
        write(f"f{number}.yaml", text)
    start = "extends: f0.yaml\n" if verb == "extends" else "conversations: [{include: f0.yaml}]\n"
    write("spec.yaml", HEAD + start)
    assert [problem.split()[1] for problem in codes(load_spec)] == ["H112"]


@pytest.mark.parametrize("requires", [">=0.1", ">=0.1,<1", "==0.1.*", "~=0.1.0", "!=0.2", "<1"])
def test_a_spec_for_this_version_is_read(requires: str, write: Write, load_spec: Load) -> None:
    write("spec.yaml", HEAD + f'requires: "{requires}"\n')
    assert load_spec().spec.requires == requires


def test_a_spec_for_another_version_is_told_that_and_nothing_else(
    write: Write, load_spec: Load
) -> None:
    write("spec.yaml", "version: 2\nunheard: of\nrequires: '>=9'\n")
    assert codes(load_spec) == ["spec.yaml:3:11 H114"]


def test_a_range_of_versions_that_is_none_is_told(write: Write, load_spec: Load) -> None:
    write("spec.yaml", HEAD + "requires: soon\n")
    assert codes(load_spec) == ["spec.yaml:3:11 H208"]


def test_texts_and_structures_are_loaded_where_they_may(write: Write, load_spec: Load) -> None:
    write("system.txt", "中文\nline\n")
    write("tools.yaml", "- {type: function, function: {name: f}}\n")
    write("schema.json", '{"type": "object", "title": "\\ud83d\\ude00"}')
    write("expected.json", '{"not": "parsed"}')
    write(
        "spec.yaml",
        HEAD
        + """
conversations:
  - id: a
    system: file://system.txt
    tools: file://tools.yaml
    parameters: {response_format: file://schema.json}
    turns:
      - user: file://system.txt
        assert:
          - is-json: file://schema.json
          - {type: contains, value: file://expected.json}
          - assert-set: [{equals: file://expected.json}]
""",
    )
    found = load_spec()
    (conversation,) = found.spec.conversations
    assert conversation.system == conversation.turns[0].user == "中文\nline"
    assert conversation.tools == ({"type": "function", "function": {"name": "f"}},)
    assert conversation.parameters.response_format == {"type": "object", "title": "😀"}
    is_json, contains, inside = conversation.turns[0].assertions
    assert is_json.value == {"type": "object", "title": "😀"}
    assert contains.value == '{"not": "parsed"}'
    assert inside.assertions[0].value == {"not": "parsed"}
    assert found.document["conversations"][0]["system"] == "中文\nline"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("t.json", "{", "H104"),
        ("t.json", '{"a": 1, "a": 2}', "H107"),
        ("t.json", "[" * 100_000, "H105"),
        ("t.json", "[" * 65 + "]" * 65, "H105"),
        ("t.json", '{"a": "\\ud800"}', "H103"),
        ("t.yaml", "a: [", "H104"),
        ("t.txt", b"\xff", "H103"),
        ("t.txt", b"x" * 2_000_001, "H102"),
    ],
)
def test_a_text_that_cannot_be_read_is_told(
    name: str, content: str | bytes, code: str, write: Write, load_spec: Load
) -> None:
    write(name, content)
    write("spec.yaml", HEAD + f"evaluation: {{parameters: {{response_format: file://{name}}}}}\n")
    if name == "t.txt":
        write("spec.yaml", HEAD + f"evaluation: {{system: file://{name}}}\n")
    assert [problem.split()[1] for problem in codes(load_spec)] == [code]
