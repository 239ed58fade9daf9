"""A plan as text, in the style that people know, and as the contract's JSON.

Every line says without colour what it means: the glyph is the action.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any, assert_never

from harness.plan.model import Action, Change, Difference, Plan, Problem
from harness.source import Span
from harness.text.safe import flatten
from harness.text.values import format_value

Places = Callable[[tuple[str, ...]], Span | None]
"""The place where the spec says something, by its path in the document."""

GLYPHS: dict[Action, str] = {
    "create": "+",
    "update": "~",
    "replace": "-/+",
    "delete": "-",
    "adopt": "<=",
    "none": " ",
    "orphan": "?",
}
WORDS: dict[Action, str] = {
    "create": "create",
    "update": "update in place",
    "replace": "replace",
    "delete": "delete",
    "adopt": "adopt",
    "none": "unchanged",
    "orphan": "orphan",
}


def find_nowhere(_: tuple[str, ...]) -> Span | None:
    """Return None: nobody can look up the places of this spec."""
    return None


def format_plan(
    plan: Plan, places: Places = find_nowhere, *, verbose: bool = False, quiet: bool = False
) -> str:
    """Return the plan as a page of text without colour, ending in a newline.

    Args:
        plan: what is shown.
        places: finds lines of the spec.
        verbose: also name what stays as it is.
        quiet: leave the changes out: only what preflight says, and the summary.
    """
    lines = [] if quiet else list(_format_body(plan, verbose=verbose))
    return "\n".join([*lines, *_format_end(plan, places)]) + "\n"


def format_summary(plan: Plan) -> str:
    """Return ``Plan: 2 to create, 1 to update in place.``; says so when there is nothing to do."""
    words = {
        "create": "to create",
        "update": "to update in place",
        "replace": "to replace",
        "delete": "to delete",
        "adopt": "to adopt",
    }
    parts = [f"{plan.summary[name]} {word}" for name, word in words.items() if plan.summary[name]]
    if parts:
        return f"Plan: {', '.join(parts)}."
    if plan.goal == "destroy":
        return "Nothing to delete: nothing here belongs to this spec."
    if plan.drift:
        return f"No changes: what differs ({len(plan.drift)}) is under policy: verify-only."
    return "No changes: Azure is as the spec declares."


def _format_body(plan: Plan, *, verbose: bool) -> Iterator[str]:
    for change in plan.changes:
        # A line for what stays would drown what does not; a note is a reason to show it.
        if change.action != "none" or change.notes:
            yield from format_change(change)
            yield ""
    unchanged = [c.address for c in plan.changes if c.action == "none" and not c.notes]
    if unchanged:
        names = f": {', '.join(unchanged)}" if verbose else ""
        yield f"Unchanged: {format_count(len(unchanged), 'resource')}{names}"
    if plan.bystanders:
        yield f"Not ours, left alone: {flatten(', '.join(plan.bystanders))}"
    if unchanged or plan.bystanders:
        yield ""


def _format_end(plan: Plan, places: Places) -> Iterator[str]:
    for problem in plan.preflight:
        yield from format_problem(problem, places)
        yield ""
    if plan.under_way:
        yield f"Azure is still at work on {', '.join(one.address for one in plan.under_way)}."
    if plan.left_aside:
        yield f"Left aside by --only: {format_count(plan.left_aside, 'change')}."
    yield format_summary(plan)
    if plan.errors:
        errors = format_count(len(plan.errors), "error")
        command = "destroy" if plan.goal == "destroy" else "apply"
        yield f"Preflight refuses: {errors}; {command} would do nothing."


def format_change(change: Change) -> Iterator[str]:
    """Yield a change as the plan shows it."""
    word = "differs" if change.watched and change.drifts else WORDS[change.action]
    yield f"{GLYPHS[change.action]:>3} {change.address}  {word}"
    match change.action:
        case "create":
            yield from (
                _field("+", name, value)
                for name, value in (change.after or {}).items()
                if (name, value) != ("format", "OpenAI")
            )
        case "delete" | "orphan":
            yield from (_field(" ", name, value) for name, value in (change.before or {}).items())
        case "update" | "replace" | "adopt":
            yield from (_difference(each) for each in change.differences)
        case "none":
            if change.watched:
                yield from (_difference(each) for each in change.differences)
        case _ as never:
            assert_never(never)
    # That something to create is not there yet goes without saying.
    notes = change.notes[1:] if change.action == "create" else change.notes
    yield from (f"      ({flatten(note)})" for note in notes)


def _field(glyph: str, name: str, value: Any) -> str:
    return f"      {glyph} {name}: {format_value(value)}".rstrip()


def _difference(difference: Difference) -> str:
    return f"      ~ {difference}"


def format_problem(problem: Problem, places: Places) -> Iterator[str]:
    """Yield a problem, each way out on a line of its own."""
    span = places(problem.place) if problem.place else None
    where = f"{span}: " if span else ""
    message = flatten(problem.message)
    yield f"{where}{problem.severity}[{problem.code}]: {problem.address}: {message}"
    # Each way out on a line of its own.
    yield from (f"  hint: {flatten(way)}" for way in problem.hint.split("; ") if way)


def format_count(number: int, noun: str) -> str:
    """Return ``1 change``, ``2 changes``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def make_plan_document(plan: Plan) -> dict[str, Any]:
    """Return the contract's JSON document (section 5)."""
    return {
        "format_version": 1,
        "summary": plan.summary,
        "changes": [
            {
                "address": change.address,
                "action": change.action,
                "before": change.before,
                "after": change.after,
                "reasons": list(change.reasons),
                **({"region_choice": asdict(change.choice)} if change.choice else {}),
            }
            for change in plan.changes
        ],
        "preflight": [
            {
                "address": problem.address,
                "code": problem.code,
                "severity": problem.severity,
                "message": problem.message,
                "hint": problem.hint,
            }
            for problem in plan.preflight
        ],
        "forecast": dict(plan.forecast),
    }
