"""The forms of assertions: what an author writes beside the name of one.

The names are not listed here. ``harness.checks.definitions`` has one row an assertion, and whoever
loads a spec hands the forms of those rows in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ValueKind = Literal[
    "none",  # no value
    "any",  # any JSON value
    "text",  # a string, or a number that reads the same either way
    "texts",  # a list of those, or one string with commas
    "text_or_texts",
    "pattern",  # a regular expression
    "words",  # a number, or {min, max}
    "schema",  # optional: a JSON Schema
    "elements",  # optional: names of XML elements, or {requiredElements}
    "sql",  # optional: a database, or {databaseType, allowedTables, allowedColumns}
    "finish_reason",
    "call",  # a tool's name, or {name, arguments}
    "calls",  # names of tools
    "comparison",  # {path, equals | at_least | …}
    "code",  # file.py:function, or an expression
    "optional_text",
    "parts",  # the assertions of an assert-set
]
Role = Literal["judge", "embeddings"]
ContextSource = Literal[
    "none",  # it looks at no context
    "variable",  # the case's variable `context`
    "value_or_variable",  # its value, or the variable where it has none
]

FINISH_REASONS = ("stop", "length", "content_filter", "tool_calls", "function_call")
DATABASES = (
    *("Athena", "BigQuery", "ClickHouse", "Databricks", "DuckDB", "Hive", "MariaDB", "MySQL"),
    *("Oracle", "PostgreSQL", "Redshift", "Snowflake", "Spark", "Sqlite", "TransactSQL", "Trino"),
)
COMPARISONS = ("equals", "at_least", "at_most", "length", "contains", "exists", "matches")


@dataclass(frozen=True, slots=True)
class AssertionForm:
    """The form that one assertion is written in.

    Attributes:
        value: the kind of value that it takes.
        short_threshold: in the short form the value is the threshold.
        needs: the models that the evaluation has to declare for it.
        default_threshold: the threshold when the author gives none; None where there is no
            threshold or where it has to be given.
        context: where it finds the sources that a reply is held against.
        asks_each: it asks its judge once for each text of its value, where that is a list.
    """

    value: ValueKind
    short_threshold: bool = False
    needs: tuple[Role, ...] = ()
    default_threshold: float | None = None
    context: ContextSource = "none"
    asks_each: bool = False

    @property
    def runs_code(self) -> bool:
        """True where it is the author's code, which runs only with ``--allow-code``."""
        return self.value == "code"

    @property
    def value_required(self) -> bool:
        """True where the assertion means nothing without a value."""
        return self.value not in ("none", "schema", "elements", "sql", "optional_text", "parts")


AssertionForms = Mapping[str, AssertionForm]
"""The form of every assertion that a spec may use, by its name without ``not-``."""


SKIP = "skip"
"""``{skip: "reason"}`` stands for a check that could not be carried over: decoded as this type."""

NEGATION = "not-"

BESIDE = ("path", "threshold", "weight", "metric", "judge", "rubric_prompt")
"""Keys that may stand beside the name of a short form; the long form has two more."""


def parse_name(name: str, forms: AssertionForms) -> tuple[str, bool] | None:
    """Split a name as written into the assertion's type and True where it is negated.

    Returns None when there is no such assertion.
    """
    if name in forms:
        return name, False
    bare = name.removeprefix(NEGATION)
    return (bare, True) if bare in forms else None


@dataclass(frozen=True, slots=True)
class CodeFile:
    """A function in a file that checks: ``checks/tone.py:polite``."""

    file: str
    function: str


_CODE_FILE = re.compile(r"(?:file://)?([^\s:*?\"'<>|()=]+\.py)(?::([A-Za-z_]\w*))?")


def parse_code_file(value: str) -> CodeFile | None:
    """Read the function that the value of ``python`` names; None when the value is code itself.

    Without a name it is ``get_assert``, as for promptfoo.
    """
    named = _CODE_FILE.fullmatch(value.strip())
    return None if named is None else CodeFile(named[1], named[2] or "get_assert")


def list_names(forms: AssertionForms) -> tuple[str, ...]:
    """Return every name that an author may write, negations last."""
    return (*forms, *(f"{NEGATION}{name}" for name in forms))
