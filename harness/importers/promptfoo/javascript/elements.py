"""Conditions on the elements of a list in the reply -> filters of a JSONPath (RFC 9535)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from harness.importers.promptfoo.javascript.syntax import (
    NotSimpleError,
    field,
    list_arguments,
    read_pattern,
    read_source,
    read_string,
    strip,
)

if TYPE_CHECKING:
    from tree_sitter import Node as Tree

_SAME = {
    "===": "==",
    "==": "==",
    "!==": "!=",
    "!=": "!=",
    ">": ">",
    "<": "<",
    ">=": ">=",
    "<=": "<=",
}
_PLAIN = re.compile(r"[^\W\d]\w*\Z", re.ASCII)


def write_filter(tree: Tree, name: str) -> str:
    """Return the filter that holds for an element where a condition in JavaScript does.

    Args:
        tree: the condition.
        name: the name that the element has in it.

    Raises:
        NotSimpleError: no filter says it.
    """
    tree = strip(tree)
    match tree.type:
        case "binary_expression":
            operator = read_source(field(tree, "operator"))
            left, right = field(tree, "left"), field(tree, "right")
            if operator in ("&&", "||"):
                return f"({write_filter(left, name)} {operator} {write_filter(right, name)})"
            if operator in _SAME:
                return f"{_write_side(left, name)} {_SAME[operator]} {_write_side(right, name)}"
        case "unary_expression" if read_source(field(tree, "operator")) == "!":
            return f"!({write_filter(field(tree, 'argument'), name)})"
        case "call_expression":
            return _write_search(tree, name)
        case "member_expression" | "subscript_expression":
            return _write_query(tree, name)
        case _:
            pass
    raise NotSimpleError(f"a {tree.type.replace('_', ' ')} about elements")


def _write_search(call: Tree, name: str) -> str:
    function, arguments = strip(field(call, "function")), list_arguments(call)
    if function.type != "member_expression" or len(arguments) != 1:
        raise NotSimpleError("a call about elements")
    method, owner = read_source(field(function, "property")), strip(field(function, "object"))
    argument = strip(arguments[0])
    lowered = False
    while owner.type == "call_expression":
        inner = strip(field(owner, "function"))
        if inner.type != "member_expression" or list_arguments(owner):
            raise NotSimpleError("a call about elements")
        change = read_source(field(inner, "property"))
        if change not in ("toLowerCase", "trim", "toString"):
            raise NotSimpleError(f"the method {change} about elements")
        lowered = lowered or change == "toLowerCase"
        owner = strip(field(inner, "object"))
    if method == "test" and owner.type == "regex":
        return f"search({_write_query(argument, name)}, {json.dumps(read_pattern(owner))})"
    if method not in ("includes", "startsWith", "endsWith") or argument.type != "string":
        raise NotSimpleError(f"the method {method} about elements")
    pattern = _escape(read_string(argument), ignores_case=lowered)
    query = _write_query(owner, name)
    if method == "includes":
        return f"search({query}, {json.dumps(pattern, ensure_ascii=False)})"
    whole = f"{pattern}(.|\\n)*" if method == "startsWith" else f"(.|\\n)*{pattern}"
    return f"match({query}, {json.dumps(whole, ensure_ascii=False)})"


def _escape(text: str, *, ignores_case: bool) -> str:
    """Return a text as a pattern of RFC 9485, which has no flags."""
    if ignores_case and text != text.lower():
        raise NotSimpleError("a lower-case text that is searched for capitals, which never holds")
    out = []
    for one in text:
        if ignores_case and one.lower() != one.upper():
            out.append(f"[{one}{one.upper()}]" if len(one.upper()) == 1 else one)
        else:
            out.append(f"\\{one}" if one in ".\\?*+{}()[]|^$-" else one)
    return "".join(out)


def _write_side(tree: Tree, name: str) -> str:
    tree = strip(tree)
    source = read_source(tree)
    if tree.type == "string":
        return json.dumps(read_string(tree), ensure_ascii=False)
    if tree.type in ("number", "true", "false", "null"):
        return source
    if tree.type == "member_expression" and read_source(field(tree, "property")) == "length":
        return f"length({_write_query(field(tree, 'object'), name)})"
    return _write_query(tree, name)


def _write_query(tree: Tree, name: str) -> str:
    tree = strip(tree)
    if tree.type == "identifier" and read_source(tree) == name:
        return "@"
    if tree.type == "member_expression":
        key = read_source(field(tree, "property"))
        if _PLAIN.match(key) and key != "length":
            return f"{_write_query(field(tree, 'object'), name)}.{key}"
    if tree.type == "subscript_expression":
        index = strip(field(tree, "index"))
        owner = _write_query(field(tree, "object"), name)
        if index.type == "number":
            return f"{owner}[{read_source(index)}]"
        if index.type == "string" and "'" not in read_string(index):
            return f"{owner}['{read_string(index)}']"
    raise NotSimpleError(f"{read_source(tree)[:40]} about elements")
