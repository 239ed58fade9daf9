"""Everything about a spec that is wrong though its shape is right.

The checks read the document, not the decoded spec, so that they also run when something else in
it is wrong: what they do not understand they leave to ``decode``.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from harness.spec.check import (
    assertion_values,
    combinations,
    extracts,
    messages,
    names,
    numbers,
    references,
    safety,
    tools,
    unused,
    variables,
)
from harness.spec.check.accounts import access, properties
from harness.spec.check.case_rows import CaseSurvey
from harness.spec.check.paths import LinkedFiles
from harness.spec.check.variables import NamesInData
from harness.spec.document import walk
from harness.spec.document.located import Node, to_plain
from harness.spec.document.problems import Problems
from harness.spec.document.words import join_names, quote
from harness.spec.formats.data import FORMATS, DataRow, Shape, decode_rows, detect_format, survey
from harness.spec.model.assertion_forms import AssertionForms
from harness.spec.ports import Reader, UnreadableError


@dataclass(slots=True)
class DataSets:
    """The contents of a spec's data sets, by path.

    ``names`` are those that the assertions of cases use, ``samples`` one assertion of each kind.
    ``digests`` are those of the data sets and then of the checks' code, in the order of the spec.
    """

    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    names: dict[str, dict[str, Node]] = field(default_factory=dict)
    samples: dict[str, list[Node]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    digests: list[str] = field(default_factory=list)


def check(
    files: LinkedFiles,
    reader: Reader,
    problems: Problems,
    *,
    allow_code: bool,
    forms: AssertionForms,
) -> DataSets:
    """Note every problem of meaning, and return what the data sets hold."""
    root = files.root
    data = DataSets()
    for path, node in files.data_sets.items():
        _read_data(path, node, reader, data, problems, forms)
    data.digests += [_hash_file(path, reader) for path in files.code]
    for conversation in walk.list_conversations(root):
        _survey_inline(conversation.at("cases"), problems)
    names.check(root, problems)
    messages.check(root, problems)
    combinations.check(root, problems, forms)
    assertions = [*walk.iterate_assertions(root), *itertools.chain(*data.samples.values())]
    properties.check(root, problems)
    access.check(root, problems)
    references.check(root, assertions, problems, forms)
    extracts.check(root, problems)
    safety.check(root, assertions, problems, forms, allow_code=allow_code)
    assertion_values.check(root, list(walk.iterate_assertions(root)), problems, forms)
    tools.check(root, problems)
    variables.check(root, NamesInData(data.columns, data.names), problems, forms)
    unused.check(root, data.columns, data.names, problems, forms)
    numbers.check(root, problems)
    return data


def _hash_file(path: str, reader: Reader) -> str:
    """Hash a file of code; what it imports is not looked at."""
    digest = hashlib.sha256()
    with suppress(UnreadableError), reader.stream(path) as lines:
        for _ in _hash_lines(lines, digest):
            pass
    return digest.hexdigest()


def _survey_inline(cases: Node | None, problems: Problems) -> None:
    """Hold cases that stand in the spec itself to what the rows of a data set are held to."""
    if cases is None or not cases.elements:
        return
    rows = [DataRow(case.span.line, to_plain(case)) for case in cases.elements if case.items]
    if rows:
        problems.extend(survey(rows, cases.elements[0].span.file).problems)


def _read_data(
    path: str,
    node: Node,
    reader: Reader,
    data: DataSets,
    problems: Problems,
    forms: AssertionForms,
) -> None:
    form = detect_format(path)
    if form is None:
        summary = f"the format of {quote(node.text)} is not known"
        hint = f"a data set's name ends with {join_names(FORMATS)}"
        problems.error("H503", node.span, summary, hint=hint)
        return
    digest = hashlib.sha256()
    cases = CaseSurvey(path, reader, forms, problems)
    try:
        with reader.stream(path) as lines:
            rows = decode_rows(_hash_lines(lines, digest), form, path)
            shape: Shape = survey(cases.pass_on(rows), path)
    except UnreadableError as error:
        summary = f"{quote(node.text)} cannot be read"
        problems.error(error.code, node.span, summary, detail=error.reason, hint=error.hint)
        return
    problems.extend(shape.problems)
    if shape.columns:  # else it could not be read, which is said: nothing is unknown then
        data.columns[path] = shape.columns
    data.counts[path] = shape.count
    data.digests += [digest.hexdigest(), *cases.digests]
    data.digests += [_hash_file(code, reader) for code in cases.code]
    data.names[path] = cases.names
    data.samples[path] = list(cases.samples.values())


def _hash_lines(lines: Iterable[str], digest: hashlib._Hash) -> Iterator[str]:
    """Yield the lines, hashed as they pass, line ends alike on every machine."""
    for line in lines:
        digest.update(line.rstrip("\r\n").encode("utf-8", "surrogatepass") + b"\n")
        yield line
