"""The beginning of a configuration, and what of one did not map."""

from __future__ import annotations

from harness.app.converting.specs import Converted

HEAD = "prompts: ['Say {{x}}']\nproviders: ['openai:gpt-4.1-mini']\n"


def list_unmapped(found: Converted) -> list[tuple[int, str, str]]:
    """Return line, fate and name of each thing that did not become the same."""
    return [(one.span.line, one.fate, one.what) for one in found.conversion.unmapped]
