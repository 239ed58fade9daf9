"""The simulated data plane beside the recorded one: the same keys, headers and layout."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.simulator.embedded import Simulated, simulate
from harness.simulator.session import ProviderModelInfo
from harness.spec.model.spec import Simulator

MODELS = {
    "text-embedding-ada-002": ProviderModelInfo("text-embedding-ada-002", "2"),
    "gpt-4o-mini": ProviderModelInfo("gpt-4o-mini", "2024-07-18"),
    "gpt-4.1-mini": ProviderModelInfo("gpt-4.1-mini", "2025-04-14"),
    "o1-mini": ProviderModelInfo("o1-mini", "2024-09-12"),
}
CALL = {"match": "call", "tool_calls": [{"name": "f", "arguments": {"a": 1}}]}

OF_THE_MODEL_OR_REGION = {
    # Which of these an answer has depends on model, region and day, not on the protocol.
    "service_tier",
    "latency_checkpoint",
    "encrypted_content",
    "reasoning_content",
    "audio",
}
OF_THE_NETWORK = {
    "connection",
    "content-length",
    "date",
    "transfer-encoding",
    "keep-alive",
    "server",
    "set-cookie",
    "alt-svc",
    "vary",
    "access-control-expose-headers",
    "x-envoy-upstream-service-time",
    "x-openai-proxy-wasm",
    "x-content-type-options",
    "strict-transport-security",
    "cmp-upstream-response-duration",
    "ms-azureml-model-time",
    "content-encoding",
}


@pytest.fixture(scope="module")
def simulated() -> Iterator[Simulated]:
    with ExitStack() as stack:
        behaviour = Simulator.model_validate({"replies": [CALL]})
        providers = {"p": MODELS}
        yield stack.enter_context(simulate(None, behaviour, providers, environment={}))


def ask(
    simulated: Simulated, path: str, body: Mapping[str, Any], token: str | None = None
) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(
        f"{simulated.url}/_providers/p/{path}",
        json.dumps(body).encode(),
        {
            "Authorization": f"Bearer {token or simulated.token}",
            "x-ms-client-request-id": "c-1",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, _lower(response.headers), response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, _lower(error.headers), error.read()


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def recorded(
    data: Path, host: str, ending: str = "/chat/completions"
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Untouched exchanges of an API with the whole of their headers, newest API last."""
    for entry in json.loads((data / "recordings" / "INDEX.json").read_text(encoding="utf-8")):
        if entry["file"].startswith("inference-") and entry["authenticity"] in (
            "real",
            "real, header values scrubbed",
        ):
            text = (data / "recordings" / entry["file"]).read_text(encoding="utf-8")
            for number, exchange in enumerate(yaml.load(text, yaml.CSafeLoader)["interactions"]):
                uri = exchange["request"]["uri"].split("?")[0]
                if uri.endswith(ending) and "/models/chat" not in uri and host in uri:
                    yield f"{entry['file']}#{number}", exchange


def body_of(exchange: Mapping[str, Any]) -> str:
    body = exchange["response"]["body"]["string"]
    return body.decode("utf-8", "replace") if isinstance(body, bytes) else str(body)


def documents(body: str) -> list[Any]:
    if not body.startswith("data: "):
        return [json.loads(body)]
    found = [line[6:] for line in body.split("\n") if line.startswith("data: ")]
    return [json.loads(data) for data in found if data.strip() != "[DONE]"]


def keys(value: object, at: str = "") -> set[str]:
    """The paths of every key, lists as ``[]``."""
    if isinstance(value, dict):
        deeper = (keys(inner, f"{at}.{name}") for name, inner in value.items())
        return {f"{at}.{name}" for name in value}.union(*deeper)
    if isinstance(value, list):
        return set().union(*(keys(inner, f"{at}[]") for inner in value))
    return set()


def unknown(found: set[str]) -> set[str]:
    return {path for path in found if not OF_THE_MODEL_OR_REGION & set(path.split("."))}


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("azure.com", "openai/v1/chat/completions"),
        ("api.openai.com", "v1/chat/completions"),
    ],
)
def test_every_key_that_the_service_sent_is_sent_here(
    shared_data: Path, simulated: Simulated, host: str, path: str
) -> None:
    ours: set[str] = set()
    for text in ("hello", "call"):
        for stream in ({}, {"stream": True, "stream_options": {"include_usage": True}}):
            messages = [{"role": "user", "content": text}]
            body = {"model": "gpt-4o-mini", "messages": messages, **stream}
            status, _, answer = ask(simulated, path, body)
            assert status == 200
            ours |= set().union(*(keys(document) for document in documents(answer.decode())))
    compared = 0
    for name, exchange in recorded(shared_data, host):
        text = body_of(exchange)
        if exchange["response"]["status"]["code"] == 200 and text.startswith(("{", "data: ")):
            theirs = set().union(*(keys(document) for document in documents(text)))
            assert unknown(theirs - ours) == set(), name
            compared += 1
    assert compared


