"""What becomes a test, what it is called, and how people choose among tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ALL = ["france[app/old]", "france[app/new]", "both[app/old]", "both[app/new]"]


def names(found: pytest.HookRecorder) -> list[str]:
    """The tests that were played, without their file."""
    reports = found.getreports("pytest_runtest_logreport")
    return [one.nodeid.partition("::")[2] for one in reports if one.when == "call"]


def test_each_conversation_and_target_is_a_test_in_the_order_of_the_spec(
    capitals: Path, pytester: pytest.Pytester
) -> None:
    found = pytester.inline_run("specs")
    assert names(found) == ALL
    found.assertoutcome(passed=3, failed=1)


@pytest.mark.parametrize(
    ("options", "chosen"),
    [
        (["specs", "-k", "france"], ALL[:2]),
        (["specs", "-k", "both and app/new"], ALL[3:]),
        (["specs", "-k", "north"], ALL[2:]),
        (["specs", "-m", "smoke"], ALL[:2]),
        (["specs", "-m", "harness and not smoke"], ALL[2:]),
        (["specs", "-m", "not harness"], []),
        (["specs/capitals.yaml::france[app/new]"], ALL[1:2]),
        (["specs", "specs/capitals.yaml"], ALL),
        (["specs", "--harness", "specs/capitals.yaml"], ALL),
        (["."], ALL),
        ([], ALL),
    ],
)
def test_tests_are_chosen_as_everywhere_in_pytest(
    capitals: Path, pytester: pytest.Pytester, options: list[str], chosen: list[str]
) -> None:
    assert names(pytester.inline_run("--strict-markers", "-W", "error", *options)) == chosen


def test_tags_that_would_steer_pytest_or_that_no_expression_can_name_are_words_only(
    capitals: Path, pytester: pytest.Pytester
) -> None:
    text = capitals.read_text("utf-8").replace("[north]", '[xfail, skip, "a b: (c)", _private]')
    capitals.write_text(text, "utf-8")
    result = pytester.runpytest("--strict-markers", "-W", "error", "-m", "not smoke")
    result.assert_outcomes(passed=1, failed=1, deselected=2)
    assert names(pytester.inline_run("-k", "xfail")) == ALL[2:]


def test_other_peoples_yaml_is_left_alone(capitals: Path, pytester: pytest.Pytester) -> None:
    specs = capitals.parent
    (specs / "compose.yaml").write_text("version: '3'\nservices: {web: {image: nginx}}\n", "utf-8")
    (specs / "more.yaml").write_text("- {id: x, turns: [{user: hi}]}\n", "utf-8")
    (specs / "broken.yaml").write_bytes(b"\xff\xfe {")
    (pytester.path / "elsewhere.yaml").write_text(capitals.read_text("utf-8"), "utf-8")
    assert names(pytester.inline_run(".")) == ALL
    assert pytester.runpytest("specs/compose.yaml").ret == pytest.ExitCode.USAGE_ERROR


def test_the_projects_own_globs_say_where_specs_are(
    capitals: Path, pytester: pytest.Pytester
) -> None:
    evals = pytester.path / "evals" / "deep"
    evals.mkdir(parents=True)
    capitals.parent.rename(evals / "specs")
    pytester.makeini("[pytest]\nharness_specs = evals/**/*.yaml other/*.yml\n")
    assert names(pytester.inline_run()) == ALL
    (pytester.path / "other").mkdir()
    (pytester.path / "other" / "x.yml").write_text("something: else\n", "utf-8")
    result = pytester.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*other/x.yml:1:1: error[[]H*"])


def test_a_named_spec_is_collected_wherever_it_is_and_no_other(
    capitals: Path, pytester: pytest.Pytester
) -> None:
    pytester.makepyfile(test_usual="def test_usual(): pass")
    other = pytester.path / "mine" / "app.yml"
    other.parent.mkdir()
    other.write_text(
        capitals.read_text("utf-8").replace("answers: ", "answers: ../specs/"), "utf-8"
    )
    found = names(pytester.inline_run("--harness", "mine/app.yml"))
    assert found == [*ALL, "test_usual"]
    one = ["test_usual.py", "--harness", "mine/app.yml::france[app/new]"]
    assert names(pytester.inline_run(*one)) == ["test_usual", ALL[1]]
    missing = pytester.runpytest("--harness", "mine/none.yml")
    assert missing.ret == pytest.ExitCode.USAGE_ERROR
    missing.stderr.fnmatch_lines(["*file or directory not found: mine/none.yml*"])


def test_a_broken_spec_is_a_collection_error_with_the_place_of_every_problem(
    capitals: Path, pytester: pytest.Pytester
) -> None:
    text = capitals.read_text("utf-8").replace("tags: [north]", "tag: [north]")
    capitals.write_text(text.replace("- id: france", "- id: both"), "utf-8")
    result = pytester.runpytest("specs")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [
            "*ERROR collecting specs/capitals.yaml*",
            "specs/capitals.yaml:10:5: error[[]H*",
            "*did you mean*tags*",
        ]
    )
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*harness/*.py*")


def test_a_spec_without_conversations_has_no_tests(
    capitals: Path, pytester: pytest.Pytester
) -> None:
    text = capitals.read_text("utf-8").partition("conversations:")[0]
    capitals.write_text(text, "utf-8")
    assert pytester.runpytest("specs").ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize(
    ("options", "how"),
    [
        (["specs"], "(replayed from cassettes)"),
        (["--harness-live"], "(live)"),
        (["specs", "--harness-record"], "(live, recorded into cassettes)"),
        (["tests"], None),
    ],
)
def test_the_header_says_which_specs_and_whether_anybody_is_called(
    capitals: Path, pytester: pytest.Pytester, options: list[str], how: str | None
) -> None:
    (pytester.path / "tests").mkdir()
    said = pytester.runpytest("--collect-only", *options).stdout.lines
    lines = [one for one in said if one.startswith("harness:")]
    assert lines == ([f"harness: specs/capitals.yaml {how}"] if how else [])


def test_globs_that_leave_the_rootdir_by_an_absolute_path_are_refused(
    capitals: Path, pytester: pytest.Pytester
) -> None:
    pytester.makeini("[pytest]\nharness_specs = /etc/*.yaml\n")
    result = pytester.runpytest("specs")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*harness_specs:*"])


def test_loading_the_plugin_costs_other_peoples_runs_next_to_nothing() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import harness.pytest_plugin;"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['harness', 'harness._version', 'harness.pytest_plugin']"
