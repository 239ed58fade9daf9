"""Text of others in Markdown: it reads as it was and means nothing to GitHub, Azure or GitLab."""

from __future__ import annotations

import html
import re

from harness.text import safe

LONGEST_TEXT = 1_500
"""Characters of one text in a fenced block."""

# Characters that mean something anywhere; those that do at the start of a line (a slash acts on
# GitLab); what makes a link.
_MARKUP = re.compile(r"([\\`*_\[\]<>|~$&]|^[-+#=/:]|(?<=^\d)[.)]|(?<=:)/|(?<=[wW]{3})\.)")
# What becomes a mention, or a link to an issue, whatever stands before it: @name, #1, !1, %1.
_REFERENCE = re.compile(r"@|[#!%](?=\d)")
_TICKS = re.compile(r"`+")


def escape(value: str, limit: int = 600) -> str:
    """Write one line of so many characters, none of which means anything to Markdown or GitHub."""
    return _unlink(_MARKUP.sub(r"\\\1", safe.clip_line(value, limit)))


def write_code(value: str) -> str:
    """Write a code span on one line, whole even in a table."""
    # A bar ends a table's cell even inside code, and how to escape it there differs by renderer.
    flat = safe.clip_line(value, 300).replace("|", "¦")
    if not flat:
        return ""
    ticks = "`" * (1 + max(map(len, _TICKS.findall(flat)), default=0))
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{ticks}{pad}{flat}{pad}{ticks}"


def escape_html(value: str) -> str:
    """Write one line as the text of an HTML element."""
    return _unlink(html.escape(safe.clip_line(value, 400)))


def _unlink(value: str) -> str:
    """Put a word joiner behind what would refer to somebody or something: escapes do not help."""
    return _REFERENCE.sub("\\g<0>\u2060", value)


def fence(value: str) -> str:
    """Write a fenced block that no run of backticks in the text can end."""
    shown, omitted = safe.clip(value, LONGEST_TEXT)
    if omitted:
        shown += f"\n… {omitted:,} more characters"
    ticks = "`" * max(3, 1 + max(map(len, _TICKS.findall(shown)), default=0))
    return f"{ticks}text\n{shown}\n{ticks}"
