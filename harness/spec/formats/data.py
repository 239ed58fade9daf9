"""Data sets: text -> rows, one at a time where the format allows it.

CSV and JSON lines stream, so that a million rows take the memory of one; JSON and YAML are read
whole. CSV values are strings; in the others a value keeps its type. Blank lines mean nothing.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from harness.errors import Diagnostic
from harness.source import Span
from harness.spec.document.located import to_plain
from harness.spec.document.words import join_names, quote
from harness.spec.formats.json_text import JsonValueError, parse_json
from harness.spec.formats.limits import Limits
from harness.spec.formats.yaml import parse

Format = Literal["csv", "jsonl", "json", "yaml"]

FORMATS: Mapping[str, Format] = {
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
}

ID = "id"
"""The column that names a case; every other column is a variable."""

DELIMITERS: Mapping[str, str] = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
"""Other characters that programs put between columns; none of them can be in a variable's name."""

ASSERT = "assert"
"""The key of a case that holds its own assertions."""
BESIDE = frozenset({ID, ASSERT})
"""Keys that may be missing in some cases; they are no variables."""
ELSEWHERE: Mapping[str, str] = {
    "__expected": 'demand it under the turn: `assert: [{contains: "{{capital}}"}]`; a case has an '
    "`assert` of its own in JSON lines, JSON and YAML",
    "__metric": "`metric: NAME` stands beside an assertion",
    "__threshold": "`threshold` stands on the turn, or beside an assertion",
    "__description": "the column `id` names a case",
    "vars": "a case is its variables: write them one by one, without `vars` around them",
    ASSERT: "a cell is a text: write the cases as JSON lines, JSON or YAML, or the assertion under "
    "the turn",
}
"""Hints for columns that are instructions to other tools, by the beginning of their names.

Source: promptfoo's documentation of test-case files, read 2026.
"""

LONGEST_FIELD = 2**31 - 1


@dataclass(frozen=True, slots=True)
class DataRow:
    """A case and the line that it begins on (from 1)."""

    line: int
    values: Mapping[str, Any]


def detect_format(path: str) -> Format | None:
    """Return the format that a file's name says, None when it says none."""
    dot = path.rfind(".")
    return FORMATS.get(path[dot:].lower()) if dot >= 0 else None


def decode_rows(lines: Iterable[str], form: Format, file: str) -> Iterator[DataRow | Diagnostic]:
    """Yield the rows and, in their place, what is wrong with those that cannot be read."""
    try:
        yield from _DECODERS[form](lines, file)
    except UnicodeDecodeError as error:
        detail = f"byte 0x{error.object[error.start]:02x} stands there"
        yield Diagnostic("H103", "the data set is not UTF-8 text", detail, Span(file, 1, 1))


def _describe(file: str, line: int, summary: str, detail: str = "", hint: str = "") -> Diagnostic:
    return Diagnostic("H501", summary, detail, Span(file, line, 1), hint)


def _decode_csv(lines: Iterable[str], file: str) -> Iterator[DataRow | Diagnostic]:
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(lines, strict=True)
    header: list[str] | None = None
    line = 1
    while True:
        try:
            fields = next(reader, None)
        except csv.Error as error:
            yield _describe(file, line, "the row is not CSV", str(error))
            return
        if fields is None:
            break
        if header is None and fields:
            header = [name.strip() for name in fields]
            problem = _check_header(header, file, line)
            if problem is not None:
                yield problem
                return
        elif header is not None and fields:
            if len(fields) == len(header):
                yield DataRow(line, dict(zip(header, fields, strict=True)))
            else:
                counts = f"the header has {len(header)} fields, the row {len(fields)}"
                hint = "a value that holds a comma goes in double quotes"
                yield _describe(file, line, "the row does not fit the header", counts, hint)
        line = reader.line_num + 1


def _check_header(header: list[str], file: str, line: int) -> Diagnostic | None:
    span = Span(file, line, 1)
    if not all(header):
        at = header.index("") + 1
        return Diagnostic("H503", f"column {at} has no name", span=span)
    if len(set(header)) < len(header):
        double = next(name for name, number in Counter(header).items() if number > 1)
        return Diagnostic("H503", f"the column {quote(double)} stands twice", span=span)
    instructions = _find_instructions(header, span)
    return instructions[0] if instructions else _find_other_delimiter(header, span)


def _find_other_delimiter(header: list[str], span: Span) -> Diagnostic | None:
    """Return why a header of one column is none: it is divided by something else than commas."""
    for delimiter, name in DELIMITERS.items():
        if len(header) == 1 and delimiter in header[0]:
            summary = f"the columns are divided by {name}, not by commas"
            hint = "save it with commas: values that hold one go in double quotes"
            return Diagnostic("H503", summary, span=span, hint=hint)
    return None


def _decode_jsonl(lines: Iterable[str], file: str) -> Iterator[DataRow | Diagnostic]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = parse_json(line)
        except json.JSONDecodeError as error:
            span = Span(file, number, error.colno)
            yield Diagnostic("H501", "the line is not JSON", error.msg, span)
            continue
        except JsonValueError as error:
            yield Diagnostic(error.code, str(error), span=Span(file, number, 1))
            continue
        except (RecursionError, ValueError):
            yield _describe(file, number, "the line cannot be read: nested too deep, or too long")
            continue
        if isinstance(value, dict):
            yield DataRow(number, value)
        else:
            yield _describe(
                file, number, "the line is not an object", hint='write {"column": "value"}'
            )


