"""Recorded role assignments, sent again: on other resources, where they look the same."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from harness.simulator.embedded import simulate
from harness.spec.model.spec import Simulator
from tests.recordings.fidelity import marks
from tests.recordings.player import Player
from tests.recordings.traffic import Exchange, single_exchanges

SCOPE = re.compile(
    r"^(.*/resourceGroups/[^/]+)(?:/providers/(?!Microsoft\.Authorization).*?)?"
    r"(?=/providers/Microsoft\.Authorization/)"
)
ACCOUNT = r"\1/providers/Microsoft.CognitiveServices/accounts/acc"
BEFORE = ("roleAssignments.get_200", "roleAssignments.delete_200", "roleAssignments.create_409")
"""Of these the assignment had been made before, in the case of the last under another name."""


def recorded(data: Path) -> list[tuple[str, Exchange]]:
    """Exchanges about assignments, on an account in the place of whatever they were about."""
    found = []
    for recording in single_exchanges(data, "arm"):
        if recording.name.startswith("roleAssignments."):
            (exchange,) = recording.exchanges
            path = exchange.url.removeprefix("https://management.azure.com")
            moved = f"https://management.azure.com{SCOPE.sub(ACCOUNT, path)}"
            found.append((recording.name, replace(exchange, url=moved)))
    return found


def play(name: str, exchange: Exchange) -> list[str]:
    """What the simulator makes wrong of one."""
    with simulate(None, Simulator(), {}, environment={}) as simulated:
        player = Player(simulated)
        group, _, _ = exchange.path.partition("/providers/")
        account, _, _ = exchange.path.partition("/providers/Microsoft.Authorization/")
        if "ResourceGroupNotFound" not in name:
            player.send("PUT", f"{group}?api-version=2021-04-01", '{"location": "eastus2"}')
            wish = {"location": "eastus2", "kind": "AIServices", "sku": {"name": "S0"}}
            player.send("PUT", f"{account}?api-version=2025-06-01", json.dumps(wish))
        if name.startswith(BEFORE):
            body = exchange.body or json.dumps({"properties": exchange.document["properties"]})
            at = exchange.path if exchange.status == 200 else f"{exchange.path[:-1]}0"
            assert player.send("PUT", f"{at}?api-version=2022-04-01", body).status == 201
        said = player.play(exchange)
    found = marks(exchange, said, frozenset(exchange.headers))
    return [f"{name}: {mark.aspect}: {mark.wrong}" for mark in found if mark.wrong]


def test_assignments_are_answered_as_recorded(shared_data: Path) -> None:
    exchanges = recorded(shared_data)
    # There is no directory here, so that nobody is unknown in it: a fault says this.
    known = [(name, one) for name, one in exchanges if "PrincipalNotFound" not in name]
    assert len(known) >= 9
    assert [wrong for name, one in known for wrong in play(name, one)] == []


@pytest.mark.parametrize("status", [400])
def test_a_fault_says_that_nobody_is_known_by_this_id_in_the_recorded_words(
    shared_data: Path, status: int
) -> None:
    (_, exchange), *_ = (each for each in recorded(shared_data) if "PrincipalNotFound" in each[0])
    fault = {"operation": "assignment.put", "code": "PrincipalNotFound"}
    with simulate(
        None, Simulator.model_validate({"faults": [fault]}), {}, environment={}
    ) as simulated:
        said = Player(simulated).play(exchange)
    assert (said.status, said.document) == (status, exchange.document)
