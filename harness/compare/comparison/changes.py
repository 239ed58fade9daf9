"""Everything beside the answers that differs between two sides: what to think of as the cause.

Two lists, kept apart: what the service says of itself, and what we ask of it and how we judge it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from harness.compare.comparison.model import Changed
from harness.compare.comparison.pairing import PairedCells
from harness.compare.comparison.scores import Scores, SideName, SideScore
from harness.results.model import RunInfo, TargetInfo
from harness.text.numbers import format_plural
from harness.text.safe import clip_line

MOST_SHOWN = 3
MOST_LETTERS = 100

_ABSENT = object()

SERVICE: Sequence[tuple[str, Callable[[SideScore], Counter[str]]]] = (
    ("model version", lambda side: side.models),
    ("fingerprint", lambda side: side.fingerprints),
    ("filter policy", lambda side: side.policies),
    ("service tier", lambda side: side.tiers),
)
"""Facts about the service that answers tell, by their names in a comparison."""

DECLARED: Sequence[tuple[str, Callable[[TargetInfo], object]]] = (
    ("declared model", lambda target: target.model),
    ("declared version", lambda target: target.version),
    ("SKU", lambda target: target.sku),
    ("region", lambda target: target.region),
    ("capacity", lambda target: target.capacity),
    ("adapted", lambda target: ", ".join(target.adapted) or None),
)
"""Facts about a target that we chose, by their names in a comparison."""

ASKING = ("parameters", "api", "history", "stream", "timeout_s", "on_turn_failure")
"""Keys of ``evaluation`` that may change an answer."""

TARGET_KEYS = ("parameters", "content_filter", "deployment_name", "api_version", "base_url", "url",
               "body", "endpoint", "headers", "command")  # fmt: skip
"""Keys of a deployment, or of a provider and its model, that may change an answer."""


def list_changes(
    base: Scores, head: Scores, a: SideName, b: SideName, paired: PairedCells
) -> tuple[Changed, ...]:
    """List what differs between a side of the base and one of the head, the service's first."""
    before, after = base.sides[a], head.sides[b]
    return (
        *_list_service(before, after, ours=_is_another_model(base, head, a, b)),
        *_list_declared(base, head, a, b),
        *_list_systems(before, after, paired),
        *_list_checks(base.info, head.info, paired),
        *_list_written(base.spec, head.spec, a, b, paired),
    )


def _is_another_model(base: Scores, head: Scores, a: SideName, b: SideName) -> bool:
    """Return whether we ask for another target, model or version than before."""
    then, now = base.find_target(a[0]), head.find_target(b[0])
    return (then.name, then.model, then.version) != (now.name, now.model, now.version)


def _list_service(before: SideScore, after: SideScore, *, ours: bool) -> Iterator[Changed]:
    """List what the service says otherwise of itself; ``ours`` where we ask for another model.

    Who asks for another model gets another version and fingerprint: nothing that the service did.
    """
    for name, read in SERVICE:
        then, now = read(before), read(after)
        # One that says nothing has not changed, as far as anybody knows; but the usual tier is
        # never named, and an answer without annotations was seen by no filter.
        silent = name in ("model version", "fingerprint") and not (then and now)
        if silent or not _has_moved(then, now):
            continue
        follows = ours and name in ("model version", "fingerprint")
        yield Changed("us" if follows else "provider", name, _name_most(then), _name_most(now))


def _has_moved(then: Counter[str], now: Counter[str]) -> bool:
    """Return whether there is a value that was not there, or the usual one is gone."""
    if not then or not now:
        return bool(then) != bool(now)
    usual = then.most_common(1)[0][0]
    return usual not in now or bool(now.keys() - then.keys())


def _name_most(counts: Counter[str]) -> str | None:
    if not counts:
        return None
    shown = [name for name, _ in counts.most_common(MOST_SHOWN)]
    more = len(counts) - len(shown)
    return "; ".join(shown) + (f" and {more} more" if more else "")


def _list_declared(base: Scores, head: Scores, a: SideName, b: SideName) -> Iterator[Changed]:
    for name, then, now in (("target", a[0], b[0]), ("variant", a[1], b[1])):
        if then != now:
            yield Changed("us", name, then, now)
    one, other = base.find_target(a[0]), head.find_target(b[0])
    for name, read in DECLARED:
        if read(one) != read(other):
            yield Changed("us", name, _write(read(one)), _write(read(other)))
    if base.info.harness_version != head.info.harness_version:
        yield Changed("us", "harness", base.info.harness_version, head.info.harness_version)


