"""A log becomes a data set: each chat once, some of them, nothing that looks like a secret."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from harness.importers.chats.as_spec import write_spec
from harness.importers.chats.gathering import GatheredChats, gather
from harness.importers.conversion import Conversion

SECRET = "sk-proj-" + "Ab1" * 20
TODAY = date(2026, 11, 28)


def chat(user: str, answer: str | None = "Yes.", system: str | None = None, **more: Any) -> str:
    messages = [{"role": "system", "content": system}] if system is not None else []
    messages.append({"role": "user", "content": user})
    if answer is not None:
        messages.append({"role": "assistant", "content": answer})
    return json.dumps({"messages": messages, **more}) + "\n"


def take(*lines: str, sample: int | None = None, seed: int = 0) -> GatheredChats:
    return gather(lines, "log.jsonl", sample=sample, seed=seed)


def write(*lines: str, **options: Any) -> Conversion:
    reference = options.pop("reference", "none")
    return write_spec(take(*lines, **options), "chats", reference, TODAY)


def read_cases(conversion: Conversion, path: str = "data/chats.jsonl") -> list[dict[str, Any]]:
    (text,) = [file.text for file in conversion.files if file.path == path]
    return [json.loads(line) for line in text.splitlines()]


def test_the_same_question_is_kept_once() -> None:
    found = take(chat("a"), chat("b"), chat("a", "No."), chat("a", system="s"))
    assert [one.place.line for one in found.chats] == [1, 2, 4]
    assert (found.seen, found.double) == (4, 1)


def test_a_sample_follows_from_its_seed_and_not_from_the_order_of_the_log() -> None:
    lines = [chat(f"question {number}") for number in range(50)]
    first = {one.question for one in take(*lines, sample=10).chats}
    again = {one.question for one in take(*reversed(lines), sample=10).chats}
    other = {one.question for one in take(*lines, sample=10, seed=1).chats}
    assert len(first) == 10
    assert first == again
    assert first != other
    grown = {one.question for one in take(*lines, chat("one more"), sample=10).chats}
    assert len(first & grown) >= 9, "a log that grows keeps most of its sample"


def test_a_sample_stands_in_the_order_of_the_log() -> None:
    lines = [chat(f"question {number}") for number in range(50)]
    places = [one.place.line for one in take(*lines, sample=10).chats]
    assert places == sorted(places)


def test_broken_lines_are_named_once_for_each_cause_and_never_lost() -> None:
    lines = [chat("a"), "not json\n", *["{}\n"] * 14, '{"messages": [1\n', "\n"]
    told = take(*lines).unmapped
    assert [(one.span.line, one.fate) for one in told] == [
        (2, "broken"),
        (3, "broken"),
        (17, "broken"),
    ]
    assert "the same on 13 more lines: 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, …" in told[1].reason


def test_what_looks_like_a_secret_is_hidden_everywhere_and_its_place_is_told() -> None:
    conversion = write(chat("fine"), chat(f"my key is {SECRET}", f"so {SECRET}", system=SECRET))
    written = "".join(file.text for file in conversion.files) + str(conversion.document)
    assert SECRET not in written
    assert "REDACTED-openai-key" in written
    (note,) = [note for note in conversion.notes if "secret" in note]
    assert "openai-key 3×" in note
    assert "log.jsonl:2 openai-key" in note
    assert SECRET not in note


def test_secrets_of_chats_that_are_not_kept_are_not_counted() -> None:
    found = take(*(chat(f"{number} {SECRET}") for number in range(30)), sample=3)
    assert sum(found.hidden.values()) == 3


def test_a_long_log_is_never_held_in_memory() -> None:
    def make_lines() -> Iterator[str]:
        for number in range(20_000):
            yield chat(f"{number} " + "x" * 2_000)

    tracemalloc.start()
    found = gather(make_lines(), "log.jsonl", sample=5, seed=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.seen, len(found.chats)) == (20_000, 5)
    assert peak < 8_000_000, "40 MB went through"


def test_one_system_text_stands_in_the_spec_and_several_in_the_data() -> None:
    one = write(chat("a", system="Sell {{things}}."), chat("b", system="Sell {{things}}."))
    assert one.document is not None
    assert one.document["conversations"][0]["system"] == "Sell \\{{things}}."
    assert "system" not in read_cases(one)[0]
    two = write(chat("a", system="Be kind."), chat("b", system="Be brief."))
    assert two.document is not None
    assert two.document["conversations"][0]["system"] == "{{system}}"
    assert [case["system"] for case in read_cases(two)] == ["Be kind.", "Be brief."]


def test_chats_with_other_tools_are_conversations_of_their_own() -> None:
    tool = {"type": "function", "function": {"name": "w", "description": "in {{unit}}"}}
    conversion = write(chat("a", tools=[tool]), chat("b"), chat("c"))
    assert conversion.document is not None
    first, second = conversion.document["conversations"]
    assert "tools" not in first
    assert second["tools"][0]["function"]["description"] == "in \\{{unit}}"
    assert [len(read_cases(conversion, f"data/chats-{n}.jsonl")) for n in (1, 2)] == [2, 1]


def test_the_answers_of_then_answer_each_chat_as_the_log_did() -> None:
    follow = json.dumps(
        {
            "messages": [
                {"role": "user", "content": "a"},
                {"role": "assistant", "content": "Yes."},
                {"role": "user", "content": "why?"},
                {"role": "assistant", "content": "Because."},
            ]
        }
    )
    conversion = write(chat("a"), follow + "\n", chat("b", "No."))
    (text,) = [file.text for file in conversion.files if "answers" in file.path]
    assert [json.loads(line)["turns"][-1]["assistant"] for line in text.splitlines()] == [
        "Yes.",
        "Because.",
        "No.",
    ]
    assert conversion.document is not None
    assert conversion.document["evaluation"]["targets"] == ["sweden/today", "recorded/then"]


def test_a_chat_whose_answer_would_be_taken_for_another_ones_is_left_out() -> None:
    conversion = write(chat("hi", "Monday.", system="Mon"), chat("hi", "Tuesday.", system="Tue"))
    assert len(read_cases(conversion)) == 1
    (told,) = conversion.unmapped
    assert told.span.line == 2
    assert "what another chat says" in told.reason


def test_without_an_answer_the_target_of_then_is_asked_only_by_name() -> None:
    conversion = write(chat("a"), chat("b", None))
    assert conversion.document is not None
    assert conversion.document["evaluation"]["targets"] == ["sweden/today"]
    assert any("1 chat without an answer" in note for note in conversion.notes)


@pytest.mark.parametrize(
    ("reference", "role", "demand"),
    [("similar", "embeddings", "similar"), ("llm-rubric", "judge", "llm-rubric")],
)
def test_a_reference_is_demanded_only_where_it_is_asked_for(
    reference: str, role: str, demand: str
) -> None:
    plain = write(chat("a"))
    assert plain.document is not None
    assert "assert" not in plain.document["conversations"][0]["turns"][0]
    assert "x-recorded" in read_cases(plain)[0]
    held = write(chat("a"), chat("b", None), reference=reference)
    assert held.document is not None
    (check,) = held.document["conversations"][0]["turns"][0]["assert"]
    assert "{{recorded}}" in check[demand]
    assert check["when"] == "{{recorded}}", "what has no answer is skipped"
    assert role in held.document["evaluation"]


def test_parameters_that_all_requests_share_are_kept_and_others_told() -> None:
    lines = [
        chat("a", temperature=0.2, max_tokens=50),
        chat("b", temperature=0.2, max_tokens=90),
        chat("c"),
    ]
    conversion = write(*lines)
    assert conversion.document is not None
    assert conversion.document["evaluation"]["parameters"] == {"temperature": 0.2}
    (told,) = conversion.unmapped
    assert told.what == "the parameter max_output_tokens"


def test_the_model_that_was_asked_most_is_deployed_or_its_successor() -> None:
    same = write(chat("a", model="gpt-4o-2024-08-06"))
    assert same.document is not None
    today = same.document["accounts"]["sweden"]["deployments"]["today"]
    assert (today["model"], today["version"]) == ("gpt-4o", "2024-08-06")
    gone = write(chat("a", model="gpt-4-0613"), chat("b", model="gpt-4-0613"), chat("c", model="x"))
    assert any("gpt-4-0613 cannot be deployed on Azure today" in note for note in gone.notes)
    assert any("gpt-4-0613 2×, x 1×" in note for note in gone.notes)


def test_a_log_of_nothing_is_out_of_reach() -> None:
    conversion = write("{}\n")
    assert conversion.document is None
    assert conversion.out_of_reach == "it holds no chat that could be asked again"
