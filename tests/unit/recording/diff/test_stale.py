"""A stale recording is explained: which turn changed, and how."""

from __future__ import annotations

import copy
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.conversation.ports import Place
from harness.recording.diff.nearest import find_nearest
from harness.recording.diff.stale import LONGEST_LINE, MOST_LINES, explain
from harness.recording.storage.exchange import CommandSlot

URL = "https://sweden.account.invalid/openai/v1/chat/completions"
RESPONSES_URL = "https://sweden.account.invalid/openai/v1/responses"
PLACE = Place("sweden/mini", "founders", None, "default", 1, 2)

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}
CHAT: dict[str, Any] = {
    "model": "mini",
    "messages": [
        {"role": "system", "content": "You are a helpful assistant."},
        {"role": "user", "content": "Who were the founders of Microsoft?"},
        {"role": "assistant", "content": "Bill Gates and Paul Allen."},
        {"role": "user", "content": "In which year?"},
    ],
    "temperature": 0,
    "max_tokens": 800,
    "tools": [WEATHER],
}


def changed(**parts: Any) -> dict[str, Any]:
    return {**copy.deepcopy(CHAT), **parts}


def with_message(number: int, text: str) -> dict[str, Any]:
    body = copy.deepcopy(CHAT)
    body["messages"][number]["content"] = text
    return body


def lines(asked: Any, recorded: Any, url: str = URL) -> list[str]:
    return explain(asked, recorded, PLACE, url=url).split("\n")


CITY_IS_A_NUMBER: dict[str, Any] = copy.deepcopy(WEATHER)
CITY_IS_A_NUMBER["function"]["parameters"]["properties"]["city"]["type"] = "number"


@pytest.mark.parametrize(
    ("asked", "part", "how"),
    [
        (
            with_message(1, "Who were the very first creators of Microsoft?"),
            "user turn 1",
            "user turn 1: Who were the [-founders-]{+very first creators+} of Microsoft?",
        ),
        (
            with_message(0, "You are an unhelpful assistant."),
            "system message",
            "system message: You are [-a helpful-]{+an unhelpful+} assistant.",
        ),
        (
            with_message(2, "Bill Gates, Paul Allen."),
            "assistant turn 1",
            "assistant turn 1: Bill Gates[- and-]{+,+} Paul Allen.",
        ),
        (with_message(3, ""), "user turn 2", "user turn 2: [-In which year?-]"),
        (changed(temperature=0.7), "temperature", "temperature: 0 -> 0.7"),
        (changed(seed=7), "seed", "seed: not sent -> 7"),
        (changed(model="five"), "model", "model: mini -> five"),
        (changed(tools=[]), "tool get_weather", "tool get_weather: removed"),
        (
            changed(tools=[CITY_IS_A_NUMBER]),
            "tool get_weather",
            'tool get_weather: parameters.properties.city.type: "string" -> "number"',
        ),
        (
            changed(tools=[WEATHER, {"type": "function", "function": {"name": "now"}}]),
            "tool now",
            "tool now: added",
        ),
        (
            changed(messages=[CHAT["messages"][n] for n in (1, 0, 2, 3)]),
            "order of messages",
            (
                "order of messages: system message, user turn 1, assistant turn 1, user turn 2 -> "
                "user turn 1, system message, assistant turn 1, user turn 2"
            ),
        ),
    ],
)
def test_one_change_is_named_in_the_summary_and_shown_beneath(
    asked: dict[str, Any], part: str, how: str
) -> None:
    assert lines(asked, CHAT) == [
        f"turn 2 of founders on sweden/mini is not what was recorded: {part} changed",
        f"  {how}",
    ]


def test_messages_that_went_and_came_are_counted_and_quoted() -> None:
    asked = changed(messages=[*CHAT["messages"][:1], {"role": "user", "content": "Hello"}])
    assert lines(asked, CHAT)[1:] == [
        "  number of messages: 4 -> 2",
        "  user turn 1: [-Who were the founders of Microsoft?-]{+Hello+}",
        '  assistant turn 1: no longer there "Bill Gates and Paul Allen."',
        '  user turn 2: no longer there "In which year?"',
    ]


def test_several_changes_share_one_summary() -> None:
    asked = {**with_message(3, "In what year?"), "temperature": 1, "tools": []}
    assert lines(asked, CHAT)[0].endswith("user turn 2, tool get_weather and temperature changed")


