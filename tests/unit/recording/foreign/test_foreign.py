"""Other people's recordings answer what is asked alike, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.conversation.ports import Place
from harness.exchange import PlainRequest, PlainResponse
from harness.recording.foreign.interactions import ForeignExchange
from harness.recording.foreign.transcripts import ForeignConversations, Miss, name_exchange

AZURE = "https://contoso.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=1"
CHAT = "https://mini.account.invalid/openai/v1/chat/completions"
RESPONSES = "https://mini.account.invalid/openai/v1/responses"
PLACE = Place("sweden/mini", "founders", None, "default", 1, 1)
HELLO = {"role": "user", "content": "Hello"}
TOOL: dict[str, Any] = {
    "type": "function",
    "function": {"name": "now", "description": "The time", "strict": False},
}


def request(url: str = CHAT, **body: Any) -> PlainRequest:
    return PlainRequest("POST", url, {}, json.dumps(body).encode())


def recorded(
    answer: str, *, url: str = AZURE, status: int = 200, **body: Any
) -> tuple[PlainRequest, PlainResponse]:
    return request(url, **body), PlainResponse(status, {}, answer.encode())


def recording_of(*exchanges: tuple[PlainRequest, PlainResponse]) -> ForeignConversations:
    return ForeignConversations.of(
        ForeignExchange(number, sent, received)
        for number, (sent, received) in enumerate(exchanges, start=1)
    )


def answer(played: ForeignConversations, sent: PlainRequest, place: Place = PLACE) -> str:
    """The answer, or the first line of why there is none."""
    found = played.answer(sent, place)
    return found.why.split("\n")[0] if isinstance(found, Miss) else found.response.body.decode()


MISSED = "turn 1 of founders on sweden/mini"


def test_another_host_model_version_and_form_are_answered_and_noted() -> None:
    played = recording_of(
        recorded("Hi.", messages=[HELLO], stream=True, n=1, user="ada", logprobs=True)
    )
    assert answer(played, request(model="mini", messages=[HELLO])) == "Hi."
    assert played.notes() == (
        "mini is answered by a recording of gpt-4o at contoso.openai.azure.com",
        "the recording was answered as a stream, which is not how it is asked for now",
        "the recording's client also sent logprobs true",
    )
    assert played.list_unplayed() == ()


@pytest.mark.parametrize(
    ("asked", "was"),
    [
        ([HELLO], [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}]),
        (
            [{"role": "developer", "content": "x"}, HELLO],
            [{"role": "system", "content": "x"}, HELLO],
        ),
        (
            [HELLO, {"role": "assistant", "content": "Hi.\n"}, HELLO],
            [HELLO, {"role": "assistant", "content": [{"type": "text", "text": "Hi."}]}, HELLO],
        ),
        (
            [
                HELLO,
                {
                    "role": "assistant",
                    "content": None,
                    "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": '{"a":1}'}}],
                },
                {"role": "tool", "tool_call_id": "1", "content": '{"celsius":4}'},
            ],
            [
                HELLO,
                {"role": "assistant", "content": ""},
                {
                    "role": "assistant",
                    "tool_calls": [{"id": "9", "function": {"name": "f", "arguments": '{"a": 1}'}}],
                },
                {"role": "tool", "tool_call_id": "9", "name": "f", "content": '{"celsius": 4}'},
            ],
        ),
    ],
)
def test_what_a_model_reads_alike_is_the_same(asked: Any, was: Any) -> None:
    assert answer(recording_of(recorded("Yes.", messages=was)), request(messages=asked)) == "Yes."


@pytest.mark.parametrize(
    ("asked", "was"),
    [
        ({"max_completion_tokens": 5}, {"max_tokens": 5}),
        ({"temperature": 1.0, "tool_choice": "auto"}, {}),
        ({"stream": True, "stream_options": {"include_usage": True}}, {}),
        ({}, {"response_format": {"type": "json_object"}, "top_p": 0.5}),
        (
            {"tools": [TOOL]},
            {"tools": [{"type": "function", "function": {**TOOL["function"], "strict": None}}]},
        ),
        ({"functions": [TOOL["function"]]}, {"tools": [TOOL]}),
    ],
)
def test_parameters_of_the_client_need_not_match(asked: Any, was: Any) -> None:
    played = recording_of(recorded("Yes.", messages=[HELLO], **was))
    assert answer(played, request(messages=[HELLO], **asked)) == "Yes."


@pytest.mark.parametrize(
    ("asked", "was", "why"),
    [
        ({"temperature": 0.7}, {"temperature": 0}, "temperature: 0 -> 0.7"),
        ({"temperature": 0.7}, {}, "temperature: 1 -> 0.7"),
        ({"seed": 7}, {}, "seed: not sent -> 7"),
        ({"n": True}, {"n": 1}, "n: 1 -> true"),
        ({"tools": [TOOL]}, {}, "tool now: added"),
        ({}, {"tools": [TOOL]}, "tool now: removed"),
    ],
)
def test_what_is_asked_now_must_have_been_asked_then(asked: Any, was: Any, why: str) -> None:
    played = recording_of(recorded("Yes.", messages=[HELLO], **was))
    found = played.answer(request(messages=[HELLO], **asked), PLACE)
    assert isinstance(found, Miss)
    assert found.why.split("\n")[1:] == [f"  {why}", "  nearest: interaction 1 of the recording"]
    assert played.list_unplayed()


def test_tools_may_be_left_out_once_they_were_called() -> None:
    called = {"role": "assistant", "tool_calls": [{"function": {"name": "now", "arguments": ""}}]}
    told = [HELLO, called, {"role": "tool", "content": "noon"}]
    played = recording_of(recorded("Noon.", messages=told), recorded("Hi.", messages=[HELLO]))
    assert answer(played, request(messages=told, tools=[TOOL])) == "Noon."
    assert answer(played, request(messages=[HELLO], tools=[TOOL])).endswith("tool now changed")
    again = "the recording's client did not offer the tools again once they were called"
    assert played.notes() == (again,)


def test_one_word_of_a_prompt_is_a_miss_that_shows_it() -> None:
    first = {"role": "user", "content": "Who were the founders of Microsoft?"}
    played = recording_of(recorded("Hi.", messages=[HELLO]), recorded("Two.", messages=[first]))
    changed = {"role": "user", "content": "Who were the creators of Microsoft?"}
    found = played.answer(request(messages=[changed]), PLACE)
    assert isinstance(found, Miss)
    assert found.why.split("\n") == [
        f"{MISSED} is not what was recorded: user turn 1 changed",
        "  user turn 1: Who were the [-founders-]{+creators+} of Microsoft?",
        "  nearest: interaction 2 of the recording",
    ]


def test_equal_requests_are_answered_in_recorded_order_and_never_once_more() -> None:
    played = recording_of(*(recorded(text, messages=[HELLO]) for text in ("one", "two")))
    asked = request(model="mini", messages=[HELLO])
    assert [answer(played, asked) for _ in range(3)] == [
        "one",
        "two",
        f"{MISSED} was asked once more than it was recorded",
    ]


def test_every_target_hears_the_recording_from_its_beginning() -> None:
    played = recording_of(*(recorded(text, messages=[HELLO]) for text in ("one", "two")))
    for model in ("mini", "five"):
        assert answer(played, request(model=model, messages=[HELLO])) == "one"
    assert answer(played, request(model="five", messages=[HELLO])) == "two"


def test_a_model_that_was_recorded_is_answered_by_its_own_recording_only() -> None:
    played = recording_of(
        recorded("four", url=CHAT, model="gpt-4", messages=[HELLO]),
        recorded("five", url=CHAT, model="gpt-5", messages=[HELLO]),
    )
    asked = request(model="gpt-5", messages=[HELLO])
    assert answer(played, asked) == "five"
    assert answer(played, asked).endswith("once more than it was recorded")


def test_the_turns_of_a_conversation_are_found_one_by_one() -> None:
    turns = [HELLO, {"role": "assistant", "content": "Hi."}, {"role": "user", "content": "Bye"}]
    played = recording_of(recorded("Bye.", messages=turns), recorded("Hi.", messages=turns[:1]))
    assert answer(played, request(messages=turns[:1])) == "Hi."
    assert answer(played, request(messages=turns)) == "Bye."


def test_a_refusal_at_the_end_is_refused_for_as_long_as_it_is_asked() -> None:
    played = recording_of(
        recorded("busy", status=429, messages=[HELLO]), recorded("no", status=401, messages=[HELLO])
    )
    assert [answer(played, request(messages=[HELLO])) for _ in range(3)] == ["busy", "no", "no"]


def test_a_refusal_that_taught_something_is_followed_by_what_was_asked_then() -> None:
    played = recording_of(
        recorded("no stop", status=400, messages=[HELLO], stop=["x"]),
        recorded("Hi.", messages=[HELLO]),
    )
    assert answer(played, request(messages=[HELLO], stop=["x"])) == "no stop"
    assert answer(played, request(messages=[HELLO])) == "Hi."


def test_a_refusal_stands_where_nothing_was_asked_after_it() -> None:
    played = recording_of(recorded("no stop", status=400, messages=[HELLO], stop=["x"], seed=1))
    assert answer(played, request(messages=[HELLO], stop=["x"], seed=1)) == "no stop"
    assert answer(played, request(messages=[HELLO], seed=2)) == "no stop"
    other = Place("sweden/mini", "founders", None, "default", 1, 2)
    assert answer(played, request(messages=[HELLO], seed=2), other).startswith("turn 2 of founders")


def test_the_other_api_is_named_where_it_was_used() -> None:
    played = recording_of(
        recorded(
            "Hi.", url=RESPONSES, model="m", instructions="Be kind.", input="Hello", store=False
        )
    )
    asked = [{"role": "system", "content": "Be kind."}, HELLO]
    found = played.answer(request(messages=asked), PLACE)
    assert isinstance(found, Miss)
    assert "`evaluation: {api: responses}` asks that way" in found.why
    body = {"instructions": "Be kind.", "input": [{"role": "user", "content": "Hello"}]}
    assert answer(played, request(RESPONSES, **body)) == "Hi."
    assert played.apis == {"responses"}


def test_responses_parameters_are_compared_in_one_spelling() -> None:
    played = recording_of(
        recorded(
            "Hi.", url=RESPONSES, input="Hello", reasoning={"effort": "low", "summary": "auto"}
        )
    )
    low = request(RESPONSES, input="Hello", reasoning={"effort": "low"}, store=False)
    assert answer(played, low) == "Hi."
    high = request(RESPONSES, input="Hello", reasoning={"effort": "high"})
    found = played.answer(high, PLACE)
    assert isinstance(found, Miss)
    assert '  reasoning_effort: "low" -> "high"' in found.why.split("\n")


def test_embeddings_are_matched_by_their_texts() -> None:
    url = "https://api.openai.com/v1/embeddings"
    played = recording_of(
        recorded("vectors", url=url, model="e", input="hello", encoding_format="float")
    )
    asked = request(url, model="e", input=["hello"], encoding_format="base64")
    assert answer(played, asked) == "vectors"
    assert answer(played, request(url, model="e", input=["bye"])).endswith("text 1 changed")


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", b"[1]", b'{"messages": 7}', b'{"messages": [7]}', b"[" * 100_000],
)
def test_what_holds_no_conversation_is_never_played(body: bytes) -> None:
    silent = ForeignExchange(1, PlainRequest("POST", AZURE, {}, body), PlainResponse(200, {}, b"x"))
    played = ForeignConversations.of([silent])
    assert played.list_unplayed() == (silent,)
    assert played.notes() == (
        "1 recorded request holds no conversation that could be asked for again",
    )
    assert answer(played, PlainRequest("POST", CHAT, {}, body)) == f"{MISSED} was not recorded"


def test_a_request_that_refers_to_what_the_service_keeps_is_never_played() -> None:
    played = recording_of(recorded("Hi.", url=RESPONSES, input="Hello", previous_response_id="r1"))
    assert answer(played, request(RESPONSES, input="Hello")) == f"{MISSED} was not recorded"


def test_orphans_have_names_that_are_safe_to_print() -> None:
    evil = {"role": "user", "content": "\x1b[31mHello\n" + "x" * 100}
    (orphan,) = recording_of(recorded("Hi.", messages=[evil])).list_unplayed()
    assert name_exchange(orphan).isprintable()
    assert name_exchange(orphan).startswith("interaction 1 (completions: ")
    assert len(name_exchange(orphan)) < 100
