"""The simulated Responses API beside the recorded one: the same keys, order, events and refusals.

What was asked is asked again, in a session whose reply is the one that was recorded: what a model
says is no fact about the service, and everything around it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from harness.simulator.embedded import Simulated, simulate
from harness.simulator.session import ProviderModelInfo
from harness.spec.model.spec import Simulator
from tests.recordings.inference_play import recorded_day
from tests.recordings.traffic import Exchange, recordings, single_exchanges

PLAIN = {"message", "function_call", "reasoning"}
OF_THE_MODEL_OR_ACCOUNT = {"billing", "phase", "moderation", "prompt_cache_retention"}
"""Which of these there are depends on model, account and day, not on the protocol."""


def asked(data: Path, where: str) -> list[tuple[str, Exchange]]:
    """Recorded Responses requests with their answers: of Azure, or of api.openai.com."""
    plane = "inference-azure" if where == "azure" else "inference-openai"
    found = [*recordings(data, plane)]
    if where == "azure":
        found += single_exchanges(data, "inference")
    return [
        (f"{recording.name}#{number}", exchange)
        for recording in found
        for number, exchange in enumerate(recording.exchanges)
        if re.fullmatch(r"/*(openai/)?(v1/)?responses", urlsplit(exchange.url).path)
        and exchange.method == "POST"
        and exchange.body.startswith("{")
        and "model" in exchange.body
    ]


def events(text: str) -> list[dict[str, Any]]:
    """The JSON of an answer, or of each event of a stream."""
    if not text.startswith("event:"):
        return [json.loads(text)]
    return [json.loads(line[5:]) for line in text.split("\n") if line.startswith("data:")]


def last(text: str) -> dict[str, Any]:
    """The whole response."""
    document = events(text)[-1]
    return dict(document.get("response", document))


def reply_of(exchange: Exchange) -> dict[str, Any]:
    """A rule that says what the recorded model said."""
    rule: dict[str, Any] = {"on": "any", "match": "(?s).*"}
    output = last(exchange.answer)["output"]
    calls = [
        {"name": item["name"], "arguments": json.loads(item["arguments"])}
        for item in output
        if item["type"] == "function_call"
    ]
    texts = [p["text"] for i in output if i["type"] == "message" for p in i["content"]]
    return rule | ({"tool_calls": calls} if calls else {"reply": "".join(texts)})


@contextmanager
def simulating(behaviour: Mapping[str, Any], model: str) -> Iterator[Simulated]:
    providers = {"p": {model: ProviderModelInfo(model, None)}}
    simulator = Simulator.model_validate({"catalogue": "open", **behaviour})
    with simulate(None, simulator, providers, environment={}) as simulated:
        yield simulated


def sent(simulated: Simulated, where: str, body: str, token: str | None = None) -> tuple[int, str]:
    connection = HTTPConnection(urlsplit(simulated.url).netloc, timeout=20)
    path = "openai/v1/responses" if where == "azure" else "v1/responses"
    headers = {"Authorization": f"Bearer {token or simulated.token}"}
    connection.request("POST", f"/_providers/p/{path}", body.encode(), headers)
    response = connection.getresponse()
    answer = response.read().decode()
    connection.close()
    return response.status, answer


def paths(value: object, at: str = "") -> list[str]:
    """The paths of every key in the order of their first appearance, lists as ``[]``."""
    if isinstance(value, dict):
        found: list[str] = []
        for name, inner in value.items():
            if name not in OF_THE_MODEL_OR_ACCOUNT and name not in (
                "parameters",
                "tools",
                "metadata",
            ):
                found += [f"{at}.{name}", *paths(inner, f"{at}.{name}")]
        return found
    if isinstance(value, list):
        return [path for inner in value for path in paths(inner, f"{at}[]")]
    return []


def compared(data: Path, where: str) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Each recorded response beside that of the simulator, asked the same."""
    for name, exchange in asked(data, where):
        if exchange.status != 200:
            continue
        model, rule = json.loads(exchange.body)["model"], reply_of(exchange)
        if "tool_calls" in rule and "function_call_output" in exchange.body:
            continue  # a rule that calls is passed over once tools have answered
        with simulating({"replies": [rule], **_on_its_day(exchange)}, model) as simulated:
            status, answer = sent(simulated, where, exchange.body)
        assert status == 200, f"{name}: {answer}"
        found = [last(text) for text in (exchange.answer, answer)]
        for whole in found:  # how much it thought is the model's own affair
            whole["output"] = [item for item in whole["output"] if item["type"] != "reasoning"]
            for one in whole.get("content_filters") or ():
                one["content_filter_results"] = sorted(one["content_filter_results"])
        yield name, found[0], found[1]


