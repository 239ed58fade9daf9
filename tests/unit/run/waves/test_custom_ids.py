"""The name of a request in a file: readable, and no other one's."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from harness.conversation.ports import Place
from harness.run.waves.custom_ids import make_custom_id

PLACE = Place("acc/bulk", "weather", "malmo", "default", 2, turn=3)


@pytest.mark.parametrize(
    ("place", "attempt", "begins"),
    [
        (PLACE, 1, "weather.malmo.r2.t3-"),
        (replace(PLACE, case=None), 1, "weather.r2.t3-"),
        (replace(PLACE, variant="short"), 1, "weather.malmo.short.r2.t3-"),
        (replace(PLACE, round=2), 1, "weather.malmo.r2.t3.2-"),
        (replace(PLACE, turn=0, check="2.1"), 1, "weather.malmo.r2.t0.c2_1-"),
        (replace(PLACE, conversation="天气"), 1, "x.malmo.r2.t3-"),
        (PLACE, 3, "weather.malmo.r2.t3-"),
    ],
)
def test_it_tells_conversation_case_repeat_turn_and_check(
    place: Place, attempt: int, begins: str
) -> None:
    name = make_custom_id(place, attempt)
    assert name.startswith(begins)
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,120}", name)
    assert name.endswith("-try3") == (attempt == 3)


def test_what_differs_in_anything_has_another_name() -> None:
    others = [
        replace(PLACE, target="acc/other"),
        replace(PLACE, conversation="weather?"),
        replace(PLACE, conversation="weather!"),
        replace(PLACE, conversation="w" * 60),
        replace(PLACE, conversation="w" * 61),
        replace(PLACE, case=None),
        replace(PLACE, variant="v"),
        replace(PLACE, repeat=1),
        replace(PLACE, turn=1),
        replace(PLACE, round=2),
        replace(PLACE, check="1"),
    ]
    names = {make_custom_id(one) for one in (PLACE, *others)} | {make_custom_id(PLACE, 2)}
    assert len(names) == len(others) + 2
