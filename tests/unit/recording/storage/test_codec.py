"""Exchanges as documents: what goes in comes out, and nothing else is taken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.conversation.ports import Place
from harness.exchange import PlainRequest, PlainResponse
from harness.recording.storage import codec
from harness.recording.storage.exchange import CommandSlot, RecordedExchange

PLACE = Place("sweden/mini", "founders", None, "default", 1, 1)
SENT = PlainRequest(
    "POST", "https://sweden.account.invalid/openai/v1/chat/completions", {}, b'{"a": 1}'
)
EXCHANGE = RecordedExchange(PLACE, SENT, PlainResponse(200, {}, b'{"b": 2}'), 0.5)

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)
bodies = (
    st.binary()
    | st.text().map(lambda text: text.encode("utf-8", "surrogatepass"))
    | documents.map(lambda document: json.dumps(document).encode())
)
headers = st.dictionaries(
    st.sampled_from(["content-type", "retry-after", "x-request-id"]),
    st.sampled_from(["text/event-stream", "application/json; charset=utf-8", "3"]),
)
within = st.builds(
    Place,
    st.just("sweden/mini"),
    st.just("founders"),
    st.just("case"),
    st.just("default"),
    st.integers(1, 99),
    st.integers(0, 99),
    st.integers(1, 9),
    st.sampled_from(["", "1", "2.1"]),
)
exchanges = st.builds(
    RecordedExchange,
    within,
    st.builds(PlainRequest, st.sampled_from(["GET", "POST"]), st.text(), headers, bodies),
    st.builds(PlainResponse, st.integers(0, 599), headers, bodies),
    st.floats(0, 1e6),
    st.booleans(),
    st.booleans(),
)


@settings(deadline=None)  # a busy machine takes its time
@given(st.lists(exchanges, max_size=4))
def test_what_is_kept_comes_back_as_it_was(kept: list[RecordedExchange]) -> None:
    place = Place("sweden/mini", "founders", "case", "default", 1, 0)
    try:
        text = codec.dumps(codec.encode_trials(place, kept))
        text.encode()
    except UnicodeEncodeError:  # half an emoji in a URL: nothing that an SDK could send
        return
    found = codec.decode_trials(codec.loads(text))
    assert [one.slot for one in found] == [one.slot for one in kept]
    for one, other in zip(found, kept, strict=True):
        assert (one.lesson, one.restored, one.latency_s) == (
            other.lesson, other.restored, other.latency_s,
        )  # fmt: skip
        for came, went in ((one.sent, other.sent), (one.received, other.received)):
            assert came.headers == went.headers
            alike = codec.read_exact_json(went.body)
            if alike is None:
                assert came.body == went.body
            else:
                assert codec.read_exact_json(came.body) == alike


@pytest.mark.parametrize(
    ("body", "content_type", "kept_as"),
    [
        (b'{"a": [1, {"b": null}]}', "application/json", {"json": {"a": [1, {"b": None}]}}),
        (b'{"a": 1, "a": 2}', "application/json", {"text": '{"a": 1, "a": 2}'}),
        (b'{"a": NaN}', "application/json", {"text": '{"a": NaN}'}),
        (b'"\\ud83d"', "application/json", {"text": '"\\ud83d"'}),
        (b"data: {}\n\ndata: [DONE]\n\n", "text/event-stream",
         {"lines": ["data: {}", "", "data: [DONE]", "", ""]}),
        (b"<html>", "text/html", {"text": "<html>"}),
        (b"\xff\x00", "application/octet-stream", {"base64": "/wA="}),
        (b"", "text/plain", {}),
    ],
)  # fmt: skip
def test_a_body_is_kept_as_people_read_it_best(
    body: bytes, content_type: str, kept_as: dict[str, Any]
) -> None:
    received = PlainResponse(200, {"content-type": content_type}, body)
    document = codec.encode_trials(PLACE, [RecordedExchange(PLACE, SENT, received, 0.1)])
    response = document["exchanges"][0]["response"]
    assert {k: v for k, v in response.items() if k not in ("status", "headers")} == kept_as
    assert codec.decode_trials(document)[0].received.body == (
        json.dumps(kept_as["json"]).encode() if "json" in kept_as else body
    )


def test_commands_and_targets_have_documents_of_their_own() -> None:
    one = RecordedExchange(CommandSlot("apply"), SENT, PlainResponse(201, {}, b""), 0.1)
    document = codec.encode_management([one], "2026-11-22T12:00:00Z", {"apply": "2026-11-22"})
    assert codec.decode_management(codec.loads(codec.dumps(document))) == [one]
    notes = codec.TargetNotes("sweden/mini", "2026-11-22T12:00:00Z", ({"api": "chat"},))
    assert codec.decode_target(codec.loads(codec.dumps(codec.encode_target(notes)))) == notes


def test_the_format_version_is_the_first_thing_in_a_file() -> None:
    assert codec.dumps(codec.encode_trials(PLACE, [])).startswith('{\n "format_version": 1,')


def broken(**changes: Any) -> dict[str, Any]:
    document = codec.encode_trials(PLACE, [EXCHANGE])
    document["exchanges"][0].update(changes)
    return document


@pytest.mark.parametrize(
    "document",
    [
        broken(turn="1"),
        broken(turn=True),
        broken(unknown=1),
        broken(latency_s="fast"),
        broken(lesson="yes"),
        broken(request=[]),
        broken(request={"method": "GET"}),
        broken(request={"method": "GET", "url": "x", "headers": {"a": 1}}),
        broken(response={"status": "200"}),
        broken(response={"status": 200, "text": "a", "json": 1}),
        broken(response={"status": 200, "base64": "§"}),
        broken(response={"status": 200, "lines": [1]}),
        {**broken(), "case": 1},
        {**broken(), "exchanges": {}},
        {**broken(), "exchanges": [None]},
        {**broken(), "more": 1},
        {name: value for name, value in broken().items() if name != "case"},
    ],
)
def test_whatever_is_no_recording_is_refused(document: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        codec.decode_trials(document)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", '{"format_version": 2}', '{"format_version": true}', '{"a": 1, "a": 2}',
     '{"format_version": 1, "x": NaN}', "[" * 100_000, '{"format_version": 1.5}'],
)  # fmt: skip
def test_whatever_is_no_document_of_this_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        codec.loads(text)