def test_only_the_words_around_a_change_of_a_long_prompt_are_shown() -> None:
    long = " ".join(f"word{number}" for number in range(5_000))
    asked = with_message(1, long.replace("word2500", "another"))
    shown = lines(asked, with_message(1, long))[1]
    assert "word2499 [-word2500-]{+another+} word2501" in shown
    assert shown.startswith("  user turn 1: …")
    assert len(shown) < 150


def test_chinese_is_compared_by_its_characters() -> None:
    shown = lines(with_message(1, "微软的创造者是谁?"), with_message(1, "微软的创始人是谁?"))[1]
    assert shown == "  user turn 1: 微软的创[-始人-]{+造者+}是谁?"


def test_a_rewritten_book_is_still_a_few_short_lines() -> None:
    old = " ".join(f"old{number}" for number in range(200_000))
    new = " ".join(f"new{number}" for number in range(200_000))
    begun = time.perf_counter()
    found = lines(with_message(1, new), with_message(1, old))
    assert time.perf_counter() - begun < 2
    assert max(map(len, found)) <= LONGEST_LINE


def test_nothing_near_says_what_there_is() -> None:
    fourth = Place("sweden/mini", "founders", "se", "concise", 4, 2)
    there = [Place("sweden/mini", "founders", "se", "concise", n, 2) for n in (1, 2, 3)]
    assert explain(CHAT, None, fourth, url=URL, recorded=there).split("\n") == [
        "turn 2 of founders on sweden/mini (case se, variant concise, repeat 4) was not recorded",
        "  sweden.account.invalid/openai/v1/chat/completions",
        "  recorded: repeats 1-3",
    ]
    third_turn = Place("sweden/mini", "founders", "se", "concise", 1, 3)
    assert explain(CHAT, None, third_turn, url=URL, recorded=there).endswith("recorded: turn 2")


def test_the_same_once_more_says_so() -> None:
    assert lines(CHAT, CHAT) == [
        "turn 2 of founders on sweden/mini was asked once more than it was recorded"
    ]


def test_checks_and_tool_rounds_and_whole_conversations_are_named() -> None:
    judge = Place("sweden/judge", "founders", None, "default", 1, 0, check="2.1")
    assert explain(CHAT, None, judge, url=URL).startswith(
        "check 2.1 of the whole conversation of founders on sweden/judge was not"
    )
    second = Place("sweden/mini", "founders", None, "default", 1, 1, round=2)
    assert "(request 2 of the turn)" in explain(CHAT, None, second, url=URL)


def test_what_a_command_asks_of_azure_differs_by_where_it_stands() -> None:
    old = {"sku": {"name": "Standard", "capacity": 10}, "tags": {"a": "b"}}
    new = {"sku": {"name": "Standard", "capacity": 20}}
    address = "management.azure.com/subscriptions/0/deployments/mini"
    url = f"https://{address}?api-version=2024-10-01"
    assert explain(new, old, CommandSlot("apply"), url=url).split("\n") == [
        f"apply: what it asks of {address} is not what was recorded: sku.capacity and tags changed",
        "  sku.capacity: 10 -> 20",
        '  tags: {"a": "b"} -> not sent',
    ]


def test_the_responses_api_is_read_in_the_same_words() -> None:
    body: dict[str, Any] = {
        "model": "mini",
        "instructions": "Be kind.",
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "Weather in Malmö?"}]},
            {"type": "function_call", "call_id": "1", "name": "get", "arguments": '{"a": 1}'},
            {"type": "function_call_output", "call_id": "1", "output": "4 degrees"},
        ],
    }
    asked = copy.deepcopy(body)
    asked["instructions"] = "Be brief."
    asked["input"][2]["output"] = "5 degrees"
    asked["input"][1]["arguments"] = '{"a": 2}'
    assert lines(asked, body, RESPONSES_URL)[1:] == [
        "  system message: Be [-kind-]{+brief+}.",
        '  assistant turn 1, tool calls: get({"a": [-1-]{+2+}})',
        "  tool result 1: [-4-]{+5+} degrees",
    ]


