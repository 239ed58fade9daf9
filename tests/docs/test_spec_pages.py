"""The pages about specs say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from harness.spec.assertions import KINDS
from harness.spec.codes import CODES
from harness.spec.model import Conversation, Deployment, Evaluation, Gate, Simulator, Spec


def test_every_code_has_its_row(project: Path) -> None:
    page = (project / "docs" / "spec-errors.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (H\d{3}) \| (.*) \|$", page, re.MULTILINE))
    assert rows == CODES


def test_every_code_that_is_used_is_in_the_table(project: Path) -> None:
    sources = "".join(
        path.read_text(encoding="utf-8") for path in (project / "harness" / "spec").glob("*.py")
    )
    assert set(re.findall(r'"(H\d{3})"', sources)) == {*CODES} | {"H115"}


def test_the_reference_names_every_assertion_and_key(project: Path) -> None:
    page = (project / "docs" / "spec.md").read_text(encoding="utf-8")
    words = {word.strip(":") for word in re.findall(r"[\w:-]+", page)}
    keys = {
        field.alias or name
        for model in (Spec, Deployment, Conversation, Evaluation, Gate, Simulator)
        for name, field in model.model_fields.items()
    }
    assert {*KINDS, *keys} - words == set()


def test_every_example_of_the_reference_is_a_spec_or_part_of_one(project: Path) -> None:
    from harness.spec.yaml import parse

    page = (project / "docs" / "spec.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(examples) > 5
    for example in examples:
        assert parse(example.encode(), "docs/spec.md").problems == (), example
