"""A spec without its environment: what a recording holds in place of what only one machine knows.

A replay reads no variable at all, so that it is the same for everybody: each ``${NAME}`` has its
default, or a made-up value where it has none. A recording is made with the environment; what came
from there is written down as what a replay will have in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from harness.redaction.hiding import replace_guid

if TYPE_CHECKING:
    from harness.spec.model.spec import Spec
    from harness.spec.parse.interpolate import Unset

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
"""No subscription of anybody's; what specs fall back to for the simulator's sake."""

NAMES_OF_AZURE = frozenset(
    {"api_version", "capacity", "cloud", "format", "kind", "model", "region", "sku", "version"}
)
"""Names of Azure's own things stay: it is nobody's secret, and stands all over its answers."""

SHORTEST = 4
"""Characters; anything shorter is part of too many words to be replaced in texts."""


def make_up_values(unset: Sequence[Unset]) -> dict[str, str]:
    """Make an environment with a value for every variable that a spec needs and no default has."""
    return {variable.name: _make_value(variable) for variable in unset}


def _make_value(variable: Unset) -> str:
    last = variable.path[-1] if variable.path else ""
    name = variable.name.lower().replace("_", "-")
    match last:
        case "subscription":
            return SUBSCRIPTION
        case "principal":
            return replace_guid(name)
        case "cloud":
            return "simulator"
        case "endpoint" | "base_url" | "url":
            return f"https://{name}.invalid"
        case _:
            return name


def find_differences(here: Spec, without: Spec) -> dict[str, str]:
    """List what this machine's environment put into a spec, with what a replay has instead."""
    parts = {"subscription", "resource_group", "accounts", "providers"}
    pairs = _pair_texts(
        here.model_dump(mode="json", include=parts), without.model_dump(mode="json", include=parts)
    )
    return {
        real: other for real, other in pairs if real != other and len(real) >= SHORTEST and other
    }


def _pair_texts(here: Any, without: Any) -> Iterator[tuple[str, str]]:
    """Return texts that stand in the same place of two documents of one shape."""
    if isinstance(here, str) and isinstance(without, str):
        yield here, without
    elif isinstance(here, Mapping) and isinstance(without, Mapping):
        for key in here.keys() & without.keys() - NAMES_OF_AZURE:
            yield from _pair_texts(here[key], without[key])
    elif isinstance(here, list) and isinstance(without, list):
        for one, other in zip(here, without, strict=False):
            yield from _pair_texts(one, other)
