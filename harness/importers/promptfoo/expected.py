"""Tables of tests (CSV, JSON lines) and the grammar of their ``__expected`` columns.

Source: promptfoo's pages on test cases and on loading assertions from CSV, read 2026.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.importers.promptfoo.workbench import SCHEME, Workbench
from harness.source import Span
from harness.spec.document.located import Node, locate

_TYPED = re.compile(
    r"(not-)?([a-z][a-z0-9-]*(?::(?:cosine|dot|euclidean))?)(?:\((-?[\d.]+)\))?(?:\s*:\s*(.*))?\Z",
    re.DOTALL,
)
_EXPECTED = re.compile(r"__expected(\d*)\Z")
_CONFIG = re.compile(r"__config:__expected(\d*):(\w+)\Z")
ALIASES: Mapping[str, str] = {"grade": "llm-rubric", "fn": "javascript", "eval": "javascript"}
BARE = (
    *("is-json", "contains-json", "is-xml", "contains-xml", "is-sql", "contains-sql", "is-html"),
    *("contains-html", "is-refusal", "is-valid-openai-tools-call", "is-valid-function-call"),
    *("is-valid-openai-function-call", "guardrails", "answer-relevance", "context-faithfulness"),
    *("context-recall", "context-relevance", "cost", "latency", "perplexity"),
    *("conversation-relevance", "moderation"),
)
"""Names that mean something without a value."""
VALUED = (
    *("equals", "contains", "icontains", "contains-all", "contains-any", "icontains-all"),
    *("icontains-any", "starts-with", "regex", "levenshtein", "rouge-n", "bleu", "gleu", "meteor"),
    *("similar", "similar:cosine", "similar:dot", "similar:euclidean", "llm-rubric", "javascript"),
    *("python", "factuality", "model-graded-factuality", "model-graded-closedqa", "g-eval"),
    *("finish-reason", "word-count", "webhook", "classifier", "pi", "search-rubric"),
    *("tool-call-f1", "trace-span-count"),
)
"""Names that stand before a value."""


def read_table(text: str, path: str, bench: Workbench) -> Iterator[Node]:
    """Yield the tests of a table, each as a mapping of the form that tests in YAML have."""
    if path.lower().endswith((".jsonl", ".ndjson")):
        yield from _read_lines(text, path, bench)
        return
    delimiter = "\t" if path.lower().endswith(".tsv") else _guess_delimiter(text)
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter)
    header: list[str] | None = None
    line = 1
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            bench.leave_out(Span(path, line, 1), "row", f"it is not CSV: {error}")
            return
        if row is None:
            return
        if header is None:
            header = [name.strip() for name in row]
        elif any(cell.strip() for cell in row):
            yield _read_row(header, row, Span(path, line, 1), bench)
        line = reader.line_num + 1


def _guess_delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return ";" if first.count(";") > first.count(",") and "," not in first else ","


def _read_lines(text: str, path: str, bench: Workbench) -> Iterator[Node]:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        span = Span(path, number, 1)
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            bench.leave_out(span, "line", "it is not JSON")
            continue
        if not isinstance(value, dict):
            bench.leave_out(span, "line", "it is no test")
        elif "vars" in value or "assert" in value:
            yield locate(value, span)
        else:
            header = [str(key) for key in value]
            yield _read_row(header, list(value.values()), span, bench)


@dataclass(slots=True)
class _TableRow:
    """A row as it is read, cell by cell."""

    span: Span
    variables: dict[str, Any] = field(default_factory=dict)
    asserts: dict[str, dict[str, Any]] = field(default_factory=dict)
    beside: dict[str, dict[str, Any]] = field(default_factory=dict)
    test: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    metric: str = ""

    def read_cell(self, name: str, value: str, bench: Workbench) -> None:
        """Read a cell that is no variable: its column begins with two underscores."""
        expected, config = _EXPECTED.match(name), _CONFIG.match(name)
        if expected is not None:
            self.asserts[expected.group(1) or "1"] = read_expected(value)
        elif config is not None:
            number, key = config.group(1) or "1", config.group(2)
            self.beside.setdefault(number, {})[key] = _read_number(value)
        elif name == "__metric":
            self.metric = value
        elif name == "__threshold":
            self.test["threshold"] = _read_number(value)
        elif name == "__description":
            self.test["description"] = value
        elif name.startswith("__metadata:"):
            self._read_metadata(name.removeprefix("__metadata:"), value)
        elif name in ("__prefix", "__suffix"):
            self.test.setdefault("options", {})[name.removeprefix("__")] = value
        else:
            bench.leave_out(self.span, f"column {name}", "a column that nothing here reads")

    def _read_metadata(self, key: str, value: str) -> None:
        if key.endswith("[]"):
            parts = re.split(r"(?<!\\),", value)
            self.metadata[key[:-2]] = [one.replace("\\,", ",").strip() for one in parts]
        else:
            self.metadata[key] = value

    def write(self) -> Node:
        """Return the row as a test in the form that tests in YAML have."""
        metric = {"metric": self.metric} if self.metric else {}
        listed = [
            {**one, **self.beside.get(number, {}), **metric} for number, one in self.asserts.items()
        ]
        test = {**self.test, "vars": self.variables}
        if listed:
            test["assert"] = listed
        if self.metadata:
            test["metadata"] = self.metadata
        return locate(test, self.span)


def _read_row(header: Sequence[str], row: Sequence[Any], span: Span, bench: Workbench) -> Node:
    found = _TableRow(span)
    for name, cell in zip(header, row, strict=False):
        filled = cell.strip() if isinstance(cell, str) else cell
        if not name.startswith("__"):
            found.variables[name] = cell
        elif filled not in ("", None):
            found.read_cell(name, str(filled), bench)
    return found.write()


def read_expected(text: str) -> dict[str, Any]:
    """Read an ``__expected`` cell: ``type(threshold): value``; without a type it is `equals`."""
    text = text.strip()
    if text.startswith(SCHEME):
        kind = "python" if ".py" in text else "javascript"
        return {"type": kind, "value": text}
    match = _TYPED.match(text)
    if match is None:
        return {"type": "equals", "value": text}
    negation, name, threshold, value = match.groups()
    name = ALIASES.get(name, name)
    known = name in BARE if value is None else name in (*BARE, *VALUED)
    if not known:
        return {"type": "equals", "value": text}
    found: dict[str, Any] = {"type": f"{negation or ''}{name}"}
    if threshold is not None:
        found["threshold"] = _read_number(threshold)
    if value:
        found["value"] = _split(value) if name.endswith(("-all", "-any")) else value.strip()
    return found


def _split(value: str) -> list[str]:
    try:
        row = next(csv.reader([value], skipinitialspace=True), [])
    except csv.Error:
        row = value.split(",")
    return [one.strip() for one in row]


def _read_number(value: Any) -> Any:
    try:
        number = float(value)
        return int(number) if number == int(number) else number
    except (TypeError, ValueError, OverflowError):
        return value
