"""The trials that did not pass, conversation by conversation, each with why and what was said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from harness.compare.summary import Cell, Row, Summary
from harness.compare.wording import describe_mark, name_case, name_row
from harness.report.plays import Name, explain_result, find_first_line
from harness.report.terminal.telling import Loudness, tell
from harness.results.model import Outcome, Result
from harness.spec.model.spec import Conversation
from harness.text.safe import clip_line, printable

MOST_CONVERSATIONS = 10
MOST_TRIALS = 4
"""Lines of one conversation; trials that say the same share one."""
MOST_READ = 60
"""Transcripts of one conversation that are read for its lines."""
MOST_TOLD = 100
"""Conversations and targets that are told whole."""
LONGEST_REPLY = 100
PASSED = frozenset({"passed", "skipped"})


@dataclass(frozen=True, slots=True)
class _Story:
    """A line of a failed trial; repeats with the same are one."""

    outcome: Outcome
    where: str
    reason: str
    reply: str


def list_failures(
    results: Sequence[Result], summary: Summary, run: str, *, width: int = 100
) -> list[str]:
    """List trials that did not pass: each with its first reason and its reply's first line.

    ``width`` is the terminal's, in columns. What there is no room for is counted, with the command
    that shows it; ``run`` is its id, or its folder.
    """
    dead = _find_dead(summary)
    groups = _group_failed([c for c in summary.cells if (c.target, c.variant) not in dead])
    said = list(_list_dead(dead, results, summary))
    if groups:
        said.append("not passed (trials of each conversation):")
    for name, cells in islice(groups.items(), MOST_CONVERSATIONS):
        said += _list_group(name, cells, results, width)
    if len(groups) > MOST_CONVERSATIONS:
        more = len(groups) - MOST_CONVERSATIONS
        noun = "conversation" if more == 1 else "conversations"
        said.append(f"  and {more:,} more {noun}: harness show {printable(run)}")
    return said


def tell_failures(
    results: Sequence[Result],
    summary: Summary,
    conversations: Mapping[str, Conversation],
    loudness: Loudness = 1,
) -> Iterator[str]:
    """Yield lines that tell each failed conversation and target whole, as a failed test is told."""
    stories: dict[tuple[str, str], list[Cell]] = {}
    plays: dict[tuple[str, str], int] = {}
    for cell in summary.cells:
        key = cell.conversation, cell.target
        plays[key] = plays.get(key, 0) + 1
        if cell.outcome not in PASSED:
            stories.setdefault(key, []).append(cell)
    for key, cells in islice(stories.items(), MOST_TOLD):
        declared = conversations.get(key[0])
        if declared is None:
            continue
        floor = 1.0 if declared.must_pass is False else float(declared.must_pass)
        missed = [tuple(results[index] for index in cell.results) for cell in cells]
        yield f"--- {printable(f'{key[0]} on {key[1]}')}"
        yield tell(declared, missed, plays[key], floor, loudness)
        yield ""
    if len(stories) > MOST_TOLD:
        yield f"and {len(stories) - MOST_TOLD:,} more, in the report"
        yield ""


def _find_dead(summary: Summary) -> dict[tuple[str, str], Row]:
    """Return the rows in which every trial errored alike: one line tells of all of them."""
    return {
        (row.target.name, row.variant): row
        for row in summary.rows
        if row.trials == row.outcomes["errored"] > 1 and len(row.errors) == 1
    }


def _list_dead(
    dead: Mapping[tuple[str, str], Row], results: Sequence[Result], summary: Summary
) -> Iterator[str]:
    first = {(cell.target, cell.variant): cell for cell in reversed(summary.cells)}
    for key, row in dead.items():
        reason = explain_result(results[first[key].results[0]])
        name = name_row(row, summary.rows)
        yield printable(f"{name}: all {row.trials:,} trials errored: {reason}")


def _group_failed(cells: Sequence[Cell]) -> dict[Name, list[Cell]]:
    """Return the cells of each conversation (and case) of which a cell did not pass."""
    groups: dict[Name, list[Cell]] = {}
    for cell in cells:
        groups.setdefault((cell.conversation, cell.case), []).append(cell)
    return {
        name: cells
        for name, cells in groups.items()
        if any(cell.outcome not in PASSED for cell in cells)
    }


def _list_group(
    name: Name, cells: Sequence[Cell], results: Sequence[Result], width: int
) -> Iterator[str]:
    trials = [trial for cell in cells for trial in cell.trials]
    wrong = [trial for trial in trials if trial.outcome not in PASSED]
    mark = next((cell.known_failing for cell in cells if cell.known_failing is not None), None)
    tail = f"; {describe_mark(mark)}" if mark is not None else ""
    yield f"  {printable(name_case(*name))}: {len(wrong):,} of {len(trials):,}{printable(tail)}"
    several = len({cell.variant for cell in cells}) > 1
    stories: dict[_Story, int] = {}
    for trial in wrong[:MOST_READ]:
        story = _read_story(results[trial.index], several=several)
        stories[story] = stories.get(story, 0) + 1
    for story, count in islice(stories.items(), MOST_TRIALS):
        yield from _write_story(story, count, width)
    told = sum(islice(stories.values(), MOST_TRIALS))
    if told < len(wrong):
        yield f"    and {len(wrong) - told:,} more of this conversation"


def _read_story(result: Result, *, several: bool) -> _Story:
    trial = result.trial
    where = f"{trial.target} · {trial.variant}" if several else trial.target
    return _Story(result.outcome, where, explain_result(result), find_first_line(result))


def _write_story(story: _Story, count: int, width: int) -> Iterable[str]:
    times = f", {count} times" if count > 1 else ""
    reason = f": {story.reason}" if story.reason else ""
    yield f"    {story.outcome:<9} {printable(f'{story.where}{times}{reason}')}"
    if story.reply:
        room = max(20, min(LONGEST_REPLY, width - 24))
        yield f"              reply: {clip_line(story.reply, room)}"
