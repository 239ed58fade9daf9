"""Single comparisons and searches -> single assertions."""

from __future__ import annotations

import math
import re
from typing import Any

from harness.importers.promptfoo.javascript.logic import (
    COUNTED,
    TRUTHY,
    Condition,
    all_of,
    any_of,
    negate,
)
from harness.importers.promptfoo.javascript.syntax import NotSimpleError
from harness.importers.promptfoo.javascript.values import (
    Given,
    Kind,
    Measure,
    ReplyPart,
    SearchPattern,
    Value,
)

TYPES = {"string", "number", "boolean", "object"}


def hold(value: Value, *, kind: str = "", exists: bool = False) -> Condition:
    """Return the condition that a value is there and not empty, or is of a kind of JSON's.

    Raises:
        NotSimpleError: it is no part of the reply.
    """
    if isinstance(value, Given) and not kind:
        if value.is_variable:
            raise NotSimpleError("a variable alone")
        return all_of([]) if value.value else any_of([])
    if isinstance(value, Measure) and not kind:
        return compare(value, ">", Given(0))
    if not isinstance(value, ReplyPart):
        raise NotSimpleError("a condition about no part of the reply")
    if kind:
        return _demand_type(value, kind)
    if not value.path:
        return Condition({"regex": r"\S" if value.trimmed else r"[\s\S]"})
    if value.path == "$":
        return Condition("is-json")
    there = {"json-path": {"path": value.path, "exists": True}}
    return Condition(there if exists else {**there, TRUTHY: True})


def _demand_type(part: ReplyPart, kind: str) -> Condition:
    if part.path in ("", "$"):
        schema = {"type": kind} if kind != "object" or part.path else None
        return Condition({"is-json": schema} if schema else "is-json")
    schema = {"type": kind}
    steps = re.findall(r"\.(\w+)|\[(\d+)\]|\['([^']*)'\]", part.path)
    for name, index, quoted in reversed(steps):
        if index:
            raise NotSimpleError("the type of an element")
        key = name or quoted
        schema = {"type": "object", "required": [key], "properties": {key: schema}}  # type: ignore[dict-item]
    return Condition({"is-json": schema})


def compare(left: Value, operator: str, right: Value) -> Condition:
    """Return the condition of a comparison.

    Raises:
        NotSimpleError: no assertion says it.
    """
    if operator in ("!==", "!="):
        return negate(compare(left, "===", right))
    equal = operator in ("===", "==")
    if isinstance(left, Kind) and isinstance(right, Given) and equal:
        return _compare_type(left.of, right.value)
    if isinstance(left, Measure) and isinstance(right, Given):
        return _compare_count(left, "===" if equal else operator, right)
    if not isinstance(left, ReplyPart) or not isinstance(right, Given):
        raise NotSimpleError("a comparison of two parts of the reply")
    if equal:
        return _compare_equal(left, right)
    path = left.path or "$"
    mark = {COUNTED: True} if left.counted else {}
    if operator in (">", "<"):
        bound = "at_most" if operator == ">" else "at_least"
        return negate(Condition({"json-path": {"path": path, bound: _read_bound(right)}, **mark}))
    bound = "at_least" if operator == ">=" else "at_most"
    return Condition({"json-path": {"path": path, bound: _read_bound(right)}, **mark})


def _read_bound(right: Given) -> Any:
    if right.is_variable or (
        isinstance(right.value, (int, float)) and not isinstance(right.value, bool)
    ):
        return right.value
    raise NotSimpleError("a bound that is no number")


def _compare_type(part: ReplyPart, kind: Any) -> Condition:
    if kind == "undefined" and part.path:
        return Condition({"json-path": {"path": part.path, "exists": False}})
    if kind == "string" and part.path in ("", "$"):
        return all_of([])  # a reply is a text
    if kind not in TYPES:
        raise NotSimpleError(f"the type {kind}")
    return _demand_type(part, kind)


def _compare_equal(part: ReplyPart, given: Given) -> Condition:
    value = given.value
    if value is None and not given.is_variable:
        if not part.path:
            raise NotSimpleError("a reply that is nothing")
        return Condition({"json-path": {"path": part.path, "exists": False}})
    if part.path:
        if part.lowered or part.trimmed:
            pattern = _match_whole([value], given, ignores_case=part.lowered)
            return Condition({"regex": pattern, "path": part.path})
        return Condition({"equals": value, "path": part.path})
    if part.lowered or part.trimmed:
        return Condition({"regex": _match_whole([value], given, ignores_case=part.lowered)})
    return Condition({"equals": value})


