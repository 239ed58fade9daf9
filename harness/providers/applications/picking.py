"""Pick the reply, its tokens and its session out of an application's answer, by JSONPaths."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jsonpath

from harness.conversation.transcript import Usage
from harness.providers.openai.completion import mend_characters, read_usage


class Picker:
    """Reads one kind of answer."""

    def __init__(self, reply: str, usage: str | None, session: str | None = None) -> None:
        self._reply = jsonpath.compile(reply)
        self._usage = jsonpath.compile(usage) if usage else None
        self._session = jsonpath.compile(session) if session else None

    def text(self, document: Any) -> str | None:
        """Return the reply's text: the first thing found, as JSON when it is no text, or None.

        A null is nothing.
        """
        found = self._reply.findall(document)
        if not found or found[0] is None:
            return None
        first = found[0]
        text = first if isinstance(first, str) else json.dumps(first, ensure_ascii=False)
        return mend_characters(text)

    def usage(self, document: Any) -> Usage | None:
        """Return the tokens, by the contract's names or OpenAI's."""
        found = self._usage.findall(document) if self._usage is not None else []
        return _read_usage(found[0]) if found else None

    def session(self, document: Any) -> Any:
        """Return the application's own name of the conversation; None where it does not say."""
        found = self._session.findall(document) if self._session is not None else []
        return found[0] if found else None


def _read_usage(found: object) -> Usage | None:
    if isinstance(found, Mapping) and "input_tokens" in found:
        found = {
            "prompt_tokens": found.get("input_tokens"),
            "completion_tokens": found.get("output_tokens"),
        }
    return read_usage(found)
