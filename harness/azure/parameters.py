"""The parameters that each reasoning model takes or refuses, as the documentation says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from harness.azure.offers_data import read_rows


@dataclass(frozen=True, slots=True)
class ParameterFact:
    """A parameter of a model.

    Attributes:
        verdict: accepted, refused, wanted, conditional or only, as the table says.
        values: those that are accepted; () where any is, or none is named.
    """

    verdict: str
    values: tuple[str, ...]


def find_parameter(model: str, version: str | None, name: str) -> ParameterFact | None:
    """Return what is documented of a parameter of a model; None where nothing is.

    Without a version, the newest that the table has counts.
    """
    facts = _read_facts().get((model, name), {})
    known = version if version in facts else max(facts, default=None) if not version else None
    return facts.get(known) if known is not None else None


@lru_cache(maxsize=1)
def _read_facts() -> Mapping[tuple[str, str], Mapping[str, ParameterFact]]:
    """Return facts by model and parameter, then by version."""
    found: dict[tuple[str, str], dict[str, ParameterFact]] = {}
    for row in read_rows("parameters"):
        values = tuple(value for value in row["values"].split(",") if value)
        by_version = found.setdefault((row["model"], row["parameter"]), {})
        by_version[row["version"]] = ParameterFact(row["verdict"], values)
    return found
