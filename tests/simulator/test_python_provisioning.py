"""``plan``, ``apply``, ``verify`` and ``destroy`` from Python, on the simulator."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import harness
import harness.plan.model

SPEC = """
version: 1
name: {name}
cloud: ${{HARNESS_CLOUD:-simulator}}
subscription: 00000000-0000-0000-0000-000000000001
resource_group: {{name: rg-{name}, region: swedencentral, create: true}}
simulator: {{replies: [{{on: last_user, match: France, reply: Paris.}}]}}
accounts:
  main:
    account_name: acc-{name}
    region: swedencentral
    deployments: {{mini: {{model: gpt-4.1-mini, version: "2025-04-14", capacity: 10}}}}
conversations:
  - id: capital
    turns: [{{user: "Capital of France?", assert: [{{contains: Paris}}]}}]
"""


def write(folder: Path, name: str = "trial") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / ".harness").mkdir()
    (folder / "spec.yaml").write_text(SPEC.format(name=name), encoding="utf-8")
    return folder / "spec.yaml"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return write(tmp_path)


def live_through(spec: Path) -> list[object]:
    """Plan, apply, verify, evaluate and destroy; return what a reader would look at."""
    planned = harness.plan(spec)
    applied = harness.apply(planned)
    verified = harness.verify(spec, probe=True)
    run = harness.evaluate(spec, output=spec.parent / "run")
    gone = harness.destroy(spec)
    return [
        planned.is_empty,
        applied.complete,
        verified.holds,
        [result.reply for result in run],
        gone.complete,
        harness.verify(spec).holds,
    ]


LIFE = [False, True, True, ["Paris."], True, False]


def test_a_deployment_lives_from_its_plan_to_its_end(spec: Path) -> None:
    assert live_through(spec) == LIFE


def test_it_does_so_inside_a_running_event_loop(spec: Path) -> None:
    async def cell() -> list[object]:
        return live_through(spec)

    assert asyncio.run(cell()) == LIFE


def test_two_projects_do_so_at_once_in_threads(tmp_path: Path) -> None:
    specs = [write(tmp_path / name, name) for name in ("one", "two")]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(live_through, specs)) == [LIFE, LIFE]


def test_a_plan_reads_as_the_command_prints_it(spec: Path) -> None:
    planned = harness.plan(spec)
    assert "+ account.main.deployment.mini" in str(planned)
    assert planned.to_dict()["changes"]
    assert repr(planned).startswith("<Planned trial: ")
    assert "\n" not in repr(planned)
    assert planned._repr_html_().startswith("<pre>  + resource_group.rg-trial")
    assert not planned.errors


def test_an_apply_tells_what_became_of_each_change(spec: Path) -> None:
    events: list[object] = []
    applied = harness.apply(spec, on_event=events.append)
    assert applied.exit_code == 0
    assert [one["status"] for one in applied.to_dict()["outcomes"]] == ["done"] * 3
    assert {type(event).__name__ for event in events} >= {"ChangeStarted", "Ended"}
    assert "\n" not in repr(applied)
    again = harness.apply(spec)
    assert again.outcomes is None
    assert again.complete


def test_a_plan_that_no_longer_holds_is_refused_and_nothing_is_changed(spec: Path) -> None:
    planned = harness.plan(spec)
    harness.apply(spec)
    with pytest.raises(harness.HarnessError, match="no longer holds") as refused:
        harness.apply(planned)
    assert refused.value.exit_code == 1


def test_a_plan_is_given_no_other_options(spec: Path) -> None:
    with pytest.raises(harness.HarnessError, match="has its options in it"):
        harness.apply(harness.plan(spec), prune=True)


def test_what_the_options_allow_is_in_the_plan(spec: Path) -> None:
    planned = harness.plan(spec, only=["account.main"], adopt=True, prune=True)
    assert (planned.intent.adopt, planned.intent.prune) == (True, True)
    assert planned.intent.only == ("account.main",)
    with pytest.raises(harness.HarnessError, match="quota is no code"):
        harness.plan(spec, skip_preflight="quota")


@pytest.mark.parametrize("write_to", [harness.apply, harness.destroy])
def test_a_real_cloud_is_not_written_to_without_consent(
    spec: Path, write_to: Callable[[harness.LoadedSpec], harness.Applied]
) -> None:
    loaded = harness.load_spec(spec, cloud="azure")
    with pytest.raises(harness.HarnessError, match="needs your consent") as refused:
        write_to(loaded)
    assert refused.value.exit_code == 2
    assert refused.value.diagnostics[0].code == "H911"


def test_a_spec_without_accounts_has_nothing_to_deploy(spec: Path) -> None:
    spec.write_text("version: 1\nname: none\ncloud: simulator\n", encoding="utf-8")
    with pytest.raises(harness.HarnessError, match="declares no accounts"):
        harness.plan(spec)


def test_a_recorded_plan_is_replayed_with_nothing_outside(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = harness.plan(spec, record=True)
    monkeypatch.setenv("HARNESS_SIMULATOR_URL", "http://127.0.0.1:9")  # nobody is there
    assert str(harness.plan(spec, replay=True)) == str(live)


def test_an_error_in_a_notebook_or_out_of_it_is_headed_by_no_other(spec: Path) -> None:
    async def cell() -> None:
        harness.evaluate(spec, keyword="nothing")

    def notebook() -> None:
        asyncio.run(cell())

    def script() -> None:
        harness.evaluate(spec, keyword="nothing")

    for call in (notebook, script):
        with pytest.raises(harness.HarnessError, match="no conversation is selected") as refused:
            call()
        assert refused.value.__context__ is None
        assert refused.value.__cause__ is None


def test_a_result_reads_as_a_line_and_a_run_as_a_page(spec: Path) -> None:
    text = spec.read_text(encoding="utf-8")
    spec.write_text(
        text.replace("contains: Paris}", 'contains: "<b>"}, {regex: "Pa.*"}'), encoding="utf-8"
    )
    harness.apply(spec)
    run = harness.evaluate(spec)
    (result,) = run
    assert result.reply == "Paris."
    assert result.reason.startswith("contains: ")
    assert repr(result).startswith("<Result capital on main/mini failed: contains: ")
    assert "\n" not in repr(result)
    line = (run.directory / "results.jsonl").read_text(encoding="utf-8")
    assert result.to_dict()["outcome"] == "failed"
    assert f'"reply":{{"text":"{result.reply}"' in line or result.reply in line
    assert repr(run) == f"<EvaluatedRun {run.info.id}: exit code 1, 0/1 passed>"
    page = run._repr_html_()
    assert page.startswith("<pre>")
    assert "<b>" not in page
