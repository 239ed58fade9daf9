"""The cases of data sets as they are played: files in place, assertions in their long form."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harness.errors import Diagnostic, SpecError
from harness.source import Span
from harness.spec.check.assertion_values import check_assertion
from harness.spec.check.paths import resolve_code
from harness.spec.document import walk
from harness.spec.document.located import Node, locate, to_plain
from harness.spec.document.problems import Problems
from harness.spec.document.template import find_names
from harness.spec.formats.data import ASSERT, MOST_PROBLEMS, DataRow, Format, decode_rows
from harness.spec.model.assertion_forms import AssertionForms
from harness.spec.parse.assemble import Sources
from harness.spec.parse.short_assertions import unfold_case
from harness.spec.parse.texts import SCHEME, load_cells, load_value
from harness.spec.ports import Reader


def read_data_set(
    lines: Iterable[str], form: Format, file: str, reader: Reader, forms: AssertionForms
) -> Iterator[Mapping[str, Any]]:
    """Yield the cases of a data set: variables by name, and ``assert`` in its long form.

    Args:
        lines: the text line by line, line ends kept (an open file with ``newline=""``).
        form: how the text is written.
        file: the path of the data set; what its cases name is relative to it.
        reader: the files beneath the project root.
        forms: the assertions that a case may hold.

    Raises:
        SpecError: at the first row that cannot be used, with its line.
    """
    for row in decode_rows(lines, form, file):
        if isinstance(row, Diagnostic):
            raise SpecError([row])
        if not _needs_reading(row.values):
            yield row.values
            continue
        problems = Problems()
        case = _read_case(row, file, Sources(reader, problems), forms, {})
        if problems.any_error:
            raise SpecError(problems.list_errors(file))
        yield to_plain(case)


@dataclass(slots=True)
class CaseSurvey:
    """A survey of the cases of one data set: what they hold beside their variables.

    Attributes:
        digests: of the files that cells name, and of the code in assertions.
        names: the first place of each variable that assertions name.
        samples: one assertion of each kind and judge, for checks that look at no more.
    """

    file: str
    reader: Reader
    forms: AssertionForms
    problems: Problems
    digests: list[str] = field(default_factory=list)
    names: dict[str, Node] = field(default_factory=dict)
    samples: dict[tuple[str, str], Node] = field(default_factory=dict)
    code: dict[str, None] = field(default_factory=dict)

    def pass_on(self, rows: Iterable[DataRow | Diagnostic]) -> Iterator[DataRow | Diagnostic]:
        """Look at each row as it passes, until there are too many problems to be read."""
        for row in rows:
            if isinstance(row, DataRow) and _needs_reading(row.values):
                own = Problems()
                self._look(row, own)
                self.problems.extend(own.found)
                if len(self.problems.found) > 10 * MOST_PROBLEMS:
                    return
            yield row

    def _look(self, row: DataRow, problems: Problems) -> None:
        case = _read_case(row, self.file, Sources(self.reader, problems), self.forms, self.code)
        content = json.dumps(to_plain(case), ensure_ascii=False, sort_keys=True, default=str)
        self.digests.append(hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest())
        for assertion in walk.iterate_own_assertions(case):
            check_assertion(assertion, problems, self.forms)
            judge = assertion.at("judge")
            key = (walk.read_kind(assertion), str(judge.value) if judge is not None else "")
            self.samples.setdefault(key, assertion)
            for text in walk.iterate_texts(assertion):
                for name in find_names(text.text or ""):
                    self.names.setdefault(name, text)


def _needs_reading(values: Mapping[str, Any]) -> bool:
    return ASSERT in values or any(_names_file(value) for value in values.values())


def _names_file(value: Any) -> bool:
    if isinstance(value, str):
        return value.startswith(SCHEME)
    if isinstance(value, dict):
        return any(_names_file(inner) for inner in value.values())
    return isinstance(value, list) and any(_names_file(inner) for inner in value)


def _read_case(
    row: DataRow, file: str, sources: Sources, forms: AssertionForms, code: dict[str, None]
) -> Node:
    case = load_cells(locate(row.values, Span(file, row.line, 1)), sources)
    written = case.at(ASSERT)
    if written is None:
        return case
    elements = [load_value(one, sources, forms) if one.items else one for one in written.elements]
    loaded = replace(written, value=elements) if written.elements else written
    case = replace(case, value={**case.items, ASSERT: loaded})
    case = unfold_case(case, sources.problems, forms)
    unfolded = case.at(ASSERT) or written
    resolved = [resolve_code(one, sources, forms, code) for one in unfolded.elements]
    return replace(case, value={**case.items, ASSERT: replace(unfolded, value=resolved)})
