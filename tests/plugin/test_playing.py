"""What a test says when it fails, and when it fails: read as people read pytest."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]


def played(pytester: pytest.Pytester, path: Path, more: str, *options: str) -> pytest.RunResult:
    """A run against the simulator, on one target, with this added to the spec."""
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    return pytester.runpytest("specs", "--harness-live", "-k", "gpt-4o", "-W", "error", *options)


def test_a_failed_check_shows_the_turn_the_reply_and_the_reason(
    capitals: Path, pytester: pytest.Pytester
) -> None:
    result = pytester.runpytest("specs")
    result.assert_outcomes(passed=3, failed=1)
    lines = result.stdout.lines
    begin = lines.index(next(one for one in lines if "_ both[app/old] _" in one))
    assert lines[begin + 1 : begin + 7] == [
        'turn 2: The reply does not contain "Stockholm": "It is Oslo.".',
        "",
        "turn 2",
        "  user:      And of Sweden?",
        "  assistant: It is Oslo.",
        '  ✗ contains: The reply does not contain "Stockholm": "It is Oslo.".',
    ]
    result.stdout.fnmatch_lines(
        ["FAILED specs/capitals.yaml::both[[]app/old[]] - CheckFailed: turn 2: Th*"]
    )
    assert not (pytester.path / "reports").exists(), "the project's runs are its own"


def test_verbose_shows_the_turns_and_checks_that_went_well_too(
    capitals: Path, pytester: pytest.Pytester
) -> None:
    result = pytester.runpytest("specs", "-v", "-k", "both and old")
    result.stdout.fnmatch_lines(
        [
            "specs/capitals.yaml::both[[]app/old[]]*FAILED*",
            "turn 1",
            "  user:      Capital of France?",
            "  assistant: Paris.",
            '  ✓ contains: The reply contains "Paris".',
            "turn 2",
        ]
    )


@pytest.mark.parametrize(
    ("demand", "shown"),
    [
        (
            '{equals: "Bill Gates\\nPaul Allen"}',
            ["        Bill Gates", "      - Paul Allen", "      + Steve Jobs"],
        ),
        ("{contains-all: [Bill Gates, Paul Allen]}", ["        Bill Gates", "      - Paul Allen"]),
        ("{icontains-all: [STEVE JOBS, x]}", ["        STEVE JOBS", "      - x"]),
    ],
)
def test_a_check_that_compares_shows_what_differs(
    live: Path, pytester: pytest.Pytester, demand: str, shown: list[str]
) -> None:
    talk = f"conversations: [{{id: x, turns: [{{user: Founders, assert: [{demand}]}}]}}]\n"
    result = played(pytester, live, talk)
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(shown, consecutive=True)


def test_json_is_compared_value_by_value(live: Path, pytester: pytest.Pytester) -> None:
    live.write_text(
        live.read_text("utf-8").replace("Paris.", '"{\\"a\\": 1, \\"b\\": [2]}"'), "utf-8"
    )
    talk = "conversations: [{id: x, turns: [{user: France, assert: [{equals: {a: 1, b: [3]}}]}]}]\n"
    result = played(pytester, live, talk)
    result.stdout.fnmatch_lines(['          "a": 1,', "      -     3", "      +     2"])


def test_control_characters_of_a_reply_reach_no_terminal(
    live: Path, pytester: pytest.Pytester
) -> None:
    live.write_text(live.read_text("utf-8").replace("Paris.", '"\\e[2Jgone\\u202e"'), "utf-8")
    talk = "conversations: [{id: x, turns: [{user: France, assert: [{equals: here}]}]}]\n"
    text = played(pytester, live, talk).stdout.str()
    assert "gone" in text
    assert "\x1b[2J" not in text
    assert "\u202e" not in text


REPEATED = """
evaluation: {repeats: 3, concurrency: 1}
conversations: [{id: x, turns: [{user: France, assert: [{contains: Paris}]}]%s}]
"""
FILTERED = "  faults: [{operation: chat, status: 400, code: content_filter, times: 1}]\n"
BROKEN = "  faults: [{operation: chat, status: 400, code: BadRequest, times: 1}]\n"


@pytest.mark.parametrize(
    ("fault", "floor", "said"),
    [
        ("", "", None),
        (FILTERED, ", must_pass: 0.67", None),
        (FILTERED, ", must_pass: 0.6", None),
        (FILTERED, "", "blocked: *content_filter: *"),
        (FILTERED, ", must_pass: true", "blocked; 2 of 3 repeats passed, all must"),
        (FILTERED, ", must_pass: 0.9", "blocked; 2 of 3 repeats passed, 90% must"),
        (BROKEN, ", must_pass: 0.6", "errored: *bad_request: *"),
    ],
)
def test_enough_repeats_must_pass_and_every_one_must_have_an_answer(
    live: Path, pytester: pytest.Pytester, fault: str, floor: str, said: str | None
) -> None:
    result = played(pytester, live, fault + REPEATED % floor)
    result.assert_outcomes(deselected=1, **({"passed": 1} if said is None else {"failed": 1}))
    if said is not None:
        result.stdout.fnmatch_lines([said])


def test_a_reply_that_was_cut_off_is_called_truncated(
    live: Path, pytester: pytest.Pytester
) -> None:
    talk = (
        "evaluation: {parameters: {max_output_tokens: 5}}\n"
        "conversations: [{id: x, turns: [{user: Hello, assert: [{contains: Bill}]}]}]\n"
    )
    result = played(pytester, live, talk)
    result.stdout.fnmatch_lines(["truncated: turn 1: ended by length", "  ended by length"])


def test_each_case_that_failed_is_named(live: Path, pytester: pytest.Pytester) -> None:
    talk = """
