"""The keys that the format knows at a place, for hints about those that it does not."""

from __future__ import annotations

from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from harness.spec.document.located import Node, Path
from harness.spec.model.spec import Spec


def list_fields(path: Path, root: Node) -> tuple[str, ...]:
    """Return the keys that the format knows at a path, for hints."""
    models: list[type[BaseModel]] = [Spec]
    node: Node | None = root
    kinds: list[Any] = []
    for step in path:
        node = node.at(step) if node is not None else None
        kinds = [_find_annotation(model, step) for model in models] if models else kinds
        flat = [kind for declared in kinds for kind in _split_union(declared)]
        models = [
            kind
            for kind in flat
            if get_origin(kind) is None and isinstance(kind, type) and issubclass(kind, BaseModel)
        ]
        if not models:
            kinds = [_take_element(kind) for kind in flat]
            continue
        models = _choose_by_type(models, node)
    names = [_key_of(model, field) for model in models for field in model.model_fields]
    return tuple(dict.fromkeys(names))


def _find_annotation(model: type[BaseModel], step: str | int) -> Any:
    for name, field in model.model_fields.items():
        if step in (name, field.alias):
            return field.annotation
    return None


def _key_of(model: type[BaseModel], field: str) -> str:
    return model.model_fields[field].alias or field


def _split_union(declared: Any) -> list[Any]:
    if get_origin(declared) in (Union, UnionType):
        return [part for member in get_args(declared) for part in _split_union(member)]
    if hasattr(declared, "__metadata__"):
        return _split_union(declared.__origin__)
    return [declared]


def _take_element(declared: Any) -> Any:
    arguments = get_args(declared)
    return (
        arguments[-1]
        if arguments and arguments[-1] is not Ellipsis
        else next(iter(arguments), None)
    )


def _choose_by_type(models: list[type[BaseModel]], node: Node | None) -> list[type[BaseModel]]:
    """Of a union's models, return the one whose ``type`` the author wrote."""
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
