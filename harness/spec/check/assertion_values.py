"""Checks of the values, thresholds and patterns beside the name of an assertion."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from harness.spec.check.json_schemas import check_schema
from harness.spec.check.patterns import check_path, check_pattern
from harness.spec.document import walk
from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.template import find_names as template_names
from harness.spec.document.words import join_names, quote
from harness.spec.model.assertion_forms import (
    COMPARISONS,
    DATABASES,
    FINISH_REASONS,
    SKIP,
    AssertionForm,
    AssertionForms,
)
from harness.spec.parse.decode import describe


def check(root: Node, assertions: list[Node], problems: Problems, forms: AssertionForms) -> None:
    """Note values that an assertion cannot use, and patterns that are none."""
    for assertion in assertions:
        name = walk.read_kind(assertion)
        if name != SKIP and name in forms:
            _check_assertion(assertion, name, forms[name], problems)
    replies = root.at("simulator", "replies")
    for rule in replies.elements if replies is not None else []:
        match = rule.at("match")
        if match is not None:
            check_pattern(match, problems)


def _check_assertion(assertion: Node, name: str, form: AssertionForm, problems: Problems) -> None:
    value = assertion.at("value")
    if value is not None and value.value is None and form.value != "any":
        value = None
    path = assertion.at("path")
    if path is not None:
        check_path(path, problems)
    if form.value == "parts":
        _check_share(assertion.at("threshold"), name, problems)
    if form.short_threshold:
        _check_threshold(assertion, name, value, problems)
    elif value is None:
        if form.value_required:
            hint = f"for example `- {name}: …`"
            problems.error(
                "H312", assertion.key_span("type"), f"{quote(name)} needs a value", hint=hint
            )
    elif form.value == "none":
        problems.error("H312", value.span, f"{quote(name)} takes no value")
    else:
        _VALUES[form.value](assertion, name, value, problems)


def _check_threshold(assertion: Node, name: str, value: Node | None, problems: Problems) -> None:
    threshold = assertion.at("threshold")
    span = assertion.key_span("type")
    if value is not None:
        hint = f"{{type: {name}, threshold: …}}, or short: `{name}: …`"
        problems.error("H312", value.span, f"{quote(name)} takes a threshold", hint=hint)
    elif threshold is None or threshold.value is None:
        weight = assertion.at("weight")
        measures = weight is not None and weight.value == 0
        if not measures:
            hint = f"`- {name}: NUMBER`; with `weight: 0` it measures without deciding"
            problems.error("H312", span, f"{quote(name)} needs a threshold", hint=hint)
    elif _is_number(threshold) and threshold.value < 0:
        problems.error("H312", threshold.span, f"the threshold of {quote(name)} is negative")


def _check_share(threshold: Node | None, name: str, problems: Problems) -> None:
    """A mean of scores is compared with it, and those are from 0 to 1."""
    if threshold is not None and _is_number(threshold) and not 0 <= threshold.value <= 1:
        summary = f"the threshold of {quote(name)} is a mean score, from 0 to 1"
        problems.error("H312", threshold.span, summary)


def _is_number(node: Node) -> bool:
    return isinstance(node.value, (int, float)) and not isinstance(node.value, bool)


# --- kinds of values ------------------------------------------------------------------------------


def _check_text(assertion: Node, name: str, value: Node, problems: Problems) -> None:
    del assertion
    if value.text is not None or _reads_the_same(value):
        return
    if value.raw is not None:
        text = value.raw or "nothing"
        summary = f'expected a string, got {text}: quote it: "{value.raw}"'
        problems.error("H204", value.span, summary)
    else:
        problems.error("H312", value.span, f"{quote(name)} wants a text, got {describe(value)}")


def _reads_the_same(value: Node) -> bool:
    """Return True where a number is written as it is read: 42 is "42", but 1.10 is not "1.1"."""
    return _is_number(value) and value.raw in (None, str(value.value))


def _check_texts(assertion: Node, name: str, value: Node, problems: Problems) -> None:
    if not isinstance(value.value, list):
        _check_text(assertion, name, value, problems)
        return
    if not value.elements:
        problems.error("H312", value.span, f"{quote(name)} wants at least one text")
    for element in value.elements:
        _check_text(assertion, name, element, problems)


def _check_regex(assertion: Node, name: str, value: Node, problems: Problems) -> None:
    if value.text is None:
        _check_text(assertion, name, value, problems)
    elif not template_names(value.text):
        check_pattern(value, problems)


def _check_words(assertion: Node, name: str, value: Node, problems: Problems) -> None:
    del assertion
    if isinstance(value.value, int) and not isinstance(value.value, bool):
        return
    if value.text is not None and template_names(value.text):
        return
    bounds = value.items
    if not bounds or not set(bounds) <= {"min", "max"}:
        hint = f"`- {name}: 10` or `- {name}: {{min: 5, max: 50}}`"
        problems.error("H312", value.span, f"{quote(name)} wants a count, or bounds", hint=hint)
        return
    for key, bound in bounds.items():
        if not isinstance(bound.value, int) or isinstance(bound.value, bool):
            problems.error("H203", bound.span, f"{quote(key)} wants a whole number")
    low, high = value.at("min"), value.at("max")
    if low is None or high is None or not (_is_number(low) and _is_number(high)):
        return
    if low.value > high.value:
        problems.error("H312", value.span, "`min` is more than `max`: nothing can pass")


def _check_json_schema(assertion: Node, name: str, value: Node, problems: Problems) -> None:
    del assertion
    if value.text is not None and template_names(value.text):
        return
    if not isinstance(value.value, dict):
        hint = "a JSON Schema, or file://schema.json"
        problems.error("H312", value.span, f"{quote(name)} wants a mapping", hint=hint)
        return
    check_schema(value, "H312", problems)


def _check_elements(assertion: Node, name: str, value: Node, problems: Problems) -> None:
    if isinstance(value.value, (str, list)):
        _check_texts(assertion, name, value, problems)
    elif isinstance(value.value, dict):
        _refuse_other_keys(value, ("requiredElements",), problems)
        _check_each_texts(assertion, name, value, ("requiredElements",), problems)
    else:
        problems.error("H312", value.span, f"{quote(name)} wants names, got {describe(value)}")


def _check_sql(assertion: Node, name: str, value: Node, problems: Problems) -> None:
    if isinstance(value.value, dict):
        _refuse_other_keys(value, ("databaseType", "allowedTables", "allowedColumns"), problems)
        _check_each_texts(assertion, name, value, ("allowedTables", "allowedColumns"), problems)
        value = value.at("databaseType") or Node("MySQL", value.span)
    _check_text(assertion, name, value, problems)
    said = value.text
    if said is None or template_names(said) or said.lower() in _DATABASES:
        return
    hint = problems.suggest(said, DATABASES) or f"it knows {join_names(DATABASES, most=20)}"
    problems.error("H312", value.span, f"{quote(name)} does not know {quote(said)}", hint=hint)


_DATABASES = frozenset({*(one.lower() for one in DATABASES), "postgres", "tsql"})
"""Case does not matter, and two have a short name."""


def _check_each_texts(
    assertion: Node, name: str, value: Node, keys: tuple[str, ...], problems: Problems
) -> None:
    for key in keys:
        listed_there = value.at(key)
        if listed_there is not None:
            _check_texts(assertion, name, listed_there, problems)


def _check_finish_reason(assertion: Node, name: str, value: Node, problems: Problems) -> None:
    del assertion
    if value.text is not None and (value.text in FINISH_REASONS or template_names(value.text)):
        return
    hint = problems.suggest(value.text, FINISH_REASONS) if value.text is not None else ""
    summary = f"{quote(name)} wants one of {join_names(FINISH_REASONS)}"
    problems.error("H312", value.span, summary, hint=hint)


def _check_call(assertion: Node, name: str, value: Node, problems: Problems) -> None:
    del assertion
    if value.text is not None:
        return
    tool = value.at("name")
    if not value.items or tool is None or tool.text is None:
        hint = f"`- {name}: TOOL`, or {{name: TOOL, arguments: {{…}}}}"
        problems.error("H312", value.span, f"{quote(name)} wants the name of a tool", hint=hint)
        return
    _refuse_other_keys(value, ("name", "arguments"), problems)
    arguments = value.at("arguments")
    if arguments is not None and not isinstance(arguments.value, dict):
        problems.error("H203", arguments.span, "`arguments` wants a mapping")


def _check_comparison(assertion: Node, name: str, value: Node, problems: Problems) -> None:
    if not value.items:
        hint = f"`- {name}: {{path: $.field, equals: 1}}`"
        problems.error("H312", value.span, f"{quote(name)} wants a mapping", hint=hint)
        return
    _refuse_other_keys(value, ("path", *COMPARISONS), problems)
    path = value.at("path")
    if path is not None:
        check_path(path, problems)
    elif assertion.at("path") is None:
        problems.error("H312", value.span, f"{quote(name)} needs a path: $.field")
    if not any(key in value.items for key in COMPARISONS):
        summary = f"{quote(name)} compares with one of {join_names(COMPARISONS)}"
        problems.error("H312", value.span, summary)
    for key in ("at_least", "at_most"):
        bound = value.at(key)
        if bound is not None and not _is_number(bound):
            problems.error(
                "H203", bound.span, f"{quote(key)} wants a number, got {describe(bound)}"
            )
    matches = value.at("matches")
    if matches is not None:
        _check_regex(assertion, "matches", matches, problems)


def _refuse_other_keys(value: Node, allowed: tuple[str, ...], problems: Problems) -> None:
    for key in value.items:
        if key not in allowed:
            hint = problems.suggest(key, allowed)
            problems.error("H201", value.key_span(key), f"unknown key {quote(key)}", hint=hint)


def _accept_anything(assertion: Node, name: str, value: Node, problems: Problems) -> None:
    del assertion, name, value, problems


_VALUES: Mapping[str, Callable[[Node, str, Node, Problems], None]] = {
    "any": _accept_anything,
    "text": _check_text,
    "texts": _check_texts,
    "text_or_texts": _check_texts,
    "pattern": _check_regex,
    "words": _check_words,
    "schema": _check_json_schema,
    "elements": _check_elements,
    "sql": _check_sql,
    "finish_reason": _check_finish_reason,
    "call": _check_call,
    "calls": _check_texts,
    "comparison": _check_comparison,
    "code": _check_text,
    "optional_text": _check_text,
    "parts": _accept_anything,
}
