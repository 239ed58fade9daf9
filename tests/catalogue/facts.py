"""Read tables of facts: a folder holds ``offers.tsv``, ``models.tsv`` and what else is known."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Row = Mapping[str, str]
Model = tuple[str, str, str]
"""Format, name and version."""

Offer = tuple[str, Model, str]
"""Region, model and SKU."""

NO_SKU = "-"
"""Stands for the SKU of a model that a region lists and does not serve."""

FINE_TUNED = "-finetune"


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model as one region's list describes it."""

    region: str
    source: str
    observed: str
    body: Mapping[str, Any]

    @property
    def model(self) -> Model:
        """Return format, name and version."""
        return (self.body["format"], self.body["name"], self.body["version"])


@dataclass(slots=True)
class Facts:
    """All rows of some folders, by table.

    Attributes:
        listed: models out of recorded lists.
        whole: regions and sources whose list was recorded whole.
    """

    tables: dict[str, list[Row]] = field(default_factory=dict)
    listed: list[ListedModel] = field(default_factory=list)
    usages: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)
    whole: set[tuple[str, str]] = field(default_factory=set)

    def rows(self, table: str) -> list[Row]:
        """Return the rows of a table, [] for one that no folder has."""
        return self.tables.get(table, [])


def read_facts(folders: Iterable[Path]) -> Facts:
    """Read every table and every recorded answer in some folders."""
    facts = Facts()
    for folder in folders:
        for path in sorted(folder.glob("*.tsv")):
            facts.tables.setdefault(path.stem, []).extend(_read_table(path))
        for path in sorted(folder.glob("recorded/*.json")):
            _read_answers(json.loads(path.read_text(encoding="utf-8")), facts)
    facts.whole.add(("westeurope", "list-2023"))
    return facts


def _read_table(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def _read_answers(document: Mapping[str, Any], facts: Facts) -> None:
    region = document["region"]
    for answer in document["answers"]:
        source, observed, rows = answer["source"], answer["observed"], answer["body"]["value"]
        if answer["operation"] == "usages":
            facts.usages += [(region, observed, row) for row in rows]
            continue
        if answer["whole_list"]:
            facts.whole.add((region, source))
        seen: set[Model] = set()
        for row in rows:
            one = ListedModel(region, source, observed, row["model"])
            if one.model not in seen:  # the same model stands there for each kind of account
                seen.add(one.model)
                facts.listed.append(one)


def name_sku(name: str, usage_name: str) -> str:
    """Return one name for a SKU, which tells that for fine-tuned models from the other."""
    return f"{name}+finetune" if usage_name.endswith(FINE_TUNED) else name
