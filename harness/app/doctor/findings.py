"""The findings of a look at the surroundings: one line each, with what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from harness.text.safe import printable

State = Literal["ok", "problem", "unknown"]
"""``unknown``: it could not be read, which is no problem by itself."""


@dataclass(frozen=True, slots=True)
class DoctorFinding:
    """One thing that was looked at; ``remedy`` is what to do, "" where nothing is."""

    about: str
    state: State
    said: str
    remedy: str = ""


def format_findings(findings: Sequence[DoctorFinding]) -> str:
    """Return a line each, the state first; what to do beneath, and the count at the end."""
    widest = max(len(each.about) for each in findings)
    lines = []
    for each in findings:
        lines.append(f"{each.state:<8} {each.about:<{widest}}  {printable(each.said)}")
        if each.remedy:
            lines.append(f"{'':<9}{'':<{widest}}  hint: {printable(each.remedy)}")
    problems = sum(each.state == "problem" for each in findings)
    unknown = sum(each.state == "unknown" for each in findings)
    verdict = f"{problems} problem{'' if problems == 1 else 's'}" if problems else "No problem"
    lines += ["", f"{verdict}{f', {unknown} unknown' if unknown else ''}."]
    return "\n".join(lines) + "\n"


def make_document(findings: Sequence[DoctorFinding]) -> dict[str, Any]:
    """Return the same for programs (provisional)."""
    return {
        "format_version": 1,
        "ok": not any(each.state == "problem" for each in findings),
        "findings": [
            {
                "about": each.about,
                "state": each.state,
                "said": each.said,
                "hint": each.remedy,
            }
            for each in findings
        ],
    }
