"""Credentials that were sent: known to the letter, and hidden wherever they come back.

The rules find secrets by their form. A key that has none, which a server repeats in a reply, an
error or a header, is found because this process sent it.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

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
        self._forms |= set(_list_forms(secret))
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


def _list_forms(secret: str) -> Iterator[str]:
    """List the forms in which a server that repeats a credential may write it."""
    yield secret
    for escapes in (True, False):
        escaped = json.dumps(secret, ensure_ascii=escapes)[1:-1]
        yield from (escaped, escaped.replace("/", "\\/"))
    for url in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield from (url, _PERCENT.sub(lambda code: code[0].lower(), url))
    yield from (html.escape(secret), html.escape(secret, quote=False))
    data = secret.encode("utf-8", "surrogatepass")
    yield from (data.hex(), data.hex().upper())
    for before in range(3):
        for altchars in (b"+/", b"-_"):
            yield _encode_inside(data, before, altchars)


_PERCENT = re.compile("%[0-9A-F]{2}")


def _encode_inside(data: bytes, before: int, altchars: bytes) -> str:
    """Return the digits of base64 that are the data's alone, after so many bytes of others.

    Three bytes are four digits, so that the same data reads in three ways, by where it begins. A
    digit that it shares with a neighbour differs from text to text, and is left out.
    """
    digits = base64.b64encode(bytes(before) + data, altchars).decode("ascii")
    return digits[-(-8 * before // 6) : 8 * (before + len(data)) // 6]
