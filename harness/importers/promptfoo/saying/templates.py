"""Templates of Nunjucks: plain names stay, everything else is worked out where its data is known.

A spec knows ``{{name}}`` and ``{{name.field}}``. A filter, a loop or a condition is computed here
from the variables of each test, by Jinja's sandbox: the data of a configuration is static.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from harness.spec.document.template import REFERENCE, list_enclosed

if TYPE_CHECKING:
    from harness.importers.promptfoo.saying.sandbox import ClosedSandbox

LONGEST = 200_000
"""Characters of what a template may come to."""

_BEGIN = re.compile(r"\{\{\{|\{[#%{]")
_ENDS = {"{#": ("#}",), "{%": ("%}",), "{{{": ("}}}", "}}"), "{{": ("}}",)}
_TAG = re.compile(r"\{%-?\s*(\w+)")
_OPENING = {"for": "endfor", "if": "endif", "raw": "endraw", "macro": "endmacro", "call": "endcall"}
_TWO_NAMES = re.compile(r"(\{%-?\s*for\s+\w+\s*,\s*\w+\s+in\s+[\w.\[\]'\"]+)(\s*-?%\})")
"""A loop with two names: over a mapping these are key and value."""
_WORD = re.compile(r"[^\W\d]\w*")
_KEYWORDS = frozenset(
    [
        "for",
        "in",
        "if",
        "else",
        "elif",
        "endif",
        "endfor",
        "endset",
        "set",
        "not",
        "and",
        "or",
        "is",
        "loop",
        "true",
        "false",
        "none",
        "null",
        "dump",
        "safe",
        "trim",
        "length",
        "join",
        "upper",
        "lower",
        "load",
        "default",
        "capitalize",
        "title",
        "replace",
        "first",
        "last",
    ]
)


class TemplateError(Exception):
    """A template that cannot be worked out; the text says why, in a clause."""


@dataclass(slots=True)
class Template:
    """A text whose names are plain, and the rest of it: by the name that stands in its place.

    Attributes:
        text: the text with ``{{name}}`` and ``{{name.field}}`` alone.
        computed: what has to be worked out for each test, by the name that stands for it.
        triple: texts in three braces, which are Handlebars' and no template of promptfoo's.
        environment: variables of the environment that it names.
    """

    text: str = ""
    computed: dict[str, str] = field(default_factory=dict)
    triple: list[str] = field(default_factory=list)
    environment: list[str] = field(default_factory=list)


def read_template(text: str) -> Template:
    """Divide a text into what a spec can say and what has to be worked out."""
    found = Template()
    out: list[str] = []
    end = 0
    for start, stop in _divide(text):
        out.append(text[end:start])
        out.append(_keep_piece(text[start:stop], found))
        end = stop
    out.append(text[end:])
    found.text = "".join(out)
    return found


def _keep_piece(piece: str, found: Template) -> str:
    if piece.startswith("{#"):
        return ""
    if piece.startswith("{{{"):
        found.triple.append(piece)
        return f"{{{{{piece.strip('{}').strip()}}}}}"
    plain = REFERENCE.fullmatch(piece)
    if plain is not None and plain.group(1) is not None:
        name = plain.group(1)
        if name.startswith("env."):
            found.environment.append(name)
        return f"{{{{{name}}}}}"
    inner = piece.strip("{}").strip().removeprefix("-").removesuffix("-").strip()
    bare = re.fullmatch(r"([^\W\d]\w*(?:\.\w+)*)\s*\|\s*(?:safe|string)", inner)
    if piece.startswith("{{") and bare is not None:
        return f"{{{{{bare.group(1)}}}}}"
    return f"{{{{{_name_piece(piece, found)}}}}}"


def _name_piece(piece: str, found: Template) -> str:
    """Return the name that stands in the place of something that is worked out."""
    for name, source in found.computed.items():
        if source == piece:
            return name
    words = [word for word in _WORD.findall(piece) if word not in _KEYWORDS]
    base = "_".join(dict.fromkeys(words[:3])) or "text"
    suffix = [word for word in ("upper", "lower", "trim", "length", "dump") if word in piece]
    base = "_".join([base, *suffix[:1]]) if piece.startswith("{{") else f"{base}_text"
    name, number = base, 2
    while name in found.computed or f"{{{{{name}}}}}" == piece:
        name, number = f"{base}_{number}", number + 1
    found.computed[name] = piece
    return name


def _divide(text: str) -> list[tuple[int, int]]:
    """Return the begin and end of each piece in braces; a block is one piece with what is in it."""
    pieces: list[tuple[int, int]] = []
    depth, begin, closing = 0, 0, ""
    for start, stop in list_enclosed(text, _BEGIN, _ENDS):
        tag = _TAG.match(text, start, stop)
        name = tag.group(1) if tag is not None else ""
        if depth == 0:
            if name in _OPENING:
                depth, begin, closing = 1, start, _OPENING[name]
            elif name == "set":
                raise TemplateError("it sets variables of its own")
            else:
                pieces.append((start, stop))
        elif name and _OPENING.get(name) == closing:
            depth += 1
        elif name == closing:
            depth -= 1
            if depth == 0:
                pieces.append((begin, stop))
    if depth:
        raise TemplateError(f"a block without {closing}")
    return pieces


def work_out(source: str, variables: Mapping[str, Any]) -> str:
    """Return what a template comes to with these variables; a name that is missing is empty.

    Raises:
        TemplateError: it cannot be read, or asks for what is not there.
    """
    import jinja2

    from harness.importers.promptfoo.saying.sandbox import COUNTER, MOST_STEPS

    if len(source) > LONGEST:
        raise TemplateError("it is too long to be worked out")
    source = _TWO_NAMES.sub(r"\1 | pairs\2", source)
    out: list[str] = []
    length = 0
    try:
        for piece in (
            _open_sandbox().from_string(source).generate({**variables, COUNTER: [MOST_STEPS]})
        ):
            out.append(piece)
            length += len(piece)
            if length > LONGEST:
                break
    except jinja2.TemplateError as error:
        why = (str(error).splitlines() or ["no template"])[0]
        raise TemplateError(f"it cannot be worked out: {why}") from None
    except Exception as error:  # noqa: BLE001 - a stranger's template, in a sandbox
        raise TemplateError(f"it cannot be worked out: {type(error).__name__}") from None
    if length > LONGEST:
        raise TemplateError("what it comes to is too long")
    return "".join(out)


@cache
def _open_sandbox() -> ClosedSandbox:
    from harness.importers.promptfoo.saying.sandbox import make_sandbox

    return make_sandbox()


def resolve_nested(variables: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """Put variables into variables that name them, as promptfoo does before a prompt is made.

    Returns:
        The variables, and the names that others took in.
    """
    resolved = dict(variables)
    taken: set[str] = set()
    for _ in range(5):
        changed = False
        for name, value in resolved.items():
            if not isinstance(value, str) or ("{{" not in value and "{%" not in value):
                continue
            pieces = "".join(
                value[start:stop] for start, stop in list_enclosed(value, _BEGIN, _ENDS)
            )
            found = set(_WORD.findall(pieces)) & set(resolved) - {name}
            if not found:
                continue
            try:
                text = work_out(value, resolved)
            except TemplateError:
                continue
            taken |= found
            changed = changed or text != value
            resolved[name] = text
        if not changed:
            break
    return resolved, taken
