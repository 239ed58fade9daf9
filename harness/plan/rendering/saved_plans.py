"""A saved plan as text: what it would do, and what it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harness.plan.rendering.plans import GLYPHS, WORDS
from harness.plan.saved import SavedPlan
from harness.text.safe import flatten
from harness.text.values import format_value


def format_saved(saved: SavedPlan, *, verbose: bool = False) -> str:
    """Return a saved plan as a page of text, ending in a newline; ``verbose`` names what stays."""
    return "\n".join(_format_lines(saved, verbose=verbose)) + "\n"


def _format_lines(saved: SavedPlan, *, verbose: bool) -> Iterator[str]:
    document, plan = saved.document, saved.document["plan"]
    spec = document["spec"]
    yield (
        f"plan of {flatten(str(spec.get('name')))} ({flatten(saved.origin.path)}), "
        f"made {flatten(str(document.get('made_at')))} on {flatten(saved.origin.cloud)}"
    )
    yield ""
    same = []
    for change in plan["changes"]:
        if change["action"] == "none" and not change["reasons"]:
            same.append(str(change["address"]))
            continue
        yield from _format_change(change)
        yield ""
    if same:
        names = f": {', '.join(map(flatten, same))}" if verbose else ""
        yield f"Unchanged: {len(same)}{names}"
    for problem in plan["preflight"]:
        yield flatten(f"{problem['severity']}[{problem['code']}]: {problem['message']}")
    counts = [f"{number} {name}" for name, number in plan["summary"].items() if number]
    yield f"Saved plan: {', '.join(counts) or 'nothing to do'}."


def _format_change(change: Mapping[str, Any]) -> Iterator[str]:
    action = change["action"]
    yield flatten(f"{GLYPHS[action]:>3} {change['address']}  {WORDS[action]}")
    if action == "create":
        for name, value in (change.get("after") or {}).items():
            yield f"      + {flatten(name)}: {format_value(value)}"
    yield from (f"      {flatten(str(reason))}" for reason in change["reasons"])
