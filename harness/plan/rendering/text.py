"""Text that came from elsewhere, made safe to print."""

from __future__ import annotations

from harness.text import safe

SPACES = str.maketrans("\n\t\r", "   ")


def printable(text: str) -> str:
    """The text on one line: newlines and tabs become spaces, what a terminal obeys an escape."""
    return safe.printable(text.translate(SPACES))


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
