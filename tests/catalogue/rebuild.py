"""Rebuild the catalogue's data files from tables of facts.

    python -m tests.catalogue.rebuild ../shared/data/catalogue

The folder has ``offers.tsv``, ``models.tsv``, ``capacity.tsv``, ``quota.tsv``, ``coverage.tsv``,
``sources.tsv`` and ``recorded/``; ``tests/catalogue/own`` beside this file has the same tables with
what was observed elsewhere. What comes out is one row for each fact that holds, with its source.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tests.catalogue.facts import NO_SKU, Facts, Model, read_facts
from tests.catalogue.models import KnownModel, Relatives, find_sizes, know_limits, know_models
from tests.catalogue.offers import ANY_REGION, ASSUMED, Assumptions, Observations, Period

HERE = Path(__file__).parent
OWN = HERE / "own"
DATA = HERE.parent.parent / "harness" / "azure" / "data"

Offers = Mapping[tuple[Model, str, Period], set[str]]


def rebuild(folders: Sequence[Path]) -> dict[str, str]:
    """Return the text of every data file, by its name."""
    facts = read_facts([*folders, OWN])
    seen = Observations(facts)
    models = know_models(facts, seen.models)
    offers = _decide_offers(seen, models)
    _complete_skus(facts, models, offers)
    return {
        "sources.tsv": _write_sources(facts),
        "regions.tsv": _write_regions(facts),
        "models.tsv": _write_models(models),
        "skus.tsv": _write_skus(models),
        "offers.tsv": _write_offers(offers, {*seen.regions, ANY_REGION}),
        "quota.tsv": _write_quota(facts, models),
        "parameters.tsv": _write_parameters(facts),
    }


def _decide_offers(seen: Observations, models: Mapping[Model, KnownModel]) -> Offers:
    offers: dict[tuple[Model, str, Period], set[str]] = defaultdict(set)
    today: dict[str, dict[Model, set[str]]] = defaultdict(lambda: defaultdict(set))
    for region, model in seen.seen:
        for sku, periods in seen.find_periods(region, model).items():
            for period in periods:
                # A page forgets what has retired; Azure goes on listing it.
                is_retired = "" < models[model].ends <= period.until
                lasting = replace(period, until="") if is_retired else period
                offers[model, sku, lasting].add(region)
                if not lasting.until:
                    today[region][model].add(sku)
    _assume_offers(seen, models, today, offers)
    return offers


def _assume_offers(
    seen: Observations,
    models: Mapping[Model, KnownModel],
    today: Mapping[str, Mapping[Model, set[str]]],
    offers: dict[tuple[Model, str, Period], set[str]],
) -> None:
    """Add what nobody observed: of models that only a schedule names, GlobalStandard.

    A model is listed also where no way of serving it is assumed, as lists do.
    """
    assumptions = Assumptions(seen, {name: one.since for name, one in models.items()}, today)
    unseen = Period("", "", ASSUMED)
    offered = {model for model, _, _ in offers}
    for model, one in models.items():
        for region in (*seen.regions, ANY_REGION):
            if region != ANY_REGION and seen.is_observed(region, model, one.since):
                continue
            guessed = assumptions.guess(region, model) if model in offered else {"GlobalStandard"}
            for sku in (guessed | {NO_SKU}) - today.get(region, {}).get(model, set()):
                offers[model, sku, unseen].add(region)


def _complete_skus(facts: Facts, models: Mapping[Model, KnownModel], offers: Offers) -> None:
    relatives, sizes = Relatives(models), find_sizes(facts)
    for model, sku, _ in sorted(offers):
        one = models[model]
        if sku != NO_SKU and sku not in one.skus:
            size = sizes.get((model, sku)) or sizes.get(((*model[:2], "*"), sku))
            one.skus[sku] = relatives.derive_sku(model, sku, size)


def _table(head: str, rows: Iterable[Iterable[str]]) -> str:
    lines = ["\t".join(head.split()), *("\t".join(row) for row in rows)]
    return "\n".join(lines) + "\n"


def _write_sources(facts: Facts) -> str:
    rows = {row["source"]: row for row in facts.rows("sources")}
    return _table(
        "source observed repository path commit licence",
        (
            (name, row["observed"], row["repository"], row["path"], row["commit"], row["licence"])
            for name, row in sorted(rows.items())
        ),
    )


def _write_regions(facts: Facts) -> str:
    names = ("region", "kinds", "area", "source")
    return _table(" ".join(names), ([row[name] for name in names] for row in facts.rows("regions")))


def _write_models(models: Mapping[Model, KnownModel]) -> str:
    return _table(
        "format model version lifecycle default since ends ends_source tuning_ends successor "
        "max_capacity context output capabilities source",
        (
            (
                *model,
                one.lifecycle,
                "yes" if one.default else "",
                one.since,
                one.ends,
                one.ends_source,
                one.tuning_ends,
                one.successor,
                one.max_capacity,
                one.context,
                one.output,
                " ".join(
                    name if value == "true" else f"{name}={value}"
                    for name, value in one.capabilities.items()
                ),
                one.source,
            )
            for model, one in models.items()
        ),
    )


def _write_skus(models: Mapping[Model, KnownModel]) -> str:
    return _table(
        "format model version sku usage_name ends minimum maximum step default rates source",
        (
            (
                *model,
                name,
                sku.usage_name,
                sku.ends,
                sku.minimum,
                sku.maximum,
                sku.step,
                sku.default,
                sku.rates,
                sku.source,
            )
            for model, one in models.items()
            for name, sku in one.skus.items()
        ),
    )


def _write_offers(offers: Offers, every: set[str]) -> str:
    return _table(
        "format model version sku since until source regions",
        (
            (*model, sku, period.since, period.until, period.source, _name_regions(regions, every))
            for (model, sku, period), regions in sorted(offers.items())
        ),
    )


def _name_regions(regions: set[str], every: set[str]) -> str:
    """Write regions by their names; after ``!`` those that are left out, where they are fewer."""
    if len(regions) > len(every) / 2 and regions <= every:
        return " ".join(["!", *sorted(every - regions)])
    return " ".join(sorted(regions))


def _write_quota(facts: Facts, models: Mapping[Model, KnownModel]) -> str:
    names = {sku.usage_name: "" for one in models.values() for sku in one.skus.values()}
    return _table(
        "usage_name limit label source",
        (
            (name, str(limit.limit), limit.label, limit.source)
            for name, limit in know_limits(facts, names).items()
        ),
    )


def _write_parameters(facts: Facts) -> str:
    """Write the newest row of each parameter; where one page says both, it is accepted."""
    newest: dict[tuple[str, ...], Mapping[str, str]] = {}
    order = sorted(
        facts.rows("parameters"), key=lambda row: (row["observed"], row["verdict"] == "accepted")
    )
    for row in order:
        newest[row["model"], row["version"], row["parameter"]] = row
    names = ("verdict", "values", "source")
    return _table(
        "model version parameter verdict values source",
        ((*key, *(row[name] for name in names)) for key, row in sorted(newest.items())),
    )


def main() -> None:
    """Write the data files from the folders that are named."""
    DATA.mkdir(exist_ok=True)
    for name, text in rebuild([Path(each) for each in sys.argv[1:]]).items():
        (DATA / name).write_text(text, encoding="utf-8")
        print(f"{name}: {len(text.splitlines()) - 1} rows, {len(text):,} characters")  # noqa: T201


if __name__ == "__main__":
    main()
