"""Real answers of real models, asked for over HTTP: they come back byte for byte."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Message, Reply
from harness.providers import ApiKey, AzureV1, Carrier, Connections, v1_base_url
from harness.simulator.embedded import Simulated, simulate
from harness.simulator.session import ProviderModelInfo
from harness.spec.model.spec import Simulator

Conversation = list[tuple[str, str]]


def conversations(file: Path) -> list[tuple[str, str, Conversation]]:
    entries = [json.loads(line) for line in file.read_bytes().split(b"\n") if line]
    return [
        (
            entry["model"],
            entry["version"],
            [(turn["user"], turn["assistant"]) for turn in entry["turns"]],
        )
        for entry in entries
    ]


async def played(
    simulated: Simulated, entries: list[tuple[str, str, Conversation]], *, stream: bool
) -> list[list[str]]:
    connections, limit = Connections(), asyncio.Semaphore(16)

    async def one(model_name: str, version: str, turns: Conversation) -> list[str]:
        endpoint = AzureV1(
            v1_base_url(f"{simulated.url}/_providers/p"),
            f"{model_name}-{version}",
            ApiKey(simulated.token),
        )
        model = endpoint.open(Carrier(connections))
        messages: tuple[Message, ...] = (Message("system", "You are a helpful assistant."),)
        said = []
        for number, (user, _) in enumerate(turns, start=1):
            messages += (Message("user", user),)
            place = Place("p/m", "c", None, "default", 1, number)
            async with limit:
                reply = await model.complete(
                    Request(place, messages, {"max_output_tokens": 800}, stream=stream)
                )
            assert isinstance(reply, Reply), reply
            said.append(reply.text)
            messages += (Message("assistant", reply.text),)
        return said

    try:
        return list(await asyncio.gather(*(one(*entry) for entry in entries)))
    finally:
        await connections.close()


@pytest.mark.parametrize(
    ("name", "stream", "every"),
    [("mtbench-ja", False, 1), ("mtbench-zh", True, 1), ("alpacaeval", False, 5)],
)
def test_every_real_answer_comes_back_byte_for_byte(
    shared_data: Path, name: str, stream: bool, every: int
) -> None:
    file = shared_data / "answers" / f"{name}.jsonl"
    entries = conversations(file)[::every]
    models: dict[str, Any] = {
        f"{model}-{version}": ProviderModelInfo(model, version) for model, version, _ in entries
    }
    behaviour = Simulator.model_validate({"answers": str(file), "date": "2024-06-01"})
    with simulate(None, behaviour, {"p": models}, environment={}) as simulated:
        said = asyncio.run(played(simulated, entries, stream=stream))
    for (_, _, turns), replies in zip(entries, said, strict=True):
        assert [reply.encode() for reply in replies] == [answer.encode() for _, answer in turns]
