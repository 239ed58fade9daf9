"""Declared faults and rate limits, seen by our own models."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Answer, Failure, Message, Reply
from harness.providers import ApiKey, AzureV1, Carrier, Connections, v1_base_url

Start = Callable[..., Any]


def ask(azure: Any, *, stream: bool = False, times: int = 1, words: str = "Hello") -> list[Answer]:
    place = Place("contoso/mini", "c", None, "default", 1, 1)

    async def run() -> list[Answer]:
        connections = Connections()
        endpoint = AzureV1(v1_base_url(azure.base), "mini", ApiKey(azure.token))
        model = endpoint.open(Carrier(connections))
        try:
            return [
                await model.complete(
                    Request(
                        place,
                        (Message("user", f"{words} {number}"),),
                        {"max_output_tokens": 100},
                        stream=stream,
                        deadline_s=2.0,
                    )
                )
                for number in range(times)
            ]
        finally:
            await connections.close()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("fault", "kind", "status", "wait"),
    [
        pytest.param(
            {"status": 429, "code": "429", "retry_after_s": 3}, "rate_limit", 429, 3.0, id="429"
        ),
        pytest.param({"status": 429, "retry_after_s": 0.05}, "rate_limit", 429, 0.05, id="soon"),
        pytest.param(
            {"status": 400, "code": "content_filter"}, "content_filter", 400, None, id="f"
        ),
        pytest.param({"status": 400, "code": "BadRequest"}, "bad_request", 400, None, id="400"),
        pytest.param({"status": 401}, "auth", 401, None, id="401"),
        pytest.param(
            {"status": 404, "code": "DeploymentNotFound"}, "not_found", 404, None, id="404"
        ),
        pytest.param({"status": 503}, "server", 503, None, id="503"),
        pytest.param({"status": 502, "body": "<html>x</html>"}, "server", 502, None, id="html 502"),
        pytest.param({"body": "<html>x</html>"}, "protocol", 200, None, id="html 200"),
        pytest.param({"body": "null"}, "protocol", 200, None, id="null"),
        pytest.param({"reset": "connect"}, "connection", 0, None, id="reset at once"),
        pytest.param({"reset": "headers"}, "connection", 0, None, id="reset after the headers"),
        pytest.param({"reset": "body"}, "connection", 0, None, id="reset inside the body"),
        pytest.param({"truncate": True}, "protocol", 200, None, id="truncated"),
        pytest.param({"delay_s": 5}, "timeout", 0, None, id="too slow"),
    ],
)
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "streamed"])
def test_a_declared_fault_looks_like_the_real_one(
    start: Start, fault: dict[str, Any], kind: str, status: int, wait: float | None, stream: bool
) -> None:
    azure = start(faults=[{"operation": "chat", **fault}])
    (failure,) = ask(azure, stream=stream)
    assert isinstance(failure, Failure)
    assert (failure.kind, failure.status, failure.retry_after_s) == (kind, status, wait)
    if kind == "content_filter":
        assert failure.content_filter is not None
        assert failure.content_filter["violence"]["filtered"] is True


def test_a_fault_strikes_as_often_as_it_says_and_is_counted(start: Start) -> None:
    azure = start(
        faults=[{"operation": "chat", "target": "contoso-01/*", "status": 500, "times": 2}]
    )
    answers = ask(azure, times=5)
    assert [type(answer) for answer in answers] == [Failure, Failure, Reply, Reply, Reply]
    assert azure.counters() == {"chat": {"200": 3, "500": 2}}


@pytest.mark.parametrize("reset", ["connect", "headers", "body"])
def test_a_reset_is_counted_as_one_and_logged_as_nothing(
    start: Start, reset: str, caplog: pytest.LogCaptureFixture
) -> None:
    azure = start(faults=[{"operation": "chat", "reset": reset, "times": 1}])
    ask(azure, times=2)
    assert azure.counters() == {"chat": {"200": 1, "reset": 1}}
    assert not caplog.records


def test_a_rate_strikes_the_same_requests_in_every_run_and_a_repeated_one_anew(
    start: Start,
) -> None:
    fault = {"operation": "chat", "status": 503, "rate": 0.5}
    runs = [[type(answer) for answer in ask(start(faults=[fault]), times=40)] for _ in range(2)]
    assert runs[0] == runs[1]
    assert 8 <= runs[0].count(Failure) <= 32
    azure = start(faults=[fault])
    again = [type(answer) for _ in range(12) for answer in ask(azure)]
    assert {Failure, Reply} == set(again)


def test_enforced_limits_refuse_what_does_not_fit_in_the_minute(start: Start) -> None:
    azure = start(limits="enforced", deployments={})
    azure.deploy("mini", "gpt-4.1-mini", "2025-04-14", capacity=1)
    answers = ask(azure, times=12)
    refused = [answer for answer in answers if isinstance(answer, Failure)]
    assert len(refused) >= 2
    assert isinstance(answers[0], Reply)
    assert isinstance(answers[-1], Failure)
    assert {failure.kind for failure in refused} == {"rate_limit"}
    assert all(0 < (failure.retry_after_s or 0) <= 60 for failure in refused)
    assert all(failure.retryable for failure in refused)


@pytest.mark.parametrize(("limit", "refused"), [(1.0, False), (0.1, True)])
def test_limits_may_be_cut_in_the_middle(start: Start, limit: float, refused: bool) -> None:
    fault = {"operation": "chat", "after": 2, "limit": limit}
    azure = start(limits="enforced", deployments={}, faults=[fault])
    azure.deploy("mini", "gpt-4.1-mini", "2025-04-14", capacity=20)
    answers = ask(azure, times=14)
    assert all(isinstance(answer, Reply) for answer in answers[:2])
    assert any(isinstance(answer, Failure) for answer in answers) is refused


def test_what_can_never_fit_is_told_to_wait_a_day(start: Start) -> None:
    azure = start(limits="enforced", deployments={})
    azure.deploy("mini", "gpt-4.1-mini", "2025-04-14", capacity=1)
    (failure,) = ask(azure, words="word " * 2000)
    assert isinstance(failure, Failure)
    assert failure.retry_after_s == 86_400
    assert not failure.retryable
    assert "rate limit" in failure.message


def test_a_deployments_limits_hold_for_all_sessions_together(start: Start) -> None:
    azure = start(limits="enforced", deployments={})
    azure.deploy("mini", "gpt-4.1-mini", "2025-04-14", capacity=1)
    wish = {"simulator": {"limits": "enforced"}}
    opened = azure.send("POST", "/_simulator/sessions", wish).json
    assert opened["limits"] == "enforced"
    other = type(azure)(azure.url, opened["token"])
    # One request a minute for a unit of capacity.
    statuses = [one.chat("mini", max_tokens=50).status for one in (azure, other, azure)]
    assert statuses == [200, 429, 429]
    free = azure.send("POST", "/_simulator/sessions", {"simulator": {"limits": "off"}}).json
    assert free["limits"] == "off"
    assert type(azure)(azure.url, free["token"]).chat("mini").status == 200


def test_headers_tell_what_is_left_and_when_it_is_free_again(start: Start) -> None:
    azure = start(limits="enforced", deployments={})
    azure.deploy("mini", "gpt-4.1-mini", "2025-04-14", capacity=100)
    asked = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 91}
    left = []
    for _ in range(2):
        told = azure.send("POST", "v1/chat/completions", {"model": "mini", **asked}).headers
        left.append(
            tuple(int(told[f"x-ratelimit-{what}"]) for what in (
                "limit-tokens", "remaining-tokens", "remaining-requests", "reset-tokens"
            ))
        )  # fmt: skip
    assert left == [(100_000, 99_900, 99, 60), (100_000, 99_800, 98, 120)]


def test_embeddings_are_limited_as_well_and_have_no_answer_to_reserve(start: Start) -> None:
    azure = start(limits="enforced", deployments={})
    azure.deploy("embed", "text-embedding-3-small", "1", capacity=2)
    asked = {"model": "embed", "input": ["word " * 960]}
    answers = [azure.send("POST", "v1/embeddings", asked) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 429]
    assert answers[0].headers["x-ratelimit-remaining-tokens"] == "800"
    message = answers[1].json["error"]["message"]
    assert "token rate limit" in message
    assert "Embeddings_Create" in message
    assert azure.send("POST", "v1/embeddings", {"model": "embed", "input": [None]}).status == 400


def test_a_request_without_a_limit_of_its_own_reserves_the_models_largest_answer(
    start: Start,
) -> None:
    azure = start(limits="enforced", deployments={})
    azure.deploy("mini", "gpt-4.1-mini", "2025-04-14", capacity=33)
    asked = {"model": "mini", "messages": [{"role": "user", "content": "Hello"}]}
    statuses = [azure.send("POST", "v1/chat/completions", asked).status for _ in range(2)]
    assert statuses == [200, 429]
