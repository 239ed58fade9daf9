"""A document -> the spec's values, and pydantic's findings in the author's words.

Input never appears in a message unless it is a bare number, boolean or null: anything else may be
a secret. Names (keys, choices) do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from harness.source import Span
from harness.spec.located import Node, Path, plain
from harness.spec.model import Spec
from harness.spec.problems import Problems
from harness.spec.words import did_you_mean, listed, quoted
from harness.spec.yaml import scalar

WANTED = {
    "string_type": "a string",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "tuple_type": "a list",
    "list_type": "a list",
    "date_type": "a date",
}
CHOICES = ("literal_error", "enum", "union_tag_invalid")
BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}
FROM_TEXT = {"int_type": (int,), "float_type": (int, float), "bool_type": (bool,)}
"""What text from the environment may become, since the environment holds nothing but text."""


def decode(root: Node, problems: Problems) -> Spec | None:
    """The spec, None when it does not have the shape of one; why stands in ``problems``.

    Text from the environment becomes a number or a boolean where one is wanted. Where a variable
    is not set, a placeholder stands in its place.
    """
    for _ in range(3):
        try:
            return Spec.model_validate(plain(root))
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False, include_context=True)
        repaired = _repaired(root, found)
        if repaired is root:
            _translate(root, found, problems)
            return None
        root = repaired
    _translate(root, found, problems)
    return None


# --- text from the environment ------------------------------------------------------------------


def _repaired(root: Node, errors: Iterable[Mapping[str, Any]]) -> Node:
    for error in errors:
        path = _path(root, error["loc"])
        node = root.at(*path)
        if node is None or not node.expanded:
            continue
        kind = error["type"]
        if node.unset:
            if kind in FROM_TEXT:
                root = _replaced(root, path, replace(node, value=FROM_TEXT[kind][0](1)))
            else:
                root = _replaced(root, path, None)
        elif kind in FROM_TEXT:
            value = scalar(node.text or "")
            if type(value) in FROM_TEXT[kind]:
                root = _replaced(root, path, replace(node, value=value))
    return root


def _replaced(root: Node, path: Path, node: Node | None) -> Node:
    """The tree with one node exchanged, or left out."""
    if not path:
        return root if node is None else node
    step, rest = path[0], path[1:]
    below = root.at(step)
    if below is None:
        return root
    new = _replaced(below, rest, node) if rest else node
    if isinstance(step, int):
        elements = list(root.elements)
        elements[step : step + 1] = [] if new is None else [new]
        return replace(root, value=elements)
    items = {key: child for key, child in root.items.items() if key != step or new is not None}
    if new is not None:
        items[step] = new
    return replace(root, value=items)


# --- messages -------------------------------------------------------------------------------------


def _path(root: Node, loc: Iterable[str | int]) -> Path:
    """Where in the document pydantic means: names of union members in its path are left out."""
    path: list[str | int] = []
    node: Node | None = root
    steps = list(loc)
    for position, step in enumerate(steps):
        below = node.at(step) if node is not None else None
        if below is not None and not _is_tag(node, step, steps[position + 1 :]):
            path.append(step)
            node = below
    return tuple(path)


def _is_tag(node: Node | None, step: str | int, rest: list[str | int]) -> bool:
    """Whether a step is a union's tag that happens to be a key too (``models``, ``openai``)."""
    kind = node.items.get("type") if node is not None else None
    return kind is not None and kind.text == step and bool(rest) and step not in (rest[0],)


def _translate(root: Node, errors: list[Any], problems: Problems) -> None:
    by_path: dict[Path, list[Any]] = {}
    for error in errors:
        by_path.setdefault(_path(root, error["loc"]), []).append(error)
    for path, group in by_path.items():
        node = root.at(*path) or root
        alternatives = [e for e in group if e["type"] in WANTED or e["type"] in CHOICES]
        if len(alternatives) > 1 and len(alternatives) == len(group):
            if not _deeper(path, by_path, node):
                _wrong_alternatives(node, path, alternatives, problems)
            continue
        for error in group:
            if not (error["type"] in WANTED and _deeper(path, by_path, node)):
                _problem(root, node, path, error, problems)


def _deeper(path: Path, by_path: Mapping[Path, Any], node: Node) -> bool:
    """Whether another member of a union got further: then only what it found is worth telling."""
    return isinstance(node.value, (dict, list)) and any(
        len(other) > len(path) and other[: len(path)] == path for other in by_path
    )


