"""One simulator, and one process that bears commands, for all tests of a module."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.simulator.embedded import Simulated, simulate
from harness.spec.model.spec import Simulator
from tests.kills.lives import Mother


@pytest.fixture(scope="session")
def azure() -> Iterator[Simulated]:
    """A simulated Azure that outlives every command."""
    with simulate(None, Simulator(), {}, environment={}) as there:
        yield there


@pytest.fixture(scope="session")
def _mother(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mother]:
    """One process for all modules: what it has imported it need not import again."""
    with Mother(tmp_path_factory.mktemp("nobody")) as mother:
        yield mother


@pytest.fixture(scope="module")
def mother(azure: Simulated, _mother: Mother, tmp_path_factory: pytest.TempPathFactory) -> Mother:
    """Bears commands in a folder of their own, which talk to that Azure."""
    folder: Path = tmp_path_factory.mktemp("killed")
    (folder / ".harness").mkdir()
    environment = {
        "HARNESS_SIMULATOR_URL": azure.url,
        "HARNESS_SIMULATOR_TOKEN": azure.token,
        "XDG_STATE_HOME": str(folder / "state"),
    }
    return replace(_mother, folder=folder, environment=environment)


def count_requests(azure: Simulated) -> int:
    """Return how many requests for a reply the simulator has had from anybody."""
    operations = _ask(azure, "/_simulator/counters")["operations"]
    return sum(sum(operations.get(name, {}).values()) for name in ("chat", "responses"))


def list_there(azure: Simulated, path: str) -> list[str]:
    """List the ids of what a subscription has at this path."""
    return [one["id"] for one in _ask(azure, f"{path}?api-version=2025-06-01")["value"]]


def _ask(azure: Simulated, path: str) -> Any:
    headers = {"Authorization": f"Bearer {azure.token}"}
    asked = urllib.request.Request(f"{azure.url}{path}", headers=headers)
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return json.load(answer)
