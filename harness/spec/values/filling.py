"""The value of an assertion with data in it: the author's syntax is read first, then filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from harness.spec.document.template import fill, render
from harness.spec.model.assertion_forms import AssertionForm

_FIELD = re.compile(r'\s*"((?:[^"]|"")*)"\s*(?:,|$)|([^,]*)(?:,|$)')


def split_texts(written: str) -> list[str]:
    """Split one text that stands for several: commas between them, double quotes keep a comma."""
    fields = (
        quoted.replace('""', '"') if quoted else plain.strip()
        for quoted, plain in _FIELD.findall(written)
    )
    return [field for field in fields if field]


def fill_value(form: AssertionForm, written: Any, variables: Mapping[str, Any]) -> Any:
    """Put the values of variables into the value of an assertion.

    Commas separate texts where the author wrote them, never where data holds them. A list in the
    place of one of several texts stands for its elements. Where a text is wanted, a number is its
    digits; what a judge reads is text in any case.
    """
    kind = form.kind
    if kind.is_separated:
        return _fill_separated(written, variables)
    filled = fill(written, variables)
    if isinstance(filled, str) or not isinstance(written, str):
        return filled
    if kind.holds_texts and isinstance(filled, (list, tuple)):
        return [_write_scalar(one) for one in filled]
    if kind.is_text and "judge" in form.needs and filled is not None:
        several = form.context != "none" and isinstance(filled, (list, tuple))
        return "\n\n".join(map(render, filled)) if several else render(filled)
    return _write_scalar(filled) if kind.is_text or kind.holds_texts else filled


def _fill_separated(written: Any, variables: Mapping[str, Any]) -> Any:
    if isinstance(written, Mapping):
        return {key: _fill_separated(inner, variables) for key, inner in written.items()}
    if isinstance(written, str):
        if "{{" not in written:
            return written
        parts: Any = split_texts(written)
    elif isinstance(written, (list, tuple)):
        parts = written
    else:
        return written
    filled: list[Any] = []
    for part in parts:
        value = fill(part, variables)
        several = isinstance(part, str) and isinstance(value, (list, tuple))
        filled += [_write_scalar(one) for one in (value if several else [value])]
    return filled


def _write_scalar(value: Any) -> Any:
    """Write a number, true or false as the text that a reply would hold."""
    return render(value) if isinstance(value, (bool, int, float)) else value