def _list_systems(before: SideScore, after: SideScore, paired: PairedCells) -> Iterator[Changed]:
    changed = [pair for pair in paired.compared if pair.a.system != pair.b.system]
    if not changed:
        return
    name = "system text"
    if len(changed) < len(paired.compared):
        name += f" of {format_plural(len(changed), 'conversation')}"
    sides = ({pair.a.system for pair in changed}, {pair.b.system for pair in changed})
    then, now = (
        _show_only(systems, side.systems)
        for systems, side in zip(sides, (before, after), strict=True)
    )
    yield Changed("us", name, then, now)


def _show_only(hashes: set[int], texts: Mapping[int, str]) -> str | None:
    """Show the text where there is one, its number where there are several; None for none."""
    if len(hashes) > 1:
        return f"{len(hashes)} texts"
    only = texts.get(next(iter(hashes)))
    return None if only is None else clip_line(only, MOST_LETTERS)


def _list_checks(base: RunInfo, head: RunInfo, paired: PairedCells) -> Iterator[Changed]:
    if paired.rephrased:
        said = format_plural(len(paired.rephrased), "conversation")
        yield Changed("us", f"turns or checks of {said}", None, None)
    then = {judge.name: judge for judge in (*base.judges, *filter(None, [base.embeddings]))}
    now = {judge.name: judge for judge in (*head.judges, *filter(None, [head.embeddings]))}
    for name in sorted(then.keys() | now.keys()):
        one, other = _name_judge(then.get(name)), _name_judge(now.get(name))
        if one != other:
            yield Changed("us", f"judge {name}", one, other)


def _name_judge(judge: TargetInfo | None) -> str | None:
    if judge is None:
        return None
    return " ".join(filter(None, [judge.model, judge.version])) or judge.name


def _list_written(
    base: Mapping[str, Any] | None,
    head: Mapping[str, Any] | None,
    a: SideName,
    b: SideName,
    paired: PairedCells,
) -> Iterator[Changed]:
    """List what the two specs say otherwise; nothing where one of them is lost."""
    if base is None or head is None:
        return
    then, now = _find(base, "evaluation"), _find(head, "evaluation")
    yield from _list_keys(then, now, ASKING)
    # The same target under another name is not compared key by key: all of it is the change.
    if a[0] == b[0]:
        yield from _list_keys(_find_target(base, a[0]), _find_target(head, a[0]), TARGET_KEYS)
        yield from _list_keys(_find_filters(base, a[0]), _find_filters(head, a[0]), None)
    if a[1] == b[1]:
        one, other = _find(base, "variants", a[1]), _find(head, "variants", a[1])
        if one != other:
            yield Changed("us", f"variant {a[1]}", _write(one or None), _write(other or None))
    if _find(base, "simulator") != _find(head, "simulator"):
        yield Changed("us", "simulator", None, None)
    yield from _list_conversations(base, head, {pair.name[0] for pair in paired.compared})


def _list_keys(
    then: Mapping[str, Any], now: Mapping[str, Any], keys: Sequence[str] | None
) -> Iterator[Changed]:
    for key in keys if keys is not None else sorted(then.keys() | now.keys()):
        one, other = then.get(key, _ABSENT), now.get(key, _ABSENT)
        if one != other:
            yield Changed("us", key, _write_present(one), _write_present(other))


def _list_conversations(
    base: Mapping[str, Any], head: Mapping[str, Any], names: set[str]
) -> Iterator[Changed]:
    then, now = _index_conversations(base), _index_conversations(head)
    for key in ("parameters", "tools"):
        changed = [
            name
            for name in names
            if name in then and name in now and then[name].get(key) != now[name].get(key)
        ]
        if changed:
            said = changed[0] if len(changed) == 1 else format_plural(len(changed), "conversation")
            yield Changed("us", f"{key} of {said}", None, None)


def _index_conversations(spec: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    written = spec.get("conversations")
    every = written if isinstance(written, list) else []
    named = [one for one in every if isinstance(one, Mapping) and isinstance(one.get("id"), str)]
    return {one["id"]: one for one in named}


def _find_target(spec: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the keys of a deployment, or of a provider's model over those of the provider."""
    handle, _, key = name.partition("/")
    deployment = _find(spec, "accounts", handle, "deployments", key)
    provider = _find(spec, "providers", handle)
    return {**provider, **_find(provider, "models", key), **deployment}


def _find_filters(spec: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the content filter that the spec declares for a deployment, by what it is called."""
    handle = name.partition("/")[0]
    declared = _find_target(spec, name).get("content_filter")
    if not isinstance(declared, str):
        return {}
    policy = _find(spec, "accounts", handle, "content_filters", declared)
    return {f"content filter {declared}": policy} if policy else {}


def _find(document: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    found: Any = document
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _write_present(value: object) -> str | None:
    return None if value is _ABSENT else _write(value)


def _write(value: object) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return clip_line(text, MOST_LETTERS)
