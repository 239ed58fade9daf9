"""The kinds of values that assertions take: one row each, with what checks such a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.template import find_names, read_lone_name
from harness.spec.document.words import describe, join_names, quote
from harness.spec.values.json_schemas import check_schema
from harness.spec.values.patterns import check_path, check_pattern

FINISH_REASONS = ("stop", "length", "content_filter", "tool_calls", "function_call")
DATABASES = (
    *("Athena", "BigQuery", "ClickHouse", "Databricks", "DuckDB", "Hive", "MariaDB", "MySQL"),
    *("Oracle", "PostgreSQL", "Redshift", "Snowflake", "Spark", "Sqlite", "TransactSQL", "Trino"),
)
COMPARISONS = ("equals", "at_least", "at_most", "length", "contains", "exists", "matches")

CheckValue = Callable[[Node, str, Node, Problems], None]
"""Notes what is wrong: with the assertion, its name, its value, and the problems so far."""


@dataclass(frozen=True, slots=True)
class ValueKind:
    """A kind of value.

    Attributes:
        check: notes a value that is none of this kind.
        is_required: an assertion of this kind means nothing without a value.
        may_be_null: null is a value, not the lack of one.
        is_text: a file that the value names is read as text, whatever its name ends with.
        is_separated: one text stands for several, with commas between them.
        holds_texts: a list of texts may stand in the place of one.
        runs_code: the value is code, or names a file of code, which needs ``--allow-code``.
        holds_assertions: the assertion holds other assertions in the place of a value.
    """

    check: CheckValue
    is_required: bool = True
    may_be_null: bool = False
    is_text: bool = False
    is_separated: bool = False
    holds_texts: bool = False
    runs_code: bool = False
    holds_assertions: bool = False


def is_number(node: Node) -> bool:
    """Tell whether a value is a number; true and false are none."""
    return isinstance(node.value, (int, float)) and not isinstance(node.value, bool)


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
    return is_number(value) and value.raw in (None, str(value.value))


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
    elif not find_names(value.text):
        check_pattern(value, problems)


def _check_words(assertion: Node, name: str, value: Node, problems: Problems) -> None:
    del assertion
    if isinstance(value.value, int) and not isinstance(value.value, bool):
        return
    if value.text is not None and find_names(value.text):
        return
    bounds = value.items
    if not bounds or not set(bounds) <= {"min", "max"}:
        hint = f"`- {name}: 10` or `- {name}: {{min: 5, max: 50}}`"
        problems.error("H312", value.span, f"{quote(name)} wants a count, or bounds", hint=hint)
        return
    for key, bound in bounds.items():
        if bound.text is not None and read_lone_name(bound.text):
            continue
        if not isinstance(bound.value, int) or isinstance(bound.value, bool):
            problems.error("H203", bound.span, f"{quote(key)} wants a whole number")
    low, high = value.at("min"), value.at("max")
    if low is None or high is None or not (is_number(low) and is_number(high)):
        return
    if low.value > high.value:
        problems.error("H312", value.span, "`min` is more than `max`: nothing can pass")


def _check_json_schema(assertion: Node, name: str, value: Node, problems: Problems) -> None:
    del assertion
    if value.text is not None and find_names(value.text):
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
    database = value.text
    if database is None or find_names(database) or database.lower() in _DATABASES:
        return
    hint = problems.suggest(database, DATABASES) or f"it knows {join_names(DATABASES, most=20)}"
    problems.error("H312", value.span, f"{quote(name)} does not know {quote(database)}", hint=hint)


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
    if value.text is not None and (value.text in FINISH_REASONS or find_names(value.text)):
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
        if bound is None or (bound.text is not None and read_lone_name(bound.text)):
            continue
        if not is_number(bound):
            problems.error(
                "H203", bound.span, f"{quote(key)} wants a number, got {describe(bound)}"
            )
    length = value.at("length")
    if length is not None:
        _check_length(length, problems)
    matches = value.at("matches")
    if matches is not None:
        _check_regex(assertion, "matches", matches, problems)


def _check_length(length: Node, problems: Problems) -> None:
    """Note a length that is neither a count nor bounds of one."""
    bounds = list(length.items.values()) or [length]
    _refuse_other_keys(length, ("at_least", "at_most"), problems)
    for bound in bounds:
        comes_as_data = bound.text is not None and read_lone_name(bound.text)
        if not comes_as_data and (
            not isinstance(bound.value, int) or isinstance(bound.value, bool)
        ):
            hint = "length: 3, or length: {at_least: 1, at_most: 5}"
            summary = f"a length is a whole number, got {describe(bound)}"
            problems.error("H203", bound.span, summary, hint=hint)


def _refuse_other_keys(value: Node, allowed: tuple[str, ...], problems: Problems) -> None:
    for key in value.items:
        if key not in allowed:
            hint = problems.suggest(key, allowed)
            problems.error("H201", value.key_span(key), f"unknown key {quote(key)}", hint=hint)


def _accept_anything(assertion: Node, name: str, value: Node, problems: Problems) -> None:
    del assertion, name, value, problems


def _refuse_value(assertion: Node, name: str, value: Node, problems: Problems) -> None:
    del assertion
    problems.error("H312", value.span, f"{quote(name)} takes no value")


KINDS: Final[Mapping[str, ValueKind]] = MappingProxyType(
    {
        "none": ValueKind(_refuse_value, is_required=False),
        # Any JSON value.
        "any": ValueKind(_accept_anything, may_be_null=True),
        # A string, or a number that reads the same either way.
        "text": ValueKind(_check_text, is_text=True),
        # A list of those, or one string with commas.
        "texts": ValueKind(_check_texts, is_separated=True),
        "text_or_texts": ValueKind(_check_texts, holds_texts=True),
        # A regular expression.
        "pattern": ValueKind(_check_regex, is_text=True),
        # A number, or {min, max}.
        "words": ValueKind(_check_words),
        # A JSON Schema.
        "schema": ValueKind(_check_json_schema, is_required=False),
        # Names of XML elements, or {requiredElements}.
        "elements": ValueKind(_check_elements, is_required=False, is_separated=True),
        # A database, or {databaseType, allowedTables, allowedColumns}.
        "sql": ValueKind(_check_sql, is_required=False),
        "finish_reason": ValueKind(_check_finish_reason, is_text=True),
        # A tool's name, or {name, arguments}.
        "call": ValueKind(_check_call),
        # Names of tools.
        "calls": ValueKind(_check_texts, is_separated=True),
        # {path, equals | at_least | …}.
        "comparison": ValueKind(_check_comparison),
        # file.py:function, or an expression.
        "code": ValueKind(_check_text, is_text=True, runs_code=True),
        "optional_text": ValueKind(_check_text, is_required=False, is_text=True),
        # The assertions of an assert-set.
        "parts": ValueKind(_accept_anything, is_required=False, holds_assertions=True),
    }
)
"""Every kind, by the name that the form of an assertion gives."""
