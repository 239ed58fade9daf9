"""Values that expressions of assertions stand for: a part of the reply, a variable, a constant."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from harness.importers.promptfoo.javascript.syntax import (
    NotSimpleError,
    field,
    list_arguments,
    read_number,
    read_pattern,
    read_source,
    read_string,
    strip,
)

if TYPE_CHECKING:
    from tree_sitter import Node as Tree

REPLY = ("output", "text")
"""Names that the reply has; ``json`` is the body of an application's answer."""
_PLAIN_KEY = re.compile(r"[^\W\d]\w*\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReplyPart:
    """The reply, or a part of it.

    Attributes:
        path: a JSONPath; "" is the text as it is.
        lowered: lower case.
        trimmed: without white space around it.
        counted: made a number, whatever it is.
    """

    path: str = ""
    lowered: bool = False
    trimmed: bool = False
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """A constant, or a variable of the test, written as ``{{name}}``."""

    value: Any
    is_variable: bool = False
    lowered: bool = False


@dataclass(frozen=True, slots=True)
class SearchPattern:
    """A regular expression."""

    text: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that is counted in a part: ``characters words lines items``."""

    of: ReplyPart
    what: str


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text divided into words or lines; ``filled`` without the empty ones."""

    of: ReplyPart
    what: str
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a part, as ``typeof`` tells it."""

    of: ReplyPart


Value = ReplyPart | Given | SearchPattern | Measure | Pieces | Kind
Scope = Mapping[str, "Tree"]
"""The expressions that names stand for."""


def read_value(  # noqa: C901, PLR0911 - a table reads downwards
    tree: Tree, scope: Scope
) -> Value:
    """Return what an expression stands for.

    Raises:
        NotSimpleError: it is none of the values that assertions know.
    """
    tree = strip(tree)
    match tree.type:
        case "identifier":
            return _read_name(read_source(tree), scope)
        case "string" | "template_string":
            return Given(read_string(tree).replace("\\{{", "{{"))
        case "number":
            return Given(read_number(read_source(tree)))
        case "true" | "false":
            return Given(tree.type == "true")
        case "null" | "undefined":
            return Given(None)
        case "regex":
            return SearchPattern(read_pattern(tree))
        case "array":
            return Given([_read_constant(child, scope) for child in tree.named_children])
        case "unary_expression":
            return _read_unary(tree, scope)
        case "member_expression" | "subscript_expression":
            return _read_member(tree, scope)
        case "call_expression":
            return _read_call(tree, scope)
        case "binary_expression" if read_source(field(tree, "operator")) in ("||", "??"):
            # A default for what is missing: `output || ''`.
            default = read_value(field(tree, "right"), scope)
            if default in (Given(""), Given(0), Given([])):
                return read_value(field(tree, "left"), scope)
    raise NotSimpleError(f"a {tree.type.replace('_', ' ')}")


def _read_name(name: str, scope: Scope) -> Value:
    if name in scope:
        bound = scope[name]
        return read_value(bound, {key: one for key, one in scope.items() if key != name})
    if name in REPLY:
        return ReplyPart()
    if name == "json":
        return ReplyPart("$")
    if name == "undefined":
        return Given(None)
    raise NotSimpleError(f"the name {name}")


def _read_constant(tree: Tree, scope: Scope) -> Any:
    found = read_value(tree, scope)
    if isinstance(found, Given):
        return found.value
    raise NotSimpleError("a list of what is no constant")


def _read_unary(tree: Tree, scope: Scope) -> Value:
    operator = read_source(field(tree, "operator"))
    below = read_value(field(tree, "argument"), scope)
    if operator == "typeof" and isinstance(below, ReplyPart):
        return Kind(below)
    if operator == "-" and isinstance(below, Given) and isinstance(below.value, (int, float)):
        return Given(-below.value)
    if operator == "+" and isinstance(below, ReplyPart):
        return replace(below, path=below.path or "$")
    raise NotSimpleError(f"the operator {operator}")


def _read_member(tree: Tree, scope: Scope) -> Value:
    variable = read_variable(tree)
    if variable is not None:
        return Given(f"{{{{{variable}}}}}", is_variable=True)
    owner = read_value(field(tree, "object"), scope)
    if tree.type == "member_expression":
        key = read_source(field(tree, "property"))
    else:
        index = read_value(field(tree, "index"), scope)
        if not isinstance(index, Given) or index.is_variable:
            raise NotSimpleError("an index that is no constant")
        key = index.value
    if key == "length":
        return _measure(owner)
    if isinstance(owner, ReplyPart):
        if owner.lowered or owner.trimmed:
            raise NotSimpleError("a field of a text")
        return ReplyPart(join_path(owner.path, key))
    raise NotSimpleError(f"the property {key}")


def _measure(owner: Value) -> Measure:
    match owner:
        case ReplyPart(path=""):
            return Measure(owner, "characters")
        case ReplyPart():
            return Measure(owner, "items")
        case Pieces(of=of, what=what, filled=filled):
            return Measure(of, f"filled {what}" if filled else what)
        case _:
            raise NotSimpleError("a length of what is no part of the reply")


def _refuse(what: str) -> Value:
    raise NotSimpleError(what)


def join_path(path: str, key: str | float) -> str:
    """Return the JSONPath of a field or an element beneath another one."""
    path = path or "$"
    if isinstance(key, int):
        return f"{path}[{key}]"
    text = str(key)
    if _PLAIN_KEY.match(text):
        return f"{path}.{text}"
    return f"{path}['{text}']".replace("\\", "\\\\")


def read_variable(tree: Tree) -> str | None:
    """Return the name of a variable of the test, as in ``context.vars.name``; None for others."""
    steps: list[str] = []
    while tree.type in ("member_expression", "subscript_expression"):
        if tree.type == "member_expression":
            steps.append(read_source(field(tree, "property")))
        else:
            index = strip(field(tree, "index"))
            if index.type != "string":
                return None
            steps.append(read_string(index))
        tree = strip(field(tree, "object"))
    if tree.type != "identifier":
        return None
    steps = [read_source(tree), *reversed(steps)]
    for start in (["context", "vars"], ["vars"], ["context", "test", "vars"]):
        if steps[: len(start)] == start and len(steps) > len(start):
            rest = steps[len(start) :]
            return ".".join(rest) if all(re.fullmatch(r"\w+", one) for one in rest) else None
    return None


def _read_call(tree: Tree, scope: Scope) -> Value:
    function = strip(field(tree, "function"))
    arguments = list_arguments(tree)
    source = read_source(function)
    if source in ("JSON.parse", "Number", "parseFloat", "parseInt") and arguments:
        below = read_value(arguments[0], scope)
        if isinstance(below, ReplyPart):
            return ReplyPart(below.path or "$", counted=source != "JSON.parse" and bool(below.path))
        if isinstance(below, Given):
            return below
    if source in ("String", "JSON.stringify") and len(arguments) == 1:
        below = read_value(arguments[0], scope)
        if source == "String" or isinstance(below, ReplyPart):
            return below
    if source == "Object.keys" and len(arguments) == 1:
        below = read_value(arguments[0], scope)
        if isinstance(below, ReplyPart):
            return ReplyPart(below.path or "$")
    if function.type != "member_expression":
        raise NotSimpleError(f"a call of {source[:40]}")
    method = read_source(field(function, "property"))
    owner = read_value(field(function, "object"), scope)
    return _call_method(owner, method, arguments, scope)


def _call_method(  # noqa: PLR0911 - a table reads downwards
    owner: Value, method: str, arguments: list[Tree], scope: Scope
) -> Value:
    if method == "toString":
        return owner
    if method in ("toLowerCase", "toLocaleLowerCase") and isinstance(owner, (ReplyPart, Given)):
        if isinstance(owner, Given) and not owner.is_variable and isinstance(owner.value, str):
            return Given(owner.value.lower())
        return replace(owner, lowered=True)
    if method in ("trim", "trimStart", "trimEnd"):
        if isinstance(owner, ReplyPart):
            return replace(owner, trimmed=True)
        if isinstance(owner, Given):
            return owner
    if method == "split" and isinstance(owner, ReplyPart) and len(arguments) == 1:
        by = read_value(arguments[0], scope)
        if by in (Given(" "), SearchPattern(r"\s+"), SearchPattern(" +"), SearchPattern(r"\s")):
            return Pieces(owner, "words")
        if by in (
            Given("\n"),
            SearchPattern(r"\n"),
            SearchPattern(r"\r?\n"),
            SearchPattern(r"\n+"),
        ):
            return Pieces(owner, "lines", filled=by == SearchPattern(r"\n+"))
    if method == "filter" and isinstance(owner, Pieces) and len(arguments) == 1:
        keeps = _keeps_what_is_filled(arguments[0])
        return replace(owner, filled=True) if keeps else _refuse("a filter")
    raise NotSimpleError(f"the method {method}")


def _keeps_what_is_filled(tree: Tree) -> bool:
    """Tell whether a filter keeps texts that are not empty, and nothing else."""
    source = re.sub(r"[\s()]", "", read_source(tree))
    return bool(
        source == "Boolean"
        or re.fullmatch(r"(\w+)=>\1(\.trim)?(\.length(>0|!==?0|>=1)?)?(!==?(''|\"\"))?", source)
    )
