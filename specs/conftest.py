"""What is known to fail, marked as pytest people mark it.

On the simulator these answers are wrong on purpose (see data/sweden-answers.jsonl), so that reports
have something to show. A stale recording is not expected, and fails these tests like all others;
with `xfail_strict` one that passes after all is pointed out too.
"""

from __future__ import annotations

import pytest

from harness.pytest_plugin import CheckFailed

WRONG_ON_PURPOSE = {
    "capitals[sweden/mini]",
    "forgetting[sweden/five]",
    "founders[sweden/five]",
    "greetings[sweden/five]",
    "greetings[sweden/large]",
    "json[sweden/five]",
    "refusal[sweden/five]",
    "roles[sweden/mini]",
    "sdk[sweden/mini]",
    "temperature[sweden/large]",
    "weekend[sweden/five]",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect them to fail."""
    for item in items:
        if item.path.name == "sweden.yaml" and item.name in WRONG_ON_PURPOSE:
            item.add_marker(pytest.mark.xfail(raises=CheckFailed, reason="wrong on purpose"))
