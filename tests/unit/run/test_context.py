"""The passages that an application tells are the context of its own checks."""

from __future__ import annotations

from harness.conversation.transcript import Exchange, Reply
from harness.run.playing import add_context


def told(number: int, *passages: str) -> Exchange:
    return Exchange(number, "q", Reply("a", "stop", context=passages))


SILENT = Exchange(9, "q", Reply("a", "stop"))


def test_passages_are_the_variable_context_of_the_turn_that_told_them() -> None:
    declared = {"context": "declared", "city": "Malmö"}
    assert add_context(declared, [told(1, "one", "two")]) == {
        "context": ["one", "two"],
        "city": "Malmö",
    }


def test_the_whole_conversation_had_all_of_them_once() -> None:
    exchanges = [told(1, "one"), SILENT, told(2, "two", "one")]
    assert add_context({}, exchanges) == {"context": ["one", "two"]}


def test_a_target_that_tells_none_leaves_what_the_case_says() -> None:
    assert add_context({"context": "declared"}, [SILENT]) == {"context": "declared"}


def test_an_application_that_found_nothing_had_no_context() -> None:
    assert add_context({"context": "declared"}, [told(1)]) == {"context": []}
