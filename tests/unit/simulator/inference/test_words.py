import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.simulator.inference.replies.shapes import make_arguments, make_instance
from harness.simulator.inference.serializing.chat import MOST_EVENTS, split_text
from harness.simulator.inference.serializing.embeddings import embed
from harness.simulator.inference.tokens import cut, estimate_tokens


@given(st.text())
def test_the_pieces_of_a_stream_join_to_the_text(text: str) -> None:
    found = split_text(text)
    assert "".join(found) == text
    assert len(found) <= MOST_EVENTS
    assert all(found)


@given(st.text(), st.integers(min_value=0, max_value=50))
def test_a_cut_text_is_a_beginning_and_keeps_to_its_tokens(text: str, tokens: int) -> None:
    kept = cut(text, tokens)
    assert text.startswith(kept)
    assert estimate_tokens(kept) <= tokens


@given(st.text(), st.text())
def test_equal_texts_have_equal_vectors_of_length_one(one: str, other: str) -> None:
    a, b = embed(one, 64), embed(other, 64)
    assert sum(value * value for value in a) == pytest.approx(1.0, abs=1e-5)
    assert (list(a) == list(b)) is (one == other)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "simulated"),
        ({"type": ["integer", "null"], "minimum": 3}, 3),
        ({"enum": ["b", "a"]}, "b"),
        ({"const": 4}, 4),
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, True),
        ({"type": "array", "items": {"type": "number"}, "minItems": 2}, [0, 0]),
        ({"$ref": "#/$defs/x", "$defs": {"x": {"type": "object", "properties": {}}}}, {}),
        ({}, None),
        (None, None),
        ({"$ref": "#/$defs/none"}, None),
    ],
)
def test_the_smallest_instance_of_a_schema(schema: Any, value: Any) -> None:
    assert make_instance(schema) == value


def test_a_schema_that_holds_itself_ends() -> None:
    tree = {"type": "object", "properties": {"next": {"$ref": "#"}, "n": {"type": "integer"}}}
    found = make_instance(tree)
    assert found["n"] == 0
    assert found["next"]["n"] == 0
    assert json.loads(make_arguments({"parameters": tree})) == found
    assert make_arguments({}) == "{}"
