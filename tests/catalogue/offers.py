"""Decide what a region offers, and from when until when, out of observations that disagree.

The newest observation wins. A list that a region answered says what it holds and what it does not.
A page of the documentation says so too, but leaves out some 4 % of what regions answer: what only
a list ever had is not taken back by a page. Where nothing was observed, regions of the same kind
(the data zone that they are in) are the best guess.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.catalogue.facts import NO_SKU, Facts, Model, name_sku

ANY_REGION = "*"
"""Stands for a region that no table knows."""

SHARE = 0.5
"""The share of regions of a kind that offer what is assumed of the others.

Each region of 2026-09-29 held out in turn: 95 % of its offers are assumed so, and 95 % of what is
assumed is offered. At 0.4 both are 95 % and 91 %.
"""
GLOBAL_SKUS = frozenset({"GlobalStandard", "GlobalProvisionedManaged", "GlobalBatch"})
SMALL_SKUS = frozenset({"GlobalProvisionedManaged"})
"""What regions without pay-as-you-go have of OpenAI's models, by their recorded lists."""

SHOWS_SIZE = ("OpenAI", "gpt-4.1", "2025-04-14")
"""A model that every recorded list has: a small region does not serve it as GlobalStandard."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A time in which a SKU is offered; "" where nobody saw it begin, or end."""

    since: str
    until: str
    source: str


ASSUMED = "assumed"
SHOWS_NO_ABSENCE = ("regions-", "deployed-")
"""Sources whose silence does not say by itself that something is not offered."""

Seen = dict[tuple[str, Model], dict[str, dict[str, set[str]]]]
"""Region and model, then the day, then the source: SKUs that were there."""


