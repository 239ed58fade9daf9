r"""``{{name}}`` and ``{{name.field}}``: substitution, and nothing else.

No expressions, no loops, no calls: what stands between the braces is a name or it is text. One
pass: what a variable holds is never looked at again. ``\{{`` is a literal ``{{``. A text that is
nothing but ``{{name}}`` stands for the value itself: a list, an object, a number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from harness.errors import Diagnostic, SpecError
from harness.spec.document.words import quote

NAME = r"[^\W\d]\w*(?:-\w+)*"
FIELD = r"\w+(?:-\w+)*"
REFERENCE = re.compile(rf"\\\{{\{{|\{{\{{\s*({NAME}(?:\.{FIELD})*)\s*\}}\}}")
_TAG = re.compile(r"\{[%#]")
_BRACES = re.compile(r"\{\{")
_ENDS = {"{%": ("%}",), "{#": ("#}",), "{{": ("}}",)}
MOST_CHARACTERS = 10_000_000
"""Characters of a text with its variables in place; the longest context is about half of that."""


def substitute(text: str, variables: Mapping[str, Any]) -> str:
    """Put the values of variables into a text; an unknown name stays as it is written.

    Strings are put in as they are, everything else as JSON.

    Raises:
        SpecError: the text would be longer than any model reads.
    """
    size = len(text)

    def value(match: re.Match[str]) -> str:
        nonlocal size
        name = match.group(1)
        if name is None:
            return "{{"
        found, result = _find(name, variables)
        if not found:
            return match.group(0)
        put = render(result)
        size += len(put)
        if size > MOST_CHARACTERS:  # before the whole of it is in memory
            raise _too_long_error(text)
        return put

    return REFERENCE.sub(value, text)


def _too_long_error(text: str) -> SpecError:
    begins = quote(text[:40])
    return SpecError(
        [
            Diagnostic(
                "H105",
                f"a text has more than {MOST_CHARACTERS:,} characters with its variables in place",
                f"it begins with {begins}",
                hint="shorten the variable, or name it less often: no model reads so much",
            )
        ]
    )


def fill(value: Any, variables: Mapping[str, Any]) -> Any:
    """Put the values of variables into a value of any shape.

    A text that is nothing but ``{{name}}`` becomes the value itself; in any other text the value
    stands as text.
    """
    if isinstance(value, str):
        if "{{" not in value:
            return value
        found, whole = find_whole(value, variables)
        return whole if found and not isinstance(whole, str) else substitute(value, variables)
    if isinstance(value, Mapping):
        return {key: fill(inner, variables) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [fill(inner, variables) for inner in value]
    return value


def holds_braces(value: Any) -> bool:
    """Tell whether some text in a value may name a variable."""
    if isinstance(value, str):
        return "{{" in value
    if isinstance(value, Mapping):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return False
    return any(holds_braces(inner) for inner in value)


def find_whole(text: str, variables: Mapping[str, Any]) -> tuple[bool, Any]:
    """Return the value that a text of nothing but ``{{name}}`` stands for, and True if it is one.

    White space around it means nothing: a block of YAML ends with a line end.
    """
    name = read_lone_name(text)
    return (False, None) if name is None else _find(name, variables)


def read_lone_name(text: str) -> str | None:
    """Return the name in a text that is nothing but ``{{name}}``, None where there is more."""
    whole = REFERENCE.fullmatch(text.strip())
    return None if whole is None else whole.group(1)


def find_names(text: str) -> tuple[str, ...]:
    """Return the names that a text refers to, dotted as they are written, in order, each once."""
    found = (match.group(1) for match in REFERENCE.finditer(text))
    return tuple(dict.fromkeys(name for name in found if name is not None))


def find_other_braces(text: str) -> tuple[str, ...]:
    """Return texts in double braces that are no names: left as they are, and probably mistakes."""
    remainder = REFERENCE.sub("", text)
    return tuple(remainder[start:stop] for start, stop in list_enclosed(remainder, _BRACES, _ENDS))


def find_tags(text: str) -> tuple[str, ...]:
    """Return statements and comments as template languages have them: here they are text."""
    return tuple(text[start:stop] for start, stop in list_enclosed(text, _TAG, _ENDS))


def list_enclosed(
    text: str, opening: re.Pattern[str], ends: Mapping[str, tuple[str, ...]]
) -> list[tuple[int, int]]:
    """List where each part of a text begins and ends that stands between an opening and its end.

    In a time that is proportional to the text: an end that is not there is looked for once, not
    again at each of a million openings.

    Args:
        text: any text.
        opening: finds an opening.
        ends: for each opening the ends that it may have, the first that is there wins.
    """
    found: list[tuple[int, int]] = []
    gone: set[str] = set()
    place = 0
    while (begun := opening.search(text, place)) is not None:
        place = begun.start() + 1
        for end in ends[begun[0]]:
            stop = -1 if end in gone else text.find(end, begun.end())
            if stop >= 0:
                place = stop + len(end)
                found.append((begun.start(), place))
                break
            gone.add(end)
    return found


def render(value: Any) -> str:
    """Return a variable's value as text: strings as they are, everything else as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def _find(name: str, variables: Mapping[str, Any]) -> tuple[bool, Any]:
    first, *fields = name.split(".")
    if first not in variables:
        return False, None
    value = variables[first]
    for field in fields:
        if isinstance(value, Mapping) and field in value:
            value = value[field]
        elif (
            isinstance(value, (list, tuple))
            and len(field) < 10
            and field.isdecimal()
            and int(field) < len(value)
        ):
            value = value[int(field)]
        else:
            return False, None
    return True, value
