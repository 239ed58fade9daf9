"""``-k`` reaches the cases of a conversation: a test plays those that it means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

COUNTRIES = {"france": "Paris", "sweden": "Stockholm", "norway": "Oslo"}

SPEC = """\
version: 1
name: cases
providers:
  app: {type: recorded, answers: answers.jsonl, models: {old: {version: "1"}, new: {version: "1"}}}
conversations:
  - id: capitals
    tags: [geo]
    cases: cases.csv
    turns: [{user: "Capital of {{country}}?", assert: [{contains: "{{capital}}"}]}]
  - id: hello
    turns: [{user: "Capital of france?", assert: [{contains: Paris}]}]
"""


@pytest.fixture
def countries(pytester: pytest.Pytester) -> Path:
    """A data set of which every model gets one row wrong: Norway."""
    (pytester.path / ".harness").mkdir()
    specs = pytester.path / "specs"
    specs.mkdir()
    rows = [f"{name},{name},{capital}" for name, capital in COUNTRIES.items()]
    (specs / "cases.csv").write_text("\n".join(["id,country,capital", *rows]), "utf-8")
    (specs / "cases.yaml").write_text(SPEC, "utf-8")
    lines = [
        {
            "model": model,
            "version": "1",
            "turns": [
                {
                    "user": f"Capital of {name}?",
                    "assistant": "Bergen" if name == "norway" else capital,
                }
            ],
        }
        for model in ("old", "new")
        for name, capital in COUNTRIES.items()
    ]
    (specs / "answers.jsonl").write_text("".join(json.dumps(one) + "\n" for one in lines), "utf-8")
    return specs / "cases.yaml"


def play(pytester: pytest.Pytester, *options: str) -> dict[str, tuple[str, str, object]]:
    """The tests that were played: outcome, number of trials, and the cases it was narrowed to."""
    reports = pytester.inline_run("specs", *options).getreports("pytest_runtest_logreport")
    found: dict[str, tuple[str, str, object]] = {}
    for one in reports:
        if one.when == "call":
            properties = dict(one.user_properties)
            name = one.nodeid.partition("::")[2]
            found[name] = (one.outcome, str(properties["trials"]), properties.get("cases"))
    return found


@pytest.mark.parametrize(
    ("expression", "outcome", "trials", "cases"),
    [
        ("sweden", "passed", "1", "sweden"),
        ("SWE", "passed", "1", "sweden"),
        ("norway", "failed", "1", "norway"),
        ("capitals and not norway", "passed", "2", "france, sweden"),
        ("sweden or france", "passed", "2", "france, sweden"),
        ("geo and (sweden or norway)", "failed", "2", "sweden, norway"),
        ("capitals", "failed", "3", None),
        ("sweden and not norway or norway and not sweden", "failed", "2", "sweden, norway"),
    ],
)
def test_only_the_cases_that_are_meant_are_played(
    countries: Path,
    pytester: pytest.Pytester,
    expression: str,
    outcome: str,
    trials: str,
    cases: str | None,
) -> None:
    found = play(pytester, "-k", expression)
    both = {name: one for name, one in found.items() if name.startswith("capitals")}
    assert both == dict.fromkeys(
        ("capitals[app/old]", "capitals[app/new]"), (outcome, trials, cases)
    )


def test_a_conversation_without_such_a_case_is_not_played(
    countries: Path, pytester: pytest.Pytester
) -> None:
    assert list(play(pytester, "-k", "sweden and old")) == ["capitals[app/old]"]
    assert play(pytester, "-k", "finland") == {}
    assert play(pytester, "-k", "capitals and not (fra or swe or nor)") == {}


def test_without_k_all_cases_are_played(countries: Path, pytester: pytest.Pytester) -> None:
    assert play(pytester)["capitals[app/old]"] == ("failed", "3", None)


def test_the_folder_of_the_project_is_no_name_of_a_test(
    countries: Path, pytester: pytest.Pytester
) -> None:
    assert play(pytester, "-k", pytester.path.name) == {}


def test_a_bad_expression_is_told_by_pytest(countries: Path, pytester: pytest.Pytester) -> None:
    result = pytester.runpytest("specs", "-k", "sweden and")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*Wrong expression passed to '-k'*"])


def test_what_is_known_to_fail_is_not_said_to_pass_for_some_of_its_cases(
    countries: Path, pytester: pytest.Pytester
) -> None:
    text = countries.read_text("utf-8").replace(
        "    tags: [geo]\n",
        '    known_failing: {until: "2999-01-01", issue: "https://example.org/1"}\n',
    )
    countries.write_text(text.replace('old: {version: "1"}, ', ""), "utf-8")
    result = pytester.runpytest("specs", "-k", "sweden and new")
    result.assert_outcomes(passed=1, deselected=1)


def test_a_part_is_recorded_and_the_rest_of_the_cassette_stays(
    live: Path, pytester: pytest.Pytester
) -> None:
    cases = "cases: [{id: france, q: France}, {id: founders, q: Founders}]"
    more = f'conversations: [{{id: ask, {cases}, turns: [{{user: "{{{{q}}}}?"}}]}}]\n'
    live.write_text(live.read_text("utf-8") + more, "utf-8")
    pytester.runpytest("specs", "--harness-record", "-k", "gpt-4o").assert_outcomes(
        passed=1, deselected=1
    )
    pytester.runpytest("specs", "--harness-record", "-k", "gpt-4o and france").assert_outcomes(
        passed=1, deselected=1
    )
    pytester.runpytest("specs", "-k", "gpt-4o").assert_outcomes(passed=1, deselected=1)
