"""Put together what is known of each model and of each SKU of it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tests.catalogue.facts import FINE_TUNED, Facts, ListedModel, Model, Row, name_sku

WHOLE_LIST = "eastus2"
"""The region whose list has the last word about a model."""

UNKNOWN_DAY = "2099-12-31"
"""Lists write this day for models whose end is not decided."""

WORDS = {
    "chat": "chatCompletion",
    "responses": "responses",
    "embeddings": "embeddings",
    "image": "imageGenerations",
    "audio": "audio",
    "transcription": "audioTranscriptions",
    "speech": "audioSpeech",
    "translation": "audioTranslations",
    "video": "videoGenerations",
    "realtime": "realtime",
}
"""Capabilities as pages call them, and as lists do."""

LONGEST_VALUE = 60
"""Characters; longer capabilities are prose."""


@dataclass(slots=True)
class KnownSku:
    """A SKU of a model; numbers as text, "" where nobody states one."""

    usage_name: str
    ends: str
    minimum: str
    maximum: str
    step: str
    default: str
    rates: str
    source: str


@dataclass(slots=True)
class KnownModel:
    """A version of a model; "" where nobody states it."""

    lifecycle: str = ""
    default: bool = False
    since: str = ""
    ends: str = ""
    ends_source: str = ""
    listed_ends: str = ""
    tuning_ends: str = ""
    successor: str = ""
    max_capacity: str = ""
    capabilities: dict[str, str] = field(default_factory=dict)
    context: str = ""
    output: str = ""
    source: str = ""
    skus: dict[str, KnownSku] = field(default_factory=dict)


def know_models(facts: Facts, offered: Iterable[Model]) -> dict[Model, KnownModel]:
    """Return every model that any source names."""
    rows = [row for row in facts.rows("models") if row["version"] != "*"]
    listed: dict[Model, list[ListedModel]] = defaultdict(list)
    for one in facts.listed:
        listed[one.model].append(one)
    names = {(row["format"], row["model"], row["version"]) for row in rows} | set(offered)
    names |= set(listed)
    names |= set(_name_lonely(facts.rows("models"), names))
    by_model: dict[Model, list[Row]] = defaultdict(list)
    for row in facts.rows("models"):
        for model in names:
            if (row["format"], row["model"]) == model[:2] and row["version"] in (model[2], "*"):
                by_model[model].append(row)
    first_seen: dict[Model, tuple[str, str]] = {}
    for row in facts.rows("offers"):
        model = (row["format"], row["model"], row["version"])
        seen = (row["observed"], row["source"])
        first_seen[model] = min(seen, first_seen.get(model, seen))
    found = {
        model: _join_model(model, by_model[model], listed[model], first_seen.get(model, ("", "")))
        for model in sorted(names)
    }
    for model, known in found.items():
        known.skus = _read_skus(facts.rows("capacity"), model, known.listed_ends)
    return found


def _name_lonely(rows: Iterable[Row], names: set[Model]) -> Iterator[Model]:
    """Yield models that only have a row for all their versions."""
    versioned = {model[:2] for model in names}
    for row in rows:
        if row["version"] == "*" and (row["format"], row["model"]) not in versioned:
            yield (row["format"], row["model"], "1")


def _join_model(
    model: Model, rows: list[Row], listed: list[ListedModel], first_seen: tuple[str, str]
) -> KnownModel:
    rows = sorted(rows, key=lambda row: (row["observed"], row["version"] != "*"))
    one = KnownModel(source=first_seen[1])
    for row in rows:
        one.source = row["source"]
        if row["retirement"]:
            unknown = row["retirement"].startswith(UNKNOWN_DAY[:4])
            one.ends, one.ends_source = ("" if unknown else row["retirement"]), row["source"]
        one.tuning_ends = row["fine_tune_retirement"] or one.tuning_ends
        one.successor = row["successor"] or one.successor
        one.max_capacity = row["max_capacity"] or one.max_capacity
        one.context = row["context_in"] or one.context
        one.output = row["context_out"] or one.output
        one.capabilities |= _read_words(row["capabilities"], row["source"])
        if not row["source"].startswith("schedule") and row["lifecycle"]:
            one.lifecycle = row["lifecycle"]
    one.tuning_ends = _forget_unknown(one.tuning_ends)
    for each in sorted(listed, key=lambda each: (each.observed, each.region == WHOLE_LIST)):
        _take_listed(one, each)
    if not one.lifecycle:
        stated = [row["lifecycle"] for row in rows if row["lifecycle"]]
        one.lifecycle = "Preview" if stated[-1:] == ["Preview"] else "GenerallyAvailable"
    released = sorted(row["released"] for row in rows if row["released"])
    dated = re.fullmatch(r"20\d\d-\d\d-\d\d", model[2])
    seen = [day for day in (first_seen[0], *(row["observed"] for row in rows)) if day]
    one.since = one.since or next(iter(released), "") or (dated[0] if dated else min(seen))
    return one


def _take_listed(one: KnownModel, listed: ListedModel) -> None:
    """Let a region's list say what it knows best; of lists, the newest whole ones come last."""
    body = listed.body
    if listed.source == "azd-regions" and one.since:
        return
    one.source = listed.source
    one.lifecycle = body["lifecycleStatus"]
    one.default = bool(body["isDefaultVersion"])
    one.since = body["systemData"]["createdAt"][:10]
    one.max_capacity = str(body["maxCapacity"])
    one.capabilities = {
        name: value or ""
        for name, value in body["capabilities"].items()
        if len(value or "") < LONGEST_VALUE
    }
    ends = body.get("deprecation") or {}
    one.listed_ends = ends.get("inference", "")[:10]
    one.tuning_ends = _forget_unknown(ends.get("fineTune", "")[:10])
    if not one.ends_source or one.ends_source.startswith("azd"):
        one.ends, one.ends_source = _forget_unknown(ends.get("inference", "")[:10]), listed.source