variants: {plain: {}, terse: {system: Be brief.}}
conversations:
  - id: capitals
    cases: [{id: fr, country: France, is: Paris}, {id: se, country: Sweden, is: Stockholm}]
    turns: [{user: "Capital of {{country}}?", assert: [{contains: "{{is}}"}]}]
"""
    result = played(pytester, live, talk)
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(
        [
            "case se, variant plain: The reply does not contain*",
            "2 of 4 cases and variants did not pass",
            "case se, variant plain: failed",
            "case se, variant terse: failed",
        ]
    )
    result.stdout.no_fnmatch_line("case fr*")


def test_one_budget_is_spent_by_all_tests_of_a_spec(live: Path, pytester: pytest.Pytester) -> None:
    talk = """
evaluation: {budget: {requests: 3}}
conversations:
  - {id: x, turns: [{user: France}, {user: France}]}
  - {id: y, turns: [{user: France}, {user: France}]}
  - {id: z, turns: [{user: France}]}
"""
    result = played(pytester, live, talk)
    result.assert_outcomes(passed=1, failed=2, deselected=3)
    result.stdout.fnmatch_lines(
        [
            "*_ y[[]openai/gpt-4o[]] _*",
            "not played to the end: the budget ended (requests: 1)",
            "*_ z[[]openai/gpt-4o[]] _*",
            "not played: the budget ended (requests: 1)",
        ]
    )


def test_nothing_is_called_without_being_asked_to(live: Path, pytester: pytest.Pytester) -> None:
    live.write_text(live.read_text("utf-8") + REPEATED % "", "utf-8")
    result = pytester.runpytest("specs", "-W", "error")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        [
            "not recorded: there is no specs/live.cassette",
            "record it: pytest --harness-record 'specs/live.yaml::x[[]openai/gpt-4.1-mini[]]'",
        ]
    )


def test_what_compares_targets_is_no_test_of_one(live: Path, pytester: pytest.Pytester) -> None:
    talk = """
