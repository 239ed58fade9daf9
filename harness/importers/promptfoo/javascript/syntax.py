"""The syntax tree of a piece of JavaScript, as far as assertions need it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node as Tree
    from tree_sitter import Parser

LONGEST = 20_000


class NotSimpleError(Exception):
    """Code that is no comparison; the text says what there is in it that is none, in a clause."""


@cache
def _make_parser() -> Parser:
    import tree_sitter_javascript
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_javascript.language()))


def parse_code(code: str) -> Tree:
    """Return the tree of an expression or of the body of a function.

    Raises:
        NotSimpleError: it is no JavaScript, or too long.
    """
    if len(code) > LONGEST:
        raise NotSimpleError("it is too long")
    for text in (f"({code.strip().rstrip(';')})", f"function check() {{{code}\n}}"):
        tree = _make_parser().parse(text.encode("utf-8", "replace"))
        if not tree.root_node.has_error:
            statement = tree.root_node.named_children
            if len(statement) == 1:
                return statement[0]
    raise NotSimpleError("it is no JavaScript that can be read")


def read_source(tree: Tree) -> str:
    """Return the text of a part of the tree."""
    return (tree.text or b"").decode("utf-8", "replace")


def strip(tree: Tree) -> Tree:
    """Return what stands inside of parentheses, of `await`, and of an expression statement."""
    while tree.type in ("parenthesized_expression", "expression_statement", "await_expression"):
        inside = [child for child in tree.named_children if child.type != "comment"]
        if len(inside) != 1:
            raise NotSimpleError("parentheses that hold several things")
        tree = inside[0]
    return tree


def field(tree: Tree, name: str) -> Tree:
    """Return a part of a construct by its name.

    Raises:
        NotSimpleError: it has no such part.
    """
    found = tree.child_by_field_name(name)
    if found is None:
        raise NotSimpleError(f"a {tree.type.replace('_', ' ')}")
    return found


def list_arguments(call: Tree) -> list[Tree]:
    """List the arguments of a call."""
    found = call.child_by_field_name("arguments")
    if found is None or found.type != "arguments":
        return []
    return [child for child in found.named_children if child.type != "comment"]


def iterate_statements(body: Tree) -> Iterator[Tree]:
    """Yield the statements of a block, comments apart."""
    for child in body.named_children:
        if child.type not in ("comment", "empty_statement"):
            yield child


def read_string(tree: Tree) -> str:
    """Return the value of a text between quotes.

    Raises:
        NotSimpleError: it is a template with expressions in it.
    """
    text = read_source(tree)
    if tree.type == "template_string":
        if any(child.type == "template_substitution" for child in tree.named_children):
            raise NotSimpleError("a template with expressions in it")
        return text[1:-1].replace("\\`", "`").replace("\\n", "\n").replace("\\\\", "\\")
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        found = text[1:-1]
    return found if isinstance(found, str) else text[1:-1]


def read_number(text: str) -> float | int:
    """Return the value of a number.

    Raises:
        NotSimpleError: it is of a form that JSON has not.
    """
    try:
        found = json.loads(text.replace("_", ""))
    except ValueError:
        raise NotSimpleError(f"the number {text}") from None
    if not isinstance(found, (int, float)):
        raise NotSimpleError(f"the number {text}")
    return found


def read_pattern(tree: Tree) -> str:
    """Return a regular expression with its flags in front, as the `regex` assertion has it.

    Raises:
        NotSimpleError: a flag means nothing there.
    """
    text = read_source(tree)
    match = re.fullmatch(r"/(.*)/([a-z]*)", text, re.DOTALL)
    if match is None:
        raise NotSimpleError("a pattern that cannot be read")
    pattern, flags = match.groups()
    kept = "".join(flag for flag in "ims" if flag in flags)
    pattern = pattern.replace("\\/", "/")
    return f"(?{kept}){pattern}" if kept else pattern
