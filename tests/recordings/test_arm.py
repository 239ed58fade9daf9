"""Real management traffic, sent again: the simulator answers as Azure did.

Every recorded request is sent to a fresh simulator that stands on the recorded day; ``fidelity``
compares the answers.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.recordings.fidelity import Aspect
from tests.recordings.scoring import Table, played, share
from tests.recordings.traffic import Recording, recordings, renamed, single_exchanges

GOAL = 0.95
KNOWN = {
    # After a group was deleted, an account in it was answered for with either code.
    "account.get": {"code"},
    # Lists of years ago, before SKUs; and SKUs whose rates one region leaves out.
    "account.models": {"body"},
    "models.list": {"body"},
}


@pytest.fixture(scope="module")
def real(shared_data: Path) -> list[Recording]:
    """Every real recording and single exchange of the management plane."""
    return [*recordings(shared_data, "arm"), *single_exchanges(shared_data, "arm")]


@pytest.fixture(scope="module")
def table(real: list[Recording]) -> Table:
    """What the simulator made of them, by operation."""
    return played(real)


def test_every_operation_reaches_the_goal(table: Table) -> None:
    # An account's models in the form of 2022-03 are two years older than anything deployed here.
    poor = {name: score.share for name, score in table.items() if score.share < GOAL}
    assert set(poor) <= {"account.models"}, poor
    assert share(table) >= 0.99


def test_nothing_differs_beyond_what_is_known(table: Table) -> None:
    differences = {
        name: score.differences
        for name, score in table.items()
        if {aspect for aspect in score.compared if score.right[aspect] < score.compared[aspect]}
        - KNOWN.get(name, set())
    }
    assert not differences


def test_nothing_that_was_recorded_of_this_service_is_unknown(table: Table) -> None:
    assert "unknown" not in table
    assert len(table) >= 44


def test_other_names_and_regions_score_the_same(real: list[Recording], table: Table) -> None:
    other = played(renamed(recording) for recording in real)
    assert _figures(other) == _figures(table)


def _figures(table: Table) -> dict[str, tuple[int, dict[Aspect, int]]]:
    return {name: (score.exchanges, dict(score.right)) for name, score in sorted(table.items())}


def test_no_name_of_a_recording_occurs_in_the_simulator(
    real: list[Recording], project: Path
) -> None:
    """Neither resources nor operations nor files: what it knows, it knows of the service."""
    names: set[str] = set()
    for recording in real:
        names |= {Path(recording.name).stem} if "/" in recording.name else set()
        for exchange in recording.exchanges:
            names |= set(re.findall(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", exchange.url))
            names |= set(
                re.findall(r"/(?:resourceGroups|accounts|projects)/([^/?]{6,})", exchange.url)
            )
    names -= {"00000000-0000-0000-0000-000000000000"}
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for package in ("simulator", "azure")
        for path in sorted((project / "harness" / package).rglob("*.py"))
    )
    assert len(names) > 50
    assert not {name for name in names if name in text}
