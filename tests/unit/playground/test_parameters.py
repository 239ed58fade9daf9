"""``/param`` explains each parameter, and sets one within its range."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.azure.tables.explained_parameters import PARAMETERS
from harness.playground.session import ChatSession
from tests.unit.playground.conftest import give, open_session, refusal


def test_all_are_listed_with_range_default_and_what_the_model_makes_of_it(
    session: ChatSession,
) -> None:
    lines = give(session, "/param").splitlines()
    heads = [line for line in lines if not line.startswith(" ")]
    assert [line.split()[0] for line in heads[:-1]] == [one.name for one in PARAMETERS]
    assert heads[0].startswith(
        "temperature          0 to 2; default: 1; taken; now 0.0 (from the spec)"
    )
    assert max(map(len, lines)) <= 100
    text = " ".join(" ".join(lines).split())
    assert [one.name for one in PARAMETERS if one.summary not in text] == []


def test_one_is_explained_with_an_example(session: ChatSession) -> None:
    assert give(session, "/param seed").splitlines() == [
        "seed: not sent",
        "  takes         a whole number",
        "  default       another one each time",
        "  this target   taken",
        "  example       /param seed 7",
        "  The same seed with the same request mostly gives the same reply; nobody promises it.",
    ]
    assert give(session, "/param top_p").startswith("top_p: 0.5 (from the spec)")


def test_the_values_and_refusals_are_those_of_the_target(path: Path) -> None:
    five = open_session(path, "p/gpt-5-mini")
    said = give(five, "/param reasoning_effort")
    assert "this target   taken (minimal, low, medium, high)" in said
    assert "this target refuses it" in give(five, "/param temperature 0.2")
    assert "this target takes minimal, low, medium, high" in give(
        five, "/param reasoning_effort max"
    )
    assert five.chat.parameters == {"temperature": 0.2, "reasoning_effort": "max"}


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("temperature 0.2", 0.2),
        ("temperature=0.2", 0.2),
        ('stop ["END", "x"]', ("END", "x")),
        ("stop END", "END"),
        ("stop 3", "3"),
        ("stop a: b", "a: b"),
        ("response_format {type: json_object}", {"type": "json_object"}),
        ("parallel_tool_calls false", False),
        ("logit_bias {1734: -100}", {"1734": -100}),
        ("metadata {team: search}", {"team": "search"}),
        ("prompt_cache_key 0613", "0613"),
    ],
)
def test_a_value_is_read_as_a_spec_has_it_and_quotes_may_be_left_out(
    typed: str, value: object, session: ChatSession
) -> None:
    give(session, f"/param {typed}")
    assert list(session.chat.parameters.values()) == [value]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("temperature 3", "temperature does not take 3: it goes from 0 to 2"),
        ("temperature hot", "it is a number"),
        ("max_output_tokens 0", "it is 1 or more"),
        ("verbosity loud", "it is one of low, medium, high"),
        ("temprature 1", "did you mean temperature?"),
        ("logit_bias [1]", "it is a mapping"),
    ],
)
def test_a_value_out_of_range_is_refused_with_the_range(
    typed: str, told: str, session: ChatSession
) -> None:
    assert told in refusal(session, f"/param {typed}")
    assert session.chat.parameters == {}


def test_unset_takes_away_what_the_spec_sets(session: ChatSession) -> None:
    assert give(session, "/param temperature unset") == "temperature: not sent"
    assert session.chat.parameters == {"temperature": None}


def test_what_no_request_can_hold_is_refused(session: ChatSession) -> None:
    assert "temperature does not take NaN" in refusal(session, "/param temperature NaN")
