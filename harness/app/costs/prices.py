"""Look up prices: of a model, of everything that Azure offers, or of a spec's targets."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from harness.azure.offers_data import read_models
from harness.azure.standing.rates import StandingRate, find_hourly_rate
from harness.azure.tasks import find_task
from harness.errors import Diagnostic, RefusedError, RequestError
from harness.prices.listing import PriceEntry, find_entry, find_similar, list_listed
from harness.run.targets import Target, every_target

if TYPE_CHECKING:
    from harness.source import Span
    from harness.spec.load import SpecFile

NO_PRICE, NO_TARGET = "H986", "H987"
PRICED_TASKS = ("chat", "completions", "embeddings")
"""Tasks that are paid by the token of text: pictures and speech have prices of their own."""


@dataclass(frozen=True, slots=True)
class TargetPrice:
    """The price of a spec's target, and who says so.

    Attributes:
        span: where the spec says the price; None where the table does.
        entry: the table's entry; None where the spec says it, or tokens are not what is paid.
        hourly: what the deployment costs by the hour beside, or instead of, its tokens.
    """

    target: Target
    span: Span | None
    entry: PriceEntry | None
    hourly: StandingRate | None

    @property
    def is_known(self) -> bool:
        """True where the cost of a call is known."""
        if self.target.price is not None or (self.entry is not None and self.entry.is_known):
            return True
        return self.hourly is not None and self.hourly.kind == "unit"


def look_up(model: str, version: str | None, tables: tuple[str, ...]) -> tuple[PriceEntry, ...]:
    """Return the prices of a model: by each table, of each version that Azure is known to have.

    Raises:
        RefusedError: no table knows any of them.
    """
    found = [entry for table in tables for entry in _list_versions(model, version, table)]
    known = [entry for entry in found if entry.is_known]
    if known:
        return tuple(found)
    label = f"{model}@{version}" if version else model
    names = [name for name in find_similar(model, tables[0]) if name != model.casefold()]
    near = [f"did you mean {' or '.join(names)}?"] if names else []
    way = f"say it in the spec: prices: {{{label}: {{input: …, output: …}}}}"
    if model.endswith((".yaml", ".yml")):
        way = f"what the targets of a spec cost: `harness prices --spec {shlex.quote(model)}`"
    summary = f"nobody here knows what {label} costs: {found[0].reason}"
    raise RefusedError(Diagnostic(NO_PRICE, summary, hint="; ".join([*near, way])))


def list_offered(table: str, today: date) -> tuple[PriceEntry, ...]:
    """Return the prices of all models by a table: of Azure's, those that answer on that day."""
    if table != "azure":
        names = (name for name in list_listed(table) if find_task(name) in PRICED_TASKS)
        entries = (find_entry(name, None, table) for name in names)
        return tuple(entry for entry in entries if entry.is_known)
    models = sorted(
        (offer.name, offer.version)
        for offer in read_models().values()
        if offer.format == "OpenAI"
        and find_task(offer.name) in PRICED_TASKS
        and (offer.ends is None or offer.ends > today)
    )
    return tuple(find_entry(name, version, table) for name, version in models)


def list_target_prices(spec_file: SpecFile, model: str | None = None) -> tuple[TargetPrice, ...]:
    """Return the price of each target of a spec, or of those that are one model.

    Raises:
        RequestError: no target is that model.
    """
    targets = every_target(spec_file.spec)
    wanted = [one for one in targets if model is None or _is_named(one, model)]
    if not wanted:
        summary = f"no target of {spec_file.path} is {model}" if model else "there is no target"
        models = ", ".join(dict.fromkeys(one.model for one in targets if one.model)) or "none"
        raise RequestError(Diagnostic(NO_TARGET, summary, hint=f"models there: {models}"))
    return tuple(_price_target(spec_file, target) for target in wanted)


def _price_target(spec_file: SpecFile, target: Target) -> TargetPrice:
    hourly = None
    if target.kind == "deployment":
        hourly = find_hourly_rate(target.model or "", target.sku or "")
    if target.price is not None:
        return TargetPrice(target, _find_place(spec_file, target), None, hourly)
    if target.price_table is None or target.model is None:
        return TargetPrice(target, None, None, hourly)
    entry = find_entry(target.model, target.version, target.price_table)
    return TargetPrice(target, None, entry, hourly)


def _find_place(spec_file: SpecFile, target: Target) -> Span:
    spans, version = spec_file.spans, target.version
    where = ("accounts", target.owner, "deployments", target.handle)
    if target.kind == "provider":
        where = ("providers", target.owner, "models", target.handle)
    places = (
        (*where, "price"),
        ("providers", target.owner, "price"),
        ("prices", f"{target.model}@{version}"),
        ("prices", target.model or ""),
    )
    for place in places:
        if spans.root.at(*place) is not None:
            return spans.key(*place)
    return spans.at(*where)


def _is_named(target: Target, model: str) -> bool:
    return model.casefold() in (target.name.casefold(), (target.model or "").casefold())


def _list_versions(model: str, version: str | None, table: str) -> Iterator[PriceEntry]:
    if version is not None:
        yield find_entry(model, version, table)
        return
    versions = sorted(
        offer.version
        for offer in read_models().values()
        if offer.name.casefold() == model.casefold() and offer.format == "OpenAI"
    )
    if table == "azure" and versions:
        yield from (find_entry(model, each, table) for each in versions)
    else:
        yield find_entry(model, None, table)
