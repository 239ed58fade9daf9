"""A comparison as the application reads it: the model's own names, each text made safe to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from harness.compare.comparison.model import Comparison, Parity
from harness.report.payload.order import PlayedConversation
from harness.report.plays import PlayColumn
from harness.text import safe


def write_comparison(
    comparison: Comparison | None,
    columns: Sequence[PlayColumn],
    conversations: Sequence[PlayedConversation],
) -> dict[str, Any] | None:
    """Write the comparison, with the places of its columns and conversations among the run's."""
    if comparison is None:
        return None
    of_column = {(column.target, column.variant): column.index for column in columns}
    of_name = {(one.id, one.case): one.index for one in conversations}
    written = asdict(comparison)
    del written["gate"]  # it is the run's own verdict, at the head
    for pair, known in zip(written["pairs"], comparison.pairs, strict=True):
        pair["column"] = of_column.get((known.b.target.name, known.b.variant), -1)
        for case, change in zip(pair["cases"], known.cases, strict=True):
            case["index"] = of_name.get((change.conversation, change.case), -1)
    return {name: _make_safe(value) for name, value in written.items()}


def write_parities(parities: Sequence[Parity]) -> list[Any]:
    """Write how targets and variants of the run compare with each other."""
    return [_make_safe(asdict(parity)) for parity in parities]


def _make_safe(value: Any) -> Any:
    if isinstance(value, str):
        return safe.clip_line(value, 600)
    if isinstance(value, Mapping):
        return {str(key): _make_safe(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_make_safe(one) for one in value]
    return value
