"""The documents of a log are found however they are laid out, and a broken one hides no other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.importers.chats.documents import Complaints, decode_documents, split_lines

FIRST: dict[str, Any] = {"a": {"b": [{"c": 1}, {}]}, "s": "}\n{"}
SECOND: dict[str, Any] = {"d": [[], {}]}


def decode(text: str) -> tuple[list[tuple[int, Any]], list[str]]:
    complaints = Complaints()
    found = [
        (place.line, value)
        for place, value in decode_documents(split_lines(text), "log.jsonl", complaints)
    ]
    return found, [f"{one.span.line}: {one.reason}" for one in complaints.list_unmapped()]


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + json.dumps(FIRST) + "\n\n" + json.dumps(SECOND),
        json.dumps(FIRST, indent=2) + "\n" + json.dumps(SECOND, indent=2) + "\n",
        json.dumps([FIRST, SECOND], indent=4),
        "[\n" + json.dumps(FIRST) + ",\n" + json.dumps(SECOND) + "\n]\n",
        json.dumps(FIRST, indent="\t") + ",\r\n" + json.dumps(SECOND),
    ],
)
def test_documents_are_found_one_a_line_over_several_and_in_a_list(text: str) -> None:
    found, complaints = decode(text)
    assert [value for _, value in found] == [FIRST, SECOND]
    assert complaints == []


def test_a_document_that_never_ends_hides_nothing_after_it() -> None:
    lines = ["{", '  "a": 1', *[json.dumps(SECOND)] * 3]
    found, complaints = decode("\n".join(lines))
    assert found == [(3, SECOND), (4, SECOND), (5, SECOND)]
    assert complaints == ["2: it is not JSON: Expecting ',' delimiter"]


def test_the_place_of_a_fault_is_its_own_line() -> None:
    text = json.dumps(FIRST) + '\n{\n  "a": 1,\n  b\n}\n' + json.dumps(SECOND)
    found, complaints = decode(text)
    assert [line for line, _ in found] == [1, 6]
    assert complaints == ["4: it is not JSON: Expecting property name enclosed in double quotes"]
