"""Looks at a run while it goes on: planned before anything is spent, and noted in ``run.json``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.errors import Diagnostic, RequestError
from harness.results.model import Looks, RunInfo
from harness.run.looks.portions import Portions
from harness.run.matrix import Matrix
from harness.spec.model.spec import Gate

NO_GATE = "H611"


def choose_gate(
    gate: Gate | None,
    *,
    baseline: str | None,
    names: Sequence[tuple[str, str]],
    allow_simulated: bool,
) -> Gate | None:
    """Return the spec's gate as the options change it; one of defaults for a spec without one.

    None where there is no gate and nobody asks for a comparison.
    """
    if baseline is not None:
        gate = (gate or Gate(allow_simulated=True)).model_copy(update={"baseline": baseline})
    if gate is not None and allow_simulated:
        gate = gate.model_copy(update={"allow_simulated": True})
    if gate is not None and names:
        gate = gate.model_copy(update={"map": {**gate.map, **dict(names)}})
    return gate


def settle_early(gate: Gate | None, *, until_settled: bool, seed: int | None) -> Gate | None:
    """Return the gate, with ``stop: settled`` where the caller asks for it.

    Raises:
        RequestError: the spec has no gate, or there is a seed and nothing that it orders.
    """
    if gate is not None and until_settled:
        gate = gate.model_copy(update={"stop": "settled"})
    if gate is None and until_settled:
        raise RequestError(
            Diagnostic(
                NO_GATE,
                "there is nothing to settle: the spec has no gate",
                "--until-settled stops once the gate knows whether the baseline was better",
                hint="declare one: `evaluation: {gate: {baseline: main}}`",
            )
        )
    if seed is not None and (gate is None or gate.stop == "never"):
        raise RequestError(
            Diagnostic(
                NO_GATE,
                "there is nothing for the seed to order",
                "a run that asks every conversation asks them as they stand",
                hint="add --sample N, --until-settled, or `stop: settled` to the gate",
            )
        )
    return gate


def note_look(info: RunInfo, matrix: Matrix, portions: Portions, look: int) -> RunInfo:
    """Note that a run has come to a look: the trials until there are all that were to be run."""
    looks = Looks(portions.planned, look, portions.seed, matrix.count)
    return replace(info, looks=looks, planned_trials=portions.count(look) * matrix.plays)
