"""A javascript assertion -> assertions of a spec, or the reason why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.importers.promptfoo.javascript.conditions import CodeReader
from harness.importers.promptfoo.javascript.logic import COUNTED, TRUTHY, negate, write_condition
from harness.importers.promptfoo.javascript.syntax import NotSimpleError, parse_code, strip
from harness.importers.promptfoo.javascript.values import ReplyPart, read_value

LONGEST = 5_000
"""Characters of code that is looked into; what people write in an assertion has some hundred."""


@dataclass(frozen=True, slots=True)
class Translated:
    """The outcome of a javascript assertion.

    Attributes:
        assertions: in their short form, all of which must hold; None where it is code.
        reason: why it is left out, a clause; "" where it is not.
        keeps_score: False where the code gave a score of its own.
        is_loose: True where a field only has to be there, and in JavaScript it may not be empty.
        wants_number: True where a number in quotes would do in JavaScript, and does not here.
    """

    assertions: list[dict[str, Any] | str] | None
    reason: str = ""
    keeps_score: bool = True
    is_loose: bool = False
    wants_number: bool = False


def translate(code: str, *, negated: bool = False, base: str = "") -> Translated:
    """Translate the code of an assertion; it is parsed and never run.

    Args:
        code: an expression, a function, or the body of one.
        negated: True where the assertion holds when the code is not content.
        base: the JSONPath of what `output` is there, after a transform; "" for the reply itself.
    """
    if len(code) > LONGEST:
        return Translated(None, "real code (it is long)")
    reader = CodeReader()
    try:
        condition = reader.read(code)
        if negated:
            condition = negate(condition)
        if condition.one is None and not condition.parts:
            verdict = "holds for every reply" if condition.needs_all else "holds for no reply"
            if condition.needs_all:
                return Translated([], keeps_score=reader.keeps_score)
            return Translated(None, f"it {verdict}")
        found = [_move(one, base) for one in write_condition(condition)]
        loose = [_drop_mark(one, TRUTHY) for one in found]
        counted = [_drop_mark(one, COUNTED) for one in found]
        return Translated(found, "", reader.keeps_score, any(loose), any(counted))
    except NotSimpleError as found:
        return Translated(None, f"real code ({found})")
    except RecursionError:
        return Translated(None, "real code (nested too deep)")


def _move(assertion: Any, base: str) -> Any:
    """Return an assertion about a part of the reply in the place of the whole of it."""
    if not base:
        return assertion
    if isinstance(assertion, str):
        return {"type": assertion, "path": base}
    inside = assertion.get("assert-set")
    if isinstance(inside, dict):
        return {"assert-set": {**inside, "assert": [_move(one, base) for one in inside["assert"]]}}
    name = next(iter(assertion))
    if name.removeprefix("not-") == "json-path":
        below = assertion[name]
        return {**assertion, name: {**below, "path": base + below["path"].removeprefix("$")}}
    return {**assertion, "path": base + str(assertion.get("path", "$")).removeprefix("$")}


def _drop_mark(assertion: Any, mark: str) -> bool:
    """Take a mark out of an assertion and those in it; tell whether there was one."""
    if not isinstance(assertion, dict):
        return False
    inside = assertion.get("assert-set")
    below = [_drop_mark(one, mark) for one in inside["assert"]] if isinstance(inside, dict) else []
    return bool(assertion.pop(mark, False)) or any(below)


def read_path(code: str, base: str = "") -> str | None:
    """Return the JSONPath that an expression such as ``JSON.parse(output).name`` stands for.

    "" stands for the reply as it is; None where the expression is more than a path. ``base`` is
    the path of what `output` is there already.
    """
    if len(code) > LONGEST:
        return None
    try:
        tree = strip(parse_code(code))
        if tree.type in ("arrow_function", "function_expression"):
            body = tree.child_by_field_name("body")
            if body is None or body.type == "statement_block":
                return None
            tree = strip(body)
        found = read_value(tree, {})
    except (NotSimpleError, RecursionError):
        return None
    if not isinstance(found, ReplyPart) or found.lowered:
        return None
    return base + found.path.removeprefix("$") if base else found.path
