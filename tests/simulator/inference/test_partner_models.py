"""Models of other publishers: how they answer, and what each model does at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openai
import pytest

from harness.azure.tasks import find_publisher, find_task

Start = Callable[..., Any]
INFERENCE = "/contoso-01/models/chat/completions?api-version=2024-05-01-preview"
GROK = "grok-4-1-fast-non-reasoning"
ASKED = {"model": "grok", "messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture
def azure(start: Start) -> Any:
    found = start(catalogue="open", replies=[{"match": "(?s).*", "reply": "Malmö."}])
    found.deploy("grok", GROK, "1", publisher="xAI")
    found.deploy("seek", "DeepSeek-V3.2", "1", publisher="DeepSeek")
    found.deploy("embed", "Cohere-embed-v3-english", "1", publisher="Cohere")
    found.deploy("image", "gpt-image-1", "2025-04-15")
    return found


def test_the_model_inference_api_answers_as_recorded(azure: Any) -> None:
    answered = azure.send("POST", INFERENCE, ASKED)
    assert answered.status == 200
    assert "apim-request-id" in answered.headers
    document = answered.json
    assert list(document) == [
        "id", "model", "choices", "usage", "created", "object", "prompt_filter_results"
    ]  # fmt: skip
    assert document["model"] == GROK
    assert document["choices"] == [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Malmö."},
            "finish_reason": "stop",
        }
    ]
    assert document["usage"]["prompt_tokens_details"]["text_tokens"] > 0
    assert document["prompt_filter_results"] is None


def test_the_sdk_reads_partners_plain_and_streamed(azure: Any) -> None:
    for name in ("grok", "seek"):
        asked: Any = {**ASKED, "model": name}
        with azure.v1_client() as client:
            whole = client.chat.completions.create(**asked)
            stream = client.chat.completions.create(
                **asked, stream=True, stream_options={"include_usage": True}
            )
            chunks = list(stream)
        assert whole.choices[0].message.content == "Malmö."
        deltas = [chunk.choices[0].delta.content for chunk in chunks if chunk.choices]
        assert "".join(filter(None, deltas)) == "Malmö."
        assert chunks[-1].usage.total_tokens == whole.usage.total_tokens


def test_a_partners_tool_calls_are_numbered(start: Start) -> None:
    calls = [{"name": "one", "arguments": {}}, {"name": "two", "arguments": {"a": 1}}]
    azure = start(catalogue="open", replies=[{"match": "(?s).*", "tool_calls": calls}])
    azure.deploy("grok", GROK, "1", publisher="xAI")
    message = azure.send("POST", INFERENCE, ASKED).json["choices"][0]["message"]
    assert message["content"] == ""
    assert [(c["index"], c["function"]["name"]) for c in message["tool_calls"]] == [
        (0, "one"), (1, "two")
    ]  # fmt: skip
    streamed = azure.send("POST", INFERENCE, {**ASKED, "stream": True}).body.decode()
    assert streamed.count('"tool_calls":[') == 1
    assert streamed.endswith("data: [DONE]\n\n")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/contoso-01/models/chat/completions", 404),
        ("/contoso-01/models/chat/completions?api-version=2023-01-01", 400),
        ("/contoso-01/models/other?api-version=2024-05-01-preview", 404),
        ("/contoso-01/models/info?api-version=2024-05-01-preview", 501),
        ("/contoso-01/nonsense/at/all", 404),
    ],
)
def test_other_paths_beside_are_no_answers(azure: Any, path: str, status: int) -> None:
    assert azure.send("POST", path, ASKED).status == status


@pytest.mark.parametrize("path", ["api/projects/first/openai/responses", "speechtotext/v3", "api"])
def test_services_beside_openai_say_that_they_are_not_served(azure: Any, path: str) -> None:
    answered = azure.send("POST", f"/contoso-01/{path}", ASKED)
    assert answered.status == 501
    assert f"POST /{path}" in answered.json["error"]["message"]


def test_a_path_beside_openai_wants_a_credential_first(azure: Any) -> None:
    answered = azure.send("POST", INFERENCE, ASKED, headers={"Authorization": "Bearer wrong"})
    assert answered.status == 401


def test_coheres_embeddings_have_their_own_form(azure: Any) -> None:
    answered = azure.send("POST", "v1/embeddings", {"model": "embed", "input": ["one", "two"]})
    document = answered.json
    assert list(document) == ["id", "object", "data", "model", "usage"]
    assert document["model"] == "embed-english-v3.0"
    assert [list(row) for row in document["data"]] == [["index", "object", "embedding"]] * 2
    assert document["usage"]["completion_tokens"] == 0
    with azure.v1_client() as client:
        found = client.embeddings.create(model="embed", input="one")
    assert len(found.data[0].embedding) == 1024


@pytest.mark.parametrize("name", ["embed", "image"])
@pytest.mark.parametrize("path", ["v1/chat/completions", "v1/responses"])
def test_what_cannot_chat_refuses_it(azure: Any, name: str, path: str) -> None:
    body = {**ASKED, "model": name, "input": "Hello"}
    answered = azure.send("POST", path, {k: body[k] for k in ("model", _question(path))})
    assert answered.status == 400
    assert answered.json["error"]["code"] == "OperationNotSupported"


def test_an_image_model_embeds_nothing_either(azure: Any) -> None:
    with azure.v1_client() as client, pytest.raises(openai.BadRequestError):
        client.embeddings.create(model="image", input="one")


@pytest.mark.parametrize(
    ("model", "task", "publisher"),
    [
        ("gpt-4.1-mini", "chat", "OpenAI"),
        ("text-embedding-3-large", "embeddings", "OpenAI"),
        ("embed-v-4-0", "embeddings", "Cohere"),
        ("Cohere-embed-v3-multilingual", "embeddings", "Cohere"),
        ("Cohere-rerank-v4.0-pro", "documents", "Cohere"),
        ("Cohere-command-r", "chat", "Cohere"),
        ("FLUX.1-Kontext-pro", "images", "Black Forest Labs"),
        ("gpt-image-1-mini", "images", "OpenAI"),
        ("dall-e-3", "images", "OpenAI"),
        ("whisper", "speech", "OpenAI"),
        ("gpt-4o-mini-tts", "speech", "OpenAI"),
        ("gpt-realtime", "speech", "OpenAI"),
        ("gpt-audio", "chat", "OpenAI"),
        ("sora-2", "video", "OpenAI"),
        ("davinci", "completions", "OpenAI"),
        ("mistral-document-ai-2505", "documents", "Mistral AI"),
        ("gpt-oss-120b", "chat", "OpenAI-OSS"),
        ("Meta-Llama-3.1-8B-Instruct", "chat", "Meta"),
        ("", "chat", "OpenAI"),
    ],
)
def test_a_name_tells_what_a_model_does_and_who_made_it(
    model: str, task: str, publisher: str
) -> None:
    assert (find_task(model), find_publisher(model)) == (task, publisher)


def _question(path: str) -> str:
    return "input" if path.endswith("responses") else "messages"
