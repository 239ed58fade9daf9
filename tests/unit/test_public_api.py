"""What ``import harness`` gives, as somebody who types it sees it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import harness


def test_the_public_names_are_sorted_there_and_documented() -> None:
    assert list(harness.__all__) == sorted(set(harness.__all__))
    for name in harness.__all__:
        assert getattr(harness, name) is not None
    assert harness.__doc__


def test_a_star_import_gives_the_public_names_and_nothing_else() -> None:
    names: dict[str, object] = {}
    exec("from harness import *", names)
    assert set(names) - {"__builtins__"} == set(harness.__all__)


def test_the_version_is_written_in_one_place() -> None:
    assert harness.__version__ == version("azure-openai-harness")


def test_the_package_says_that_it_is_typed(project: Path) -> None:
    assert (project / "harness" / "py.typed").exists()


def test_importing_it_imports_next_to_nothing() -> None:
    code = (
        "import sys; before = set(sys.modules); import harness;"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['harness', 'harness._version']"


def test_every_public_name_is_listed_before_it_is_loaded() -> None:
    code = "import harness, sys; print(dir(harness)); sys.exit('pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert all(repr(name) in done.stdout for name in harness.__all__)


def test_a_name_that_is_not_there_is_refused_as_any_modules() -> None:
    with pytest.raises(AttributeError, match="module 'harness' has no attribute 'evalute'"):
        _ = harness.evalute  # type: ignore[attr-defined]


SPEC = """
version: 1
name: trial
cloud: simulator
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}, gpt-4o: {}}}
simulator:
  replies: [{on: last_user, match: "France", reply: "Paris."}]
conversations:
  - id: capital
    turns: [{user: "Capital of France?", assert: [{contains: Paris}]}]
  - id: capital-of-sweden
    tags: [north]
    turns: [{user: "Capital of Sweden?", assert: [{contains: Stockholm}]}]
"""


CAPITAL = harness.Selection(conversations=("capital",))


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A spec in a project of its own; nobody stands in its folder."""
    (tmp_path / ".harness").mkdir()
    (tmp_path / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path / "spec.yaml"


def test_a_spec_says_what_it_holds(written: Path) -> None:
    spec = harness.load_spec(written)
    assert spec.name == "trial"
    assert spec.conversations == ("capital", "capital-of-sweden")
    assert spec.targets == ("openai/gpt-4.1-mini", "openai/gpt-4o")
    assert spec.spec.cloud == "simulator"


def test_a_broken_spec_raises_every_problem_with_its_place(written: Path) -> None:
    written.write_text(SPEC.replace("turns: [", "turn: [").replace("cloud:", "clod:"), "utf-8")
    with pytest.raises(harness.SpecError) as refused:
        harness.load_spec(str(written))
    assert refused.value.exit_code == 2
    assert len(refused.value.diagnostics) >= 3
    assert f"{written}:4:1: error[" in str(refused.value)


def test_a_run_is_its_results_and_what_they_come_to(written: Path) -> None:
    run = harness.evaluate(harness.load_spec(written), targets=["*/gpt-4o"])
    assert not run.passed
    assert run.exit_code == 1
    assert run.verdict is None, "no gate is declared"
    assert run.reasons == ("1 failed; no gate says how many may.",)
    assert [(r.trial.conversation, r.outcome) for r in run] == [
        ("capital", "passed"),
        ("capital-of-sweden", "failed"),
    ]
    assert len(run) == 2
    assert run.info.simulated
    assert run.info.totals.requests == 2
    assert run.directory.parent == written.parent / "reports" / "trial"
    assert run.report.is_file()
    assert "  capital-of-sweden: 1 of 1\n    failed    openai/gpt-4o: The reply" in str(run)
    assert "simulated · run " in str(run)


def test_what_is_played_and_where_it_is_kept_is_chosen_by_arguments(written: Path) -> None:
    output = written.parent / "out"
    run = harness.evaluate(
        written,
        targets="openai/gpt-4o",
        selection=harness.Selection(conversations=("capital",), repeats=2),
        output=output,
    )
    assert run.passed
    assert [(r.trial.conversation, r.trial.repeat) for r in run] == [("capital", 1), ("capital", 2)]
    assert run.directory == output
    assert not (written.parent / "reports").exists()
    assert (
        len(
            harness.evaluate(
                written,
                selection=harness.Selection(tags=("north",)),
                output=written.parent / "other",
            )
        )
        == 2
    )


def test_it_works_inside_a_running_event_loop(written: Path) -> None:
    async def cell() -> harness.EvaluatedRun:
        return harness.evaluate(written, selection=CAPITAL)

    assert asyncio.run(cell()).passed


def test_a_recorded_run_is_replayed_with_nothing_outside(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = harness.evaluate(written, record=True, selection=CAPITAL)
    assert (written.parent / "spec.cassette" / "manifest.json").is_file()
    monkeypatch.setenv("HARNESS_SIMULATOR_URL", "http://127.0.0.1:9")  # nobody is there
    run = harness.evaluate(written, replay=True, selection=CAPITAL)
    assert run.passed
    assert run.info.replayed
    assert "simulated · replayed · run " in str(run)
    assert [turn.exchange.reply.text for r in run for turn in r.turns if turn.exchange.reply] == [
        turn.exchange.reply.text for r in live for turn in r.turns if turn.exchange.reply
    ]
    stale = harness.evaluate(written, replay=True)
    assert stale.exit_code == 3
    elsewhere = written.parent / "elsewhere"
    with pytest.raises(harness.HarnessError, match="no recording") as refused:
        harness.evaluate(written, replay=harness.Cassette(elsewhere))
    assert refused.value.exit_code == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"replay": True, "record": True}, "replay and record exclude each other"),
        ({"replay": harness.Cassette(only_missing=True)}, "a replay records nothing"),
        ({"keyword": "a", "selection": harness.Selection(keyword="b")}, "give one of them"),
        ({"replay": True, "max_usd": 1}, "a replay spends nothing"),
        ({"selection": harness.Selection(repeats=0)}, "played at least once"),
        ({"max_usd": float("nan")}, "no amount of money"),
        ({"targets": ["openai/gpt-4"]}, "did you mean openai/gpt-4o"),
        ({"keyword": "nothing"}, "no conversation is selected"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_sent(
    written: Path, arguments: dict[str, Any], said: str
) -> None:
    with pytest.raises(harness.HarnessError, match=said) as refused:
        harness.evaluate(written, **arguments)
    assert refused.value.exit_code == 2
    assert not (written.parent / "reports").exists()
