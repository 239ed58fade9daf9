"""Responses that the service keeps: read again, deleted, gone on from.

Kept for the session, as long as it lasts and up to a number; with ``store: false`` not at all.
Source: OpenAI's API description (v1, 2026); the 404 as recorded of Azure, 2025-08.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from harness.simulator.dataplane import DataPlaneCall
from harness.simulator.inference.refusals import DataPlaneError, invalid_request_error
from harness.simulator.inference.replies.behaviour import SimulatedReply
from harness.simulator.inference.serializing.responses import (
    ResponseContext,
    make_items,
    serialize_response,
)

MOST_KEPT: Final = 1000
"""The oldest is forgotten when one more is kept."""


@dataclass(frozen=True, slots=True)
class StoredResponse:
    """A response that was given; ``asked`` is all that was put in, earlier turns included."""

    context: ResponseContext
    reply: SimulatedReply
    asked: tuple[Any, ...]

    def serialize(self) -> bytes:
        """Write the response as it was answered."""
        return serialize_response(self.context, self.reply)

    def list_items(self) -> list[Any]:
        """Return the conversation up to and with this response."""
        return [*self.asked, *make_items(self.context, self.reply)]


def keep_response(
    call: DataPlaneCall, context: ResponseContext, reply: SimulatedReply, asked: object
) -> None:
    """Keep a response, unless the caller wants it forgotten."""
    if context.body.get("store") is False:
        return
    kept = _find_kept(call)
    kept[call.name, context.stamp.id] = StoredResponse(context, reply, tuple(_list_input(asked)))
    while len(kept) > MOST_KEPT:
        kept.popitem(last=False)


def find_response(call: DataPlaneCall, identifier: str) -> StoredResponse:
    """Return a response of this account.

    Raises:
        DataPlaneError: 404, there is none.
    """
    found = _find_kept(call).get((call.name, identifier))
    if found is None:
        raise DataPlaneError(404, None, f"Response with id '{identifier}' not found.")
    return found


def delete_response(call: DataPlaneCall, identifier: str) -> dict[str, Any]:
    """Forget a response; return the body that says so.

    Raises:
        DataPlaneError: 404, there is none.
    """
    find_response(call, identifier)
    del _find_kept(call)[call.name, identifier]
    return {"id": identifier, "object": "response", "deleted": True}


def include_previous(call: DataPlaneCall, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the request with the conversation that it goes on from put before its input.

    Raises:
        DataPlaneError: 400, the response that it names is not kept.
    """
    previous = body.get("previous_response_id")
    if not previous:
        return body
    found = _find_kept(call).get((call.name, str(previous)))
    if found is None:
        raise invalid_request_error(
            f"Previous response with id '{previous}' not found.",
            "previous_response_id",
            "previous_response_not_found",
        )
    own = {name: value for name, value in body.items() if name != "previous_response_id"}
    return {**own, "input": [*found.list_items(), *_list_input(body.get("input"))]}


def _list_input(asked: object) -> list[Any]:
    if isinstance(asked, list):
        return asked
    return [] if asked is None else [{"role": "user", "content": asked}]


def _find_kept(call: DataPlaneCall) -> OrderedDict[tuple[str, str], StoredResponse]:
    kept: OrderedDict[tuple[str, str], StoredResponse] = call.session.memory.setdefault(
        "responses", OrderedDict()
    )
    return kept
