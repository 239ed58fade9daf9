"""Sentences about a comparison itself: a base that is no good one, and drift told from chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from harness.compare.comparison.model import Pair, RunRef
from harness.compare.comparison.wording import count_points, format_p, name_pair, name_run
from harness.compare.looks.bounds import has_ended_early, name_look
from harness.compare.wording import join_words
from harness.results.model import RunInfo
from harness.text.numbers import format_plural

OLD_DAYS = 90
"""A baseline older than this is said to be old: models retire and are replaced within months."""


def list_notes(base: RunInfo, head: RunInfo, reference: RunRef) -> Iterator[str]:
    """List what a reader should know of the base before they believe the comparison."""
    name = name_run(reference)
    said = name[0].upper() + name[1:]
    if base.id == head.id and reference.baseline:
        yield f"{said} is this very run."
    days = count_days(base.started_at, head.started_at)
    if days is not None and days > OLD_DAYS:
        yield (
            f"{said} is {format_plural(days, 'day')} old: what it was compared with may be gone; "
            f"set a newer one when a run is good."
        )
    if days is not None and days < 0:
        yield f"{said} is newer than the run that is compared with it."
    if base.spec_name != head.spec_name:
        yield f"{said} is of another spec, '{base.spec_name}'; this one is '{head.spec_name}'."
    if base.simulated and head.simulated and base.harness_version != head.harness_version:
        yield (
            f"{said} was answered by the simulator of harness {base.harness_version}, this run by "
            f"that of {head.harness_version}: differences may be the simulator's."
        )
    if base.status != "complete":
        yield f"{said} is not whole: it is {base.status}."
    if base.id != head.id and (part := name_part(base)):
        yield f"{said} played a part ({part}): what it did not play is compared with nothing."
    if part := name_part(head):
        yield f"The run played a part ({part}): what it did not play is not compared."
    if head.looks is not None and head.status == "complete":
        unasked = ", and what it did not ask is not compared" if has_ended_early(head) else ""
        yield f"The run ended at {name_look(head)}: p-values and intervals count that{unasked}."
    if has_ended_early(base):
        yield f"{said} ended at {name_look(base)} of its own, and has not asked everything."
    if base.stale:
        yield f"{said} was replayed from a recording that was stale."


def name_part(info: RunInfo) -> str:
    """Name what chose a part of the spec, as on the command line; "" for a run of all of it."""
    chosen = info.selection
    keyword = str(chosen.get("keyword") or "")
    words = [f"-t {name}" for name in chosen.get("named_targets", ())]
    words += [f"-k '{keyword}'"] if keyword else []
    words += [f"--tag {tag}" for tag in chosen.get("tags", ())]
    words += [str(name) for name in chosen.get("conversations", ())]
    words += [f"--failed {failed}"] if (failed := chosen.get("failed")) else []
    words += [sample] if (sample := name_sample(info)) else []
    return ", ".join(words)


def name_sample(info: RunInfo) -> str:
    """Name the sample that a run asked: ``a sample of 20 of 1,000 questions, seed 7``; else ""."""
    drawn = info.selection.get("sample")
    if not isinstance(drawn, Mapping):
        return ""
    size, of, seed = (drawn.get(key) for key in ("questions", "of", "seed"))
    if not (isinstance(size, int) and isinstance(of, int)):  # edited by hand
        return "a sample"
    return f"a sample of {size:,} of {format_plural(of, 'question')}, seed {seed}"


def describe_part(info: RunInfo) -> str:
    """Say that a run cannot speak for the whole spec, and why; "" where it can.

    What ``-k`` and the like chose goes without saying: somebody chose it by its name.
    """
    if sample := name_sample(info):
        return f"The run is {sample}: of the others nothing is known."
    if failed := info.selection.get("failed"):
        return f"Only what did not pass in run {failed} was played: these rates are not the spec's."
    return ""


def count_days(earlier: str, later: str) -> int | None:
    """Count the days from one moment to another; None where one of them is no moment."""
    try:
        return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).days
    except (ValueError, TypeError):  # edited by hand, or one with a zone and one without
        return None


def describe_drift(base: RunInfo, head: RunInfo, pairs: Sequence[Pair]) -> Iterator[str]:
    """Say of each pair who changed, where it is not us; nothing of two specs, or of one run.

    Pairs of which the same is to be said share a sentence.
    """
    if base.spec_sha256 != head.spec_sha256 or base.id == head.id:
        return
    if base.replayed or head.replayed:  # answers of the day of the recording
        return
    said: dict[str, list[str]] = {}
    for pair in pairs:
        if not any(one.who == "us" for one in pair.changed):
            said.setdefault(_explain(pair), []).append(name_pair(pair))
    day = base.started_at[:10]
    for reason, names in said.items():
        yield f"{join_words(names)}: nothing on our side has changed since {day}; {reason}"


def _explain(pair: Pair) -> str:
    difference = pair.difference
    service = [one for one in pair.changed if one.who == "provider"]
    changes = [f"{one.name} {one.before or 'none'} → {one.after or 'none'}" for one in service]
    who = (
        f"the service has ({'; '.join(changes)})"
        if service
        else "the service says the same of itself"
    )
    if pair.verdict == "regressed":
        p_value = difference.p_value if difference.p_adjusted is None else difference.p_adjusted
        fall = f"it is {count_points(difference.value)} worse beyond chance ({format_p(p_value)})"
        hidden = "" if service else ": it has changed without saying so"
        return f"{who}, and {fall}{hidden}."
    if difference.low > 0:
        return f"{who}, and it is {count_points(difference.value)} better beyond chance."
    if all(case.kind == "same" for case in pair.cases):
        return f"{who}, and no conversation ends otherwise."
    return f"{who}, and the difference of {count_points(difference.value)} may well be chance."
