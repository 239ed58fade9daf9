"""What the simulated data plane refuses, and how."""

from collections.abc import Callable
from typing import Any

import pytest

Start = Callable[..., Any]
DEPLOYED = {
    "mini": ("gpt-4.1-mini", "2025-04-14"),
    "five": ("gpt-5-mini", "2025-08-07"),
    "embed": ("text-embedding-3-small", "1"),
}
HELLO = [{"role": "user", "content": "Hello"}]


@pytest.mark.parametrize(
    ("deployment", "more", "status", "code"),
    [
        ("nobody", {}, 404, "DeploymentNotFound"),
        ("embed", {}, 400, "OperationNotSupported"),
        ("five", {"max_tokens": 5}, 400, "unsupported_parameter"),
        ("five", {"temperature": 0.2}, 400, "unsupported_value"),
        ("five", {"temperature": 1, "top_p": 1}, 200, None),
        ("five", {"stop": ["x"]}, 400, "unsupported_parameter"),
        ("five", {"reasoning_effort": "minimal"}, 200, None),
        ("five", {"reasoning_effort": "none"}, 400, "unsupported_value"),
        ("mini", {"temperature": 3}, 400, "decimal_above_max_value"),
        ("mini", {"temperature": -1}, 400, "decimal_below_min_value"),
        ("mini", {"max_tokens": 0}, 400, "integer_below_min_value"),
        ("mini", {"max_tokens": 50_000}, 400, "invalid_value"),
        ("mini", {"stream_options": {}}, 400, None),
        ("mini", {"messages": []}, 400, "empty_array"),
        ("mini", {"messages": None}, 400, "missing_required_parameter"),
        ("mini", {"messages": [{"role": "robot", "content": "x"}]}, 400, "invalid_value"),
        ("mini", {"messages": [{"role": "user", "content": None}]}, 400, None),
        ("mini", {"messages": HELLO * 2049}, 400, "array_above_max_length"),
        (
            "mini",
            {"messages": [{"role": "user", "content": "x" * 1_048_577}]},
            400,
            "string_above_max_length",
        ),
        (
            "mini",
            {"messages": [{"role": "user", "content": "word " * 200_000}] * 2},
            400,
            "context_length_exceeded",
        ),
    ],
)
def test_a_chat_is_refused_as_azure_does(
    start: Start, deployment: str, more: dict[str, Any], status: int, code: str | None
) -> None:
    azure = start(deployments=DEPLOYED)
    answered = azure.chat(deployment, **more)
    assert answered.status == status
    assert answered.json.get("error", {}).get("code") == code
    assert azure.counters() == {"chat": {str(status): 1}}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("POST", "deployments/mini/chat/completions?api-version=2024-10-21", 200, None),
        ("POST", "deployments/MINI/chat/completions?api-version=2025-04-01-preview", 200, None),
        ("POST", "deployments/mini/chat/completions", 404, "404"),
        ("POST", "deployments/mini/chat/completions?api-version=2031-01-01", 400, "BadRequest"),
        ("GET", "deployments/mini/chat/completions?api-version=2024-10-21", 404, "404"),
        ("POST", "chat/completions", 404, "404"),
        ("POST", "v1/responses", 400, None),
        ("GET", "v1/responses/resp_1", 404, None),
        ("GET", "v1/responses/resp_1/input_items", 501, "NotImplemented"),
        ("POST", "responses?api-version=2024-10-21", 404, "404"),
        ("POST", "v1/audio/speech", 501, "NotImplemented"),
        (
            "POST",
            "deployments/mini/images/generations?api-version=2024-10-21",
            501,
            "NotImplemented",
        ),
        ("GET", "v1/models", 200, None),
    ],
)
def test_a_path_is_answered_as_azure_does_or_named_as_unknown(
    start: Start, method: str, path: str, status: int, code: str | None
) -> None:
    body = {"messages": HELLO} if method == "POST" else None
    answered = start().send(method, path, body)
    assert (answered.status, answered.json.get("error", {}).get("code")) == (status, code)
    if status == 501:
        assert path.split("?", maxsplit=1)[0] in answered.json["error"]["message"]


def test_a_body_that_is_no_json_is_refused(start: Start) -> None:
    azure = start()
    for body in (b"{", b"[]", b"\xff", b"[" * 100_000):
        answered = azure.send("POST", "v1/chat/completions", body)
        assert answered.status == 400
        assert "could not parse the JSON body" in answered.json["error"]["message"]


def test_a_key_opens_the_account_and_another_does_not(start: Start) -> None:
    azure = start()
    keys = azure.send(
        "POST",
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/rg-test/providers/"
        "Microsoft.CognitiveServices/accounts/contoso-01/listKeys?api-version=2025-09-01",
    ).json
    path = "deployments/mini/chat/completions?api-version=2024-10-21"
    for shown, status in ((keys["key1"], 200), (keys["key2"], 200), ("wrong", 401)):
        headers = {"Authorization": "", "api-key": shown}
        assert azure.send("POST", path, {"messages": HELLO}, headers=headers).status == status


def test_a_retired_model_is_gone_unless_the_catalogue_is_open(start: Start) -> None:
    retired = {"old": ("gpt-4.1-nano", "2025-04-14")}
    azure = start(date="2026-10-01", deployments=retired)
    assert azure.chat("old").status == 200
    opened = azure.send("POST", "/_simulator/sessions", {"simulator": {"date": "2026-10-14"}})
    later = type(azure)(azure.url, opened.json["token"])
    gone = later.chat("old")
    assert gone.status == 410
    assert "2026-10-14" in gone.json["error"]["message"]
    wish = {"simulator": {"date": "2026-10-14", "catalogue": "open"}}
    opened = azure.send("POST", "/_simulator/sessions", wish)
    assert type(azure)(azure.url, opened.json["token"]).chat("old").status == 200


def test_headers_and_layout_are_azures(start: Start) -> None:
    azure = start()
    answered = azure.send(
        "POST",
        "v1/chat/completions",
        {"model": "mini", "messages": HELLO},
        headers={"x-ms-client-request-id": "mine"},
    )
    assert answered.headers["content-type"] == "application/json"
    assert answered.headers["x-ms-region"] == "Sweden Central"
    assert answered.headers["x-ms-deployment-name"] == "mini"
    assert answered.headers["x-ms-client-request-id"] == "mine"
    assert answered.headers["x-ratelimit-limit-tokens"] == "50000"
    assert {"apim-request-id", "x-request-id", "x-ms-rai-invoked"} <= set(answered.headers)
    assert answered.body.endswith(b"}\n")
    assert b'", "' not in answered.body
    assert azure.send("POST", "chat/completions", {}).body == (
        b'{"error":{"code":"404","message": "Resource not found"}}'
    )


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"reasoning_effort": "none", "temperature": 0.2, "top_p": 0.9}, 200),
        ({"reasoning_effort": "minimal"}, 400),
        ({"presence_penalty": 1}, 400),
    ],
)
def test_a_newer_reasoning_model_takes_what_is_documented_of_it(
    start: Start, more: dict[str, Any], status: int
) -> None:
    azure = start(deployments={"six": ("gpt-6-astra", "2026-09-03")}, date="2026-10-01")
    assert azure.chat("six", **more).status == status
