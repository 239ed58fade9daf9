"""The words of a conversation, in the form that OpenTelemetry has for them.

A message is ``{"role", "parts": [{"type": "text", "content"}]}``; on a span a list of them is JSON.

Source: gen-ai-input-messages.json and gen-ai-output-messages.json of the conventions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from harness.conversation.transcript import Exchange, Message, ToolCall

Part = dict[str, Any]


class Speech:
    """The talk so far, and what it adds to a turn's span.

    Args:
        system: the system text, None where there is none.
        hide: every text goes through it.
    """

    def __init__(self, system: str | None, hide: Callable[[str], str]) -> None:
        self._hide = hide
        self._system = system
        self._heard: list[Part] = []

    def describe(self, exchange: Exchange) -> dict[str, str]:
        """Return the attributes that hold what a turn said, was told before, and was answered.

        ``dropped`` messages of earlier turns were not sent again, and are not told.
        """
        said = {}
        if self._system is not None:
            parts = [{"type": "text", "content": self._hide(self._system)}]
            said["gen_ai.system_instructions"] = _write(parts)
        before = self._heard[exchange.dropped :]
        said["gen_ai.input.messages"] = _write([*before, *self._list_asked(exchange)])
        answer = self._answer(exchange)
        if answer is not None and exchange.reply is not None:
            reason = exchange.reply.finish_reason
            said["gen_ai.output.messages"] = _write([{**answer, "finish_reason": reason}])
        return said

    def hear(self, exchange: Exchange) -> None:
        """Take in a turn, for the ones that come after it."""
        self._heard += self._list_asked(exchange)
        answer = self._answer(exchange)
        if answer is not None:
            self._heard.append(answer)

    def _list_asked(self, exchange: Exchange) -> list[Part]:
        if exchange.messages:
            return [self._write_message(message) for message in exchange.messages]
        return [{"role": "user", "parts": [self._write_text(exchange.user)]}]

    def _answer(self, exchange: Exchange) -> Part | None:
        if exchange.reply is None:
            return None
        parts = self._list_calls(exchange.tool_calls)
        if exchange.reply.text or not parts:
            parts.append(self._write_text(exchange.reply.text))
        return {"role": "assistant", "parts": parts}

    def _write_message(self, message: Message) -> Part:
        if message.role == "tool":
            response = self._hide(message.content or "")
            answer = {
                "type": "tool_call_response",
                "id": message.tool_call_id,
                "response": response,
            }
            return {"role": "tool", "parts": [answer]}
        parts = self._list_calls(message.tool_calls)
        if message.content:
            parts.insert(0, self._write_text(message.content))
        # Of pictures and files it is told that they were there: they are not text to look through.
        beside = [part for part in message.parts if part.get("type") != "text"]
        parts += [{"type": str(part.get("type"))} for part in beside]
        parts += [{"type": "image"} for _ in message.images]
        return {"role": message.role, "parts": parts}

    def _list_calls(self, calls: Sequence[ToolCall]) -> list[Part]:
        return [
            {
                "type": "tool_call",
                "id": call.id,
                "name": call.name,
                "arguments": self._hide(call.arguments),
            }
            for call in calls
        ]

    def _write_text(self, text: str) -> Part:
        return {"type": "text", "content": self._hide(text)}


def _write(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
