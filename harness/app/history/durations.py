"""The time that questions took in a baseline, by which shards are balanced."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.app.ports import World
    from harness.run.preparation import EvalOptions


def add_durations(world: World, options: EvalOptions) -> EvalOptions:
    """Look up what questions took before, for a shard of a run.

    They come from the baseline that the gate names, or ``--baseline``: it is committed beside the
    spec, so that every shard divides by the same figures. Other runs, which one machine has and
    another has not, are not looked at. Without a baseline all questions count alike.

    Raises:
        RequestError: the baseline cannot be read.
    """
    gate = world.spec_file.spec.evaluation.gate
    name = options.baseline or (gate.baseline if gate is not None else None)
    if options.shard is None or name is None:
        return options
    found = world.archive.find_baseline(name, Path(world.spec_file.path))
    if found is None:
        return options
    took: Counter[tuple[str, str | None]] = Counter()
    for trial in world.archive.read_scored(found):
        seconds = sum(turn.latency_s or 0.0 for turn in trial.turns)
        took[trial.conversation, trial.case] += round(1000 * seconds)
    return replace(options, durations=dict(took))
