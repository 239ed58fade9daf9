"""Text that came from elsewhere, made safe to print."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """The text with its control characters spelt out, so that no terminal obeys them.

    Newlines and tabs become spaces: every message here is one line. Direction marks go too,
    because they can make a line read as something else.
    """
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character in "\n\t\r":
        return " "
    if unicodedata.category(character) in {"Cc", "Cf", "Cs"}:
        return f"\\u{ord(character):04x}"
    return character


def shown(value: object) -> str:
    """A declared or observed value as a plan writes it: words bare, structures as JSON."""
    if value is None:
        return "(not set)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return printable(value) or '""'
    if isinstance(value, int | float):
        return str(value)
    import json

    return printable(json.dumps(value, ensure_ascii=False, sort_keys=True, default=str))