def _forget_unknown(day: str) -> str:
    return "" if day.startswith(UNKNOWN_DAY[:4]) else day


def _read_words(text: str, source: str) -> dict[str, str]:
    words = [word for word in text.split(",") if word]
    if source.startswith("models-"):
        return {WORDS[word]: "true" for word in words if word in WORDS}
    pairs = (word.partition("=") for word in words)
    return {name: value or "true" for name, _, value in pairs}


WITH_THE_MODEL = "model"
"""Stands for the end of a SKU that ends when its model does, whenever that is."""


def _read_skus(rows: Iterable[Row], model: Model, model_ends: str) -> dict[str, KnownSku]:
    found: dict[str, KnownSku] = {}
    order = {"azd-eastus2": 0, "azd-swedencentral": 1}
    mine = [
        row
        for row in rows
        if (row["format"], row["model"], row["version"]) == model and row["region"] != "*"
    ]
    for row in sorted(mine, key=lambda row: (order.get(row["source"], 2), row["region"])):
        name = name_sku(row["sku"], row["usageName"])
        ends = row["sku_deprecation"]
        ends = WITH_THE_MODEL if ends == model_ends else _forget_unknown(ends)
        found.setdefault(
            name,
            KnownSku(
                row["usageName"],
                ends,
                row["minimum"],
                row["maximum"],
                row["step"],
                row["default"],
                row["rate_limits"],
                row["source"],
            ),
        )
    return found


