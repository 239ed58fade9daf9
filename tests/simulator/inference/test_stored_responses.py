"""Responses that are kept, through the real SDK: read, deleted, gone on from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openai
import pytest

Start = Callable[..., Any]
STEPS = [
    {"match": "add", "tool_calls": [{"name": "add_job", "arguments": {"at": 1}}]},
    {"on": "last_tool", "match": "saved", "reply": "It is saved."},
    {"match": "(?s).*", "reply": "Malmö."},
]


@pytest.fixture
def client(start: Start) -> Any:
    azure = start(replies=STEPS)
    with azure.v1_client() as client:
        yield client


def test_a_response_can_be_read_again_until_it_is_deleted(client: Any) -> None:
    made = client.responses.create(model="mini", input="Hello", metadata={"a": "b"})
    assert client.responses.retrieve(made.id).to_dict() == made.to_dict()
    client.responses.delete(made.id)
    for again in (client.responses.retrieve, client.responses.delete):
        with pytest.raises(openai.NotFoundError, match=f"Response with id '{made.id}' not found"):
            again(made.id)


def test_a_streamed_response_is_kept_whole(client: Any) -> None:
    with client.responses.stream(model="mini", input="Hello") as stream:
        last = stream.get_final_response()
    assert client.responses.retrieve(last.id).output_text == last.output_text == "Malmö."


def test_what_shall_not_be_stored_is_not(client: Any) -> None:
    made = client.responses.create(model="mini", input="Hello", store=False)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(made.id)
    with pytest.raises(openai.BadRequestError, match="Previous response with id"):
        client.responses.create(model="mini", input="Go on", previous_response_id=made.id)


def test_a_conversation_goes_on_from_a_kept_response(client: Any) -> None:
    first = client.responses.create(model="mini", input="add it")
    (call,) = first.output
    output = {"type": "function_call_output", "call_id": call.call_id, "output": "saved"}
    second = client.responses.create(model="mini", input=[output], previous_response_id=first.id)
    assert second.output_text == "It is saved."
    assert second.previous_response_id == first.id
    third = client.responses.create(model="mini", input="And now?", previous_response_id=second.id)
    assert third.output_text == "Malmö."
    assert third.usage.input_tokens > second.usage.input_tokens > first.usage.input_tokens


def test_another_account_or_session_has_not_the_response(start: Start) -> None:
    first, second = start(), start()
    with first.v1_client() as client:
        made = client.responses.create(model="mini", input="Hello")
    assert second.send("GET", f"v1/responses/{made.id}").status == 404


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "responses/resp_1?api-version=2025-04-01-preview", 404),
        ("GET", "responses/resp_1", 404),
        ("GET", "responses/resp_1?api-version=2024-10-21", 404),
        ("GET", "responses/resp_1?api-version=1999-01-01", 400),
        ("PUT", "v1/responses/resp_1", 404),
        ("GET", "v1/responses/resp_1/input_items", 501),
    ],
)
def test_other_questions_for_kept_responses(
    start: Start, method: str, path: str, status: int
) -> None:
    assert start().send(method, path).status == status


def test_the_dated_api_keeps_them_too(start: Start) -> None:
    azure = start()
    with azure.dated_client("2025-04-01-preview") as client:
        made = client.responses.create(model="mini", input="Hello")
        assert client.responses.retrieve(made.id).id == made.id


def test_the_oldest_is_forgotten(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.simulator.inference.stored.MOST_KEPT", 2)
    azure = start()
    with azure.v1_client() as client:
        ids = [client.responses.create(model="mini", input="Hello").id for _ in range(3)]
        statuses = [azure.send("GET", f"v1/responses/{one}").status for one in ids]
    assert statuses == [404, 200, 200]
