"""The offers of one's own subscription, as ``harness models --save`` wrote it.

The file is JSON: the day, where accounts can be created, and of each region the rows that Azure
listed, without ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from harness.azure.catalogue import QuotaLimit, find_quota_limit
from harness.azure.offers_data import ModelOffer, RateLimit, SkuOffer
from harness.azure.regions import fold

FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True, eq=False)
class SavedCatalogue:
    """A catalogue out of a file; what it does not have, that subscription did not have."""

    account_regions: tuple[str, ...]
    models: Mapping[str, tuple[ModelOffer, ...]]
    limits: Mapping[str, Mapping[str, QuotaLimit]]

    def list_models(self, region: str, on: date) -> tuple[ModelOffer, ...]:
        """Return the models of a region, as they stand on a day."""
        listed = self.models.get(fold(region), ())
        return tuple(
            replace(offer, lifecycle="Deprecated") if offer.ends and on >= offer.ends else offer
            for offer in listed
        )

    def list_account_regions(self, kind: str) -> tuple[str, ...]:
        """Return the regions for accounts, the same for every kind: the file does not say more."""
        del kind
        return self.account_regions

    def list_quota_limits(self, region: str) -> Mapping[str, QuotaLimit]:
        """Return a region's limits by usage name."""
        return self.limits.get(fold(region), {})

    def find_quota_limit(self, region: str, usage_name: str) -> QuotaLimit:
        """Return a region's limit of a usage name; an assumed one where the file has none."""
        return self.list_quota_limits(region).get(usage_name) or find_quota_limit(usage_name)

    def is_beyond(self, name: str, version: str | None) -> bool:
        """Return False: what the subscription did not list, it could not deploy."""
        del name, version
        return False


def make_saved_document(
    observed: date,
    account_regions: Iterable[str],
    lists: Mapping[str, tuple[Iterable[Mapping[str, Any]], Iterable[Mapping[str, Any]]]],
) -> dict[str, Any]:
    """Return the document of a file: of each region the models and the usages that Azure listed.

    Ids are left out: they name the subscription.
    """
    return {
        "format_version": FORMAT_VERSION,
        "observed": observed.isoformat(),
        "account_regions": sorted(account_regions),
        "regions": {
            region: {
                "models": [
                    {key: row[key] for key in ("kind", "skuName", "model") if key in row}
                    for row in models
                ],
                "usages": [
                    {key: value for key, value in row.items() if key != "id"} for row in usages
                ],
            }
            for region, (models, usages) in sorted(lists.items())
        },
    }


def read_saved_document(document: Any) -> SavedCatalogue:
    """Return the catalogue that a document holds.

    Raises:
        ValueError: it is none, or of a later version.
    """
    try:
        if document["format_version"] != FORMAT_VERSION:
            raise ValueError(f"its format_version is {document['format_version']!r}")
        date.fromisoformat(document["observed"])  # what was saved has the day of its saving
        regions = {fold(name): held for name, held in document["regions"].items()}
        return SavedCatalogue(
            tuple(sorted(map(fold, document["account_regions"]))),
            {name: _read_models(held["models"]) for name, held in regions.items()},
            {name: _read_limits(held["usages"]) for name, held in regions.items()},
        )
    except (LookupError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _read_models(rows: Iterable[Mapping[str, Any]]) -> tuple[ModelOffer, ...]:
    found: dict[tuple[str, str, str], ModelOffer] = {}
    for row in rows:  # the same model stands there for each kind of account
        offer = _read_model(row["model"])
        found.setdefault(offer.key, offer)
    return tuple(found.values())


def _read_model(body: Mapping[str, Any]) -> ModelOffer:
    ends = body.get("deprecation") or {}
    created = (body.get("systemData") or {}).get("createdAt")
    return ModelOffer(
        format=body["format"],
        name=body["name"],
        version=body["version"],
        lifecycle=body.get("lifecycleStatus") or "GenerallyAvailable",
        default=bool(body.get("isDefaultVersion")),
        since=_read_day(created) or date.min,
        ends=_read_day(ends.get("inference")),
        fine_tuning_ends=_read_day(ends.get("fineTune")),
        max_capacity=int(body.get("maxCapacity") or 0),
        capabilities={
            name: value or "" for name, value in (body.get("capabilities") or {}).items()
        },
        skus=tuple(map(_read_sku, body.get("skus") or ())),
        context=None,
        output=None,
        successor="",
    )


def _read_sku(body: Mapping[str, Any]) -> SkuOffer:
    capacity = body.get("capacity") or {}
    minimum, maximum, step, default = (
        int(capacity.get(name) or 0) for name in ("minimum", "maximum", "step", "default")
    )
    return SkuOffer(
        name=body["name"],
        usage_name=body["usageName"],
        ends=_read_day(body.get("deprecationDate")),
        ends_with_model=False,
        minimum=minimum,
        maximum=maximum,
        step=step,
        default=default,
        rates=tuple(
            RateLimit(rate["key"], int(rate["count"]), int(rate["renewalPeriod"]))
            for rate in body.get("rateLimits") or ()
        ),
    )


def _read_limits(rows: Iterable[Mapping[str, Any]]) -> Mapping[str, QuotaLimit]:
    found = {}
    for row in rows:
        name = row["name"]
        label = name.get("localizedValue") or name["value"]
        found[name["value"]] = QuotaLimit(name["value"], int(row["limit"]), label)
    return found


def _read_day(text: str | None) -> date | None:
    """Return a day; the one that stands for no day is none."""
    return date.fromisoformat(text[:10]) if text and not text.startswith("2099") else None
