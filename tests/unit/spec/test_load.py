from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness.checks.definitions import FORMS
from harness.errors import RequestError, SpecError
from harness.spec.document.located import to_plain
from harness.spec.formats.yaml import parse
from harness.spec.load import require
from harness.spec.schema import build_schema

Write = Callable[[str, str | bytes], Path]
Load = Callable[..., Any]

HEAD = "version: 1\nname: s\n"


@pytest.fixture
def contract_example(shared_data: Path, write: Write) -> Path:
    """The example of the contract's first section with the files that it names."""
    page = (shared_data.parent / "design" / "contract.md").read_text(encoding="utf-8")
    example = re.search(r"^```yaml\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    assert example is not None
    write("data/capitals.csv", "country,capital\nSweden,Stockholm\nNorway,Oslo\n")
    write("data/answers.jsonl", "")
    write("conversations/more.yaml", "- {id: more, turns: [{user: hi}]}\n")
    return write("spec.yaml", example.group(1).encode())


def test_the_contracts_example_has_no_problem(contract_example: Path, load_spec: Load) -> None:
    found = load_spec()
    # It is written before `H120` was: dates and `on` are text in a spec, and not to all readers.
    assert {warning.code for warning in found.warnings} == {"H120"}
    spec = found.spec
    assert [c.id for c in spec.conversations] == [
        "founders", "capitals", "greeting", "weather", "scripted", "more",
    ]  # fmt: skip
    assert spec.cloud == "simulator"
    assert spec.accounts["sweden"].deployments["mini"].deployment_name == "mini"
    assert spec.providers["recorded"].models["gpt-4"].version == "1106-Preview"
    assert spec.conversations[0].assertions[0].threshold == 0.7
    assert found.case_counts == {"data/capitals.csv": 2}
    assert [(entry.name, entry.path) for entry in found.unset] == [
        ("OPENAI_API_KEY", ("providers", "openai", "api_key")),
        ("AZURE_OPENAI_API_KEY", ("providers", "existing", "api_key")),
    ]


@pytest.mark.parametrize(
    ("turn", "right"),
    [
        ({"user": "a", "assert": ["The answer is polite."]}, True),
        ({"user": "a", "assert": ["icontans"]}, False),
        ({"user": "a", "assert": [{"icontains": "yes", "when": "{{x}}"}]}, True),
        ({"messages": [{"role": "user", "content": "a"}]}, True),
        ({"messages": "file://chat.json"}, True),
        ({"user": "a", "store_as": "n", "transform": {"regex": "(a)", "group": 1}}, True),
        ({"user": "a", "store_as": "n", "transform": {"group": 1}}, False),
    ],
)
def test_editors_know_what_may_stand_in_a_turn(turn: dict[str, Any], right: bool) -> None:
    validator = jsonschema.Draft202012Validator(build_schema(FORMS))
    spec = {"version": 1, "name": "s", "conversations": [{"id": "c", "turns": [turn]}]}
    assert validator.is_valid(spec) is right


def test_the_contracts_example_satisfies_the_schema_for_editors(contract_example: Path) -> None:
    root = parse(contract_example.read_bytes(), "spec.yaml").root
    assert root is not None
    written = build_schema(FORMS)
    jsonschema.Draft202012Validator.check_schema(written)
    validator = jsonschema.Draft202012Validator(written)
    assert [error.message for error in validator.iter_errors(to_plain(root))] == []


def test_the_document_keeps_what_was_written(contract_example: Path, load_spec: Load) -> None:
    document = load_spec(environment={"HARNESS_CLOUD": "azure"}).document
    assert document["cloud"] == "${HARNESS_CLOUD:-simulator}"
    assert document["conversations"][0]["turns"][1]["assert"] == [{"regex": "\\b1975\\b"}]
    assert document["conversations"][-1]["id"] == "more"
    json.dumps(document)


def test_a_place_is_found_by_its_path(contract_example: Path, load_spec: Load) -> None:
    spans = load_spec().spans
    mini = ("accounts", "sweden", "deployments", "mini")
    lines = contract_example.read_text(encoding="utf-8").splitlines()

    def line(text: str) -> int:
        return next(number for number, row in enumerate(lines, start=1) if text in row)

    assert spans.at(*mini, "capacity").line == line("capacity: 50  ")
    assert spans.key(*mini).line == line("mini:  ")
    assert spans.at(*mini, "upgrade_policy", "not", "there") == spans.at(*mini)


def test_the_hash_depends_on_what_is_declared_alone(
    write: Write, load_spec: Load, tmp_path: Path
) -> None:
    text = (
        HEAD
        + "cloud: ${HARNESS_CLOUD:-simulator}\n"
        + "conversations: [{id: a, cases: c.csv, turns: [{user: '{{x}}'}]}]\n"
    )
    cases = "x\n1\n"
    for folder in ("one", "two/deep"):
        write(f"{folder}/spec.yaml", text)
        write(f"{folder}/c.csv", cases)
    first = load_spec("one/spec.yaml").sha256
    assert re.fullmatch("[0-9a-f]{64}", first)
    assert load_spec("two/deep/spec.yaml").sha256 == first
    assert load_spec(str(tmp_path / "one" / "spec.yaml")).sha256 == first
    assert load_spec("one/spec.yaml", environment={"HARNESS_CLOUD": "azure"}).sha256 == first
    write("one/c.csv", cases.replace("\n", "\r\n"))
    assert load_spec("one/spec.yaml").sha256 == first
    write("one/c.csv", "x\n2\n")
    assert load_spec("one/spec.yaml").sha256 != first
    write("two/deep/spec.yaml", text.replace("id: a", "id: b"))
    assert load_spec("two/deep/spec.yaml").sha256 != first


def test_the_hash_depends_on_the_code_of_checks(write: Write, load_spec: Load) -> None:
    inside = "{assert-set: [python: 'tone.py:polite']}"
    turn = f"[{{user: x, assert: [python: 'tone.py:brief', {inside}]}}]"
    write("spec.yaml", HEAD + f"conversations: [{{id: a, turns: {turn}}}]\n")
    write("tone.py", "def brief(output, context): return True\n")
    first = load_spec(allow_code=True).sha256
    assert load_spec(allow_code=True).sha256 == first
    write("tone.py", "def brief(output, context): return True\r\n")
    assert load_spec(allow_code=True).sha256 == first
    write("tone.py", "def brief(output, context): return False\n")
    assert load_spec(allow_code=True).sha256 != first


def test_an_unset_variable_is_told_when_its_value_is_needed(write: Write, load_spec: Load) -> None:
    write(
        "spec.yaml",
        HEAD
        + "subscription: ${AZURE_SUBSCRIPTION_ID}\n"
        + 'providers: {o: {type: openai, api_key: "${OPENAI_API_KEY}", models: {m: {}}}}\n',
    )
    found = load_spec()
    require(found, ("accounts",), ("providers", "o", "base_url"))
    with pytest.raises(RequestError) as refused:
        require(found, ("subscription",), ("providers", "o"))
    assert [(str(told.span), told.code, told.hint) for told in refused.value.diagnostics] == [
        ("spec.yaml:3:15", "H406", "export AZURE_SUBSCRIPTION_ID=…"),
        ("spec.yaml:4:40", "H406", "export OPENAI_API_KEY=…"),
    ]
    require(load_spec(environment={"AZURE_SUBSCRIPTION_ID": "x", "OPENAI_API_KEY": "y"}), ())


def test_a_key_stays_a_reference(write: Write, load_spec: Load) -> None:
    write(
        "spec.yaml",
        HEAD + 'providers: {o: {type: openai, api_key: "${OPENAI_API_KEY}", models: {m: {}}}}\n',
    )
    found = load_spec(environment={"OPENAI_API_KEY": "sk-canary"})
    assert found.spec.providers["o"].api_key == "${OPENAI_API_KEY}"
    assert "canary" not in repr(found)


def test_every_problem_is_told_at_once_in_the_order_of_the_files(
    project: Path, write: Write, load_spec: Load
) -> None:
    folder = project / "tests" / "golden" / "spec"
    write("cases.csv", "country,capital\nSweden\n")
    write("more.yaml", "- {id: founders, turns: [{user: again}]}\n- {id: x, turnz: []}\n")
    write("spec.yaml", (folder / "wrong.yaml").read_bytes())
    with pytest.raises(SpecError) as refused:
        load_spec()
    assert str(refused.value) + "\n" == (folder / "wrong.txt").read_text(encoding="utf-8")
    assert "canary" not in str(refused.value)