def _problem(
    root: Node, node: Node, path: Path, error: Mapping[str, Any], problems: Problems
) -> None:
    kind, context = error["type"], error.get("ctx", {})
    name = str(error["loc"][-1]) if error["loc"] else ""
    if kind == "extra_forbidden":
        above = root.at(*path[:-1]) or root
        hint = did_you_mean(name, fields_at(path[:-1], root))
        problems.error("H201", above.key_span(name), f"unknown key {quoted(name)}", hint=hint)
    elif kind == "missing":
        problems.error("H202", _owner_span(root, path), f"{quoted(name)} is missing")
    elif kind == "union_tag_not_found":
        problems.error("H202", _owner_span(root, path), '"type" is missing', hint=_types(root))
    elif kind in WANTED:
        _wrong_type(node, WANTED[kind], problems)
    elif kind in CHOICES:
        expected = context.get("expected") or context.get("expected_tags") or ""
        choices = [word.strip(" '\"") for word in _split_choices(str(expected))]
        place = node.items.get("type", node) if kind == "union_tag_invalid" else node
        _wrong_choice(place, choices, problems)
    elif kind in BOUNDS:
        key, words = BOUNDS[kind]
        bound = context.get(key)
        bound = int(bound) if isinstance(bound, float) and bound.is_integer() else bound
        problems.error("H206", node.span, f"{quoted(_label(path))} must be {words} {bound}")
    elif kind == "too_short":
        problems.error("H202", node.span, f"{quoted(_label(path))} is empty")
    elif kind.startswith("date"):
        problems.error("H208", node.span, "not a date", hint="write it as 2026-09-01")
    else:
        problems.error("H208", node.span, f"{quoted(_label(path))} is not understood")


def _label(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "the spec")


def _owner_span(root: Node, path: Path) -> Span:
    """Where the thing that lacks something is named: its key, or itself in a list."""
    above = root.at(*path[:-1]) if path else None
    if above is not None and isinstance(path[-1], str):
        return above.key_span(path[-1])
    return (root.at(*path) or root).span


def _wrong_type(node: Node, wanted: str, problems: Problems) -> None:
    if node.raw is not None and wanted == "a string":
        # The raw text, because 0613 and 1.10 are other numbers by the time they are numbers.
        text = node.raw or "nothing"
        quote = f'quote it: "{node.raw}"' if node.raw else 'write "" for an empty string'
        problems.error("H204", node.span, f"expected a string, got {text}: {quote}")
        return
    problems.error("H203", node.span, f"expected {wanted}, got {found(node)}")


def _wrong_alternatives(
    node: Node, path: Path, errors: list[Any], problems: Problems
) -> None:
    wanted: list[str] = []
    for error in errors:
        if error["type"] in WANTED:
            wanted.append(WANTED[error["type"]])
        else:
            wanted += _split_choices(str(error.get("ctx", {}).get("expected", "")))
    if node.raw is not None and not path[-1:] == ("must_pass",) and "a string" in wanted:
        _wrong_type(node, "a string", problems)
        return
    phrase = " or ".join(dict.fromkeys(wanted))
    problems.error("H203", node.span, f"expected {phrase}, got {found(node)}")


def _wrong_choice(node: Node, choices: list[str], problems: Problems) -> None:
    if node.text is None:
        problems.error("H205", node.span, f"expected one of {listed(choices)}, got {found(node)}")
        return
    hint = "" if node.expanded else did_you_mean(node.text, choices)
    problems.error("H205", node.span, f"expected one of {listed(choices)}", hint=hint)


def _split_choices(expected: str) -> list[str]:
    return [word.strip() for word in expected.replace(" or ", ", ").split(",") if word.strip()]


def _types(root: Node) -> str:
    del root
    return "type: openai | openai-compatible | azure-openai | http | recorded | command"


def found(node: Node) -> str:
    """What stands there, in words that give nothing away."""
    value = node.value
    if node.raw is not None:
        return node.raw or "nothing"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else json.dumps(value)


# --- what a mapping may hold ----------------------------------------------------------------------


def fields_at(path: Path, root: Node) -> tuple[str, ...]:
    """The keys that the format knows at a path, for hints."""
    models: list[type[BaseModel]] = [Spec]
    node: Node | None = root
    kinds: list[Any] = []
    for step in path:
        node = node.at(step) if node is not None else None
        kinds = [_below(model, step) for model in models] if models else kinds
        flat = [kind for declared in kinds for kind in _members(declared)]
        models = [kind for kind in flat if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if not models:
            kinds = [_element(kind) for kind in flat]
            continue
        models = _of_type(models, node)
    names = [_name(model, field) for model in models for field in model.model_fields]
    return tuple(dict.fromkeys(names))


def _below(model: type[BaseModel], step: str | int) -> Any:
    for name, field in model.model_fields.items():
        if step in (name, field.alias):
            return field.annotation
    return None


def _name(model: type[BaseModel], field: str) -> str:
    return model.model_fields[field].alias or field


def _members(declared: Any) -> list[Any]:
    if get_origin(declared) in (Union, UnionType):
        return [part for member in get_args(declared) for part in _members(member)]
    if hasattr(declared, "__metadata__"):
        return _members(declared.__origin__)
    return [declared]


def _element(declared: Any) -> Any:
    arguments = get_args(declared)
    return arguments[-1] if arguments and arguments[-1] is not Ellipsis else next(iter(arguments), None)


def _of_type(models: list[type[BaseModel]], node: Node | None) -> list[type[BaseModel]]:
    """Of a union's models, the one whose ``type`` the author wrote."""
    kind = node.items.get("type") if node is not None else None
    if kind is None or len(models) < 2:
        return models
    chosen = [
        model
        for model in models
        if "type" in model.model_fields
        and kind.value in get_args(model.model_fields["type"].annotation)
    ]
    return chosen or models
