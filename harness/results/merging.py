"""Runs that each hold a part of the same trials, put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from harness.results.model import RunInfo, TargetInfo, TrialId
from harness.results.unknown import add_unknown

Question = tuple[str, str | None]
"""A conversation's id and its case."""


@dataclass(frozen=True, slots=True)
class WholeRun:
    """A whole run, as far as its spec says: names in their order, () where nobody knows.

    ``cases`` is how many cases a conversation has, where that stands in the spec itself; ``rows``
    are the places of questions among all of them, where somebody knows.
    """

    conversations: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    repeats: int | None = None
    cases: Mapping[str, int] = field(default_factory=dict)
    rows: Mapping[Question, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MergedTrials:
    """The trials of several parts in the order of a whole run.

    Attributes:
        places: part and place in it of each trial, both from 0.
        planned: how many trials a whole run has, at least.
        missing: sentences about what no part holds.
        doubled: a trial that two parts hold; None where there is none.
    """

    places: tuple[tuple[int, int], ...]
    planned: int
    missing: tuple[str, ...]
    doubled: tuple[TrialId, int, int] | None = None


def arrange_trials(parts: Sequence[Sequence[TrialId]], whole: WholeRun) -> MergedTrials:
    """Put trials into the order of a run: conversations, cases, targets, variants, repeats.

    Whatever the spec does not name comes after what it names, in the order of the parts.
    """
    held: dict[TrialId, tuple[int, int]] = {}
    doubled = None
    for part, trials in enumerate(parts):
        for place, trial in enumerate(trials):
            if trial in held:
                doubled = doubled or (trial, held[trial][0], part)
            held.setdefault(trial, (part, place))
    conversations = _number([*whole.conversations, *(trial.conversation for trial in held)])
    cases: dict[str, dict[str | None, int]] = {}
    for trial in held:
        of_one = cases.setdefault(trial.conversation, {})
        of_one.setdefault(trial.case, len(of_one))
    targets = _number([*whole.targets, *(trial.target for trial in held)])
    variants = _number([*whole.variants, *(trial.variant for trial in held)])
    ordered = sorted(
        held,
        key=lambda trial: (
            conversations[trial.conversation],
            whole.rows.get((trial.conversation, trial.case), -1),
            cases[trial.conversation][trial.case],
            targets[trial.target],
            variants[trial.variant],
            trial.repeat,
        ),
    )
    repeats = max([whole.repeats or 1, *(trial.repeat for trial in held)])
    questions = 0
    for name in conversations:
        questions += max(1, len(cases.get(name, ())), whole.cases.get(name, 0))
    return MergedTrials(
        places=tuple(held[trial] for trial in ordered),
        planned=questions * len(targets) * len(variants) * repeats,
        missing=tuple(_list_missing(held, cases, whole, targets, variants)),
        doubled=doubled,
    )


def _list_missing(
    held: Mapping[TrialId, object],
    cases: Mapping[str, Mapping[str | None, int]],
    whole: WholeRun,
    targets: Mapping[str, int],
    variants: Mapping[str, int],
) -> Iterable[str]:
    present = {
        "conversation": {trial.conversation for trial in held},
        "target": {trial.target for trial in held},
        "variant": {trial.variant for trial in held},
    }
    wanted = {"conversation": whole.conversations, "target": targets, "variant": variants}
    for kind, names in wanted.items():
        absent = [name for name in names if name not in present[kind]]
        if absent:
            more = f" and {len(absent) - 5} more" if len(absent) > 5 else ""
            yield f"No part played the {kind} {', '.join(absent[:5])}{more}."
    for name, count in whole.cases.items():
        if name in cases and len(cases[name]) < count:
            yield f"Of {name} the parts hold {len(cases[name])} of {count} cases."


def _number(names: Iterable[str]) -> dict[str, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(names))}


def merge_infos(infos: Sequence[RunInfo], targets: Sequence[str], planned: int) -> RunInfo:
    """Describe the run that the parts make; its results, verdict and status are not known yet.

    Its id begins with the moment of the newest part, and the same parts make the same id.

    Args:
        infos: the parts, at least one.
        targets: names in the order of the spec; others come after them.
        planned: how many trials there should be.
    """
    newest = max(infos, key=lambda info: info.started_at)
    ids = sorted(info.id for info in infos)
    stamp = "-".join(newest.id.split("-")[:2])
    found: dict[str, TargetInfo] = {}
    for info in infos:
        for target in info.targets:
            found.setdefault(target.name, target)
    names = [name for name in targets if name in found]
    names += [name for name in found if name not in names]
    kept = {} if newest.shard is None else dict(newest.selection)
    kept.pop("shard", None)
    return replace(
        newest,
        shard=None,
        id=f"{stamp}-{sha256(' '.join(ids).encode()).hexdigest()[:6]}",
        started_at=min(info.started_at for info in infos),
        finished_at=max((info.finished_at or "" for info in infos), default="") or None,
        targets=tuple(found[name] for name in names),
        status="partial",
        verdict=None,
        exit_code=None,
        replayed=any(info.replayed for info in infos),
        planned_trials=planned,
        selection={
            **kept,
            "targets": names,
            "repeats": newest.selection.get("repeats"),
            "merged": ids,
        },
        stale=tuple(dict.fromkeys(one for info in infos for one in info.stale)),
        judges=tuple({judge.name: judge for info in infos for judge in info.judges}.values()),
        columns=(),
        looks=None,
        engine=_merge_engines(infos),
        unknown=add_unknown([info.unknown for info in infos if info.unknown]),
    )


def _merge_engines(infos: Sequence[RunInfo]) -> str:
    """Return the engine of the whole: batches where any part has no latencies, for that says it."""
    untimed = [info.engine for info in infos if not info.is_timed]
    engines = {*untimed} or {info.engine for info in infos}
    return engines.pop() if len(engines) == 1 else "local"
