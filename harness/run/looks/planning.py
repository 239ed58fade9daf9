"""Looks at a run while it goes on: planned before anything is spent, and noted in ``run.json``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from harness.errors import Diagnostic, RequestError
from harness.results.model import Looks, RunInfo
from harness.run.looks.portions import Portions, divide, make_seed
from harness.run.matrix import Matrix
from harness.spec.model.spec import Gate

NO_GATE = "H611"


def choose_gate(gate: Gate | None, *, until_settled: bool, seed: int | None) -> Gate | None:
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
                hint="add --until-settled, or `stop: settled` to the gate",
            )
        )
    return gate


def plan_portions(
    matrix: Matrix,
    gate: Gate | None,
    must_pass: Collection[str],
    *,
    identity: tuple[str, str] | None,
    seed: int | None,
) -> Portions | None:
    """Divide a run's questions among the looks of its gate; None where it asks them all.

    ``identity`` is the SHA-256 of the spec and the baseline's id, None without a baseline: with
    nothing to be compared with, nothing is ever settled.
    """
    if gate is None or gate.stop == "never" or identity is None:
        return None
    chosen = make_seed(*identity) if seed is None else seed
    return divide(matrix, gate.looks, chosen, must_pass)


def note_look(info: RunInfo, matrix: Matrix, portions: Portions, look: int) -> RunInfo:
    """Note that a run has come to a look: the trials until there are all that were to be run."""
    looks = Looks(portions.planned, look, portions.seed, matrix.count)
    return replace(info, looks=looks, planned_trials=portions.count(look) * matrix.plays)
