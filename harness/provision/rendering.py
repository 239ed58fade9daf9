"""Show what became of a plan, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from typing import Any

from harness.plan.model import Action, Plan
from harness.provision.events import Outcome, Outcomes
from harness.provision.ports import Answering
from harness.provision.probe import Probe
from harness.text.safe import flatten

DONE: dict[Action, str] = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "deleted",
    "adopt": "adopted",
    "none": "unchanged",
    "orphan": "left",
}
ANSWERS: dict[Answering, str] = {
    "ready": "answers",
    "not there yet": "does not answer yet",
    "forbidden": "does not let this identity in",
    "closed": "is closed to this network",
    "retired": "has retired",
    "unknown": "could not be asked",
}
DOING: dict[Action, str] = {
    "create": "creating",
    "update": "updating",
    "replace": "replacing",
    "delete": "deleting",
    "adopt": "adopting",
    "none": "looking at",
    "orphan": "looking at",
}


def format_outcome(outcome: Outcome) -> str:
    """Return ``account.sweden: created in 1.2 s``."""
    address = outcome.change.address
    match outcome.status:
        case "done":
            note = f" ({flatten(outcome.note)})" if outcome.note else ""
            kept = outcome.note.startswith("left in place")
            word = "kept" if kept else DONE[outcome.change.action]
            return f"{address}: {word} in {outcome.seconds:.1f} s{note}"
        case "failed":
            said = outcome.problem.summary if outcome.problem else outcome.note
            return f"{address}: failed after {outcome.seconds:.1f} s: {flatten(said)}"
        case "under way":
            return f"{address}: Azure is still at work on it after {outcome.seconds:.1f} s"
        case "not attempted":
            return f"{address}: not attempted: {flatten(outcome.note)}"


def format_outcomes(plan: Plan, outcomes: Outcomes) -> str:
    """Return the failures in full, then what was done, failed and not attempted."""
    lines = []
    for outcome in outcomes.outcomes:
        if outcome.status in ("failed", "under way") and outcome.problem is not None:
            lines += [f"{outcome.change.address}:", *_indent(str(outcome.problem)), ""]
        elif outcome.status == "not attempted" or outcome.note:
            lines += [format_outcome(outcome), ""]
    lines.append(_format_last_line(plan, outcomes))
    return "\n".join(lines) + "\n"


def _format_last_line(plan: Plan, outcomes: Outcomes) -> str:
    done = Counter(
        "kept" if outcome.note.startswith("left in place") else DONE[outcome.change.action]
        for outcome in outcomes.outcomes
        if outcome.status == "done"
    )
    parts = [f"{number} {word}" for word, number in done.items()]
    failed, missed = outcomes.count("failed"), outcomes.count("not attempted")
    going = outcomes.count("under way")
    parts += [f"{failed} failed"] if failed else []
    parts += [f"{going} under way"] if going else []
    parts += [f"{missed} not attempted"] if missed else []
    name = "Apply" if plan.goal == "apply" else "Destroy"
    state = "interrupted" if outcomes.interrupted else "complete" if outcomes.complete else "partly"
    return f"{name} {state}: {', '.join(parts) or 'nothing to do'}."


def format_probes(probes: tuple[Probe, ...]) -> str:
    """Return a line for each deployment that was asked, and what to do where it does not answer."""
    lines = []
    for one in probes:
        found = one.readiness
        said = f": {flatten(found.said)}" if found.said else ""
        lines.append(f"{one.address}: {ANSWERS[found.state]}{said}")
        lines += [f"  hint: {flatten(found.hint)}"] if found.hint else []
    return "\n".join(lines) + "\n" if lines else ""


def make_probes_document(probes: tuple[Probe, ...]) -> list[dict[str, Any]]:
    """Return probes for ``--json`` (provisional)."""
    return [
        {
            "address": one.address,
            "state": one.readiness.state.replace(" ", "_"),
            "message": one.readiness.said or None,
            "hint": one.readiness.hint or None,
        }
        for one in probes
    ]


def make_outcomes_document(outcomes: Outcomes) -> list[dict[str, Any]]:
    """Return outcomes for ``--json`` (provisional)."""
    return [
        {
            "address": outcome.change.address,
            "action": outcome.change.action,
            "status": outcome.status,
            "seconds": round(outcome.seconds, 3),
            "note": outcome.note,
            "problem": str(outcome.problem) if outcome.problem else None,
        }
        for outcome in outcomes.outcomes
    ]


def _indent(text: str) -> list[str]:
    return [f"  {line}" for line in text.splitlines()]
