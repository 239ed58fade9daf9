"""A real model behind the simulator: any server that speaks OpenAI's API answers for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from harness.net import find_proxy
from harness.simulator.inference.model_profile import ModelProfile
from harness.simulator.inference.refusals import DataPlaneError, gateway_error
from harness.simulator.inference.replies.behaviour import Call, SimulatedReply
from harness.simulator.inference.requests.chat import ModelRequest
from harness.simulator.session import Session
from harness.spec.check.safety import is_loopback

WITHIN_S: Final = 600.0


async def ask_upstream(
    base_url: str, session: Session, profile: ModelProfile, question: ModelRequest
) -> SimulatedReply:
    """Ask the upstream for a reply, without streaming even where the client wants it.

    No credential is ever sent. The model's name is passed on when the upstream lists it, else the
    first that it lists.

    Raises:
        DataPlaneError: its own error, or 502 when it did not answer.
    """
    address = base_url.rstrip("/")
    timeout = aiohttp.ClientTimeout(total=WITHIN_S)
    proxy = None if is_loopback(urlsplit(address).hostname or "") else find_proxy(address)
    try:
        async with aiohttp.ClientSession(timeout=timeout, proxy=proxy) as client:
            model = await _choose_model(client, address, session, profile)
            body = {**question.body, "model": model, "stream": False}
            body.pop("stream_options", None)
            async with client.post(
                f"{address}/chat/completions", json=body, allow_redirects=False
            ) as response:
                raw = await response.read()
                status = response.status
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise _bad_gateway_error(address, str(error) or type(error).__name__) from None
    if status != 200:
        raise DataPlaneError(
            status if status >= 400 else 502,
            None,
            "",
            shape="raw",
            body=raw.decode("utf-8", "replace"),
        )
    try:
        return _read_reply(json.loads(raw))
    except (ValueError, LookupError, TypeError, AttributeError):
        raise _bad_gateway_error(address, "its answer is no chat completion") from None


async def _choose_model(
    client: aiohttp.ClientSession, address: str, session: Session, profile: ModelProfile
) -> str:
    listed: list[str] | None = session.memory.get("upstream models")
    if listed is None:
        async with client.get(f"{address}/models", allow_redirects=False) as response:
            try:
                data = json.loads(await response.read())["data"]
                listed = [str(model["id"]) for model in data]
            except (ValueError, LookupError, TypeError):
                listed = []
        session.memory["upstream models"] = listed
    return profile.model if profile.model in listed or not listed else listed[0]


def _read_reply(document: Mapping[str, Any]) -> SimulatedReply:
    choice = document["choices"][0]
    message = choice["message"]
    usage = document.get("usage") or {}
    details = usage.get("completion_tokens_details") or {}
    return SimulatedReply(
        text=message.get("content"),
        finish_reason=str(choice.get("finish_reason") or "stop"),
        source="upstream",
        calls=tuple(
            Call(
                str(call.get("id") or ""),
                str(call["function"]["name"]),
                str(call["function"].get("arguments") or ""),
            )
            for call in message.get("tool_calls") or ()
        ),
        completion_tokens=usage.get("completion_tokens"),
        prompt_tokens=usage.get("prompt_tokens"),
        reasoning_tokens=details.get("reasoning_tokens") or 0,
    )


def _bad_gateway_error(address: str, why: str) -> DataPlaneError:
    return gateway_error(502, "BadGateway", f"the simulator's upstream {address}: {why}")
