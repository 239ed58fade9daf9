"""Regular expressions and JSON paths: can they be understood at all."""

from __future__ import annotations

import re
from functools import lru_cache

from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.template import find_names as template_names
from harness.text.safe import printable

LONGEST = 10_000

MOST_COPIES = 50_000
"""The most parts that a pattern may have once its counts are written out.

Compiling writes ``(a{100}){100}`` out as ten thousand parts: 1 MB of memory each thousand or so,
which neither a time limit nor the length of the pattern reaches. Measured with regex 2026.11.
"""


def check_pattern(node: Node, problems: Problems) -> None:
    """Note a regular expression that does not compile, or that a backspace has crept into."""
    if node.text is None:
        return
    if len(node.text) > LONGEST:
        summary = f"the pattern is longer than {LONGEST:,} characters"
        problems.error("H208", node.span, summary)
        return
    if has_too_many_parts(node.text):
        summary = "the pattern repeats its parts too often to be tried"
        hint = f"written out it may have {MOST_COPIES:,} parts: `a{{100}}` has a hundred"
        problems.error("H208", node.span, summary, hint=hint)
        return
    if "\b" in node.text:
        problems.warn(
            "H208",
            node.span,
            "the pattern holds a backspace",
            hint=r'in double quotes "\b" is a backspace: write "\\b", or use single quotes',
        )
    # Only specs with patterns pay for the import.
    import regex

    try:
        regex.compile(node.text)
    except (regex.error, RecursionError, OverflowError) as error:
        problems.error(
            "H208",
            node.span,
            "the pattern is not a regular expression",
            detail=printable(str(error)),
        )


def check_path(node: Node, problems: Problems, *, strict: bool = True) -> None:
    """Note a JSONPath that is none (RFC 9535, unless ``strict`` is false)."""
    if node.text is None or template_names(node.text):
        return
    if not node.text.startswith("$"):
        hint = "a path begins with $: $.answer, $.items[0].name"
        problems.error("H208", node.span, "this is not a JSONPath", hint=hint)
    elif (why := _explain_no_path(node.text, strict=strict)) is not None:
        problems.error("H208", node.span, "this is not a JSONPath", detail=why)


@lru_cache(maxsize=1024)
def _explain_no_path(text: str, *, strict: bool) -> str | None:
    """Return why this is no JSONPath, None when it is one."""
    # Only specs with paths pay for the import.
    import jsonpath

    try:
        jsonpath.JSONPathEnvironment(strict=strict).compile(text)
    except (jsonpath.JSONPathError, RecursionError) as error:
        return printable((str(error).splitlines() or ["it is nested too deeply"])[0])
    return None


_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*+\]?|(?P<open>\()|(?P<close>\))|\{(?P<least>[0-9]+)[0-9,]*\}",
    re.DOTALL,
)
_VERBOSE = re.compile(r"\(\?[A-Za-z]*x")
_LAYOUT = re.compile(r"\s+|#[^\n]*")


def has_too_many_parts(pattern: str) -> bool:
    """Return whether a pattern has more parts than ``MOST_COPIES`` when ``x{3}`` is ``xxx``."""
    if _VERBOSE.search(pattern):  # there a count may stand apart from what it repeats
        pattern = _LAYOUT.sub("", pattern)
    sizes = [0]  # of the pattern, and of each group that is open
    unit, unit_end = 1, -1  # the size of what a count would repeat, and where that ends
    for token in _TOKEN.finditer(pattern):
        if token["open"]:
            sizes.append(0)
        elif token["close"] and len(sizes) > 1:
            unit, unit_end = sizes.pop() + 1, token.end()
            sizes[-1] += unit
        elif token["least"]:
            repeated = unit if token.start() == unit_end else 1
            unit, unit_end = repeated * max(int(token["least"][:9]), 1), token.end()
            sizes[-1] += unit - repeated
    return sum(sizes) > MOST_COPIES
