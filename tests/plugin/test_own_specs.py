"""The project's own example specs as tests, from the recording that is committed with them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import harness

pytest_plugins = ["pytester"]


@pytest.fixture
def specs(project: Path, pytester: pytest.Pytester) -> Path:
    """A copy, in a project that has nothing else."""
    copied = pytester.path / "specs"
    shutil.copytree(project / "specs", copied)
    (pytester.path / ".harness").mkdir()
    pytester.makeini("[pytest]\nxfail_strict = true\n")
    return copied


def test_they_pass_but_for_what_is_wrong_on_purpose(
    specs: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_SIMULATOR_URL", "http://127.0.0.1:9")  # nobody is there
    monkeypatch.setenv("HARNESS_CLOUD", "azure")
    result = pytester.runpytest("specs", "--strict-markers", "-W", "error", "-q")
    result.assert_outcomes(passed=28, xfailed=11)


def test_the_recording_is_played_whole_and_nothing_of_it_is_stale(specs: Path) -> None:
    run = harness.evaluate(specs / "sweden.yaml", replay=True)
    assert run.info.stale == ()
    assert run.passed, str(run)
    assert run.verdict == "passed"
    assert run.info.replayed
    assert run.info.simulated
    assert len(run) == 60
