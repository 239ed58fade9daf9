"""Deploy, converse, take down: what goes before what, and whose exit code it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from harness.app.evaluation import deploy_and_evaluate
from harness.app.ports import World
from harness.app.specs.permissions import Permissions
from harness.plan.model import Goal
from harness.spec.load import SpecFile
from harness.wiring import read_spec

ACCOUNTS = "accounts: {sweden: {region: swedencentral}}\nresource_group: rg\ncloud: simulator\n"
PROVIDERS = (
    "providers: {app: {type: http, url: 'http://127.0.0.1:1', body: {q: '{{user}}'}, reply: $.a}}\n"
)


@dataclass
class Outside:
    spec_file: SpecFile


@dataclass
class Told:
    """Steps that are noted, each ending with the code that it was given."""

    codes: dict[str, int]
    steps: list[str] = field(default_factory=list)

    def provision(self, goal: Goal) -> int:
        self.steps.append(goal)
        return self.codes.get(goal, 0)

    def evaluate(self) -> int:
        self.steps.append("evaluate")
        if self.codes.get("evaluate") == -1:
            raise KeyboardInterrupt
        return self.codes.get("evaluate", 0)


def world(folder: Path, text: str) -> World:
    (folder / ".harness").mkdir(exist_ok=True)
    (folder / "s.yaml").write_text(f"version: 1\nname: trial\n{text}", "utf-8")
    return cast("World", Outside(read_spec(folder / "s.yaml", Permissions())))


@pytest.mark.parametrize(
    ("codes", "destroys", "code", "steps"),
    [
        ({}, False, 0, ["apply", "evaluate"]),
        ({}, True, 0, ["apply", "evaluate", "destroy"]),
        ({"apply": 1}, True, 1, ["apply"]),
        ({"evaluate": 1, "destroy": 3}, True, 1, ["apply", "evaluate", "destroy"]),
        ({"destroy": 3}, True, 3, ["apply", "evaluate", "destroy"]),
    ],
)
def test_the_first_that_says_no_is_the_exit_code(
    tmp_path: Path, codes: dict[str, int], destroys: bool, code: int, steps: list[str]
) -> None:
    told = Told(codes)
    outside = world(tmp_path, ACCOUNTS)
    assert deploy_and_evaluate(outside, told.provision, told.evaluate, destroys=destroys) == code
    assert told.steps == steps


def test_what_costs_money_goes_also_when_the_conversations_are_broken_off(tmp_path: Path) -> None:
    told = Told({"evaluate": -1})
    with pytest.raises(KeyboardInterrupt):
        deploy_and_evaluate(world(tmp_path, ACCOUNTS), told.provision, told.evaluate, destroys=True)
    assert told.steps == ["apply", "evaluate", "destroy"]


def test_a_spec_of_providers_alone_deploys_nothing(tmp_path: Path) -> None:
    told = Told({})
    deploy_and_evaluate(world(tmp_path, PROVIDERS), told.provision, told.evaluate, destroys=True)
    assert told.steps == ["evaluate"]
