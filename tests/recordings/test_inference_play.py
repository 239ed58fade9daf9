"""Recorded inference traffic, sent again: the simulator dresses the recorded words as recorded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.recordings.fidelity import Score
from tests.recordings.inference_play import played
from tests.recordings.scoring import share
from tests.recordings.traffic import recordings, single_exchanges

GOAL = 0.95
FEW = 5
"""Of an operation with fewer exchanges the share says little: one of three is a third."""


@pytest.fixture(scope="module")
def table(shared_data: Path) -> Mapping[str, Score]:
    planes = ("inference-azure", "inference-openai")
    traffic = [recording for plane in planes for recording in recordings(shared_data, plane)]
    return played([*traffic, *single_exchanges(shared_data, "inference")])


def test_the_data_plane_reaches_the_goal(table: Mapping[str, Score]) -> None:
    assert share(table) >= GOAL
    poor = {n: s.differences for n, s in table.items() if s.share < 0.9 and s.exchanges >= FEW}
    assert not poor


def test_both_dialects_plain_and_streamed_were_played(table: Mapping[str, Score]) -> None:
    assert {"chat (Azure)", "chat (OpenAI)", "chat.stream (Azure)", "chat.stream (OpenAI)",
            "embeddings (Azure)", "embeddings (OpenAI)", "responses (Azure)",
            "responses (OpenAI)", "responses.stream (OpenAI)"} <= set(table)  # fmt: skip
