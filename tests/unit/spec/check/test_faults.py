"""A fault that would do nothing is none."""

from __future__ import annotations

import pytest

from tests.unit.spec.written import HEAD, ProblemsOf


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        ("{operation: chat, times: 1}", ["H202"]),
        ("{operation: chat, malform: null}", ["H202"]),
        ("{operation: chat, malform: nothing}", ["H205"]),
        ("{operation: chat, after: -1, delay_s: 1}", ["H206"]),
        ("{operation: chat, delay_s: 0}", []),
        ("{operation: chat, limit: 0}", []),
        ("{operation: chat, status: 502, malform: html, drip_s: 1}", []),
    ],
)
def test_a_fault_has_an_effect(problems_of: ProblemsOf, fault: str, found: list[str]) -> None:
    asked = "conversations: [{id: c, turns: [{user: hi}]}]\n"
    told = problems_of(f"{HEAD}simulator: {{faults: [{fault}]}}\n{asked}")
    assert [line.split()[1] for line in told] == found
