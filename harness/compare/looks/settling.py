"""A gate that stops: whether a look settles it, and what the look that did has saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.compare.comparison.verdict import judge_difference
from harness.compare.floors import find_missed_floors
from harness.compare.looks.bounds import has_ended_early, name_look
from harness.compare.summary import Row, Summary
from harness.compare.wording import join_words
from harness.results.model import Judging, RunInfo
from harness.spec.model.spec import Gate
from harness.text.numbers import format_money, format_plural


def is_settled(
    summary: Summary, gate: Gate, must_pass: Mapping[str, float], *, all_asked: bool
) -> bool:
    """Tell whether nothing that is asked later would change the gate's word.

    It is settled once a pair has regressed, or when all pairs have passed. Floors that are held, or
    missed, by a rate may be otherwise in the end, so that such a miss settles nothing; that a
    conversation that must pass did not is certain.

    Args:
        summary: the numbers at a look; its comparison is judged by the bounds of that look.
        gate: the conditions.
        must_pass: the floor of each conversation that has one.
        all_asked: whether each of those was asked by now.
    """
    comparison = summary.comparison
    if comparison is None or not comparison.pairs:
        return False
    word = summary.verdict.word
    if word == "regressed":
        return True
    if any(judge_difference(pair.difference, gate) != "passed" for pair in comparison.pairs):
        return False
    if word == "below_floor":
        return any(find_missed_floors((), summary.cells, gate, must_pass))
    return word == "passed" and all_asked


def describe_look(info: RunInfo, rows: Sequence[Row], judging: Judging) -> str | None:
    """Describe at which look a run ended and what that saved; None of a run without looks.

    What is saved is estimated: as many requests and dollars a trial as those that were played.
    """
    looks = info.looks
    if looks is None:
        return None
    if info.status != "complete":
        next_one = min(looks.at + 1, looks.planned)
        return f"The run was stopped before look {next_one} of {looks.planned}."
    name = name_look(info)
    played = sum(row.trials for row in rows)
    if not has_ended_early(info) or not played or looks.trials is None:
        return f"The gate was decided at {name}, with every conversation asked."
    left = looks.trials - played
    share = left / played
    requests = sum(row.requests for row in rows) + judging.requests
    saved = [f"about {format_plural(round(requests * share), 'request')}"]
    costs = [*(row.cost_usd for row in rows), judging.cost_usd if judging.requests else 0.0]
    known = [cost for cost in costs if cost is not None]
    if len(known) == len(costs) and sum(known) > 0:
        saved.append(format_money(sum(known) * share))
    of_all = f"{left:,} of {format_plural(looks.trials, 'trial')}"
    return f"The gate was settled at {name}: {of_all} were not needed, {join_words(saved)} saved."
