"""The lines that a round prints: how it went, and what is otherwise than in the round before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from harness.app.watch.rounds import CellChange, PlayedCell, Round, State, list_changes
from harness.run.narrowing import CellName, name_cells
from harness.text.numbers import format_money
from harness.text.safe import clip_line

MOST_LISTED = 15
WIDEST = 160
"""Characters of a line; a reason is cut to what is left."""

WORDS: Mapping[State, str] = {"stale": "not recorded"}
"""Words for the states that are no outcomes."""


def describe_round(played: Round, before: Round | None) -> Iterator[str]:
    """Describe a round: numbers, then what changed; of the first one what did not pass."""
    yield _describe_counts(played)
    if before is None:
        wrong = [
            CellChange(name, None, one)
            for name, one in played.cells.items()
            if one.state not in ("passed", "skipped")
        ]
        yield from _list(wrong)
    elif changes := list_changes(before, played):
        yield from _list(changes)
    elif played.recorded:
        yield "  nothing is otherwise than before"
    if played.left_over and (before is None or before.left_over != played.left_over):
        first = clip_line(played.left_over[0], WIDEST)
        more = f", and {len(played.left_over) - 1} more" if len(played.left_over) > 1 else ""
        yield f"  left over in the recording: {first}{more}"


def _describe_counts(played: Round) -> str:
    if not played.recorded:
        return "nothing is recorded yet"
    counts = [f"{number:,} {WORDS.get(state, state)}" for state, number in played.count().items()]
    return ", ".join(counts)


def describe_asked(asked: Round, before: Round, *, records: bool) -> Iterator[str]:
    """Describe what was asked live, and whether it is kept."""
    cost = "cost unknown" if asked.cost_usd is None else format_money(asked.cost_usd)
    kept = "recorded" if records else "kept for this session; --record keeps it for good"
    yield f"asked live: {_describe_counts(asked)} · {cost} · {kept}"
    yield from _list(list_changes(Round(before.cells), before.update(asked)))


def _list(changes: Sequence[CellChange]) -> Iterator[str]:
    for one in changes[:MOST_LISTED]:
        yield _describe_change(one.name, one.before, one.after)
    if len(changes) > MOST_LISTED:
        yield f"  and {len(changes) - MOST_LISTED:,} more"


def _describe_change(name: CellName, before: PlayedCell | None, after: PlayedCell | None) -> str:
    what = name_cells([name], 1)
    if after is None:
        return f"  {'gone':<12}  {clip_line(what, WIDEST)}"
    state = WORDS.get(after.state, after.state)
    was = ""
    if before is not None and before.state != after.state:
        was = f" (before: {WORDS.get(before.state, before.state)})"
    # Of what is stale, whose it is stands before it.
    said = after.reason
    if after.state == "stale":
        asker, _, said = after.reason.partition(" is not what was recorded: ")
        if said and asker.startswith("check"):  # a judge's, or for embeddings
            said = f"{asker.partition(' of ')[0]}: {said}"
    reason = f": {said}" if said else ""
    return f"  {state:<12}  {clip_line(f'{what}{was}{reason}', WIDEST)}"
