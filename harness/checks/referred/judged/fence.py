"""Marks around what others wrote, which a judge can tell from its task."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from harness.conversation.transcript import ToolCall

NamedText = tuple[str, str]
"""The name that the marks of a text bear, and the text."""


@dataclass(frozen=True, slots=True)
class Fence:
    """The marks around what others wrote."""

    nonce: str

    @classmethod
    def build(cls, seed: str, texts: Sequence[str]) -> Fence:
        """Build marks that none of these texts holds, from the texts and from whose trial it is.

        The same trial with the same reply gives the same request, so a recording can answer it;
        no text can hold the code, because the code depends on the whole of it.
        """
        digest = hashlib.sha256(json.dumps([seed, *texts]).encode()).hexdigest()
        while any(digest[:16] in text for text in texts):
            digest = hashlib.sha256(digest.encode()).hexdigest()
        return cls(digest[:16])

    def enclose(self, name: str, text: str) -> str:
        """Put a text between its marks."""
        return f"[{self.nonce} {name}]\n{text}\n[{self.nonce} end]"

    def join(self, texts: Sequence[NamedText]) -> str:
        """Put each text between its marks, with a blank line between them."""
        return "\n\n".join(self.enclose(name, text) for name, text in texts)


def list_calls(calls: Sequence[ToolCall], where: str) -> Iterator[NamedText]:
    """Yield the text about a reply's calls, if there are any."""
    if calls:
        yield (
            f"tools called, {where}",
            "\n".join(f"{call.name}({call.arguments})" for call in calls),
        )
