"""Regular expressions and JSON paths: can they be understood at all."""

from __future__ import annotations

from functools import lru_cache

from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.template import find_names as template_names
from harness.text.safe import printable

LONGEST = 10_000


def check_pattern(node: Node, problems: Problems) -> None:
    """Note a regular expression that does not compile, or that a backspace has crept into."""
    if node.text is None:
        return
    if len(node.text) > LONGEST:
        summary = f"the pattern is longer than {LONGEST:,} characters"
        problems.error("H208", node.span, summary)
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