class Relatives:
    """Finds in a model's family what nobody states of the model itself."""

    def __init__(self, models: Mapping[Model, KnownModel]) -> None:
        self._models = models
        self._by_sku: dict[str, list[Model]] = defaultdict(list)
        for model, one in models.items():
            for name in one.skus:
                self._by_sku[name].append(model)

    def derive_sku(self, model: Model, name: str, sizes: Row | None) -> KnownSku:
        """Return the SKU of the nearest relative, under a usage name of the model's own."""
        relative = self._find_relative(model, name)
        base = name.partition("+")[0]
        owner = "OpenAI" if model[0] == "OpenAI" else "AIServices"
        own_name = f"{owner}.{base}.{model[1]}"
        if relative is None:
            found = KnownSku(own_name, WITH_THE_MODEL, "", "1000000", "", "10", "", "assumed")
        else:
            theirs = self._models[relative].skus[name]
            shared = theirs.usage_name.count(".") == 1 or "Provisioned" in base
            usage = theirs.usage_name if shared else own_name
            if shared and relative[1].casefold() in usage.casefold():
                usage = own_name
            if name.endswith("+finetune"):
                usage += FINE_TUNED if not usage.endswith(FINE_TUNED) else ""
            found = KnownSku(
                usage, WITH_THE_MODEL, theirs.minimum, theirs.maximum, theirs.step, theirs.default,
                theirs.rates, "assumed",
            )  # fmt: skip
        if sizes is not None:
            found.minimum, found.step = sizes["minimum"], sizes["step"]
        return found

    def _find_relative(self, model: Model, name: str) -> Model | None:
        candidates = [each for each in self._by_sku[name] if each[0] == model[0]]
        candidates = candidates or [
            each for each in self._by_sku[name] if (each[0] == "OpenAI") == (model[0] == "OpenAI")
        ]

        def nearness(other: Model) -> tuple[int, str]:
            return (_count_common(model[1], other[1]), self._models[other].since)

        return max(candidates, key=nearness, default=None)


def _count_common(one: str, other: str) -> int:
    """Return how many characters two names begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def find_sizes(facts: Facts) -> dict[tuple[Model, str], Row]:
    """Return the documented sizes of provisioned SKUs; the newest page has the last say."""
    found: dict[tuple[Model, str], Row] = {}
    rows = [row for row in facts.rows("capacity") if row["region"] == "*"]
    for row in sorted(rows, key=lambda row: row["observed"]):
        found[(row["format"], row["model"], row["version"]), row["sku"]] = row
    return found


@dataclass(frozen=True, slots=True)
class Limit:
    """A quota: its size in the usage's own unit."""

    limit: int
    label: str
    source: str


def know_limits(facts: Facts, usage_names: Iterable[str]) -> dict[str, Limit]:
    """Return the quota of every usage name: recorded, else documented, else assumed."""
    found: dict[str, Limit] = {}
    order = {"eastus2": 0, "swedencentral": 1}
    for region, _, body in sorted(facts.usages, key=lambda each: order.get(each[0], 2)):
        name, label = body["name"]["value"], body["name"]["localizedValue"]
        if region in order:
            found.setdefault(name, Limit(int(body["limit"]), label, f"azd-{region}"))
    documented: dict[str, Row] = {}
    for row in sorted(facts.rows("quota"), key=lambda row: row["observed"]):
        if row["offer"] in ("Tier 1", "Default") and row["usageName"] and row["region"] == "*":
            documented[row["usageName"]] = row
    for name in usage_names:
        if name not in found:
            found[name] = _state_limit(name, documented.get(name))
    return found


def _state_limit(usage_name: str, documented: Row | None) -> Limit:
    """Return the limit of a new subscription, else an assumed one."""
    label = _label(usage_name)
    if documented is None or not documented["limit"].isdigit():
        return Limit(ASSUMED_LIMIT, label, "assumed")
    size = int(documented["limit"])
    if documented["unit"].startswith("enqueued tokens"):
        size //= 1000
    return Limit(size, label, documented["source"])


ASSUMED_LIMIT = 1000


def _label(usage_name: str) -> str:
    """Write a label as recorded ones are written."""
    _, sku, *rest = usage_name.split(".")
    unit = "Enqueued tokens (thousands)" if "Batch" in sku else "Tokens Per Minute (thousands)"
    if "Provisioned" in sku:
        unit = "Provisioned Throughput Unit"
    reach = "" if sku in ("Standard", "GlobalBatch") else f" - {sku}"
    return f"{unit} - {'.'.join(rest)}{reach}"