class Observations:
    """Everything that was seen of regions."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.regions = {row["region"]: row["zone"] for row in facts.rows("regions")}
        self.seen: Seen = defaultdict(lambda: defaultdict(lambda: defaultdict(set)))
        self.named_on_pages: dict[str, set[Model]] = defaultdict(set)
        self.days: dict[str, str] = {}
        self._read_lists()
        self._read_offers()
        self.covered = self._find_covered()
        self.models = {model for _, model in self.seen}

    def _read_lists(self) -> None:
        for one in self.facts.listed:
            self.days[one.source] = one.observed
            there = self.seen[one.region, one.model][one.observed][one.source]
            there |= {name_sku(sku["name"], sku["usageName"]) for sku in one.body["skus"]}
            there.add(NO_SKU)

    def _read_offers(self) -> None:
        listed = {(one.region, one.source) for one in self.facts.listed}
        for row in self.facts.rows("offers"):
            model = (row["format"], row["model"], row["version"])
            source, day = row["source"], row["observed"]
            self.days[source] = day
            if source.startswith("regions-"):
                self.named_on_pages[source].add(model)
            if (row["region"], source) not in listed:
                self.seen[row["region"], model][day][source].add(row["sku"])
                if not source.startswith("regions-"):
                    self.seen[row["region"], model][day][source].add(NO_SKU)

    def _find_covered(self) -> dict[str, set[tuple[str, bool]]]:
        """Return the regions that each page tells of, for models of OpenAI and for others."""
        covered: dict[str, set[tuple[str, bool]]] = defaultdict(set)
        for row in self.facts.rows("coverage"):
            covered[row["source"]].add((row["region"], row["block"] == "OpenAI"))
        for row in self.facts.rows("offers"):
            if row["source"].startswith("regions-"):
                covered[row["source"]].add((row["region"], row["format"] == "OpenAI"))
        return covered

    def find_periods(self, region: str, model: Model) -> dict[str, list[Period]]:
        """Return the times in which each SKU is offered; {} where nothing was observed."""
        days: dict[str, list[tuple[str, set[str]]]] = defaultdict(list)
        for day, by_source in self.seen.get((region, model), {}).items():
            days[day] += [(source, skus) for source, skus in by_source.items()]
        for source, named in self.named_on_pages.items():
            covers = (region, model[0] == "OpenAI") in self.covered[source]
            if covers and model in named | self._named_before(source):
                days[self.days[source]].append((source, set()))
        for whole_region, source in self.facts.whole:
            if whole_region == region and source in self.days and source != "list-2023":
                days[self.days[source]].append((source, set()))
        skus = {sku for answers in days.values() for _, found in answers for sku in found}
        if not skus:
            return {}
        return {sku: list(_join(sku, days)) for sku in skus}

    def _named_before(self, source: str) -> set[Model]:
        """Return the models that older pages named: the newer one has taken them off."""
        day = self.days[source]
        return {
            model
            for older, named in self.named_on_pages.items()
            if self.days[older] < day
            for model in named
        }

    def is_observed(self, region: str, model: Model, since: str) -> bool:
        """Tell whether any source says something of a model in a region.

        A whole list says of every model that was out by then whether it is there.
        """
        sources = (each for day in self.seen.get((region, model), {}).values() for each in day)
        if any(not source.startswith("deployed-") for source in sources):
            return True
        whole = any(
            region == there and source != "list-2023" and since <= self.days[source]
            for there, source in self.facts.whole
        )
        page = any(
            (region, model[0] == "OpenAI") in self.covered[source] and model in named
            for source, named in self.named_on_pages.items()
        )
        return page or whole

    def is_small(self, region: str) -> bool:
        """Tell whether a region's list had no pay-as-you-go for OpenAI's models."""
        lists = [
            skus
            for by_source in self.seen.get((region, SHOWS_SIZE), {}).values()
            for source, skus in by_source.items()
            if source.startswith("azd-")
        ]
        return bool(lists) and not any("GlobalStandard" in skus for skus in lists)


def _join(sku: str, days: Mapping[str, list[tuple[str, set[str]]]]) -> Iterator[Period]:
    """Read one SKU's observations in their order."""
    was_on_a_page = False
    first, since, source = True, "", ""
    offered = False
    for day in sorted(days):
        there = [source for source, skus in days[day] if sku in skus]
        pages = [each for each, _ in days[day] if each.startswith("regions-")]
        lists = [each for each, _ in days[day] if not each.startswith(SHOWS_NO_ABSENCE)]
        was_on_a_page = was_on_a_page or any(each.startswith("regions-") for each in there)
        if there:
            source = there[-1]
            if not offered:
                since = "" if first else day
            offered = True
        elif offered and (lists or (pages and was_on_a_page)):
            yield Period(since, day, source)
            offered = False
        elif not offered and not lists and not pages:
            continue
        first = False
    if offered:
        yield Period(since, "", source)


class Assumptions:
    """Guesses what a region offers, by the regions of its kind."""

    def __init__(
        self,
        seen: Observations,
        since: Mapping[Model, str],
        offered: Mapping[str, Mapping[Model, set[str]]],
    ) -> None:
        self._seen = seen
        self._offered = offered
        self._informed: dict[Model, list[str]] = defaultdict(list)
        for region in seen.regions:
            for model in seen.models:
                if seen.is_observed(region, model, since[model]):
                    self._informed[model].append(region)

    def guess(self, region: str, model: Model) -> set[str]:
        """Return the SKUs that are assumed."""
        is_openai = model[0] == "OpenAI"
        is_small = is_openai and self._seen.is_small(region)
        informed = [
            each
            for each in self._informed[model]
            if each != region and not (is_openai and self._seen.is_small(each))
        ]
        zone = self._seen.regions.get(region, "")
        of_kind = [each for each in informed if self._seen.regions[each] == zone]
        if len(of_kind) >= 3 and not is_small:
            return self._take_share(of_kind, model)
        everywhere = self._take_share(informed, model)
        allowed = SMALL_SKUS if is_small else GLOBAL_SKUS
        return {sku for sku in everywhere if sku.split("+")[0] in allowed}

    def _take_share(self, regions: list[str], model: Model) -> set[str]:
        counts: dict[str, int] = defaultdict(int)
        for region in regions:
            for sku in self._offered.get(region, {}).get(model, set()) - {NO_SKU}:
                counts[sku] += 1
        return {sku for sku, count in counts.items() if count >= SHARE * len(regions)}
