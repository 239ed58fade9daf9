"""``/json``: the last request and its answer as they went over the wire, without secrets."""

from __future__ import annotations

import json
from collections.abc import Iterator

from harness.playground.commands.command import CommandOutcome, SlashCommand, make_usage_error
from harness.playground.session import ChatSession
from harness.text.safe import visible

FIRST, LAST = 300, 20
"""Lines of each part that are shown: a long chat or stream would fill the screen many times."""


async def _show_wire(session: ChatSession, argument: str) -> CommandOutcome:
    del argument
    wire = session.wire
    if wire is None:
        raise make_usage_error("nothing was sent over HTTP yet", "say something first")
    request, response = wire.request, wire.response
    lines = [f"{request.method} {request.url}", *_show_body(request.body), ""]
    if response is None:
        lines.append("no answer came")
    else:
        lines += [f"HTTP {response.status}", *_show_body(response.body)]
    hidden = session.ports.hide_secrets("\n".join(lines))
    return CommandOutcome(tuple(visible(hidden).split("\n")))


def _show_body(body: bytes) -> Iterator[str]:
    text = body.decode("utf-8", "replace")
    try:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):  # a stream of events, or none at all
        text = text.replace("\r\n", "\n").strip("\n")
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) <= FIRST + LAST:
        yield from lines
        return
    yield from lines[:FIRST]
    yield f"… {len(lines) - FIRST - LAST:,} more lines"
    yield from lines[-LAST:]


JSON = SlashCommand("json", "", "Show the last request and answer as they were sent.", _show_wire)
