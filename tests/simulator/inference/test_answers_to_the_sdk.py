"""The real openai SDK against the simulated data plane."""

import base64
import struct
from collections.abc import Callable
from typing import Any

import openai
import pytest

Start = Callable[..., Any]
FIVE = {"five": ("gpt-5-mini", "2025-08-07"), "mini": ("gpt-4.1-mini", "2025-04-14")}
EMBED = {"embed": ("text-embedding-3-small", "1")}


def test_a_chat_names_the_model_and_says_that_nobody_wrote_it(start: Start) -> None:
    azure = start()
    with azure.v1_client() as client:
        answer = client.chat.completions.create(
            model="mini", messages=[{"role": "user", "content": "Hello"}]
        )
    assert answer.model == "gpt-4.1-mini-2025-04-14"
    assert answer.choices[0].finish_reason == "stop"
    assert "synthetic" in (answer.choices[0].message.content or "")
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    assert azure.counters() == {"chat": {"200": 1}}


def test_the_dated_api_and_the_v1_api_give_one_answer(start: Start) -> None:
    azure = start()
    messages: Any = [{"role": "user", "content": "Hello"}]
    with azure.v1_client() as new, azure.dated_client() as old:
        first = new.chat.completions.create(model="mini", messages=messages)
        second = old.chat.completions.create(model="mini", messages=messages)
    assert first.choices[0].message.content == second.choices[0].message.content


def test_a_stream_joins_to_the_same_text(start: Start) -> None:
    azure = start(replies=[{"match": "long", "reply": "Ord för  ord,\nrad för rad. " * 60}])
    messages: Any = [{"role": "user", "content": "long"}]
    with azure.v1_client() as client:
        whole = client.chat.completions.create(model="mini", messages=messages)
        chunks = list(
            client.chat.completions.create(
                model="mini", messages=messages, stream=True, stream_options={"include_usage": True}
            )
        )
    pieces = [c.choices[0].delta.content or "" for c in chunks if c.choices]
    assert (
        "".join(pieces) == whole.choices[0].message.content == "Ord för  ord,\nrad för rad. " * 60
    )
    assert chunks[0].choices == []
    assert chunks[0].to_dict()["prompt_filter_results"]
    assert chunks[-1].usage == whole.usage
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    assert len(pieces) < 60


def test_without_asking_a_stream_counts_nothing(start: Start) -> None:
    with start().v1_client() as client:
        chunks = list(
            client.chat.completions.create(
                model="mini", messages=[{"role": "user", "content": "Hi"}], stream=True
            )
        )
    assert all(chunk.usage is None for chunk in chunks)


def test_a_synthetic_reply_is_a_function_of_request_and_seed(start: Start) -> None:
    said = {
        seed: [start(seed=seed).chat("mini", text).json["choices"][0]["message"]["content"]
               for text in ("a", "a", "b")]
        for seed in (7, 8)
    }  # fmt: skip
    assert said[7][0] == said[7][1] != said[7][2]
    assert said[7][0] != said[8][0]


def test_a_synthetic_reply_keeps_to_its_limit(start: Start) -> None:
    choice = start().chat("mini", max_tokens=5).json["choices"][0]
    assert choice["finish_reason"] == "length"
    assert len(choice["message"]["content"]) == 20


def test_a_reasoning_model_thinks_before_it_speaks(start: Start) -> None:
    azure = start(deployments=FIVE)
    whole = azure.chat("five").json
    assert whole["usage"]["completion_tokens_details"]["reasoning_tokens"] == 64
    spent = azure.chat("five", max_completion_tokens=60).json
    assert spent["choices"][0]["message"]["content"] == ""
    assert spent["choices"][0]["finish_reason"] == "length"
    assert spent["usage"]["completion_tokens_details"]["reasoning_tokens"] == 60
    quick = azure.chat("five", reasoning_effort="minimal").json
    assert quick["usage"]["completion_tokens_details"]["reasoning_tokens"] == 0


