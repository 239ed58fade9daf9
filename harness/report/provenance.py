"""The origin of a run's numbers: who answered, when, under which settings, at whose prices."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.report import text
from harness.results.model import RunInfo, TargetInfo
from harness.spec.model.providers import KINDS, AzureProvider
from harness.text import numbers, safe

LONGEST_SPEC = 200_000
"""Characters of the spec on the page; spec.json has the whole."""
MOST_UNKNOWN, LONGEST_UNKNOWN = 20, 4_000
"""Of requests without an answer: how many are named, and in how many characters."""


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """The facts behind a target's name; each field is text, a dash where nobody said."""

    name: str
    model: str
    version: str
    api: str
    region: str
    sku: str
    capacity: str
    prices: str
    answered_by: str
    adapted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Provenance:
    """The last part of the page."""

    facts: tuple[tuple[str, str], ...]
    targets: tuple[TargetFacts, ...]
    spec: str


def describe_provenance(info: RunInfo, spec: Mapping[str, Any] | None) -> Provenance:
    """Describe everything that somebody needs to do the run again."""
    facts = [
        ("Spec", safe.clip_line(info.spec_name)),
        ("Spec sha256", safe.clip_line(info.spec_sha256)),
        ("Run", safe.clip_line(info.id)),
        ("Status", info.status),
        *([] if info.is_timed else [("Engine", "batch: replies have no latency")]),
        ("Started", numbers.format_moment(info.started_at)),
        ("Finished", numbers.format_moment(info.finished_at)),
        ("Wall time", numbers.format_seconds(info.totals.wall_s)),
        ("harness", safe.clip_line(info.harness_version)),
        *_list_unknown(info),
        *_list_settings(spec),
    ]
    return Provenance(
        facts=tuple(facts),
        targets=tuple(
            _describe_target(target, spec, replayed=info.replayed) for target in info.targets
        ),
        spec=_write_spec(spec),
    )


def write_simulated_note(info: RunInfo) -> str:
    """Write the note before all numbers where a simulator answered; else ""."""
    simulated = [target.name for target in info.targets if target.simulated]
    if not (info.simulated or simulated):
        return ""
    if info.simulated or len(simulated) == len(info.targets):
        return (
            "Azure was not called. Answers, tokens, costs and latencies are the simulator's: "
            "they show that the spec works, not how good a model is."
        )
    names = safe.clip_line(", ".join(simulated), 300)
    return f"The simulator answered for {names}: no model was called there."


def find_at(spec: Mapping[str, Any] | None, *path: str) -> Any:
    """Find the value at a path of the decoded spec; None where the spec does not say."""
    value: Any = spec
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def _list_unknown(info: RunInfo) -> list[tuple[str, str]]:
    """List what is said of requests without an answer; nothing where there are none."""
    if info.unknown is None:
        return []
    found = info.unknown
    said = " ".join(found.describe())
    named = "; ".join(one.describe() for one in found.listed[:MOST_UNKNOWN])
    more = found.requests - MOST_UNKNOWN
    rest = f"; and {more:,} more in run.json" if more > 0 else ""
    return [("Without an answer", safe.clip_line(f"{said} {named}{rest}".strip(), LONGEST_UNKNOWN))]


def _list_settings(spec: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    wanted = (
        ("API", ("evaluation", "api")),
        ("System prompt", ("evaluation", "system")),
        ("Parameters", ("evaluation", "parameters")),
        ("Repeats", ("evaluation", "repeats")),
        ("History", ("evaluation", "history")),
        ("Streaming", ("evaluation", "stream")),
        ("Budget", ("evaluation", "budget")),
        ("Gate", ("evaluation", "gate")),
        ("Simulated date", ("simulator", "date")),
    )
    found = ((label, find_at(spec, *path)) for label, path in wanted)
    return [
        (label, safe.clip_line(_write_plain(value), 300))
        for label, value in found
        if value is not None
    ]


def _write_plain(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {text.write_value(item)}" for key, item in value.items())
    return text.write_value(value)


def _describe_target(
    target: TargetInfo, spec: Mapping[str, Any] | None, *, replayed: bool
) -> TargetFacts:
    handle, _, name = target.name.partition("/")
    declared = (
        find_at(spec, "accounts", handle, "deployments", name)
        or find_at(spec, "providers", handle, "models", name)
        or find_at(spec, "providers", handle)
    )
    own_price = isinstance(declared, Mapping) and declared.get("price") is not None
    who = "the simulator" if target.simulated else "the service"
    return TargetFacts(
        name=safe.clip_line(target.name),
        model=_clip_or_dash(target.model),
        version=_clip_or_dash(target.version),
        api=_name_api(handle, spec),
        region=_clip_or_dash(target.region),
        sku=_clip_or_dash(target.sku),
        capacity=_write_capacity(target),
        prices=numbers.NOTHING if spec is None else "the spec's" if own_price else "price table",
        answered_by=f"{who}, replayed" if replayed else who,
        adapted=tuple(safe.clip_line(note) for note in target.adapted),
    )


def _clip_or_dash(value: str | None) -> str:
    return safe.clip_line(value, 80) if value else numbers.NOTHING


def _write_capacity(target: TargetInfo) -> str:
    if target.capacity is None:
        return numbers.NOTHING
    # Capacity counts throughput units on provisioned SKUs and thousands of tokens a minute
    # elsewhere. Source: the contract, section 1. Of batches thousands in the queue, as assumed.
    sku = (target.sku or "").lower()
    unit = "PTU" if "provisioned" in sku else "k tokens/min"
    unit = "k tokens queued" if sku.endswith("batch") else unit
    return f"{target.capacity:,} {unit}"


def _name_api(handle: str, spec: Mapping[str, Any] | None) -> str:
    if find_at(spec, "accounts", handle) is not None:
        return "Azure OpenAI, v1"
    kind = KINDS.get(text.write_value(find_at(spec, "providers", handle, "type")))
    if kind is not AzureProvider:
        return numbers.NOTHING if kind is None else kind.label
    version = text.write_value(find_at(spec, "providers", handle, "api_version"))
    return f"Azure OpenAI, {safe.clip_line(version, 40) or 'v1'}"


def _write_spec(spec: Mapping[str, Any] | None) -> str:
    if spec is None:
        return ""
    whole = json.dumps(spec, ensure_ascii=False, indent=2, default=str)
    shown, omitted = safe.clip(whole, LONGEST_SPEC)
    return f"{shown}\n… {omitted:,} more characters in spec.json" if omitted else shown
