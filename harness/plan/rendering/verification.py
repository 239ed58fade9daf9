"""Write what `verify` says: what is not as declared, and who made it so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from harness.plan.model import Change, Plan
from harness.plan.rendering.drift import Cause, count_cause, find_cause, find_causes
from harness.plan.rendering.plans import (
    Places,
    find_nowhere,
    format_change,
    format_count,
    format_problem,
    make_plan_document,
)
from harness.text.safe import flatten

SAID: dict[Cause, str] = {"azure": "Azure changed it", "spec": "the spec changed"}


def format_drift(plan: Plan, places: Places = find_nowhere) -> str:
    """Return the plan as verify tells it: what differs from the spec, and because of whom."""
    lines = [line for change in plan.drift for line in (*_format_lines(change), "")]
    lines += [line for problem in plan.preflight for line in (*format_problem(problem, places), "")]
    orphans = [change for change in plan.changes if change.action == "orphan"]
    lines += [line for change in orphans for line in (*format_change(change), "")]
    lines.append(_format_last_line(plan))
    return "\n".join(lines) + "\n"


def make_drift_document(plan: Plan) -> dict[str, Any]:
    """Return the plan's document, with who made which field differ and who was there last."""
    document = make_plan_document(plan)
    for shown, change in zip(document["changes"], plan.changes, strict=True):
        if not change.drifts:
            continue
        shown["drift"] = {
            "changed_by": sorted(find_causes(change)),
            "fields": {each.name: find_cause(change, each) for each in change.differences},
            "last_changed_by": (change.trace.by if change.trace else "") or None,
            "last_changed_at": (change.trace.at if change.trace else "") or None,
        }
    return document


def _format_lines(change: Change) -> Iterator[str]:
    told = replace(change, notes=(*change.notes, *_explain(change)))
    lines = {f"      ~ {each}": find_cause(change, each) for each in change.differences}
    for line in format_change(told):
        said = SAID.get(lines.get(line, "unknown"))
        yield f"{line}, {said}" if said else line


def _explain(change: Change) -> Iterator[str]:
    """Yield why something is missing, and who was at what there is."""
    causes = find_causes(change)
    if change.before is None:
        if change.vanished:
            yield "it was there when this spec was last applied: it has been deleted since"
        elif "spec" in causes:
            yield "the spec declares it, and it was never applied"
        return
    if "azure" in causes and change.trace and change.trace.by:
        when = f" at {change.trace.at[:19].replace('T', ' ')} UTC" if change.trace.at else ""
        yield f"last changed by {flatten(change.trace.by)}{when}"


def _format_last_line(plan: Plan) -> str:
    if not plan.drift:
        return f"No drift: everything is as {plan.spec} declares."
    counts = {
        "Azure changed": count_cause(plan, "azure"),
        "the spec changed": count_cause(plan, "spec"),
    }
    parts = [f"{said} {count}" for said, count in counts.items() if count]
    why = f" ({', '.join(parts)})" if parts else ""
    return f"Drift: {format_count(len(plan.drift), 'resource')} not as {plan.spec} declares{why}."
