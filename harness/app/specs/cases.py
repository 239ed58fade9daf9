"""The rows of data sets, read as they are needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from harness.checks.definitions import FORMS
from harness.spec.check.case_rows import read_data_set
from harness.spec.formats.data import detect_format

if TYPE_CHECKING:
    from harness.spec.model.spec import Conversation
    from harness.spec.ports import Reader


def read_cases(conversation: Conversation, reader: Reader) -> Iterator[Mapping[str, Any]]:
    """Read the cases of a conversation in their order; a file is streamed, never held.

    Raises:
        SpecError: the file changed into something that cannot be read since the spec was loaded.
    """
    cases = conversation.cases
    if cases is None:
        return
    if not isinstance(cases, str):
        yield from cases
        return
    form = detect_format(cases)
    assert form is not None, "the spec was validated"  # noqa: S101 - for the type checker
    with reader.stream(cases) as lines:
        yield from read_data_set(lines, form, cases, reader, FORMS)
