"""Read a run: the whole of it as a list, or one or two of its transcripts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.app.comparing import find_run
from harness.app.documents import read_comparison, read_run, summarize_run
from harness.app.ports import ProjectArchive
from harness.errors import Diagnostic, RequestError
from harness.text.numbers import format_plural

if TYPE_CHECKING:
    from harness.compare.summary import Cell, Summary
    from harness.results.model import Result, Run

NOT_IN_RUN = "H815"
TOO_MANY = "H816"
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class ShownPart:
    """The part of a run that somebody wants to see; what is empty leaves nothing out.

    Attributes:
        conversation: its id, or its id and case as they are listed: ``faq (refund)``.
        case: the name of a case.
        targets: names, or globs of them.
        variants: names.
        repeats: numbers from 1.
        keyword: an expression over ids, cases and tags, as ``eval -k``.
    """

    conversation: str | None = None
    case: str | None = None
    targets: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    repeats: tuple[int, ...] = ()
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class OpenedRun:
    """A run that is read, with the cells of it that are wanted."""

    run: Run
    summary: Summary
    cells: tuple[Cell, ...]
    directory: Path


@dataclass(frozen=True, slots=True)
class ChosenTrials:
    """One trial, or two to stand beside each other.

    ``notes`` are sentences about what else there is to see, and how.
    """

    run: Run
    trials: tuple[tuple[Cell, Result], ...]
    notes: tuple[str, ...]


def open_run(archive: ProjectArchive, name: str, wanted: ShownPart) -> OpenedRun:
    """Read a run and select what is wanted of it.

    Raises:
        RequestError: there is no such run, it cannot be read, or nothing in it is called so.
    """
    directory = find_run(archive, name)
    run, spec = read_run(archive, directory)
    summary = summarize_run(run, spec, read_comparison(directory))
    return OpenedRun(run, summary, _select(summary.cells, wanted, spec), directory)


def choose_trials(opened: OpenedRun, wanted: ShownPart) -> ChosenTrials:
    """Choose the transcripts to show: one, or two beside each other.

    Two are shown where two targets, variants or repeats are named, or where the run has just two
    targets and variants. Else it is the first that did not pass; of several cases likewise.

    Raises:
        RequestError: more than two are named, or a repeat that is not there.
    """
    from harness.report.terminal.listing import group_worst_first

    (_, cells), *others = group_worst_first(opened.cells)
    notes = list(_note_other_cases([name[1] for name, _ in others]))
    kept = _narrow(cells, wanted)
    if len(kept) < len(cells):
        notes.append(_note_other_columns(cells))
    shown = [(cell, repeat) for cell in kept for repeat in wanted.repeats or (None,)]
    if len(shown) > 2:
        raise _too_many_error(len(shown), kept)
    trials = tuple((cell, _read_repeat(opened.run, cell, repeat)) for cell, repeat in shown)
    if not wanted.repeats and any(cell.repeats > 1 for cell, _ in trials):
        notes.append("--repeat N shows another repeat, given twice two beside each other")
    return ChosenTrials(opened.run, trials, tuple(notes))


def _narrow(cells: Sequence[Cell], wanted: ShownPart) -> Sequence[Cell]:
    """Leave out targets, then variants, that nobody named, until two transcripts are left."""
    worst = next((c for c in cells if c.outcome not in ("passed", "skipped")), cells[0])
    each = max(1, len(wanted.repeats))
    if len(cells) * each > 2 and not wanted.targets:
        cells = [cell for cell in cells if cell.target == worst.target]
    if len(cells) * each > 2 and not wanted.variants:
        cells = [
            next((cell for cell in cells if cell.target == name and cell.variant == worst.variant),
                 next(cell for cell in cells if cell.target == name))
            for name in dict.fromkeys(cell.target for cell in cells)
        ]  # fmt: skip
    return cells


def _select(
    cells: Sequence[Cell], wanted: ShownPart, spec: Mapping[str, Any] | None
) -> tuple[Cell, ...]:
    from harness.run.keyword import compile_keyword

    found = list(_name_conversation(cells, wanted))
    if wanted.case is not None:
        found = _take(found, "case", [c.case or "" for c in found], (wanted.case,))
    found = _take(found, "target", [c.target for c in found], wanted.targets)
    found = _take(found, "variant", [c.variant for c in found], wanted.variants)
    if wanted.keyword:
        matches, tags = compile_keyword(wanted.keyword), _list_tags(spec)
        found = [
            c for c in found
            if matches([c.conversation, c.case or "", *tags.get(c.conversation, ())])
        ]  # fmt: skip
        if not found:
            hint = _name_some([c.conversation for c in cells])
            raise _missing_error(f"nothing in this run matches -k {wanted.keyword}", hint)
    return tuple(found)


def _name_conversation(cells: Sequence[Cell], wanted: ShownPart) -> Iterator[Cell]:
    name = wanted.conversation
    if name is None:
        yield from cells
        return
    from harness.compare.wording import name_case

    found = [c for c in cells if c.conversation == name]
    found = found or [c for c in cells if name in (name_case(c.conversation, c.case), c.case)]
    if not found:
        known = list(dict.fromkeys([c.conversation for c in cells]))
        cases = [name_case(c.conversation, c.case) for c in cells if c.case is not None]
        near = _find_near(name, [*known, *dict.fromkeys(cases)])
        hint = f"did you mean {near}?" if near else _name_some(known)
        raise _missing_error(f"there is no conversation '{name}' in this run", hint)
    yield from found


def _take(
    cells: Sequence[Cell], kind: str, names: Sequence[str], patterns: Sequence[str]
) -> list[Cell]:
    """Keep the cells that a pattern names; each pattern has to name some."""
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) or name == pattern for name in names):
            known = [name for name in dict.fromkeys(names) if name]
            near = _find_near(pattern, known)
            hint = f"did you mean {near}?" if near else _name_some(known) or f"it has no {kind}s"
            raise _missing_error(f"there is no {kind} '{pattern}' in what is selected", hint)
    return [
        cell
        for cell, name in zip(cells, names, strict=True)
        if not patterns or any(fnmatchcase(name, one) or name == one for one in patterns)
    ]


def _find_near(name: str, known: Sequence[str]) -> str:
    folded = {one.casefold(): one for one in reversed(known)}
    near = get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
    return folded[near[0]] if near else ""


def _name_some(names: Sequence[str]) -> str:
    known = list(dict.fromkeys(names))
    more = f" and {len(known) - MOST_NAMED} more" if len(known) > MOST_NAMED else ""
    return f"there are: {', '.join(known[:MOST_NAMED])}{more}" if known else ""


def _missing_error(summary: str, hint: str) -> RequestError:
    return RequestError(Diagnostic(NOT_IN_RUN, summary, hint=hint))


def _list_tags(spec: Mapping[str, Any] | None) -> dict[str, tuple[str, ...]]:
    """Return the tags of each conversation by its id; none where spec.json is lost."""
    listed = spec.get("conversations") if spec is not None else None
    return {
        str(one.get("id")): tuple(map(str, one.get("tags") or ()))
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, Mapping)
    }


def _read_repeat(run: Run, cell: Cell, number: int | None) -> Result:
    """Read the repeat of this number; without one the first that ended as the cell does."""
    trial = next((one for one in cell.trials if one.number == number), None)
    if number is None:
        trial = next(one for one in cell.trials if one.outcome == cell.outcome)
    if trial is None:
        there = format_plural(cell.repeats, "repeat")
        raise _missing_error(
            f"there is no repeat {number} of {cell.conversation} on {cell.target}",
            f"the run has {there} of it, counted from 1",
        )
    return run.results[trial.index]


def _too_many_error(count: int, cells: Sequence[Cell]) -> RequestError:
    names = list(dict.fromkeys(f"{c.target} · {c.variant}" for c in cells))
    return RequestError(
        Diagnostic(
            TOO_MANY,
            f"{count} transcripts are chosen, and two stand beside each other",
            "\n".join(names[:MOST_NAMED]),
            hint="choose by -t, --variant and --repeat until one or two are left",
        )
    )


def _note_other_cases(cases: Sequence[str | None]) -> Iterator[str]:
    named = [case for case in cases if case is not None]
    if named:
        some = ", ".join(named[:MOST_NAMED]) + (", …" if len(named) > MOST_NAMED else "")
        yield f"{format_plural(len(named), 'other case')}; --case NAME shows one: {some}"


def _note_other_columns(cells: Sequence[Cell]) -> str:
    names = list(dict.fromkeys(cell.target for cell in cells))
    said = "-t TARGET shows another target"
    if len(names) == 1:
        said = "--variant NAME shows another variant"
        names = list(dict.fromkeys(cell.variant for cell in cells))
    return f"{said}, given twice two beside each other: {', '.join(names)}"