@pytest.mark.parametrize(
    ("ending", "asked"),
    [
        ("chat/completions", {"messages": [{"role": "user", "content": "hello"}]}),
        ("responses", {"input": "hello"}),
    ],
)
def test_every_header_that_azure_sent_in_2026_is_sent_here(
    shared_data: Path, simulated: Simulated, ending: str, asked: dict[str, Any]
) -> None:
    _, ours, _ = ask(simulated, f"openai/v1/{ending}", {"model": "gpt-4o-mini", **asked})
    compared = 0
    for name, exchange in recorded(shared_data, "azure.com", f"/{ending}"):
        response = exchange["response"]
        headers = {key.lower(): values[0] for key, values in response["headers"].items()}
        if response["status"]["code"] != 200 or "2026" not in headers.get("date", ""):
            continue
        limits = {key for key in headers if key.startswith("x-ratelimit-")}
        assert set(headers) - set(ours) - limits - OF_THE_NETWORK == set(), name
        compared += 1
    assert compared


def test_azures_layout_is_compact_and_ends_its_line(
    shared_data: Path, simulated: Simulated
) -> None:
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hello"}]}
    _, _, answer = ask(simulated, "openai/v1/chat/completions", body)
    ours = list(json.loads(answer))
    for name, exchange in recorded(shared_data, "azure.com"):
        text = body_of(exchange)
        if text.startswith('{"choices"') and "annotations" in text:
            theirs = [key for key in json.loads(text) if key not in OF_THE_MODEL_OR_REGION]
            assert theirs == ours, name
            assert text.endswith("}\n"), name
    assert answer.endswith(b"}\n")
    assert json.dumps(json.loads(answer), separators=(",", ":"), ensure_ascii=False) == (
        answer.decode().rstrip("\n")
    )


def test_openais_refusals_are_those_that_were_recorded(
    shared_data: Path, simulated: Simulated
) -> None:
    """Send what was sent; where the service refused, the simulator refuses in its words."""
    compared = 0
    for name, exchange in recorded(shared_data, "api.openai.com"):
        response = exchange["response"]
        asked = json.loads(exchange["request"]["body"])
        known = asked["model"] in MODELS or "does not exist" in body_of(exchange)
        if response["status"]["code"] < 400 or response["status"]["code"] == 401 or not known:
            continue
        status, _, answer = ask(simulated, "v1/chat/completions", asked)
        assert status == response["status"]["code"], name
        assert answer.decode().strip() == body_of(exchange).strip(), name
        compared += 1
    assert compared


AZURE_REFUSALS = {
    "embeddings.invalid_input_400",
    "embeddings.deployment_404",
    "chat.deployment_404",
    "chat.operation_not_supported_400",
    "chat.stream.bad_key_401",
}


def test_azures_refusals_are_those_that_were_recorded(
    shared_data: Path, simulated: Simulated
) -> None:
    lines = (shared_data / "recordings" / "exchanges.jsonl").read_text(encoding="utf-8").split("\n")
    compared = 0
    for exchange in map(json.loads, filter(None, lines)):
        asked, response = exchange["request"], exchange["response"]
        named = asked["path"].split("/")[3:4]
        if exchange["operation"] not in AZURE_REFUSALS or exchange["authenticity"] != "real":
            continue
        if "operation_not_supported" in exchange["operation"] and named != [
            "text-embedding-ada-002"
        ]:
            continue  # completions of 2023 are no model of ours
        path = f"{asked['path'].lstrip('/')}?{asked['query']}"
        token = "wrong" if "bad_key" in exchange["operation"] else None
        status, _, answer = ask(simulated, path, asked["body"], token)
        ours = json.loads(answer)
        ours["error"].pop("type", None) if status == 404 else None  # added to it by 2026
        assert (status, ours) == (response["status"], response["body"]), exchange["id"]
        compared += 1
    assert compared


def test_a_filtered_prompt_has_the_recorded_keys(shared_data: Path) -> None:
    fault = {"operation": "chat", "status": 400, "code": "content_filter"}
    behaviour = Simulator.model_validate({"faults": [fault]})
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "x"}]}
    with simulate(None, behaviour, {"p": MODELS}, environment={}) as simulated:
        status, headers, answer = ask(simulated, "openai/v1/chat/completions", body)
    ours = keys(json.loads(answer))
    lines = (shared_data / "recordings" / "exchanges.jsonl").read_text(encoding="utf-8").split("\n")
    compared = 0
    for exchange in map(json.loads, filter(None, lines)):
        if exchange["operation"] == "chat.prompt_filter_400" and exchange["response"]["headers"]:
            named = {name.lower() for name in exchange["response"]["headers"]}
            limits = {name for name in named if name.startswith("x-ratelimit")}
            assert named - set(headers) - OF_THE_NETWORK - limits - {"x-ms-region"} == set()
            assert keys(exchange["response"]["body"]) <= ours
            assert status == exchange["response"]["status"]
            compared += 1
    assert compared