def _decode_json(lines: Iterable[str], file: str) -> Iterator[DataRow | Diagnostic]:
    try:
        value = parse_json("".join(lines))
    except json.JSONDecodeError as error:
        span = Span(file, error.lineno, error.colno)
        yield Diagnostic("H501", "the data set is not JSON", error.msg, span)
        return
    except JsonValueError as error:
        yield Diagnostic(error.code, str(error), span=Span(file, 1, 1))
        return
    except (RecursionError, ValueError):
        yield _describe(file, 1, "the data set cannot be read: nested too deep, or too long")
        return
    if not isinstance(value, list):
        yield _describe(file, 1, "the data set is not a list of objects")
        return
    for number, element in enumerate(value, start=1):
        if isinstance(element, dict):
            yield DataRow(1, element)
        else:
            yield _describe(file, 1, f"case {number} is not an object")


def _decode_yaml(lines: Iterable[str], file: str) -> Iterator[DataRow | Diagnostic]:
    data = "".join(lines).encode()
    # No limit on size, but aliases may not make more of a file than stands in it.
    parsed = parse(data, file, Limits(size=None, nodes=max(200_000, len(data))))
    yield from parsed.problems
    if parsed.root is None:
        if not parsed.problems:
            yield _describe(file, 1, "the data set is empty")
        return
    if not isinstance(parsed.root.value, list):
        yield _describe(file, parsed.root.span.line, "the data set is not a list of mappings")
        return
    for element in parsed.root.elements:
        if isinstance(element.value, dict):
            yield DataRow(element.span.line, to_plain(element))
        else:
            yield _describe(file, element.span.line, "the case is not a mapping")


_DECODERS: Mapping[Format, Callable[[Iterable[str], str], Iterator[DataRow | Diagnostic]]] = {
    "csv": _decode_csv,
    "jsonl": _decode_jsonl,
    "json": _decode_json,
    "yaml": _decode_yaml,
}


# --- a data set as a whole ------------------------------------------------------------------------


MOST_PROBLEMS = 100


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of a data set, without its rows: its columns and the number of its cases."""

    columns: tuple[str, ...]
    count: int
    problems: tuple[Diagnostic, ...] = ()


def survey(found: Iterable[DataRow | Diagnostic], file: str) -> Shape:
    """Survey a data set; every row must have the first one's columns (``id`` may lack)."""
    problems: list[Diagnostic] = []
    columns: tuple[str, ...] | None = None
    wanted: frozenset[str] = frozenset()
    ids: set[int] = set()
    count = 0
    for row in found:
        if isinstance(row, Diagnostic):
            problems.append(row)
        else:
            count += 1
            names = row.values.keys()
            if columns is None:
                columns = tuple(name for name in names if name != ASSERT)
                wanted = frozenset(names) - BESIDE
                problems += _find_instructions(columns, Span(file, row.line, 1))
            elif names != wanted and names - BESIDE != wanted:
                problems.append(_describe_columns(names, wanted, file, row.line))
            problems += _check_id(row, ids, file)
        if len(problems) >= MOST_PROBLEMS:
            span = Span(file, problems[-1].span.line if problems[-1].span else 1, 1)
            problems.append(
                Diagnostic("H501", "too many problems: the rest is not read", span=span)
            )
            break
    if not count and not problems:
        problems.append(_describe(file, 1, "the data set holds no case"))
    return Shape(columns or (), count, tuple(problems))


def _find_instructions(columns: Iterable[str], span: Span) -> list[Diagnostic]:
    """Find columns that tell other tools what to do: as variables they would do nothing."""
    problems = []
    for name in columns:
        if not name.startswith("__") and name not in ELSEWHERE:
            continue
        hints = (hint for start, hint in ELSEWHERE.items() if name.startswith(start))
        hint = next(hints, "leave it out, or give it a name without `__` to use it as a variable")
        summary = f"the column {quote(name)} is no variable, and nothing carries it out"
        problems.append(Diagnostic("H503", summary, span=span, hint=hint))
    return problems


def _describe_columns(
    names: Iterable[str], wanted: frozenset[str], file: str, line: int
) -> Diagnostic:
    present = set(names) - BESIDE
    said = []
    if wanted - present:
        said.append(f"missing: {join_names(sorted(wanted - present))}")
    if present - wanted:
        said.append(f"not in the first row: {join_names(sorted(present - wanted))}")
    summary = "the row has other columns than the first"
    return Diagnostic("H502", summary, "; ".join(said), Span(file, line, 1))


def _check_id(row: DataRow, seen: set[int], file: str) -> list[Diagnostic]:
    """Check a case's name. Hashes are kept, not names: a million names would be 100 MB."""
    if ID not in row.values:
        return []
    name = row.values[ID]
    span = Span(file, row.line, 1)
    if not isinstance(name, (str, int)) or isinstance(name, bool) or name == "":
        return [Diagnostic("H504", "a case's id is a text or a whole number", span=span)]
    key = hash(str(name))
    if key in seen:
        return [Diagnostic("H504", f"the id {quote(name)} stands twice", span=span)]
    seen.add(key)
    return []
