"""Credentials that were sent: known to the letter, and hidden wherever they come back.

The rules find secrets by their form. A key that has none, which a server repeats in a reply, an
error or a header, is found because this process sent it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

from harness.redaction.rules import HIDDEN
from harness.redaction.texts import Edit
from harness.redaction.variables import is_telling

STANDS_FOR_SENT = f"{HIDDEN}sent-credential"
"""The text in place of a credential that came back; nothing in it is derived from that."""


class SentSecrets:
    """The credentials of one process so far; grows while requests are made."""

    def __init__(self) -> None:
        self._forms: frozenset[str] = frozenset()
        self._encoded: tuple[bytes, ...] = ()
        self._pattern: re.Pattern[str] | None = None
        self._longest = 0

    def add(self, secret: str) -> None:
        """Note a credential that is sent; one that could be an ordinary word is none."""
        if not is_telling(secret) or secret in self._forms:
            return
        self._forms |= {secret, json.dumps(secret)[1:-1], quote(secret, safe="")}
        forms = sorted(self._forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, forms)))
        self._encoded = tuple(form.encode("utf-8", "surrogatepass") for form in forms)
        self._longest = len(forms[0])

    def hide(self, text: str) -> str:
        """Return the text with every such credential replaced."""
        if self._pattern is None or not any(form in text for form in self._forms):
            return text
        return self._pattern.sub(STANDS_FOR_SENT, text)

    def hide_bytes(self, data: bytes) -> bytes:
        """Replace as ``hide`` does in bytes of whatever encoding; the rest stays to the byte."""
        if not any(form in data for form in self._encoded):
            return data
        return self.hide(data.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def find_edits(self, text: str) -> Iterator[Edit]:
        """Find the places of a text where such a credential stands."""
        if self._pattern is not None:
            for found in self._pattern.finditer(text):
                yield Edit(*found.span(), STANDS_FOR_SENT)

    def count_begun(self, text: str) -> int:
        """Count the characters at the text's end with which such a credential may begin."""
        for length in range(min(len(text), self._longest - 1), 0, -1):
            end = text[-length:]
            if any(form.startswith(end) and form != end for form in self._forms):
                return length
        return 0
