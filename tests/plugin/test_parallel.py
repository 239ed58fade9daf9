"""With pytest-xdist, in processes of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

QUICKLY = ("-n2", "--assert=plain", "-p", "no:hypothesispytest", "-p", "no:anyio")
"""Two workers that load nothing but what the test is about."""


def test_workers_share_the_tests_of_a_spec(capitals: Path, pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("specs", *QUICKLY, "-W", "error", "--strict-markers")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "turn 2: The reply does not contain*",
            "FAILED specs/capitals.yaml::both[[]app/old[]] - CheckFailed: turn 2:*",
        ]
    )


def test_workers_share_a_named_spec_and_one_simulated_azure(
    live: Path, pytester: pytest.Pytester
) -> None:
    talks = "".join(f"  - {{id: talk{n}, turns: [{{user: France}}]}}\n" for n in range(6))
    live.write_text(live.read_text("utf-8") + f"conversations:\n{talks}", "utf-8")
    result = pytester.runpytest_subprocess(
        "--harness", "specs/live.yaml", "--harness-live", *QUICKLY, "-W", "error"
    )
    result.assert_outcomes(passed=12)


def test_each_worker_has_its_share_of_the_budget(live: Path, pytester: pytest.Pytester) -> None:
    talk = (
        "evaluation: {budget: {requests: 1}}\nconversations: [{id: x, turns: [{user: France}]}]\n"
    )
    live.write_text(live.read_text("utf-8") + talk, "utf-8")
    result = pytester.runpytest_subprocess("specs", "--harness-live", *QUICKLY)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["not played: the budget ended (requests: 1, a share of 1/2)"])
