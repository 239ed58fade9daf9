"""Conditions of JavaScript -> assertions of a spec."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.importers.promptfoo.javascript.comparing import compare, hold, search
from harness.importers.promptfoo.javascript.elements import write_filter
from harness.importers.promptfoo.javascript.logic import (
    Condition,
    all_of,
    any_of,
    negate,
    so_many_of,
)
from harness.importers.promptfoo.javascript.syntax import (
    NotSimpleError,
    field,
    iterate_statements,
    list_arguments,
    parse_code,
    read_source,
    strip,
)
from harness.importers.promptfoo.javascript.values import (
    Given,
    ReplyPart,
    Scope,
    SearchPattern,
    read_value,
)

if TYPE_CHECKING:
    from tree_sitter import Node as Tree

TURNED = {
    "===": "===",
    "==": "==",
    "!==": "!==",
    "!=": "!=",
    ">": "<",
    "<": ">",
    ">=": "<=",
    "<=": ">=",
}
ALWAYS, NEVER = all_of([]), any_of([])


@dataclass(slots=True)
class CodeReader:
    """Reads one piece of code.

    Attributes:
        keeps_score: False where the code gives a score of its own, which an assertion has not.
    """

    keeps_score: bool = True

    def read(self, code: str) -> Condition:
        """Return the condition under which a piece of code is content with a reply.

        Raises:
            NotSimpleError: it is more than comparisons.
        """
        tree = parse_code(code)
        if tree.type == "function_declaration":
            return self._read_body(list(iterate_statements(field(tree, "body"))), {})
        tree = strip(tree)
        if tree.type in ("arrow_function", "function_expression", "function"):
            return self._read_function(tree, {})
        return self.read_condition(tree, {})

    def _read_function(self, tree: Tree, scope: Scope) -> Condition:
        body = field(tree, "body")
        if body.type == "statement_block":
            return self._read_body(list(iterate_statements(body)), scope)
        return self.read_condition(body, scope)

    # --- statements

    def _read_body(  # noqa: PLR0911 - a table reads downwards
        self, statements: Sequence[Tree], scope: Scope
    ) -> Condition:
        if not statements:
            return NEVER  # nothing is returned, which is no pass
        first, rest = statements[0], statements[1:]
        match first.type:
            case "return_statement":
                returned = [one for one in first.named_children if one.type != "comment"]
                return self.read_condition(returned[0], scope) if returned else NEVER
            case "lexical_declaration" | "variable_declaration":
                bound = dict(scope)
                for one in first.named_children:
                    if one.type == "variable_declarator":
                        name = field(one, "name")
                        if name.type != "identifier":
                            raise NotSimpleError("names that are taken apart")
                        bound[read_source(name)] = field(one, "value")
                return self._read_body(rest, bound)
            case "if_statement":
                return self._read_if(first, rest, scope)
            case "try_statement":
                inside = list(iterate_statements(field(first, "body")))
                return self._read_body([*inside, *rest], scope)
            case "statement_block":
                return self._read_body([*iterate_statements(first), *rest], scope)
            case "expression_statement" if read_source(first).startswith("console."):
                return self._read_body(rest, scope)
        raise NotSimpleError(f"a {first.type.replace('_', ' ')}")

    def _read_if(self, tree: Tree, rest: Sequence[Tree], scope: Scope) -> Condition:
        condition = self.read_condition(field(tree, "condition"), scope)
        then = self._read_body([*_open(field(tree, "consequence")), *rest], scope)
        other = tree.child_by_field_name("alternative")
        otherwise = [] if other is None else _open(other.named_children[0])
        return _choose(condition, then, self._read_body([*otherwise, *rest], scope))

    # --- expressions

    def read_condition(  # noqa: PLR0911 - a table reads downwards
        self, tree: Tree, scope: Scope
    ) -> Condition:
        """Return the condition that an expression stands for.

        Raises:
            NotSimpleError: it is no condition.
        """
        tree = strip(tree)
        match tree.type:
            case "true":
                return ALWAYS
            case "false" | "null" | "undefined":
                return NEVER
            case "number":
                return ALWAYS if read_source(tree).strip("0.") else NEVER
            case "binary_expression":
                return self._read_binary(tree, scope)
            case "unary_expression" if read_source(field(tree, "operator")) == "!":
                return negate(self.read_condition(field(tree, "argument"), scope))
            case "ternary_expression":
                return _choose(
                    self.read_condition(field(tree, "condition"), scope),
                    self._read_branch(field(tree, "consequence"), scope),
                    self._read_branch(field(tree, "alternative"), scope),
                )
            case "object":
                return self._read_verdict(tree, scope)
            case "call_expression":
                return self._read_call(tree, scope)
            case "identifier" if read_source(tree) in scope:
                name = read_source(tree)
                below = {key: one for key, one in scope.items() if key != name}
                return self.read_condition(scope[name], below)
        return hold(read_value(tree, scope))

    def _read_branch(self, tree: Tree, scope: Scope) -> Condition:
        number = read_source(strip(tree))
        if re.fullmatch(r"0?\.\d+", number):
            raise NotSimpleError("a score between 0 and 1")
        return self.read_condition(tree, scope)

    def _read_binary(self, tree: Tree, scope: Scope) -> Condition:
        operator = read_source(field(tree, "operator"))
        left, right = field(tree, "left"), field(tree, "right")
        if operator in ("&&", "||"):
            parts = [self.read_condition(left, scope), self.read_condition(right, scope)]
            return all_of(parts) if operator == "&&" else any_of(parts)
        if operator == "in":
            key, owner = read_value(left, scope), read_value(right, scope)
            if isinstance(key, Given) and isinstance(owner, ReplyPart):
                return hold(ReplyPart(f"{owner.path or '$'}.{key.value}"), exists=True)
        if operator not in TURNED:
            raise NotSimpleError(f"the operator {operator}")
        found = self._read_share(left, operator, right, scope)
        found = found or self._read_search(left, operator, right, scope)
        if found is not None:
            return found
        first, second = read_value(left, scope), read_value(right, scope)
        if isinstance(first, Given) and not isinstance(second, Given):
            first, second, operator = second, first, TURNED[operator]
        return compare(first, operator, second)

    def _read_search(
        self, left: Tree, operator: str, right: Tree, scope: Scope
    ) -> Condition | None:
        """Read a comparison with what a search found: `indexOf(x) !== -1`, `match(x) !== null`."""
        call, against = strip(left), read_source(strip(right))
        if call.type != "call_expression":
            return None
        method = read_source(strip(field(call, "function"))).rpartition(".")[2]
        if method in ("indexOf", "search") and (operator.rstrip("="), against) in {
            ("!", "-1"), (">", "-1"), (">", "0"), ("", "-1"), ("<", "0")
        }:  # fmt: skip
            found = self._search(call, "includes" if method == "indexOf" else "match", scope)
            return negate(found) if operator in ("===", "==", "<") else found
        if method in ("match", "test", "includes") and against in ("null", "true", "false"):
            found = self.read_condition(call, scope)
            missing = (operator[0] == "=") == (against != "true")
            return negate(found) if missing else found
        return None

    # --- calls

    def _read_call(  # noqa: PLR0911 - a table reads downwards
        self, tree: Tree, scope: Scope
    ) -> Condition:
        function = strip(field(tree, "function"))
        arguments = list_arguments(tree)
        source = read_source(function)
        if source == "Boolean" and len(arguments) == 1:
            return self.read_condition(arguments[0], scope)
        if source == "Array.isArray" and len(arguments) == 1:
            return hold(read_value(arguments[0], scope), kind="array")
        if source in ("isNaN", "Number.isNaN") and len(arguments) == 1:
            return negate(hold(read_value(arguments[0], scope), kind="number"))
        if source == "Number.isInteger" and len(arguments) == 1:
            return hold(read_value(arguments[0], scope), kind="integer")
        if function.type == "member_expression":
            method = read_source(field(function, "property"))
            if method in ("some", "every") and len(arguments) == 1:
                return self._read_each(function, method, arguments[0], scope)
            if method in ("includes", "startsWith", "endsWith", "match", "test"):
                return self._search(tree, method, scope)
            if method == "hasOwnProperty" and len(arguments) == 1:
                owner = read_value(field(function, "object"), scope)
                key = read_value(arguments[0], scope)
                if isinstance(owner, ReplyPart) and isinstance(key, Given):
                    return hold(ReplyPart(f"{owner.path or '$'}.{key.value}"), exists=True)
        if source == "JSON.parse":
            return hold(read_value(tree, scope))
        raise NotSimpleError(f"a call of {source[:40]}")

    def _search(self, call: Tree, method: str, scope: Scope) -> Condition:
        function = strip(field(call, "function"))
        arguments = list_arguments(call)
        if function.type != "member_expression" or len(arguments) != 1:
            raise NotSimpleError(f"a call of {method}")
        owner = read_value(field(function, "object"), scope)
        argument = read_value(arguments[0], scope)
        if method == "test":
            owner, argument = argument, owner
        if method in ("match", "test") and isinstance(argument, Given):
            argument = SearchPattern(str(argument.value))
        return search(owner, method, argument)

    def _read_each(self, function: Tree, method: str, body: Tree, scope: Scope) -> Condition:
        """Read `['a', 'b'].some(word => output.includes(word))`: the list is a constant."""
        array = field(function, "object")
        owner = read_value(array, scope)
        name, body = _open_function(body)
        if isinstance(owner, ReplyPart) and not owner.lowered and not owner.trimmed:
            path, test = owner.path or "$", write_filter(body, name)
            if method == "some":
                return hold(ReplyPart(f"{path}[?{test}]"), exists=True)
            there = Condition({"json-path": {"path": path, "exists": True}})
            return all_of([there, negate(hold(ReplyPart(f"{path}[?!({test})]"), exists=True))])
        found = self._read_elements(array, name, body, scope)
        return any_of(found) if method == "some" else all_of(found)

    def _read_elements(self, array: Tree, name: str, body: Tree, scope: Scope) -> list[Condition]:
        """Read a function of each element of a list of constants."""
        array = strip(array)
        while array.type == "identifier" and read_source(array) in scope:
            array = strip(scope[read_source(array)])
        if array.type != "array":
            raise NotSimpleError("elements of what is no constant")
        elements = [one for one in array.named_children if one.type != "comment"]
        return [self.read_condition(body, {**scope, name: one}) for one in elements]

    def _read_share(  # noqa: PLR0911 - each return is another shape
        self, left: Tree, operator: str, right: Tree, scope: Scope
    ) -> Condition | None:
        """Read `['a', 'b'].filter(word => …).length >= 1`: so many of them."""
        counted, wanted = _open_name(left, scope), read_source(strip(right))
        if counted.type != "member_expression" or not wanted.isdecimal():
            return None
        if read_source(field(counted, "property")) != "length":
            return None
        call = _open_name(field(counted, "object"), scope)
        function = strip(field(call, "function")) if call.type == "call_expression" else call
        if function.type != "member_expression" or len(list_arguments(call)) != 1:
            return None
        if read_source(field(function, "property")) != "filter":
            return None
        array = _open_name(field(function, "object"), scope)
        if array.type != "array":
            return None
        name, body = _open_function(list_arguments(call)[0])
        found = self._read_elements(array, name, body, scope)
        least = int(wanted) + (1 if operator == ">" else 0)
        if operator not in (">", ">=") or not 0 < least <= len(found):
            raise NotSimpleError("a number of elements")
        if least in (1, len(found)):
            return any_of(found) if least == 1 else all_of(found)
        return so_many_of(found, least)

    def _read_verdict(self, tree: Tree, scope: Scope) -> Condition:
        """Read a returned `{pass, score, reason}`."""
        parts: dict[str, Any] = {}
        for pair in tree.named_children:
            if pair.type == "pair":
                parts[read_source(field(pair, "key")).strip("'\"")] = field(pair, "value")
            elif pair.type == "shorthand_property_identifier":
                parts[read_source(pair)] = scope.get(read_source(pair))
        passes = parts.get("pass")
        if passes is None:
            raise NotSimpleError("a result without `pass`")
        score = parts.get("score")
        if score is not None and score.type not in ("number", "ternary_expression"):
            self.keeps_score = False
        return self.read_condition(passes, scope)


def _open_name(tree: Tree, scope: Scope) -> Tree:
    """Return what a name stands for."""
    tree = strip(tree)
    while tree.type == "identifier" and read_source(tree) in scope:
        tree = strip(scope[read_source(tree)])
    return tree


def _open_function(tree: Tree) -> tuple[str, Tree]:
    """Return the name of the one parameter of a function, and the expression that it returns."""
    tree = strip(tree)
    name = tree.child_by_field_name("parameter") or tree.child_by_field_name("parameters")
    if tree.type != "arrow_function" or name is None:
        raise NotSimpleError("a function of elements")
    body = field(tree, "body")
    if body.type == "statement_block":
        statements = list(iterate_statements(body))
        if len(statements) != 1 or statements[0].type != "return_statement":
            raise NotSimpleError("a function of several statements")
        body = statements[0].named_children[0]
    return read_source(name).strip("()"), body


def _open(tree: Tree) -> list[Tree]:
    return list(iterate_statements(tree)) if tree.type == "statement_block" else [tree]


def _choose(  # noqa: PLR0911 - a table reads downwards
    condition: Condition, then: Condition, otherwise: Condition
) -> Condition:
    """Return `condition ? then : otherwise` as a condition."""
    if then == ALWAYS and otherwise == NEVER:
        return condition
    if then == NEVER and otherwise == ALWAYS:
        return negate(condition)
    if then == ALWAYS:
        return any_of([condition, otherwise])
    if then == NEVER:
        return all_of([negate(condition), otherwise])
    if otherwise == NEVER:
        return all_of([condition, then])
    if otherwise == ALWAYS:
        return any_of([negate(condition), then])
    return any_of([all_of([condition, then]), all_of([negate(condition), otherwise])])
