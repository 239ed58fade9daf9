"""The pages about specs say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from harness.checks.definitions import DEFINITIONS
from harness.spec.model.spec import Conversation, Deployment, Evaluation, Gate, Simulator, Spec


def test_the_reference_names_every_assertion_and_key(project: Path) -> None:
    page = (project / "docs" / "spec.md").read_text(encoding="utf-8")
    words = {word.strip(":") for word in re.findall(r"[\w:-]+", page)}
    keys = {
        field.alias or name
        for model in (Spec, Deployment, Conversation, Evaluation, Gate, Simulator)
        for name, field in model.model_fields.items()
    }
    assert {*DEFINITIONS, *keys} - words == set()


def test_every_example_of_the_reference_is_a_spec_or_part_of_one(project: Path) -> None:
    from harness.spec.formats.yaml import parse

    page = (project / "docs" / "spec.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```yaml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert len(examples) > 5
    for example in examples:
        assert parse(example.encode(), "docs/spec.md").problems == (), example
