"""docs/judges.md shows every prompt as it is sent, and names every check that asks."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.checks.definitions import DEFINITIONS
from harness.checks.referred import best
from harness.checks.referred.judged.judged_check import JudgedCheck
from harness.checks.referred.judged.prompt import write_system
from harness.checks.registry import ASKING

ASKS = {name: row.load_function() for name, row in DEFINITIONS.items() if row.function}
PROMPTS = {name: one.prompt for name, one in ASKS.items() if isinstance(one, JudgedCheck)}
PROMPTS[best.SELECT_BEST] = best.PROMPT


@pytest.fixture(scope="module")
def page(project: Path) -> str:
    return (project / "docs" / "judges.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(PROMPTS))
def test_the_page_shows_each_prompt_word_for_word(page: str, name: str) -> None:
    prompt = PROMPTS[name]
    shown = page.split(f"\n`{name}`\n\n```text\n")[1].split("\n```", maxsplit=1)[0]
    assert shown == (
        f"TASK\n{prompt.task}\n\nSHAPE\n{prompt.shape}\n\n"
        f"BEFORE AND AFTER THE MATERIAL\n{prompt.demand}"
    )


def test_the_page_shows_what_every_judge_is_told(page: str) -> None:
    told = write_system("TASK", PROMPTS["llm-rubric"], "CODE")
    assert told.replace(PROMPTS["llm-rubric"].shape, "SHAPE") in page


@pytest.mark.parametrize("name", sorted(ASKING))
def test_the_page_explains_each_check_that_asks(page: str, name: str) -> None:
    assert any(line.startswith("| `") and f"`{name}`" in line for line in page.splitlines())
