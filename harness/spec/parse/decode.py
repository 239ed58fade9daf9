"""A document -> the spec's values, and pydantic's findings in the author's words.

Input never appears in a message unless it is a bare number, boolean or null: anything else may be
a secret. Names (keys, choices) do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from harness.source import Span
from harness.spec.document.located import Node, Path, to_plain
from harness.spec.document.problems import MOST_TOLD, Problems
from harness.spec.document.words import describe, join_names, quote
from harness.spec.formats.scalars import read_scalar
from harness.spec.model.providers import KINDS
from harness.spec.model.spec import Spec
from harness.spec.parse.fields import list_fields
from harness.spec.parse.others_words import advise_on_shape, advise_on_word

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
}
CHOICES = ("literal_error", "enum", "union_tag_invalid")
BOUNDS = {
    "greater_than_equal": ("ge", "at least"),
    "greater_than": ("gt", "more than"),
    "less_than_equal": ("le", "at most"),
    "less_than": ("lt", "less than"),
}
PROVIDER_TYPES = f"type: {' | '.join(KINDS)}"
FROM_ENVIRONMENT = "the value comes from the environment: look at the variable that is named there"
FROM_TEXT = {"int_type": (int,), "float_type": (int, float), "bool_type": (bool,)}
"""The types that text from the environment may become: the environment holds only text."""


def decode(root: Node, problems: Problems) -> Spec | None:
    """Return the spec, None when it does not have the shape of one; why stands in ``problems``.

    Text from the environment becomes a number or a boolean where one is wanted. Where a variable
    is not set, a placeholder stands in its place.
    """
    for _ in range(3):
        try:
            return Spec.model_validate(to_plain(root))
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False, include_context=True)
        repaired = _repair(root, found)
        if repaired is root:
            _translate(root, found, problems)
            return None
        root = repaired
    _translate(root, found, problems)
    return None


# --- text from the environment ------------------------------------------------------------------


def _repair(root: Node, errors: Iterable[Mapping[str, Any]]) -> Node:
    for error in errors:
        if error["type"] == "extra_forbidden":
            continue
        path = _find_path(root, error["loc"])
        node = root.at(*path)
        if node is None or not node.expanded:
            continue
        kind = error["type"]
        if node.unset:
            if kind in FROM_TEXT:
                root = _replace_at(root, path, replace(node, value=FROM_TEXT[kind][0](1)))
            else:
                root = _replace_at(root, path, None)
        elif kind in FROM_TEXT:
            value = read_scalar(node.text or "")
            if type(value) in FROM_TEXT[kind]:
                root = _replace_at(root, path, replace(node, value=value))
    return root


def _replace_at(root: Node, path: Path, node: Node | None) -> Node:
    """Return the tree with one node exchanged, or left out."""
    if not path:
        return root if node is None else node
    step, rest = path[0], path[1:]
    below = root.at(step)
    if below is None:
        return root
    new = _replace_at(below, rest, node) if rest else node
    if isinstance(step, int):
        elements = list(root.elements)
        elements[step : step + 1] = [] if new is None else [new]
        return replace(root, value=elements)
    items = {key: child for key, child in root.items.items() if key != step or new is not None}
    if new is not None:
        items[step] = new
    return replace(root, value=items)


# --- messages -------------------------------------------------------------------------------------


def _find_path(root: Node, loc: Iterable[str | int]) -> Path:
    """Return the path in the document that pydantic means, without names of union members."""
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
    """Tell whether a step is a union's tag that is also a key (``models``, ``openai``)."""
    kind = node.items.get("type") if node is not None else None
    return kind is not None and kind.text == step and bool(rest) and step != rest[0]


def _translate(root: Node, errors: list[Any], problems: Problems) -> None:
    problems.untold += max(0, len(errors) - 2 * MOST_TOLD)
    errors = errors[: 2 * MOST_TOLD]
    by_path: dict[Path, list[Any]] = {}
    for error in errors:
        by_path.setdefault(_find_path(root, error["loc"]), []).append(error)
    for path, group in by_path.items():
        node = root.at(*path) or root
        misfits = [error for error in group if error["type"] in (*WANTED, *CHOICES)]
        others = [error for error in group if error not in misfits]
        if misfits and not others and not _has_deeper(path, by_path, node):
            _note_misfit(path, node, misfits, problems)
        for error in others:
            _note_problem(root, node, path, error, problems)


