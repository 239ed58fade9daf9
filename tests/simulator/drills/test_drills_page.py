"""Every recipe of docs/drills.md, run as it stands, by the command, in as few runs as can be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from harness.cli.main import run
from harness.simulator.malformed import KINDS
from harness.spec.model.spec import MalformedKind

ROW = re.compile(r"^\| (.+?) \| `(\{operation.+\})` \| (.+?) \| (\d) \| ?(.*?) ?\|$", re.MULTILINE)
EXITS = {"passed": 0, "blocked": 1, "errored": 3}
PAGE = Path(__file__).parents[3] / "docs" / "drills.md"
TEXT = PAGE.read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Recipe:
    """A row of the page."""

    name: str
    fault: dict[str, Any]
    ending: str
    tries: int
    said: str
    streamed: bool

    @property
    def outcome(self) -> str:
        return self.ending.partition(":")[0]


RECIPES = [
    Recipe(name, yaml.safe_load(fault), ending, int(tries), said, streamed == 1)
    for streamed, part in enumerate(TEXT.split("With `evaluation: {stream: true}`"))
    for name, fault, ending, tries, said in ROW.findall(part)
]
GROUPS = sorted({(one.streamed, one.outcome) for one in RECIPES})


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Callable[[list[Recipe]], Any]:
    """Play recipes together, each on a target of its own; the exit code and the trials in order."""
    import openai  # noqa: F401 - else the first request waits for it, against its deadline

    def played(recipes: list[Recipe]) -> tuple[int, list[dict[str, Any]]]:
        folder = tmp_path_factory.mktemp("drill")
        models = {f"m{number}": {"model": "gpt-4.1-mini"} for number in range(len(recipes))}
        provider = {
            "type": "azure-openai",
            "endpoint": "https://contoso.openai.azure.com",
            "api_key": "${AZURE_OPENAI_API_KEY}",
            "models": models,
        }
        faults = [{**one.fault, "target": f"d/m{n}"} for n, one in enumerate(recipes)]
        ask = [{"user": f"France {n}?", "assert": [{"contains": "Paris"}]} for n in (1, 2)]
        spec = {
            "version": 1,
            "name": "drill",
            "cloud": "simulator",
            "providers": {"d": provider},
            "evaluation": {"stream": recipes[0].streamed, "timeout_s": 4, "concurrency": 64},
            "simulator": {
                "replies": [{"on": "any", "match": ".", "reply": "Paris, of course."}],
                "faults": faults,
            },
            "conversations": [{"id": "c", "turns": ask}],
        }
        (folder / "spec.yaml").write_text(yaml.safe_dump(spec), encoding="utf-8")
        out = folder / "out"
        code = run(["eval", str(folder / "spec.yaml"), "--output", str(out), "-q"])
        lines = (out / "results.jsonl").read_text(encoding="utf-8").splitlines()
        trials = {(line := json.loads(text))["target"]: line for text in lines}
        return code, [trials[f"d/m{number}"] for number in range(len(recipes))]

    return played


@pytest.mark.parametrize(("streamed", "outcome"), GROUPS)
def test_every_recipe_ends_as_the_page_says(
    play: Callable[[list[Recipe]], Any], streamed: bool, outcome: str
) -> None:
    recipes = [one for one in RECIPES if one.streamed == streamed and one.outcome == outcome]
    code, trials = play(recipes)
    assert code == EXITS[outcome]
    for recipe, trial in zip(recipes, trials, strict=True):
        error = trial["error"] or {}
        kind = f": {error['kind']}" if error else ""
        tries = max(turn["attempts"] for turn in trial["turns"])
        assert (trial["outcome"] + kind, tries) == (recipe.ending, recipe.tries), recipe.name
        assert error.get("message", "").startswith(recipe.said), recipe.name


def test_the_page_has_a_recipe_for_every_kind_of_broken_answer() -> None:
    assert set(get_args(MalformedKind)) == set(KINDS)
    assert {one.fault["malform"] for one in RECIPES if "malform" in one.fault} == set(KINDS)
