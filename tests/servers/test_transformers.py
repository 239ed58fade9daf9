"""`harness eval` against `transformers serve`: a model of random weights, its answers computed."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run
from tests.servers.conftest import TINY, Evaluate, Start
from tests.servers.programs import Program

pytestmark = pytest.mark.servers

LIMIT = 24


def asked(program: Program, *models: str, **rest: Any) -> dict[str, Any]:
    """A spec that says hello to these models; what is answered is cut after ``LIMIT`` tokens."""
    provider = {"type": "openai-compatible", "base_url": program.base_url}
    return {
        "providers": {"local": {**provider, "models": {model: {} for model in models or (TINY,)}}},
        "conversations": [{"id": "hello", "turns": [{"user": "Hello."}, {"user": "Again."}]}],
        **rest,
        "evaluation": {
            "parameters": {"temperature": 0, "max_output_tokens": LIMIT},
            **rest.get("evaluation", {}),
        },
    }


def said(result: dict[str, Any]) -> list[str]:
    return [turn["assistant"] for turn in result["turns"]]


def test_a_stream_says_what_a_whole_answer_says(transformers: Program, evaluate: Evaluate) -> None:
    whole = evaluate(asked(transformers))[TINY]
    streamed = evaluate(asked(transformers, evaluation={"stream": True}))[TINY]
    assert whole["outcome"] == streamed["outcome"] == "truncated", "it never stops by itself"
    assert said(whole) == said(streamed)
    assert all(said(whole))
    for turn in (*whole["turns"], *streamed["turns"]):
        assert turn["finish_reason"] == "length"
        assert turn["usage"]["output_tokens"] == LIMIT
        assert turn["request_id"]
    assert whole["turns"][0]["usage"] == streamed["turns"][0]["usage"]
    assert all(turn["ttft_s"] is None for turn in whole["turns"])
    assert all(0 < turn["ttft_s"] < turn["latency_s"] for turn in streamed["turns"])


def test_what_was_said_before_is_sent_with_the_next_turn(
    transformers: Program, evaluate: Evaluate
) -> None:
    first, second = evaluate(asked(transformers))[TINY]["turns"]
    asked_first, asked_second = (turn["usage"]["input_tokens"] for turn in (first, second))
    assert asked_second >= asked_first + len("Again.") + len(first["assistant"])


@pytest.mark.parametrize("stream", [False, True])
def test_responses_are_read_also_where_they_stream_unasked(
    transformers: Program, evaluate: Evaluate, stream: bool
) -> None:
    by_chat = evaluate(asked(transformers))[TINY]
    spec = asked(transformers, evaluation={"api": "responses", "stream": stream})
    by_responses = evaluate(spec)[TINY]
    assert said(by_responses)[0] == said(by_chat)[0]
    assert by_responses["turns"][0]["usage"] == by_chat["turns"][0]["usage"]
    assert by_responses["turns"][0]["ttft_s"] is None or stream


def test_parameters_that_it_ignores_do_no_harm(transformers: Program, evaluate: Evaluate) -> None:
    parameters = {
        "max_output_tokens": LIMIT,
        "seed": 7,
        "top_p": 0.9,
        "presence_penalty": 0.1,
        "response_format": {"type": "json_object"},
        "parallel_tool_calls": False,
    }
    tool = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}
    spec = asked(
        transformers,
        evaluation={"parameters": parameters},
        conversations=[{"id": "hello", "tools": [tool], "turns": [{"user": "Hello."}]}],
    )
    result = evaluate(spec)[TINY]
    assert (result["outcome"], result["error"]) == ("truncated", None)


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_a_model_that_it_does_not_hold_is_refused_by_its_words(
    transformers: Program, evaluate: Evaluate, api: str
) -> None:
    result = evaluate(asked(transformers, "harness/other", evaluation={"api": api}))
    error = result["harness/other"]["error"]
    assert (error["kind"], error["status"]) == ("bad_request", 400)
    assert "harness/tiny" in error["message"]


def test_a_server_without_embeddings_leaves_a_comparison_undecided(
    transformers: Program, evaluate: Evaluate
) -> None:
    similar = {"type": "similar", "value": "Hello.", "threshold": 0.5}
    spec = asked(
        transformers,
        evaluation={
            "api": "responses",
            "embeddings": {"target": f"local/{TINY}"},
            "targets": [f"local/{TINY}"],
        },
        conversations=[{"id": "near", "turns": [{"user": "Hello.", "assert": [similar]}]}],
    )
    (check,) = evaluate(spec)[TINY]["turns"][0]["checks"]
    assert check["outcome"] == "errored"


def test_a_server_that_dies_while_it_speaks_has_not_answered(
    start_transformers: Start, evaluate: Evaluate
) -> None:
    with start_transformers() as program:

        def kill() -> None:
            until = time.monotonic() + 60
            while "[Request received]" not in program.written() and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(0.3)
            program.kill()

        killer = threading.Thread(target=kill)
        killer.start()
        evaluation = {"stream": True, "parameters": {"max_output_tokens": 4000}}
        result = evaluate(asked(program, evaluation=evaluation))[TINY]
        killer.join()
    assert "200 OK" in program.written(), "it had begun to answer"
    assert (result["outcome"], result["error"]["kind"]) == ("errored", "connection")
    assert said(result) == [None, None] or said(result) == [None]


def test_it_answers_for_the_simulator(
    transformers: Program, evaluate: Evaluate, folder: Path
) -> None:
    direct = evaluate(asked(transformers))[TINY]
    spec = asked(
        transformers,
        TINY,
        "renamed",
        cloud="simulator",
        simulator={"upstream": transformers.base_url},
    )
    found = evaluate(spec)
    for name in (TINY, "renamed"):
        assert said(found[name]) == said(direct)
        assert found[name]["turns"][0]["usage"] == direct["turns"][0]["usage"]
    newest = max(folder.glob("out-*"))
    assert json.loads((newest / "run.json").read_text(encoding="utf-8"))["simulated"] is True


def test_a_deployment_of_the_simulator_is_answered_by_it(
    transformers: Program, folder: Path
) -> None:
    deployment = {"model": "gpt-4.1-mini", "version": "2025-04-14", "sku": "GlobalStandard"}
    spec = {
        "version": 1,
        "name": "upstream",
        "cloud": "simulator",
        "simulator": {"upstream": transformers.base_url},
        "resource_group": {"name": "rg", "region": "swedencentral", "create": True},
        "accounts": {
            "sweden": {
                "region": "swedencentral",
                "deployments": {"mini": {**deployment, "capacity": 10}},
            }
        },
        "evaluation": {"stream": True, "parameters": {"max_output_tokens": LIMIT}},
        "conversations": [{"id": "hello", "turns": [{"user": "Hello."}]}],
    }
    (folder / "spec.yaml").write_text(json.dumps(spec), encoding="utf-8")
    assert run(["run", "spec.yaml", "-q", "--output", "out"]) == 1, "cut off by its limit"
    (line,) = (folder / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    result = json.loads(line)
    assert (result["outcome"], result["error"]) == ("truncated", None)
    assert result["turns"][0]["usage"]["output_tokens"] == LIMIT
