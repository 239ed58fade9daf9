"""An estimate of the tokens in a text; a rough one will do, since the simulator bills nobody.

Four bytes of UTF-8 a token fits English and is within a third of the truth for Chinese and
Japanese with the encodings of gpt-4o and later.
"""

from __future__ import annotations

from typing import Final

BYTES_A_TOKEN: Final = 4


def estimate_tokens(text: str) -> int:
    """Estimate a text's tokens, rounded up; no text has none."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return -(-size // BYTES_A_TOKEN)


def cut(text: str, tokens: int) -> str:
    """Return the first so many tokens of a text, whole characters only."""
    raw = text.encode("utf-8", "surrogatepass")[: tokens * BYTES_A_TOKEN]
    return raw.decode("utf-8", "ignore")
