"""Numbers from outside obey their invariants, or are unknown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.conversation.transcript import Failure, Reply, Usage
from harness.providers.openai.completion import ResponseHead, read_completion
from harness.providers.openai.response import read_response
from harness.providers.openai.stream import Gathered
from harness.providers.openai.usage import read_usage


def counted(
    sent: Any = None, back: Any = None, total: Any = None, cached: Any = None, reasoning: Any = None
) -> dict[str, Any]:
    return {
        "prompt_tokens": sent,
        "completion_tokens": back,
        "total_tokens": total,
        "prompt_tokens_details": None if cached is None else {"cached_tokens": cached},
        "completion_tokens_details": (
            None if reasoning is None else {"reasoning_tokens": reasoning}
        ),
    }


@pytest.mark.parametrize(
    ("usage", "read"),
    [
        pytest.param(counted(10, 5, 15), Usage(10, 5), id="as it ought to be"),
        pytest.param(counted(10, 5), Usage(10, 5), id="no total"),
        pytest.param(counted(10, 5, 0), Usage(10, 5), id="a total that nobody filled in"),
        pytest.param(counted(10.0, 5.0, 15.0), Usage(10, 5), id="with a decimal point"),
        pytest.param(counted(10, 5, 15, 10, 5), Usage(10, 5, 10, 5), id="all of it"),
    ],
)
def test_numbers_that_agree_are_taken(usage: dict[str, Any], read: Usage) -> None:
    found = read_usage(usage, spoke=True)
    assert (found.usage, found.notes) == (read, ())


@pytest.mark.parametrize(
    ("usage", "read", "note"),
    [
        pytest.param(
            counted(32, 9, 135, reasoning=94),
            Usage(32, 103, 0, 94),
            "usage repaired: output tokens are 103, not 9, by the total",
            id="reasoning outside, as xAI",
        ),
        pytest.param(
            counted(32, 200, 326, reasoning=94), Usage(32, 294, 0, 94), "294", id="more words"
        ),
        pytest.param(
            counted(10, 5, 115), Usage(10, 105), "output tokens are 105", id="thoughts, as Gemini"
        ),
        pytest.param(
            counted(3, 5, 108, cached=100),
            Usage(103, 5, 100),
            "usage repaired: input tokens are 103, not 3, by the total",
            id="cached outside, as proxies of Anthropic",
        ),
        pytest.param(counted(10, None, 15), Usage(10, 5), "output tokens are 5", id="no output"),
        pytest.param(counted(None, 5, 15), Usage(10, 5), "input tokens are 10", id="no input"),
        pytest.param(counted(10, 0, 15), Usage(10, 5), "output tokens are 5", id="output of 0"),
    ],
)
def test_what_the_total_decides_is_repaired_and_noted(
    usage: dict[str, Any], read: Usage, note: str
) -> None:
    found = read_usage(usage, spoke=True)
    assert found.usage == read
    assert note in " ".join(found.notes)


@pytest.mark.parametrize(
    "usage",
    [
        pytest.param(counted(3, 5, 8, cached=12304), id="more cached than sent"),
        pytest.param(counted(3, 5, cached=12304), id="more cached than sent and no total"),
        pytest.param(counted(32, 9, reasoning=94), id="more reasoning than output and no total"),
        pytest.param(counted(32, 9, 41, reasoning=94), id="more reasoning than output"),
        pytest.param(counted(10, 5, 12), id="a total below the sum"),
        pytest.param(counted(0, 0, 0), id="zeros beside a text"),
        pytest.param(counted(0, 0), id="two zeros beside a text"),
        pytest.param(counted(10, 0, 10), id="no output beside a text"),
        pytest.param(counted(0, 5, 5), id="an answer to nothing"),
        pytest.param(counted(3, 5, 50, cached=100), id="cached that no total explains"),
        pytest.param(counted(10, None, 10), id="a total that leaves no output beside a text"),
        pytest.param(counted(None, 5, 5), id="a total that leaves no input"),
    ],
)
def test_what_contradicts_itself_is_unknown_and_noted(usage: dict[str, Any]) -> None:
    found = read_usage(usage, spoke=True)
    assert found.usage is None
    assert found.notes[0].startswith("usage unknown: the service counted ")


@pytest.mark.parametrize(
    "usage",
    [
        None,
        7,
        {},
        counted(-1, 5, 4),
        counted("10", "5"),
        counted(True, 5),
        counted(10, 5.5),
        counted(float("nan"), 5),
        counted(float("inf"), 5),
        counted(10, None),
        counted(10, None, 5),
    ],
)
def test_what_is_not_counted_is_unknown_without_a_word(usage: Any) -> None:
    found = read_usage(usage, spoke=True)
    assert (found.usage, found.notes) == (None, ())


def test_nothing_said_may_have_cost_nothing() -> None:
    assert read_usage(counted(0, 0, 0), spoke=False).usage == Usage(0, 0)
    assert read_usage(counted(10, 0, 10), spoke=False).usage == Usage(10, 0)
    assert read_usage(counted(10, None, 10), spoke=False).usage == Usage(10, 0)
    assert read_usage(counted(0, None, 0), spoke=False).usage is None
    assert read_usage(counted(None, 0, 0), spoke=False).usage is None


def test_a_note_says_what_contradicts_what() -> None:
    one = read_usage(counted(3, 5, cached=12304), spoke=True)
    assert " ".join(one.notes) == (
        "usage unknown: the service counted 3 input, 5 output, 12304 cached tokens, "
        "which contradict each other"
    )
    other = read_usage(counted(32, 9, 41, reasoning=94), spoke=True)
    assert "32 input, 9 output, 94 reasoning, 41 total tokens" in other.notes[0]


def test_whole_streamed_and_by_responses_it_is_the_same() -> None:
    head = ResponseHead(200, {})
    chat = counted(32, 9, 135, reasoning=94)
    choice = {"index": 0, "finish_reason": "stop", "message": {"content": "hello"}}
    gathered = Gathered(head)
    gathered.take(json.dumps({"choices": [choice]}).encode())
    gathered.take(json.dumps({"choices": [], "usage": chat}).encode())
    item = {"type": "message", "content": [{"type": "output_text", "text": "hello"}]}
    usage = {
        "input_tokens": 32,
        "output_tokens": 9,
        "total_tokens": 135,
        "output_tokens_details": {"reasoning_tokens": 94},
    }
    for answer in (
        read_completion(json.dumps({"choices": [choice], "usage": chat}).encode(), head),
        gathered.answer(),
        read_response(json.dumps({"output": [item], "usage": usage}).encode(), head),
    ):
        assert not isinstance(answer, Failure)
        assert isinstance(answer, Reply)
        assert answer.usage == Usage(32, 103, 0, 94)
        assert answer.notes == ("usage repaired: output tokens are 103, not 9, by the total",)
