from __future__ import annotations

from pathlib import Path
from typing import get_args

from harness.plan.codes import CODES, CodeName


def test_every_code_that_a_problem_can_have_is_explained() -> None:
    assert [code.name for code in CODES] == list(get_args(CodeName))


def test_the_documentation_has_the_same_table(project: Path) -> None:
    text = (project / "docs" / "provisioning.md").read_text("utf-8")
    for code in CODES:
        assert f"| `{code.name}` | {code.meaning} | {'yes' if code.skippable else 'no'} |" in text