def test_json_and_schemas_bind_a_synthetic_reply(start: Start) -> None:
    azure = start()
    loose = azure.chat("mini", "As JSON", response_format={"type": "json_object"})
    assert '"simulated": true' in loose.json["choices"][0]["message"]["content"]
    unasked = azure.chat("mini", "Hello", response_format={"type": "json_object"})
    assert (unasked.status, "must contain the word" in unasked.body.decode()) == (400, True)
    schema = {
        "type": "object",
        "properties": {
            "kind": {"enum": ["a", "b"]},
            "items": {"type": "array", "items": {"$ref": "#/$defs/item"}},
            "maybe": {"anyOf": [{"type": "null"}, {"type": "string"}]},
        },
        "$defs": {"item": {"type": "object", "properties": {"n": {"type": "integer"}}}},
    }
    wanted = {"type": "json_schema", "json_schema": {"name": "x", "schema": schema}}
    strict = azure.chat("mini", response_format=wanted).json["choices"][0]["message"]["content"]
    assert strict == '{"kind": "a", "items": [{"n": 0}], "maybe": null}'


def test_a_tool_that_must_be_called_is_called(start: Start) -> None:
    tool = {
        "type": "function",
        "function": {
            "name": "get_weather",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    }
    choice = start().chat("mini", tools=[tool], tool_choice="required").json["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    call = choice["message"]["tool_calls"][0]["function"]
    assert call == {"name": "get_weather", "arguments": '{"city": "simulated"}'}


def test_embeddings_are_unit_vectors_in_which_shared_words_are_near(start: Start) -> None:
    azure = start(deployments=EMBED)
    texts = [
        "the cat sat",
        "the cat sat",
        "the cat slept",
        "tax law",
        "首都は東京です",
        "首都は京都です",
    ]
    with azure.v1_client() as client:
        answer = client.embeddings.create(model="embed", input=texts)
        short = client.embeddings.create(model="embed", input="x", dimensions=256)
    a, again, near, far, tokyo, kyoto = (item.embedding for item in answer.data)

    def cosine(one: list[float], other: list[float]) -> float:
        return sum(x * y for x, y in zip(one, other, strict=True))

    assert a == again
    assert cosine(a, a) == pytest.approx(1.0, abs=1e-5)
    assert cosine(a, near) > 0.4 > abs(cosine(a, far)) + 0.2
    assert cosine(tokyo, kyoto) > 0.5
    assert len(a) == 1536
    assert len(short.data[0].embedding) == 256
    assert azure.counters() == {"embeddings": {"200": 2}}


def test_embeddings_come_as_numbers_or_packed(start: Start) -> None:
    azure = start(deployments=EMBED)
    body = {"model": "embed", "input": ["a"]}
    loose = azure.send("POST", "v1/embeddings", body).json["data"][0]["embedding"]
    packed = azure.send("POST", "v1/embeddings", {**body, "encoding_format": "base64"}).json
    raw = base64.b64decode(packed["data"][0]["embedding"])
    assert list(struct.unpack("<1536f", raw)) == loose
    bad = azure.send("POST", "v1/embeddings", {"model": "embed", "input": True})
    assert bad.status == 400
    assert bad.json["error"]["message"].startswith("'$.input' is invalid")


def test_a_provider_answers_as_openai_does(start: Start) -> None:
    azure = start()
    with openai.OpenAI(
        base_url=f"{azure.url}/_providers/openai/v1",
        api_key=azure.token,
        max_retries=0,
        http_client=openai.DefaultHttpxClient(trust_env=False),
    ) as client:
        answer = client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": "Hello"}]
        )
        assert answer.model == "gpt-4o-2024-08-06"
        assert "prompt_filter_results" not in answer.to_dict()
        assert "content_filter_results" not in answer.choices[0].to_dict()
        first = next(iter(client.chat.completions.create(
            model="gpt-4o", messages=[{"role": "user", "content": "Hello"}], stream=True
        )))  # fmt: skip
        assert first.choices[0].delta.role == "assistant"
        with pytest.raises(openai.NotFoundError) as missing:
            client.chat.completions.create(
                model="gpt-9", messages=[{"role": "user", "content": "Hello"}]
            )
        assert missing.value.code == "model_not_found"
        with pytest.raises(openai.BadRequestError) as refused:
            client.chat.completions.create(
                model="o3-mini", messages=[{"role": "user", "content": "Hi"}], max_tokens=5
            )
        assert refused.value.code == "unsupported_parameter"
        assert "gpt-4o" in [model.id for model in client.models.list()]
