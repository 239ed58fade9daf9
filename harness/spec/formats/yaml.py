"""YAML text -> located values, with every limit checked before what would pass it is built.

The parser's events are read twice: once to count, once to build. libyaml's own composer is never
used: it recurses, and crashes the process at some 25,000 levels.

Source: measured behaviour of PyYAML 6.0.3 with libyaml 0.2.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from harness.errors import Diagnostic
from harness.source import Span
from harness.spec.document.located import Node
from harness.spec.formats.compose import QUOTE_HINT, Composer
from harness.spec.formats.limits import SPEC, LimitError, Limits, limit_events
from harness.text.safe import printable

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's value, None when it has none, with what is wrong with it.

    ``differences`` are warnings: values that other YAML readers take for something else.
    """

    root: Node | None
    problems: tuple[Diagnostic, ...] = ()
    differences: tuple[Diagnostic, ...] = ()


def decode_text(data: bytes, file: str) -> tuple[str, Diagnostic | None]:
    """Decode bytes as UTF-8 text; a byte order mark is dropped, anything else is a problem."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "", _describe_not_utf8(file, 1, 1, "it begins as UTF-16 or UTF-32 does")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line, column = _locate(data[: error.start].decode("utf-8-sig", "ignore"))
        return "", _describe_not_utf8(
            file, line, column, f"byte 0x{data[error.start]:02x} stands there"
        )
    at = text.find("\0")
    if at >= 0:
        return "", _describe_not_utf8(file, *_locate(text[:at]), "a NUL stands there")
    return text, None


def _describe_not_utf8(file: str, line: int, column: int, why: str) -> Diagnostic:
    return Diagnostic(
        "H103", "the file is not UTF-8 text", why, Span(file, line, column), "save it as UTF-8"
    )


def _locate(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def parse(data: bytes, file: str, limits: Limits = SPEC) -> Parsed:
    """Parse a YAML document; a limit that is passed ends it, other problems are collected."""
    if limits.size is not None and len(data) > limits.size:
        summary = f"the file is larger than {limits.size // 1_000_000} MB"
        hint = "long data belongs in a data set: `cases: FILE` has no size limit"
        return Parsed(None, (Diagnostic("H102", summary, "", Span(file, 1, 1), hint),))
    text, problem = decode_text(data, file)
    if problem is not None:
        return Parsed(None, (problem,))
    composer = Composer(file)
    try:
        root = composer.compose(limit_events(iterate_events(text), file, limits))
    except LimitError as error:
        return Parsed(None, (error.problem,))
    except yaml.YAMLError as error:
        return Parsed(None, (*composer.problems.found, _describe_syntax(error, text, file)))
    return Parsed(root, tuple(composer.problems.found), tuple(composer.differences.found))


def iterate_events(text: str) -> Iterator[Any]:
    """Yield the parser's events of a text without a byte order mark.

    Raises:
        yaml.YAMLError: the text is not YAML; what stands before the place was yielded.
    """
    loader = LOADER(text)
    try:
        while (event := loader.get_event()) is not None:
            yield event
    finally:
        loader.dispose()


def _describe_syntax(error: yaml.YAMLError, text: str, file: str) -> Diagnostic:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    context = getattr(error, "context", None)
    if mark is None:
        position = getattr(error, "position", None)
        line, column = _locate(text[:position]) if isinstance(position, int) else (1, 1)
    else:
        line, column = mark.line + 1, mark.column + 1
    detail = printable(f"{what} ({context})" if context else str(what))
    context_mark = getattr(error, "context_mark", None)
    hint = _suggest_layout(text, line, column, context_mark, f"{what} {context}")
    hint = hint or _suggest_fix(text, line, context_mark, str(what))
    return Diagnostic("H104", "the text is not YAML", detail, Span(file, line, column), hint)


def _suggest_layout(text: str, line: int, column: int, context_mark: Any, what: str) -> str:
    """Return a hint about indentation, or about a colon inside of a text; "" for other errors.

    Args:
        text: the whole file.
        line: where the parser stopped, counted from 1.
        column: the same.
        context_mark: where what it was reading began, counted from 0; None when it does not say.
        what: the parser's words.
    """
    there = "".join(text.split("\n")[line - 1 : line])[:10_000]
    before = there[: column - 1]
    spaces = len(there) - len(there.lstrip(" "))
    if "mapping values are not allowed" in what:
        if ": " in before:
            return 'a text with a colon and a space in it is quoted: user: "Answer: yes or no"'
    elif not (
        "block" in what and not before.strip() and there.strip() and spaces != context_mark.column
    ):
        return ""
    if "\t" in there[: len(there) - len(there.lstrip())]:
        return ""
    noun = "space" if spaces == 1 else "spaces"
    return (
        f"this line begins after {spaces} {noun}: keys that belong together, and the - of one "
        "list, begin in the same column; each key ends with a colon"
    )


def _suggest_fix(text: str, line: int, context_mark: Any, what: str) -> str:
    lines = text.split("\n")
    first = context_mark.line if context_mark is not None else line - 1
    near = "\n".join(lines[max(0, min(first, line - 1)) : line])[-10_000:]
    if "escape" in what:
        return 'in double quotes a backslash is written twice ("\\\\d"); single quotes leave it be'
    if "${" in near or "{{" in near:
        return QUOTE_HINT
    if "?" in near and not hasattr(yaml, "CSafeLoader"):
        return 'in {…} and […] a text with a question mark is quoted: {user: "Bread?"}'
    if "\t" in near:
        return "indent with spaces: YAML does not allow tabs there"
    return ""