evaluation: {judge: {target: openai/gpt-4o}, targets: [openai/gpt-4o, openai/gpt-4.1-mini]}
conversations: [{id: x, turns: [{user: France, assert: [{select-best: shortest}]}]}]
"""
    result = played(pytester, live, talk, "-rs")
    result.assert_outcomes(skipped=1, deselected=1)
    result.stdout.fnmatch_lines(["SKIPPED*select-best compares all targets*harness eval*"])


def test_pytests_own_junit_says_what_answered_and_what_it_took(
    live: Path, pytester: pytest.Pytester
) -> None:
    talk = "conversations: [{id: x, turns: [{user: France, assert: [{contains: Rome}]}]}]\n"
    played(pytester, live, talk, "--junitxml=junit.xml")
    (case,) = ET.parse(pytester.path / "junit.xml").getroot().iter("testcase")
    assert case.get("name") == "x[openai/gpt-4o]"
    found = {one.get("name"): one.get("value") for one in case.iter("property")}
    assert float(found.pop("cost_usd") or 0) > 0
    assert float(found.pop("latency_s") or -1) >= 0
    assert found == {
        "target": "openai/gpt-4o",
        "model": "gpt-4o",
        "trials": "1",
        "simulated": "true",
        "replayed": "false",
    }
    failure = case.find("failure")
    assert failure is not None
    assert "assistant: Paris." in (failure.text or "")


def test_a_deployment_that_is_not_there_is_asked_after(
    pytester: pytest.Pytester,
) -> None:
    (pytester.path / ".harness").mkdir()
    pytester.path.joinpath("app.yaml").write_text(
        """
version: 1
name: app
cloud: simulator
subscription: 00000000-0000-0000-0000-000000000000
resource_group: {name: rg, region: swedencentral, create: true}
accounts:
  sweden:
    region: swedencentral
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalStandard, capacity: 1}
conversations: [{id: x, turns: [{user: France}]}]
""",
        "utf-8",
    )
    result = pytester.runpytest("--harness", "app.yaml", "--harness-live", "app.yaml")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["errored: not_found: *", "is it deployed? harness apply app.yaml", "FAILED app.yaml*"]
    )


KNOWN = "    known_failing: {{until: {until}, issue: https://example.org/1}}\n"
BUG = """
conversations:
  - id: bug
    turns: [{user: France?, assert: [{contains: %s}]}]
"""


def known(wanted: str, until: str) -> str:
    return BUG % wanted + KNOWN.format(until=until)


def test_what_is_known_to_fail_is_expected_to(live: Path, pytester: pytest.Pytester) -> None:
    result = played(pytester, live, known("Oslo", '"2099-01-31"'), "-rx")
    result.assert_outcomes(xfailed=1)
    result.stdout.fnmatch_lines(["XFAIL*known to fail until 2099-01-31: https://example.org/1: *"])


def test_once_the_day_is_over_it_fails_and_says_so(live: Path, pytester: pytest.Pytester) -> None:
    result = played(pytester, live, known("Oslo", '"2026-01-31"'))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "known to fail until 2026-01-31, and that day is over: https://example.org/1",
            "The reply*",
        ]
    )


def test_what_passes_every_time_is_not_known_to_fail(live: Path, pytester: pytest.Pytester) -> None:
    """On one target: where there are several it may still fail on another."""
    text = live.read_text("utf-8").replace("{gpt-4.1-mini: {}, gpt-4o: {}}", "{gpt-4o: {}}")
    live.write_text(text, "utf-8")
    result = played(pytester, live, known("Paris", '"2099-01-31"'))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*it passed every time: take `known_failing` out*"])


def test_on_one_of_several_targets_it_may_pass(live: Path, pytester: pytest.Pytester) -> None:
    played(pytester, live, known("Paris", '"2099-01-31"')).assert_outcomes(passed=1)


@pytest.mark.parametrize(("variable", "is_broken"), [("GITHUB_ACTIONS", True), ("OTHER", False)])
def test_in_a_pipeline_no_reply_is_a_command_to_the_runner(
    live: Path,
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    is_broken: bool,
) -> None:
    for name in ("GITHUB_ACTIONS", "TF_BUILD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "true")
    loud = live.read_text("utf-8").replace("Paris.", '"No.\\n::error::x\\n##[error]y"')
    live.write_text(loud, "utf-8")
    talk = "conversations: [{id: x, turns: [{user: France, assert: [{equals: Paris}]}]}]\n"
    said = played(pytester, live, talk).stdout.str()
    assert "error::x" in said
    assert bool(re.search(r"^\s*::|##\[", said, re.MULTILINE)) is not is_broken