def _has_deeper(path: Path, by_path: Mapping[Path, Any], node: Node) -> bool:
    """Tell whether another union member got further: then only its problem is worth telling."""
    return isinstance(node.value, (dict, list)) and any(
        len(other) > len(path) and other[: len(path)] == path for other in by_path
    )


def _note_problem(
    root: Node, node: Node, path: Path, error: Mapping[str, Any], problems: Problems
) -> None:
    kind, context = error["type"], error.get("ctx", {})
    name = str(error["loc"][-1]) if error["loc"] else ""
    if kind == "extra_forbidden":
        above = root.at(*path[:-1]) or root
        place = above.key_span(name)
        hint = advise_on_word(path[:-1], name, place.file, above.at(name))
        if not hint and problems.gives_hints:
            hint = problems.suggest(name, list_fields(path[:-1], root))
        problems.error("H201", place, f"unknown key {quote(name)}", hint=hint)
    elif kind == "missing":
        problems.error("H202", _find_owner_span(root, path), f"{quote(name)} is missing")
    elif kind == "union_tag_not_found":
        problems.error(
            "H202", _find_owner_span(root, path), '"type" is missing', hint=PROVIDER_TYPES
        )
    elif kind in BOUNDS:
        key, words = BOUNDS[kind]
        bound = context.get(key)
        bound = int(bound) if isinstance(bound, float) and bound.is_integer() else bound
        problems.error("H206", node.span, f"{quote(_name_of(path))} must be {words} {bound}")
    elif kind == "too_short":
        if not node.elements:  # else its elements are wrong, and that is told of each
            problems.error("H202", node.span, f"{quote(_name_of(path))} is empty")
    elif kind.startswith("date"):
        problems.error("H208", node.span, "not a date", hint="write it as 2026-09-01")
    elif kind == "link_type":
        hint = "write it as https://example.org/issues/1"
        problems.error("H208", node.span, f"{quote(_name_of(path))} is no link", hint=hint)
    else:
        problems.error("H208", node.span, f"{quote(_name_of(path))} is not understood")


def _name_of(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "the spec")


def _find_owner_span(root: Node, path: Path) -> Span:
    """Return where the thing that lacks something is named: its key, or itself in a list."""
    above = root.at(*path[:-1]) if path else None
    if above is not None and isinstance(path[-1], str):
        return above.key_span(path[-1])
    return (root.at(*path) or root).span


def _note_misfit(path: Path, node: Node, errors: list[Any], problems: Problems) -> None:
    """Note a value that may not stand there: of a wrong type, or none of the choices."""
    kinds = {error["type"] for error in errors}
    wanted: list[str] = []
    for error in errors:
        if error["type"] in WANTED:
            wanted.append(WANTED[error["type"]])
        else:
            context = error.get("ctx", {})
            wanted += _split_choices(context.get("expected") or context.get("expected_tags") or "")
    wanted = list(dict.fromkeys(wanted))
    if "union_tag_invalid" in kinds:
        node = node.items.get("type", node)
    if node.raw is not None and "a string" in wanted:
        # The raw text, because 0613 and 1.10 are other numbers by the time they are numbers.
        text = node.raw or "nothing"
        quote = f'quote it: "{node.raw}"' if node.raw else 'write "" for an empty string'
        problems.error("H204", node.span, f"expected a string, got {text}: {quote}")
    elif kinds <= set(CHOICES):
        hint = FROM_ENVIRONMENT
        if not node.expanded:
            hint = problems.suggest(node.text, wanted) if node.text else ""
        got = f", got {describe(node)}" if node.text is None else ""
        problems.error("H205", node.span, f"expected one of {join_names(wanted)}{got}", hint=hint)
    else:
        summary = f"expected {' or '.join(wanted)}, got {describe(node)}"
        hint = advise_on_shape(path, node) or _suggest_type(node, kinds)
        problems.error("H203", node.span, summary, hint=hint)


def _suggest_type(node: Node, kinds: set[str]) -> str:
    if node.text is None or node.expanded:
        return ""
    if "bool_type" in kinds and node.text.lower() in ("yes", "no", "on", "off"):
        return f"write {str(node.text.lower() in ('yes', 'on')).lower()}"
    if kinds & FROM_TEXT.keys() and not isinstance(read_scalar(node.text), str):
        return "remove the quotes"
    return ""


def _split_choices(expected: str) -> list[str]:
    words = expected.replace(" or ", ", ").split(",")
    return [word.strip(" '\"") for word in words if word.strip()]
