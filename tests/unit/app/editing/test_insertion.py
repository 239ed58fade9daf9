"""A conversation is put where a person would put it, and nothing else of the text changes."""

from __future__ import annotations

import difflib
import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.app.editing.insertion import NoPlaceError, insert_conversation

NEW: dict[str, Any] = {"id": "new", "turns": [{"user": "Bread?"}]}
IN_LINES = "- id: new\n  turns:\n    - user: Bread?\n"
IN_BRACES = '{id: new, turns: [{user: "Bread?"}]}'


def indented(columns: int) -> str:
    return "".join(f"{' ' * columns}{line}\n" for line in IN_LINES.splitlines())


@pytest.mark.parametrize(
    ("before", "behind"),
    [
        # Behind the last item and its comments; before those of the next key.
        (
            "conversations:\n  - id: a\n    user: x  # why\n    # of a\n\n# of b\nb: 1\n",
            "    # of a\n",
        ),
        # A list that is not indented, and one that is by more.
        ("conversations:\n- id: a\n# of b\nb: 1\n", "- id: a\n"),
        ("conversations:\n    - {id: a}\nb: 1\n", "{id: a}\n"),
        # The empty lines below a block of text are not of it, unless they are kept.
        ("conversations:\n  - id: a\n    user: |\n      x\n\n\nb: 1\n", "      x\n"),
        ("conversations:\n  - id: a\n    user: |+\n      x\n\n\nb: 1\n", "      x\n\n\n"),
        # With an anchor before the list, before an item, and an alias.
        ("conversations: &all\n  - &a {id: a}\n  - *a\nb: 1\n", "*a\n"),
        ("conversations:\n  - id: a\n  - include: more.yaml\n", "more.yaml\n"),
    ],
)
def test_it_stands_behind_the_last_one_indented_as_that_is(before: str, behind: str) -> None:
    place = before.index(behind) + len(behind)
    column = before.index("- ") - before.rindex("\n", 0, before.index("- ")) - 1
    expected = before[:place] + indented(column) + before[place:]
    assert insert_conversation(before, NEW) == expected


def test_a_free_line_is_put_between_where_others_have_one() -> None:
    before = "conversations:\n  - id: a\n    user: |\n      x\n\n  # on b\n  - id: b\nc: 1\n"
    expected = before.replace("c: 1", f"\n{indented(2)}c: 1")
    assert insert_conversation(before, NEW) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1", f"a: 1\n\nconversations:\n{indented(2)}"),
        ("a: 1 # one\n\n", f"a: 1 # one\n\nconversations:\n{indented(2)}"),
        ("  a: 1\n...\n", f"  a: 1\n\n  conversations:\n{indented(4)}...\n"),
        ("a: |+\n  x\n\n", f"a: |+\n  x\n\nconversations:\n{indented(2)}"),
        ("conversations: # none\n# b\nb: 1\n", f"conversations: # none\n{indented(2)}# b\nb: 1\n"),
        ("conversations: null", f"conversations:\n{indented(2)}"),
        ("conversations: [] # x\nb: 1\n", f"conversations: # x\n{indented(2)}b: 1\n"),
        ("{a: 1}\n", f"{{a: 1, conversations: [{IN_BRACES}]}}\n"),
        ("{conversations: []}\n", f"{{conversations: [{IN_BRACES}]}}\n"),
    ],
)
def test_the_key_and_its_list_are_made_where_there_are_none(before: str, after: str) -> None:
    assert insert_conversation(before, NEW) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("conversations: [{id: a}]\n", f"conversations: [{{id: a}}, {IN_BRACES}]\n"),
        ("conversations: [{id: a},]\n", f"conversations: [{{id: a}}, {IN_BRACES}]\n"),
        ("conversations: [{id: a} # x\n]", f"conversations: [{{id: a}}, {IN_BRACES} # x\n]"),
        ("conversations: [{id: a}, # x\n]", f"conversations: [{{id: a}}, {IN_BRACES}, # x\n]"),
        (
            "conversations: [\n  {id: a} # x\n]\n",
            f"conversations: [\n  {{id: a}}, # x\n  {IN_BRACES}\n]\n",
        ),
        (
            "conversations: [\n  {id: a}, # x\n  ]\n",
            f"conversations: [\n  {{id: a}}, # x\n  {IN_BRACES},\n  ]\n",
        ),
    ],
)
def test_in_brackets_it_is_put_in_brackets_with_every_comment_kept(before: str, after: str) -> None:
    assert insert_conversation(before, NEW) == after


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("spec", [{"a": 1}, {"conversations": [{"id": "a"}], "b": "{"}])
def test_json_stays_json(spec: dict[str, Any], indent: int | None) -> None:
    after = json.loads(insert_conversation(json.dumps(spec, indent=indent), NEW))
    assert after == {**spec, "conversations": [*spec.get("conversations", []), NEW]}


def test_line_ends_and_a_byte_order_mark_stay() -> None:
    before = "\ufeffa: 1\r\nconversations:\r\n  - id: a\r\nb: 1\r\n"
    new = indented(2).replace("\n", "\r\n")
    assert insert_conversation(before, NEW) == before.replace("b: 1", f"{new}b: 1")
    before = "conversations: [\r\n  {id: a},\r\n  # of a\r\n]\r\n"
    expected = before.replace("of a\r\n", f"of a\r\n  {IN_BRACES},\r\n")
    assert insert_conversation(before, NEW) == expected


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [{id: a}]\nconversations: *a\n",
        "conversations: 3\n",
        "conversations: {}\n",
        "conversations: [ # none\n]\n",
        "conversations:\n  - # first\n    id: a\n",
    ],
)
def test_what_is_no_list_written_there_is_refused(text: str) -> None:
    with pytest.raises(NoPlaceError, match="conversations"):
        insert_conversation(text, NEW)


ITEMS = st.lists(
    st.sampled_from(
        [
            "{id: a}",
            "{id: a, user: 'it''s'}  # of a",
            "id: b\n  user: |\n    one\n\n    two",
            "id: c\n  # inside\n  user: >-\n    one\n    two\n",
            'id: d\n  user: "a\n    b"\n\n  # end',
            "id: e\n  user:\n    - x # y\n    - z",
            "include: more/*.yaml",
        ]
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=150, deadline=None)
@given(
    ITEMS,
    st.sampled_from([0, 1, 2, 4]),
    st.sampled_from(["", "\n", "\n# between\n"]),
    st.sampled_from(["", "\n", "other: 1\n", "# c\nother: |\n  x\n", "\n\n# c\n\nother: []"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_lines_are_only_added_and_the_spec_has_exactly_one_conversation_more(
    items: list[str], columns: int, between: str, rest: str, ending: str
) -> None:
    pad = " " * columns
    lines = "\n".join(f"- {item}{between}" for item in items).split("\n")
    listed = "\n".join(f"{pad}{line}" if line.strip() else line for line in lines)
    before = f"a: 1 # one\nconversations:\n{listed}\n{rest}".replace("\n", ending)
    after = insert_conversation(before, NEW)
    spec = yaml.safe_load(before)
    assert yaml.safe_load(after) == {**spec, "conversations": [*spec["conversations"], NEW]}
    changed = difflib.ndiff(before.splitlines(True), after.splitlines(True))
    assert [line for line in changed if line.startswith("-")] == []
    assert after.count("\n") == after.count(ending)
