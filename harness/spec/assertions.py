"""The assertions that a spec may use: their names, and what each wants beside its name.

``harness.checks`` decides them; this table only says what an author may write. An assertion that a
later version decides is known here, so that its spec validates today.

Source: the contract, section 2; facts/promptfoo (names, meanings, default thresholds).
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

FINISH_REASONS = ("stop", "length", "content_filter", "tool_calls", "function_call")
DATABASES = (
    *("Athena", "BigQuery", "ClickHouse", "Databricks", "DuckDB", "Hive", "MariaDB", "MySQL"),
    *("Oracle", "PostgreSQL", "Redshift", "Snowflake", "Spark", "Sqlite", "TransactSQL", "Trino"),
)
COMPARISONS = ("equals", "at_least", "at_most", "length", "contains", "exists", "matches")


@dataclass(frozen=True, slots=True)
class Kind:
    """What an assertion wants.

    Attributes:
        value: what its value is.
        short_threshold: in the short form the value is the threshold.
        needs: which models the evaluation has to declare for it.
        default_threshold: what holds when the author gives none; None where there is no threshold
            or where it has to be given.
    """

    value: ValueKind
    short_threshold: bool = False
    needs: tuple[Role, ...] = ()
    default_threshold: float | None = None

    @property
    def value_required(self) -> bool:
        """Whether the assertion means nothing without a value."""
        return self.value not in ("none", "schema", "elements", "sql", "optional_text", "parts")


_JUDGE: tuple[Role, ...] = ("judge",)
_EMBEDDINGS: tuple[Role, ...] = ("embeddings",)

KINDS: Mapping[str, Kind] = {
    "equals": Kind("any"),
    "contains": Kind("text"),
    "icontains": Kind("text"),
    "contains-all": Kind("texts"),
    "contains-any": Kind("texts"),
    "icontains-all": Kind("texts"),
    "icontains-any": Kind("texts"),
    "starts-with": Kind("text"),
    "ends-with": Kind("text"),
    "regex": Kind("pattern"),
    "word-count": Kind("words"),
    "levenshtein": Kind("text", default_threshold=5),
    "is-refusal": Kind("none"),
    "is-json": Kind("schema"),
    "contains-json": Kind("schema"),
    "is-html": Kind("none"),
    "contains-html": Kind("none"),
    "is-xml": Kind("elements"),
    "contains-xml": Kind("elements"),
    "is-sql": Kind("sql"),
    "contains-sql": Kind("sql"),
    "rouge-n": Kind("text", default_threshold=0.75),
    "bleu": Kind("text_or_texts", default_threshold=0.5),
    "gleu": Kind("text_or_texts", default_threshold=0.5),
    "meteor": Kind("text_or_texts", default_threshold=0.5),
    "similar": Kind("text_or_texts", needs=_EMBEDDINGS, default_threshold=0.75),
    "similar:cosine": Kind("text_or_texts", needs=_EMBEDDINGS, default_threshold=0.75),
    "similar:dot": Kind("text_or_texts", needs=_EMBEDDINGS, default_threshold=0.75),
    "similar:euclidean": Kind("text_or_texts", needs=_EMBEDDINGS, default_threshold=0.75),
    "perplexity": Kind("none", short_threshold=True),
    "latency": Kind("none", short_threshold=True),
    "cost": Kind("none", short_threshold=True),
    "max-output-tokens": Kind("none", short_threshold=True),
    "time-to-first-token": Kind("none", short_threshold=True),
    "finish-reason": Kind("finish_reason"),
    "guardrails": Kind("none"),
    "is-valid-openai-tools-call": Kind("none"),
    "tool-call-f1": Kind("calls", default_threshold=1.0),
    "tool-called": Kind("call"),
    "json-path": Kind("comparison"),
    "python": Kind("code"),
    "llm-rubric": Kind("text", needs=_JUDGE),
    "g-eval": Kind("text_or_texts", needs=_JUDGE),
    "factuality": Kind("text", needs=_JUDGE),
    "model-graded-closedqa": Kind("text", needs=_JUDGE),
    "answer-relevance": Kind("none", needs=("judge", "embeddings")),
    "conversation-relevance": Kind("none", needs=_JUDGE),
    "context-faithfulness": Kind("optional_text", needs=_JUDGE),
    "context-recall": Kind("optional_text", needs=_JUDGE),
    "context-relevance": Kind("optional_text", needs=_JUDGE),
    "select-best": Kind("text", needs=_JUDGE),
    "assert-set": Kind("parts"),
}
"""Every assertion by its name, without ``not-``."""

SKIP = "skip"
"""``{skip: "reason"}`` stands for a check that could not be carried over: decoded as this type."""

NEGATION = "not-"

BESIDE = ("path", "threshold", "weight", "metric", "judge", "rubric_prompt")
"""What may stand beside the name of a short form; the long form has ``type`` and ``value`` too."""


def parse_name(name: str) -> tuple[str, bool] | None:
    """The assertion's type, and whether it is negated; None when there is no such assertion."""
    if name in KINDS:
        return name, False
    bare = name.removeprefix(NEGATION)
    return (bare, True) if bare in KINDS else None


@dataclass(frozen=True, slots=True)
class CodeFile:
    """A function in a file that checks: ``checks/tone.py:polite``."""

    file: str
    function: str


_CODE_FILE = re.compile(r"(?:file://)?([^\s:*?\"'<>|()=]+\.py)(?::([A-Za-z_]\w*))?")


def code_file(value: str) -> CodeFile | None:
    """The function that the value of ``python`` names; None when the value is code itself.

    Without a name it is ``get_assert``, as for promptfoo.
    """
    named = _CODE_FILE.fullmatch(value.strip())
    return None if named is None else CodeFile(named[1], named[2] or "get_assert")


def spellings() -> tuple[str, ...]:
    """Every name that an author may write, negations last."""
    return (*KINDS, *(f"{NEGATION}{name}" for name in KINDS))