def _match_whole(values: list[Any], given: Given, *, ignores_case: bool) -> str:
    if given.is_variable:
        raise NotSimpleError("a variable in another case than it is written in")
    if ignores_case and any(isinstance(one, str) and one != one.lower() for one in values):
        raise NotSimpleError("a lower-case text that is compared with capitals, which never holds")
    texts = [re.escape(_write(one)).replace(r"\ ", " ") for one in values]
    body = texts[0] if len(texts) == 1 else f"(?:{'|'.join(texts)})"
    return f"{'(?i)' if ignores_case else ''}^\\s*{body}\\s*$"


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _compare_count(measure: Measure, operator: str, right: Given) -> Condition:
    value = right.value
    if right.is_variable or isinstance(value, bool) or not isinstance(value, int):
        if isinstance(value, float) and math.isfinite(value) and not right.is_variable:
            value = int(value) if operator in (">", "<=") else int(-(-value // 1))
        else:
            raise NotSimpleError("a count that is no whole number")
    low: int | None = None
    high: int | None = None
    match operator:
        case "===":
            low = high = value
        case ">":
            low = value + 1
        case ">=":
            low = value
        case "<":
            high = value - 1
        case _:
            high = value
    if low is not None and low <= 0:
        low = None if high is None else 0
    if low is None and high is None:
        return all_of([])
    if high is not None and high < 0:
        return any_of([])
    return _write_count(measure, low, high)


def _write_count(measure: Measure, low: int | None, high: int | None) -> Condition:
    bounds = {"min": low, "max": high}
    kept = {key: bound for key, bound in bounds.items() if bound is not None}
    exact: Any = low if low == high else kept
    match measure.what:
        case "characters":
            return Condition({"char-count": exact})
        case "words" | "filled words" if not measure.of.path:
            return Condition({"word-count": exact})
        case "items":
            names = {"min": "at_least", "max": "at_most"}
            length = low if low == high else {names[key]: one for key, one in kept.items()}
            return Condition({"json-path": {"path": measure.of.path, "length": length}})
        case "lines" | "filled lines" if not measure.of.path:
            return Condition({"regex": _match_lines(measure, low, high)})
    raise NotSimpleError("a count of parts of a field")


def _match_lines(measure: Measure, low: int | None, high: int | None) -> str:
    """Return the pattern of a text of so many lines."""
    least = max(0, (low or 0) - 1)
    most = "" if high is None else str(max(0, high - 1))
    times = f"{{{least}}}" if str(least) == most else f"{{{least},{most}}}"
    if measure.what == "filled lines":
        return rf"\A\s*\S[^\n]*(?:\n\s*\S[^\n]*){times}\s*\Z"
    space = r"\s*" if measure.of.trimmed else ""
    return rf"\A{space}[^\n]*(?:\n[^\n]*){times}{space}\Z"


def search(owner: Value, method: str, argument: Value) -> Condition:
    """Return the condition that something is found in a part of the reply.

    Args:
        owner: what is looked into; also a constant list that is asked for a part of the reply.
        method: ``includes``, ``startsWith``, ``endsWith``, ``match`` or ``test``.
        argument: what is looked for.

    Raises:
        NotSimpleError: no assertion says it.
    """
    if (
        isinstance(owner, Given)
        and isinstance(owner.value, list)
        and isinstance(argument, ReplyPart)
    ):
        return _find_in_list(owner, argument)
    if not isinstance(owner, ReplyPart):
        raise NotSimpleError(f"{method} on what is no part of the reply")
    if isinstance(argument, SearchPattern):
        pattern = argument.text
        if owner.lowered and not pattern.startswith("(?"):
            pattern = f"(?i){pattern}"
        beside = {"path": owner.path} if owner.path else {}
        return Condition({"regex": pattern, **beside})
    if not isinstance(argument, Given) or isinstance(argument.value, (list, dict)):
        raise NotSimpleError(f"{method} of what is no constant")
    text = _write(argument.value)
    if owner.lowered and not argument.is_variable and text != text.lower():
        raise NotSimpleError("a lower-case text that is searched for capitals, which never holds")
    if method == "includes":
        if owner.path:
            return _find_in_field(owner, argument, text)
        return Condition({"icontains" if owner.lowered else "contains": text})
    if method in ("startsWith", "endsWith"):
        name = "starts-with" if method == "startsWith" else "ends-with"
        if not owner.lowered and not owner.trimmed:
            beside = {"path": owner.path} if owner.path else {}
            return Condition({name: text, **beside})
        if argument.is_variable:
            raise NotSimpleError("a variable in another case than it is written in")
        body = re.escape(text).replace(r"\ ", " ")
        case = "(?i)" if owner.lowered else ""
        pattern = f"{case}^\\s*{body}" if method == "startsWith" else f"{case}{body}\\s*$"
        return Condition({"regex": pattern, **({"path": owner.path} if owner.path else {})})
    raise NotSimpleError(f"the method {method}")


def _find_in_field(owner: ReplyPart, argument: Given, text: str) -> Condition:
    if owner.lowered:
        return Condition({"icontains": text, "path": owner.path})
    value = argument.value
    return Condition({"json-path": {"path": owner.path, "contains": value}})


def _find_in_list(owner: Given, part: ReplyPart) -> Condition:
    if not owner.value:
        return any_of([])
    if part.path and not part.lowered and not part.trimmed:
        return any_of([Condition({"equals": one, "path": part.path}) for one in owner.value])
    pattern = _match_whole(list(owner.value), owner, ignores_case=part.lowered)
    if not part.trimmed:
        pattern = pattern.replace(r"\s*", "", 1).removesuffix(r"\s*$") + "$"
    return Condition({"regex": pattern, **({"path": part.path} if part.path else {})})
