"""Write what `verify` says: what is not as declared, and who made it so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from harness.plan.model import Change, Plan
from harness.plan.rendering.drift import Cause, cause_of, causes_of, count_of
from harness.plan.rendering.plans import (
    Places,
    change_lines,
    counted,
    nowhere,
    plan_document,
    problem_lines,
)
from harness.plan.rendering.text import printable

SAID: dict[Cause, str] = {"azure": "Azure changed it", "spec": "the spec changed"}


def render_drift(plan: Plan, places: Places = nowhere) -> str:
    """The plan as verify tells it: what differs from the spec, and because of whom."""
    lines = [line for change in plan.drift for line in (*_lines(change), "")]
    lines += [line for problem in plan.preflight for line in (*problem_lines(problem, places), "")]
    orphans = [change for change in plan.changes if change.action == "orphan"]
    lines += [line for change in orphans for line in (*change_lines(change), "")]
    lines.append(_last_line(plan))
    return "\n".join(lines) + "\n"


def drift_document(plan: Plan) -> dict[str, Any]:
    """As plan does, and for each change who made which field differ, and who was there last."""
    document = plan_document(plan)
    for shown, change in zip(document["changes"], plan.changes, strict=True):
        if not change.drifts:
            continue
        shown["drift"] = {
            "changed_by": sorted(causes_of(change)),
            "fields": {each.name: cause_of(change, each) for each in change.differences},
            "last_changed_by": (change.trace.by if change.trace else "") or None,
            "last_changed_at": (change.trace.at if change.trace else "") or None,
        }
    return document


def _lines(change: Change) -> Iterator[str]:
    told = replace(change, notes=(*change.notes, *_why(change)))
    lines = {f"      ~ {each}": cause_of(change, each) for each in change.differences}
    for line in change_lines(told):
        said = SAID.get(lines.get(line, "unknown"))
        yield f"{line}, {said}" if said else line


def _why(change: Change) -> Iterator[str]:
    """Yield why something is missing, and who was at what there is."""
    causes = causes_of(change)
    if change.before is None:
        if "azure" in causes:
            yield "it was there when this spec was last applied: it has been deleted since"
        elif "spec" in causes:
            yield "the spec declares it, and it was never applied"
        return
    if "azure" in causes and change.trace and change.trace.by:
        when = f" at {change.trace.at[:19].replace('T', ' ')} UTC" if change.trace.at else ""
        yield f"last changed by {printable(change.trace.by)}{when}"


def _last_line(plan: Plan) -> str:
    if not plan.drift:
        return f"No drift: everything is as {plan.spec} declares."
    counts = {
        "Azure changed": count_of(plan, "azure"),
        "the spec changed": count_of(plan, "spec"),
    }
    parts = [f"{said} {count}" for said, count in counts.items() if count]
    why = f" ({', '.join(parts)})" if parts else ""
    return f"Drift: {counted(len(plan.drift), 'resource')} not as {plan.spec} declares{why}."