def test_embedded_texts_are_counted() -> None:
    old = {"model": "e", "input": ["one", "two"]}
    url = URL.replace("chat/completions", "embeddings")
    assert lines({"model": "e", "input": ["one", "three"]}, old, url)[1:] == [
        "  text 2: [-two-]{+three+}"
    ]


def test_a_difference_that_no_reader_would_see_is_named_by_its_place() -> None:
    asked = copy.deepcopy(CHAT)
    asked["messages"][1]["name"] = "ada"
    assert lines(asked, CHAT)[1] == '  messages[1].name: not sent -> "ada"'


def test_nothing_that_a_model_or_an_author_wrote_reaches_the_terminal() -> None:
    evil = "\x1b[31mred\r\n\u202eback"
    asked = {
        **with_message(1, evil),
        evil: evil,
        "tools": [{"type": "function", "function": {"name": evil}}],
    }
    place = Place(evil, evil, evil, evil, 1, 1, check=evil)
    for text in (
        explain(asked, CHAT, place, url=URL),
        explain(asked, None, place, url=f"https://h/{evil}"),
        explain(asked, CHAT, CommandSlot(evil), url=URL),
    ):
        assert all(line.isprintable() for line in text.split("\n"))


def test_a_body_that_differs_in_everything_is_a_dozen_lines() -> None:
    asked = {f"new{number}": number for number in range(1_000)}
    recorded = {f"old{number}": number for number in range(1_000)}
    found = lines(asked, recorded)
    assert len(found) == MOST_LINES
    assert found[-1].startswith("  … and ")


def test_a_url_that_is_none_is_shown_as_it_stands() -> None:
    assert explain(CHAT, None, PLACE, url="https://[x").endswith("\n  https://[x")


def test_bodies_as_deep_as_json_allows_are_no_trouble() -> None:
    deep: Any = "x"
    for _ in range(300):
        deep = [deep]
    assert lines({"a": deep}, {"a": [deep]})[0].endswith(" changed")
    assert "once more" in lines({"a": deep}, {"a": copy.deepcopy(deep)})[0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
PARTS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("messages", "input", "instructions", "tools", "model", "functions"), JSON
    ),
)


@settings(max_examples=150, deadline=None)
@given(asked=PARTS, recorded=PARTS, url=st.sampled_from([URL, RESPONSES_URL, "https://h/x"]))
def test_any_two_bodies_are_explained(asked: Any, recorded: Any, url: str) -> None:
    found = explain(asked, recorded, PLACE, url=url).split("\n")
    assert len(found) <= MOST_LINES
    assert all(line.isprintable() for line in found)
    assert ("once more" in found[0]) == (_typed(asked) == _typed(recorded))


def _typed(value: Any) -> Any:
    """The value, with true told from 1."""
    if isinstance(value, dict):
        return {name: _typed(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_typed(inner) for inner in value]
    return (type(value).__name__, value)


def test_the_nearest_is_the_one_with_the_fewest_words_changed() -> None:
    bodies = [with_message(3, f"Question number {number}, please?") for number in range(50)]
    asked = with_message(3, "Question number 31, pretty please?")
    assert find_nearest(asked, bodies) is bodies[31]
    assert find_nearest(asked, []) is None


def test_of_equal_prompts_the_nearest_has_the_same_parameters() -> None:
    bodies = [changed(temperature=n / 10) for n in range(10)]
    assert find_nearest(changed(temperature=0.4, seed=1), bodies) is bodies[4]


@pytest.mark.parametrize("where", ["both ends", "the end"])
def test_the_nearest_of_a_thousand_long_bodies_is_found_at_once(where: str) -> None:
    def body(number: int) -> dict[str, Any]:
        words = (f"w{(number * 7919 + n * (104729 + number)) % 4999}" for n in range(3_400))
        return with_message(1, " ".join(words))

    bodies = [body(number) for number in range(1_000)]
    asked = copy.deepcopy(bodies[700])
    text = asked["messages"][1]["content"]
    start = "Changed " if where == "both ends" else ""
    asked["messages"][1]["content"] = f"{start}{text} indeed"
    asked["messages"][0]["content"] = f"{start}You are a helpful assistant."
    begun = time.process_time()
    assert find_nearest(asked, bodies) is bodies[700]
    assert time.process_time() - begun < 0.3  # 0.09 s on a quiet machine
