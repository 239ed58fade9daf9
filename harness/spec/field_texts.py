"""The text below each field of a spec's classes: what it is, and an example.

They are read from the source when the JSON Schema is made, and at no other time: pydantic can read
them too, but then every command would wait for it.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from harness.azure.tables.explained_parameters import BY_NAME
from harness.spec.document.located import to_plain
from harness.spec.formats.yaml import parse
from harness.spec.model.resources import Parameters

_EXAMPLE = re.compile(r"\s*Example: `(?P<yaml>.*)`\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class FieldText:
    """A field explained.

    Attributes:
        description: plain English, one or two sentences.
        example: a value of it; None where nobody wrote one, since no field's example is null.
    """

    description: str
    example: Any = None


def read_field_texts(kind: type[BaseModel]) -> dict[str, FieldText]:
    """Return the text of each field of a class, by the name under which a spec has it."""
    if kind is Parameters:
        return {
            name: FieldText(f"{one.summary} ({one.range})", read_example(one.example))
            for name, one in BY_NAME.items()
        }
    texts: dict[str, FieldText] = {}
    for base in reversed(kind.__mro__):
        if issubclass(base, BaseModel) and base is not BaseModel:
            texts.update(_read_own_texts(base))
    return {
        field.alias or name: texts[name]
        for name, field in kind.model_fields.items()
        if name in texts
    }


def _read_own_texts(kind: type[BaseModel]) -> Iterator[tuple[str, FieldText]]:
    (definition,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(definition, ast.ClassDef)  # noqa: S101 - for the type checker
    for field, below in zip(definition.body, definition.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        ):
            yield field.target.id, split_text(below.value.value)


def split_text(text: str) -> FieldText:
    """Split a text at its example, which stands at its end in backticks, as YAML."""
    match = _EXAMPLE.search(text)
    if match is None:
        return FieldText(" ".join(text.split()))
    described = " ".join(text[: match.start()].split())
    return FieldText(described, read_example(" ".join(match["yaml"].split())))


def read_example(text: str) -> Any:
    """Read an example as a spec reads it.

    Raises:
        ValueError: it is no YAML.
    """
    # Behind a key, where a flow collection or a plain text may stand.
    parsed = parse(f"example: {text}\n".encode(), "example")
    if parsed.root is None or parsed.problems or parsed.differences:
        raise ValueError(f"no example, or not the same to all readers: {text}")
    return to_plain(parsed.root)["example"]
