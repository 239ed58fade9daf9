"""Filling an application's JSON body with what is asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.spec.document.template import REFERENCE, substitute


def fill(body: object, values: Mapping[str, Any]) -> Any:
    """Return the body with every ``{{name}}`` replaced.

    A string that is nothing but ``{{name}}`` becomes the value itself, list or number; inside a
    longer string, and for ``{{name.field}}``, the value stands as text.
    """
    if isinstance(body, str):
        whole = REFERENCE.fullmatch(body)
        if whole is not None and whole.group(1) in values:
            return values[whole.group(1)]
        return substitute(body, values)
    if isinstance(body, Mapping):
        return {key: fill(value, values) for key, value in body.items()}
    if isinstance(body, list | tuple):
        return [fill(value, values) for value in body]
    return body