@pytest.mark.parametrize("where", ["azure", "openai"])
def test_an_answer_has_every_recorded_key_in_order_and_none_that_was_never_recorded(
    shared_data: Path, where: str
) -> None:
    pairs = list(compared(shared_data, where))
    assert pairs
    known = {path for _, theirs, _ in pairs for path in paths(theirs)}
    for name, theirs, ours in pairs:
        recorded, here = dict.fromkeys(paths(theirs)), dict.fromkeys(paths(ours))
        assert set(here) <= known, name
        assert set(recorded) <= set(here), name
        if list(theirs) != sorted(theirs):  # else its recorder sorted the keys
            assert [path for path in here if path in recorded] == list(recorded), name


@pytest.mark.parametrize("where", ["azure", "openai"])
def test_a_stream_has_the_recorded_events_with_the_recorded_keys(
    shared_data: Path, where: str
) -> None:
    pairs = list(streams(shared_data, where))
    assert pairs
    known: dict[str, set[str]] = {}
    for theirs, _ in pairs:
        for kind, keys in theirs.items():
            known.setdefault(kind, set()).update(keys)
    for theirs, ours in pairs:
        assert list(ours) == list(theirs)
        for kind, keys in theirs.items():
            assert keys <= ours[kind] <= known[kind], kind


def streams(data: Path, where: str) -> Iterator[tuple[dict[str, set[str]], dict[str, set[str]]]]:
    """The kinds of events of each recorded stream, and of the simulator's for the same reply."""
    plane = "inference-openai" if where == "openai" else "inference"
    found = single_exchanges(data, plane) if where == "azure" else recordings(data, plane)
    for exchange in (one for recording in found for one in recording.exchanges):
        azure = '"content_filters"' in exchange.answer
        begun = exchange.answer.startswith("event: response.created")
        if not begun or azure is not (where == "azure") or "response.failed" in exchange.answer:
            continue
        model = last(exchange.answer)["model"]
        body = {"model": model, "input": "hello", "stream": True}
        if {item["type"] for item in last(exchange.answer)["output"]} - PLAIN:
            continue  # the service searched or drew by itself
        behaviour = {"replies": [reply_of(exchange)], **_on_its_day(exchange)}
        with simulating(behaviour, model) as simulated:
            _, answer = sent(simulated, where, json.dumps(body))
        yield _kinds(exchange.answer), _kinds(answer)


def _on_its_day(exchange: Exchange) -> dict[str, str]:
    day = recorded_day(exchange)
    return {"date": day.isoformat()} if day else {}


def test_the_number_of_an_event_stands_where_each_service_puts_it() -> None:
    body = json.dumps({"model": "m", "input": "hello", "stream": True})
    for where, place in (("azure", 1), ("openai", -1)):
        with simulating({"date": "2026-06-01"}, "m") as simulated:
            _, answer = sent(simulated, where, body)
        numbers = [list(event)[place] for event in events(answer)]
        assert set(numbers) == {"sequence_number"}
    with simulating({"date": "2026-07-01"}, "m") as simulated:
        _, answer = sent(simulated, "azure", body)
    for event in events(answer):
        assert list(event)[1:] == sorted(list(event)[1:])


def _kinds(text: str) -> dict[str, set[str]]:
    """The keys of each kind of event, in the order in which kinds came; thinking left out."""
    found: dict[str, set[str]] = {}
    for event in events(text):
        if event.get("item", {}).get("type") != "reasoning" and "reasoning" not in event["type"]:
            found.setdefault(event["type"], set()).update(
                key for key in event if key not in OF_THE_MODEL_OR_ACCOUNT
            )
    return found


def test_what_was_refused_is_refused_in_the_recorded_words(shared_data: Path) -> None:
    refused = 0
    for name, exchange in asked(shared_data, "openai"):
        if exchange.status != 400:
            continue
        with simulating({}, "another") as simulated:
            status, answer = sent(simulated, "openai", exchange.body)
        assert status == exchange.status, name
        assert json.loads(answer) == json.loads(exchange.answer), name
        refused += 1
    assert refused
