"""Data sets: text -> rows, one at a time where the format allows it.

CSV and JSON lines stream, so that a million rows take the memory of one; JSON and YAML are read
whole. CSV values are strings; in the others a value keeps its type. Blank lines mean nothing.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from harness.errors import Diagnostic, SpecError
from harness.source import Span
from harness.spec.document.located import to_plain
from harness.spec.document.words import join_names, quote
from harness.spec.parse.limits import Limits
from harness.spec.parse.yaml import parse

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


def read_rows(lines: Iterable[str], form: Format, *, file: str) -> Iterator[dict[str, Any]]:
    """Yield the cases of a data set, as variables by name.

    Args:
        lines: the text line by line, line ends kept (an open file with ``newline=""``).
        form: how the text is written.
        file: the name that messages show.

    Raises:
        SpecError: at the first row that cannot be read, with its line.
    """
    for row in decode_rows(lines, form, file):
        if isinstance(row, Diagnostic):
            raise SpecError([row])
        yield dict(row.values)


HALF_CHARACTER = "a text holds half of a surrogate pair, which no file can keep"


def parse_json(text: str, **options: Any) -> Any:
    """Read a JSON value that can be written again.

    Raises:
        ValueError: it is not JSON (``json.JSONDecodeError``), or holds half of a surrogate pair
            (``UnicodeEncodeError``).
        RecursionError: it is nested too deep.
    """
    value = json.loads(text, **options)
    if "\\u" in text:
        json.dumps(value, ensure_ascii=False).encode()
    return value


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
    double = [name for at, name in enumerate(header) if name in header[:at]]
    if double:
        return Diagnostic("H503", f"the column {quote(double[0])} stands twice", span=span)
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
        except UnicodeEncodeError:
            yield Diagnostic("H103", HALF_CHARACTER, span=Span(file, number, 1))
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
    except UnicodeEncodeError:
        yield Diagnostic("H103", HALF_CHARACTER, span=Span(file, 1, 1))
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
                columns, wanted = tuple(names), frozenset(names) - {ID}
            elif names != wanted and names - {ID} != wanted:
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


def _describe_columns(
    names: Iterable[str], wanted: frozenset[str], file: str, line: int
) -> Diagnostic:
    present = set(names) - {ID}
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
