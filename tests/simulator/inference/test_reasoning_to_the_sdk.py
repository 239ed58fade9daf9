"""What the service adds to any text of a model that reasons, whoever wrote the text."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harness.simulator.inference.replies.behaviour import REASONING_TOKENS
from harness.simulator.inference.serializing.responses import SUMMARY

Start = Callable[..., Any]
FIVE = ("gpt-5-mini", "2025-08-07")
RULE = {"replies": [{"match": "(?s).*", "reply": "Malmö."}]}


@pytest.fixture(params=["rule", "answers", "synthetic"])
def azure(request: pytest.FixtureRequest, start: Start, tmp_path: Path) -> Any:
    """A reasoning model whose reply comes from each source in turn."""
    behaviour: dict[str, Any] = {}
    if request.param == "rule":
        behaviour = RULE
    elif request.param == "answers":
        turns = [{"user": "Where?", "assistant": "Malmö."}]
        entry = {"model": FIVE[0], "version": FIVE[1], "turns": turns}
        (tmp_path / "a.jsonl").write_text(json.dumps(entry) + "\n", encoding="utf-8")
        behaviour = {"answers": str(tmp_path / "a.jsonl")}
    return start(deployments={"five": FIVE}, **behaviour)


def test_a_response_begins_with_its_reasoning(azure: Any) -> None:
    with azure.v1_client() as client:
        whole = client.responses.create(model="five", input="Where?")
    assert [item.type for item in whole.output] == ["reasoning", "message"]
    assert whole.output[0].summary == []
    assert whole.usage.output_tokens_details.reasoning_tokens == REASONING_TOKENS
    assert whole.usage.output_tokens > REASONING_TOKENS


def test_a_chat_counts_its_reasoning(azure: Any) -> None:
    with azure.v1_client() as client:
        answered = client.chat.completions.create(
            model="five", messages=[{"role": "user", "content": "Where?"}]
        )
    usage = answered.usage
    assert usage.completion_tokens_details.reasoning_tokens == REASONING_TOKENS
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    assert answered.system_fingerprint is None
    assert answered.service_tier == "default"


def test_a_summary_comes_where_it_is_asked_for(azure: Any) -> None:
    asked: Any = {"model": "five", "input": "Where?", "reasoning": {"summary": "auto"}}
    with azure.v1_client() as client:
        whole = client.responses.create(**asked)
        with client.responses.stream(**asked) as stream:
            events = list(stream)
    assert [part.text for part in whole.output[0].summary] == [SUMMARY]
    assert whole.reasoning.summary == "detailed"
    kinds = [event.type.removeprefix("response.") for event in events]
    first = kinds.index("reasoning_summary_part.added")
    assert kinds[first - 1] == "output_item.added"
    last = kinds.index("reasoning_summary_part.done")
    assert kinds[last - 1] == "reasoning_summary_text.done"
    assert kinds[last + 1] == "output_item.done"
    deltas = [e.delta for e in events if e.type == "response.reasoning_summary_text.delta"]
    assert "".join(deltas) == SUMMARY
    assert [event.sequence_number for event in events if hasattr(event, "sequence_number")]


@pytest.mark.parametrize(
    ("model", "effort", "thought"),
    [
        (FIVE, "minimal", 0),
        (FIVE, "high", REASONING_TOKENS),
        (("gpt-5.1", "2025-11-13"), None, 0),
        (("gpt-5.1", "2025-11-13"), "low", REASONING_TOKENS),
        (("gpt-4.1-mini", "2025-04-14"), None, 0),
    ],
)
def test_the_effort_decides_as_the_model_does(
    start: Start, model: tuple[str, str], effort: str | None, thought: int
) -> None:
    azure = start(deployments={"one": model}, **RULE)
    more: Any = {"reasoning": {"effort": effort}} if effort else {}
    with azure.v1_client() as client:
        whole = client.responses.create(model="one", input="Where?", **more)
    assert whole.usage.output_tokens_details.reasoning_tokens == thought
    assert [item.type for item in whole.output][:-1] == (["reasoning"] if thought else [])


def test_a_limit_leaves_the_scripted_text_whole_and_the_reasoning_less(start: Start) -> None:
    azure = start(deployments={"five": FIVE}, **RULE)
    with azure.v1_client() as client:
        whole = client.responses.create(model="five", input="Where?", max_output_tokens=20)
    assert whole.output_text == "Malmö."
    assert whole.usage.output_tokens == 20
