"""Floors: the share of a run that must pass, whatever another run did. Source: the contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.compare.summary import Cell, Row
from harness.compare.wording import format_percent, join_words, name_case, name_row
from harness.spec.model.spec import Gate
from harness.text.numbers import format_plural

REPEATS_ROUNDING = 0.005
"""``must_pass: 0.67`` means two of three: shares of repeats are held to two decimals."""

RATE_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class MissedFloor:
    """A floor that a target under a variant does not reach, in a sentence."""

    target: str
    variant: str
    reason: str


def find_missed_floors(
    rows: Sequence[Row], cells: Sequence[Cell], gate: Gate, must_pass: Mapping[str, float]
) -> Iterator[MissedFloor]:
    """List the floors that are missed: ``must_pass``, ``min_pass_rate``, ``max_unusable_rate``."""
    for cell in cells:
        floor = must_pass.get(cell.conversation)
        if floor is None or cell.played == 0 or cell.known_failing is not None:
            continue
        if cell.passed / cell.played < floor - REPEATS_ROUNDING:
            wanted = "it must pass every time" if floor >= 1 else f"{format_percent(floor)} must"
            said = f"{name_cell(cell)} passed {cell.passed} of {cell.played}; {wanted}."
            yield MissedFloor(cell.target, cell.variant, said)
    for row in rows:
        for missed in (_explain_rate(row, rows, gate), _explain_unusable(row, rows, gate)):
            if missed is not None:
                yield MissedFloor(row.target.name, row.variant, missed)


def _explain_rate(row: Row, rows: Sequence[Row], gate: Gate) -> str | None:
    rate, floor = row.pass_rate, gate.min_pass_rate
    if floor is None or rate is None or rate.value >= floor - RATE_ROUNDING:
        return None
    said = f"{name_row(row, rows)} passed {format_percent(rate.value)} of its judged trials"
    return f"{said}; at least {format_percent(floor)} is wanted."


def _explain_unusable(row: Row, rows: Sequence[Row], gate: Gate) -> str | None:
    played = sum(row.outcomes.values()) - row.outcomes["errored"]
    unusable = row.outcomes["blocked"] + row.outcomes["truncated"]
    if not played or unusable / played <= gate.max_unusable_rate + RATE_ROUNDING:
        return None
    said = f"{name_row(row, rows)}: {unusable} of {format_plural(played, 'trial')}"
    most = format_percent(gate.max_unusable_rate)
    return f"{said} were blocked or truncated; at most {most} may be."


def describe_held(
    rows: Sequence[Row], cells: Sequence[Cell], gate: Gate, must_pass: Mapping[str, float]
) -> str:
    """Describe that every floor holds; some row must have been judged."""
    rated = [(row.pass_rate.value, row) for row in rows if row.pass_rate is not None]
    lowest, row = min(rated, key=lambda pair: pair[0])
    floors = []
    if gate.min_pass_rate is not None:
        floors.append(f"at least {format_percent(gate.min_pass_rate)} passed")
    if held := {c.conversation for c in cells if c.known_failing is None} & must_pass.keys():
        floors.append(f"{format_plural(len(held), 'conversation')} that must pass did")
    said = f" ({join_words(floors)})" if floors else ""
    lowest_row = f"{name_row(row, rows)} with {format_percent(lowest)}"
    return f"Every floor holds{said}; the lowest is {lowest_row}."


def name_cell(cell: Cell) -> str:
    """Name a conversation on a target in a sentence."""
    variant = f", variant {cell.variant}" if cell.variant != "default" else ""
    return f"{name_case(cell.conversation, cell.case)} on {cell.target}{variant}"
