"""Recorded once, replayed by everybody: no credentials, no network, and red when it is stale."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

TALKS = """
conversations:
  - {id: x, turns: [{user: "France, please", assert: [{contains: Paris}]}]}
  - {id: y, turns: [{user: Founders, assert: [{contains: Gates}]}, {user: France}]}
"""


@pytest.fixture
def recorded(live: Path, pytester: pytest.Pytester) -> Path:
    """The spec of a project whose conversations were recorded with pytest."""
    live.write_text(live.read_text("utf-8") + TALKS, "utf-8")
    result = pytester.runpytest("specs", "--harness-record", "-W", "error")
    result.assert_outcomes(passed=4)
    return live


def test_what_was_recorded_is_replayed_by_default(
    recorded: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARNESS_SIMULATOR_URL", "http://127.0.0.1:9")  # nobody is there
    result = pytester.runpytest("specs", "-W", "error", "--junitxml=junit.xml")
    result.assert_outcomes(passed=4)
    junit = (pytester.path / "junit.xml").read_text("utf-8")
    assert junit.count('<property name="replayed" value="true" />') == 4
    assert junit.count('<property name="simulated" value="true" />') == 4
    assert not (pytester.path / "reports").exists()


def test_a_changed_prompt_fails_with_what_changed_and_how_to_record_it_again(
    recorded: Path, pytester: pytest.Pytester
) -> None:
    recorded.write_text(recorded.read_text("utf-8").replace(", please", ", now"), "utf-8")
    result = pytester.runpytest("specs", "-k", "mini")
    result.assert_outcomes(passed=1, failed=1, deselected=2)
    result.stdout.fnmatch_lines(
        [
            "errored: stale_recording: *turn 1*",
            "*please*now*",
            "record it: pytest --harness-record 'specs/live.yaml::x[[]openai/gpt-4.1-mini[]]'",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    again = pytester.runpytest("--harness-record", "specs/live.yaml::x[openai/gpt-4.1-mini]")
    again.assert_outcomes(passed=1)
    pytester.runpytest("specs").assert_outcomes(passed=3, failed=1)


def test_the_command_that_records_again_can_be_pasted_where_pytest_was_started(
    recorded: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded.write_text(recorded.read_text("utf-8").replace(", please", ", now"), "utf-8")
    (pytester.path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    monkeypatch.chdir(pytester.path.parent)
    specs = f"{pytester.path.name}/specs"
    test = f"{specs}/live.yaml::x[openai/gpt-4.1-mini]"
    result = pytester.runpytest(specs, "-k", "mini and x")
    result.assert_outcomes(failed=1, deselected=3)
    assert f"record it: pytest --harness-record '{test}'" in result.stdout.str()
    pytester.runpytest("--harness-record", test).assert_outcomes(passed=1)


def test_an_error_that_was_recorded_is_told_from_one_that_happens_now(
    live: Path, pytester: pytest.Pytester
) -> None:
    faulty = "simulator:\n  faults: [{operation: chat, status: 404, code: DeploymentNotFound}]\n"
    live.write_text(live.read_text("utf-8").replace("simulator:\n", faulty) + TALKS, "utf-8")
    pytester.runpytest("specs", "--harness-record").assert_outcomes(failed=4)
    live.write_text(live.read_text("utf-8").replace(faulty, "simulator:\n"), "utf-8")
    result = pytester.runpytest("specs", "-k", "mini and x")
    result.assert_outcomes(failed=1, deselected=3)
    result.stdout.fnmatch_lines(
        [
            "errored: not_found: *",
            "the recording holds an error in place of an answer",
            "record it: pytest --harness-record 'specs/live.yaml::x[[]openai/gpt-4.1-mini[]]'",
        ]
    )
    pytester.runpytest("specs", "--harness-record").assert_outcomes(passed=4)
    pytester.runpytest("specs").assert_outcomes(passed=4)


def test_what_is_known_to_fail_cannot_hide_a_stale_recording(
    recorded: Path, pytester: pytest.Pytester
) -> None:
    pytester.makeconftest(
        """
        import pytest
        from harness.pytest_plugin import CheckFailed

        def pytest_collection_modifyitems(items):
            for item in items:
                item.add_marker(pytest.mark.xfail(raises=CheckFailed, strict=True))
        """
    )
    text = recorded.read_text("utf-8")
    recorded.write_text(text.replace("s: Paris", "s: Rome").replace("s: Gates", "s: Ada"), "utf-8")
    pytester.runpytest("specs").assert_outcomes(xfailed=4)
    recorded.write_text(recorded.read_text("utf-8").replace(", please", ", now"), "utf-8")
    pytester.runpytest("specs").assert_outcomes(xfailed=2, failed=2)


def test_a_turn_that_is_no_longer_asked_is_stale_too(
    recorded: Path, pytester: pytest.Pytester
) -> None:
    recorded.write_text(recorded.read_text("utf-8").replace(", {user: France}", ""), "utf-8")
    result = pytester.runpytest("specs/live.yaml::y[openai/gpt-4o]")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["stale recording: *", "record it: pytest --harness-record *"])


def test_a_damaged_recording_fails_and_says_so(recorded: Path, pytester: pytest.Pytester) -> None:
    (damaged,) = (recorded.with_suffix(".cassette") / "conversations" / "x").rglob("*mini*.json")
    text = damaged.read_text("utf-8")
    damaged.write_text(text.replace("Paris", "Rome!", 1), "utf-8")
    result = pytester.runpytest("specs", "-k", "mini")
    result.assert_outcomes(passed=1, failed=1, deselected=2)
    result.stdout.no_fnmatch_line("*Traceback*")


def test_workers_that_record_lose_nothing_of_each_other(
    live: Path, pytester: pytest.Pytester
) -> None:
    talks = "".join(f"  - {{id: talk{n}, turns: [{{user: France}}]}}\n" for n in range(8))
    live.write_text(live.read_text("utf-8") + f"conversations:\n{talks}", "utf-8")
    quickly = ("--assert=plain", "-p", "no:hypothesispytest", "-p", "no:anyio")
    result = pytester.runpytest_subprocess("specs", "--harness-record", "-n2", *quickly)
    result.assert_outcomes(passed=16)
    cassette = live.with_suffix(".cassette")
    manifest = json.loads((cassette / "manifest.json").read_text("utf-8"))
    files = {str(path.relative_to(cassette)) for path in cassette.rglob("*.json")}
    assert set(manifest["files"]) == files - {"manifest.json"}
    assert len(files) >= 16 + 1
    pytester.runpytest("specs", "-W", "error").assert_outcomes(passed=16)
