"""Convert other tools' files: recognise them, make specs of them, and prove that these load."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from harness.app.specs.permissions import Permissions
from harness.errors import Diagnostic, RequestError, SpecError
from harness.importers.conversion import Conversion
from harness.importers.formats import (
    FORMATS,
    USUAL,
    ConvertOptions,
    SourceFile,
    SourceFormat,
    find_format,
)
from harness.importers.mending import mend
from harness.importers.overlay import OverlaidReader
from harness.spec.formats.limits import SPEC
from harness.spec.ports import Reader, UnreadableError
from harness.text.safe import printable

STRUCTURED = (".yaml", ".yml", ".json")
LINES = (".jsonl", ".ndjson")
CODE = (".js", ".ts", ".mjs", ".cjs", ".py")
LARGEST, HEAD = 64_000_000, 4_000_000
"""Bytes of a file that is read whole; of a longer one its beginning, which says what it is."""


@dataclass(frozen=True, slots=True)
class Converted:
    """A file and what came of it.

    Attributes:
        source: the file that was converted.
        form: the format that it has.
        conversion: what came of it.
        text: the spec as it is written; "" where nothing can be made of the file.
        conversations: how many conversations are played with each target, a case being one.
    """

    source: str
    form: SourceFormat
    conversion: Conversion
    text: str = ""
    conversations: int = 0


def convert_file(
    path: str,
    out: str,
    reader: Reader,
    out_reader: Reader,
    options: ConvertOptions = USUAL,
) -> Converted:
    """Convert one file; the spec is not written, but it is known to load.

    Args:
        path: the file, as the person named it.
        out: the path at which the spec will be written.
        reader: the files that the file may name.
        out_reader: the files that the spec may name: those of the project that it will be in.
        options: what the person wants of it.

    Raises:
        RequestError: it cannot be read, or is of no format that is known.
    """
    source = replace(read_source(path, out, reader), options=options)
    form = find_format(source)
    if form is None and not source.whole:
        raise RequestError(Diagnostic("H970", f"{path} is larger than {LARGEST // 1_000_000} MB"))
    if form is None and source.root is None and Path(path).suffix.lower() in STRUCTURED:
        _refuse_broken(source)
    if form is None:
        known = ", ".join(one.name for one in FORMATS)
        is_code = Path(path).suffix.lower() in CODE
        hint = "save what the code gives as YAML or JSON: code is never run" if is_code else ""
        summary = f"{path} is nothing that can be converted"
        if not source.text.strip():
            summary = f"{path} is empty"
        elif Path(path).suffix.lower() in LINES and not _holds_json(source.text):
            summary, hint = f"{path}: no line of it is JSON", "a log has one JSON object a line"
        raise RequestError(Diagnostic("H970", summary, f"known: {known}", hint=hint))
    conversion = form.convert(source)
    if conversion.document is None:
        return Converted(path, form, conversion)
    return _write_spec(Converted(path, form, conversion), out, out_reader)


def _holds_json(text: str) -> bool:
    """Tell whether any line of a text is JSON."""
    for line in text.splitlines():
        with suppress(ValueError, RecursionError):
            json.loads(line)
            return True
    return False


def _refuse_broken(source: SourceFile) -> None:
    """Refuse a file that is meant as YAML or JSON, and say where it is broken.

    Raises:
        RequestError: holds the problems.
    """
    from harness.spec.formats.yaml import parse

    problems = parse(source.text.encode("utf-8", "surrogatepass"), source.path).problems
    if problems:
        raise RequestError(*problems)


def recognise_file(path: str, reader: Reader) -> bool:
    """Tell whether a file is of a format that can be converted; one that cannot be read is not."""
    try:
        return find_format(read_source(path, path, reader)) is not None
    except RequestError:
        return False


def read_source(path: str, out: str, reader: Reader) -> SourceFile:
    """Read a file that is to be converted; of a long one its beginning, which says what it is.

    Raises:
        RequestError: it cannot be read, or is no text.
    """
    from harness.spec.formats.yaml import decode_text, parse

    try:
        data = reader.read(path, HEAD)
        whole = len(data) <= HEAD
        if not whole and not _streams(path, out, reader, data):
            data = reader.read(path, LARGEST)
            whole = len(data) <= LARGEST
    except UnreadableError as error:
        raise RequestError(
            Diagnostic("H970", f"{path} cannot be read", error.reason, hint=error.hint)
        ) from None
    if not whole:
        return _read_beginning(path, out, reader, data)
    text, problem = decode_text(data, path)
    if problem is not None:
        if _streams(path, out, reader, data):  # a log with a line that is no text
            return _read_beginning(path, out, reader, data)
        raise RequestError(problem)
    size = SPEC.size
    parsed = parse(data, path) if size is None or len(data) <= size else None
    return SourceFile(path, text, parsed.root if parsed is not None else None, reader, out)


def _streams(path: str, out: str, reader: Reader, data: bytes) -> bool:
    """Tell whether the beginning of a file is of a format that is read line by line."""
    return find_format(_read_beginning(path, out, reader, data)) is not None


def _read_beginning(path: str, out: str, reader: Reader, data: bytes) -> SourceFile:
    """Return a file of which only the beginning is known, in whole lines."""
    text = data[: data.rfind(b"\n") + 1].decode("utf-8-sig", "replace")
    return SourceFile(path, text, None, reader, out, whole=False)


def _write_spec(converted: Converted, out: str, reader: Reader) -> Converted:
    """Return what was converted with the text of its spec, without the parts that do not load.

    Where nothing is left that loads, it is out of reach.
    """
    from harness.app.specs.reading import read_spec_file
    from harness.spec.counts import count
    from harness.spec.formats.writing import format_yaml

    header = f"# Converted by `harness convert` from {printable(Path(converted.source).name)}\n"
    conversion = converted.conversion
    beside = {reader.resolve(out, one.path): one.text for one in conversion.files}
    problem = ""
    while conversion.document is not None:
        text = header + format_yaml(conversion.document)
        view = OverlaidReader(reader, {**beside, out: text})
        try:
            spec_file = read_spec_file(Path(out), Permissions(code=True), view, {})
        except SpecError as error:
            problem = problem or error.diagnostics[0].summary
            conversion = mend(conversion, text, out, error.diagnostics, converted.source)
        else:
            cases = count(spec_file).cases
            return replace(converted, conversion=conversion, text=text, conversations=cases)
    reason = f"what it comes to is refused: {problem}"
    return replace(converted, conversion=replace(conversion, out_of_reach=reason))
