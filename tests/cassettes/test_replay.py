"""Record with the real SDK against the simulator, replay with nothing: the results are the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cassettes.conftest import Project, Same

HEAD = """
version: 1
name: trial
cloud: ${HARNESS_CLOUD:-simulator}
providers:
  openai:
    type: openai
    api_key: "${OPENAI_API_KEY}"
    models: {gpt-4.1-mini: {}, gpt-4o: {}, gpt-4.1: {}, text-embedding-3-small: {}}
  classic:
    type: azure-openai
    endpoint: https://contoso.openai.azure.com
    api_version: "2024-10-21"
    api_key: "${AZURE_API_KEY}"
    models: {chat: {model: gpt-4o}}
"""

PLAIN = (
    HEAD
    + """
simulator:
  replies:
    - {on: last_user, match: France, reply: Paris.}
    - {on: last_user, match: founders, reply: Bill Gates and Paul Allen.}
evaluation:
  targets: [openai/gpt-4.1-mini, openai/gpt-4o, classic/chat]
  parameters: {temperature: 0, max_output_tokens: 60}
conversations:
  - id: founders
    turns:
      - {user: Who were the founders?, assert: [{contains: Bill Gates}]}
      - {user: And of France?, assert: [{contains: Paris}]}
  - id: capitals
    cases: [{id: fr, country: France}, {id: se, country: Sweden}]
    turns: [{user: "Capital of {{country}}?", assert: [{contains: Paris}]}]
"""
)

EVERYTHING = (
    HEAD
    + """
simulator:
  replies:
    - {on: system, match: "verdict", reply: '{"reason": "fine", "score": 0.9, "pass": true}'}
    - {on: any, match: celsius, reply: It is 4 degrees.}
    - on: last_user
      match: Weather
      tool_calls: [{name: get_weather, arguments: {city: Malmö}}]
variants:
  plain: {}
  short: {system: Be brief., user: "{{user}} Briefly."}
evaluation:
  targets: [openai/gpt-4.1-mini, openai/gpt-4o]
  repeats: 3
  judge: {target: openai/gpt-4.1}
  embeddings: {target: openai/text-embedding-3-small}
  stream: STREAM
  api: API
conversations:
  - id: weather
    tools:
      - type: function
        function:
          name: get_weather
          parameters: {type: object, properties: {city: {type: string}}}
    turns:
      - user: Weather in Malmö?
        tool_results: [{name: get_weather, arguments: {city: Malmö}, result: {celsius: 4}}]
        assert: [{contains: 4 degrees}, {llm-rubric: Says how warm it is.}]
      - user: And tomorrow?
        assert: [{similar: It is 4 degrees., threshold: 0.2}]
    assert: [{llm-rubric: Polite.}]
  - id: scripted
    turns:
      - {user: My name is Ada., assistant: Hello Ada.}
      - {user: "Who am I? 😀", assert: [{type: levenshtein, value: x, threshold: 5000}]}
"""
)


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none-of-your-business")
    monkeypatch.setenv("AZURE_API_KEY", "none-of-your-business")


@pytest.mark.usefixtures("keys")
def test_a_replay_gives_the_results_of_the_recording(project: Project, same: Same) -> None:
    project.write(PLAIN)
    recorded = project.record()
    replayed = project.replay()
    same(recorded, replayed)
    assert recorded.exit_code == 1, "nobody told it Stockholm"
    assert replayed.info["simulated"] is True
    assert replayed.err.startswith("replay of simulator, recorded 20")
    assert not (project.folder / ".harness").exists(), "no simulator was started"


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("stream", ["true", "false"])
@pytest.mark.parametrize("api", ["chat", "responses"])
def test_tools_judges_embeddings_streams_variants_and_repeats_are_replayed(
    project: Project, same: Same, stream: str, api: str
) -> None:
    project.write(EVERYTHING.replace("STREAM", stream).replace("API", api))
    recorded = project.record()
    assert recorded.exit_code == 0, recorded.out
    same(recorded, project.replay())


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    "fault",
    [
        "{operation: chat, status: 429, code: '429', retry_after_s: 2, rate: 0.3}",
        "{operation: chat, status: 500, code: InternalServerError, rate: 0.3}",
        "{operation: chat, reset: headers, rate: 0.3}",
        "{operation: chat, reset: body, rate: 0.3}",
        "{operation: chat, status: 400, code: content_filter, times: 2}",
        "{operation: chat, status: 500, code: InternalServerError}",
    ],
)
def test_what_went_wrong_goes_wrong_again_and_what_was_tried_again_too(
    project: Project, same: Same, fault: str
) -> None:
    project.write(PLAIN.replace("simulator:\n", f"simulator:\n  seed: 3\n  faults: [{fault}]\n"))
    recorded = project.record("--repeats", "2")
    replayed = project.replay("--repeats", "2")
    same(recorded, replayed)
    assert replayed.info["totals"]["wall_s"] < 20, "nothing was waited for"


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("status", [401, 404])
def test_a_target_that_is_not_there_is_not_there_in_the_replay_either(
    project: Project, status: int
) -> None:
    fault = f"{{operation: chat, target: openai/gpt-4o, status: {status}, code: '{status}'}}"
    project.write(PLAIN.replace("simulator:\n", f"simulator:\n  faults: [{fault}]\n"))
    recorded, replayed = project.record(), project.replay()
    assert (recorded.exit_code, replayed.exit_code) == (3, 3)
    assert "stale" not in replayed.info
    kinds = [(one["error"] or {}).get("kind") for one in recorded.results]
    assert [(one["error"] or {}).get("kind") for one in replayed.results] == kinds


@pytest.mark.usefixtures("keys")
def test_many_requests_in_flight_do_not_swap_their_answers(project: Project, same: Same) -> None:
    project.write(
        HEAD
        + """
simulator: {latency_s: 0.02}
evaluation: {targets: [openai/gpt-4.1-mini], concurrency: 64, repeats: 8}
conversations:
  - id: same
    matrix: {n: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]}
    turns: [{user: Hello.}, {user: "And {{n}}?"}]
"""
    )
    recorded = project.record()
    assert len(recorded.results) == 96
    same(recorded, project.replay())


@pytest.mark.usefixtures("keys")
def test_two_replays_are_the_same_to_the_byte_but_for_ids(project: Project) -> None:
    project.write(PLAIN)
    project.record()
    first = project.replay().results
    assert project.replay().results == first


@pytest.mark.usefixtures("keys")
def test_fewer_repeats_replay_the_first_and_more_are_stale(project: Project) -> None:
    project.write(PLAIN)
    recorded = project.record("--repeats", "2")
    fewer = project.replay("--repeats", "1")
    assert fewer.exit_code == recorded.exit_code
    more = project.replay("--repeats", "3")
    assert more.exit_code == 3
    errors = {(one["error"] or {}).get("kind") for one in more.results if one["repeat"] == 3}
    assert errors == {"stale_recording"}


@pytest.mark.usefixtures("keys")
def test_a_part_of_a_recording_is_replayed_alone(project: Project) -> None:
    project.write(PLAIN)
    project.record()
    one = project.replay("-k", "founders", "-t", "openai/gpt-4o")
    assert one.exit_code == 0
    assert len(one.results) == 1


@pytest.mark.usefixtures("keys")
def test_latency_tokens_and_cost_are_those_of_the_recording(project: Project, same: Same) -> None:
    project.write(PLAIN.replace("simulator:\n", "simulator:\n  latency_s: 0.2\n"))
    recorded, replayed = project.record(), project.replay()
    same(recorded, replayed)
    assert all(t["latency_s"] > 0.2 for one in replayed.results for t in one["turns"])
    assert replayed.results[0]["turns"][0]["cost_usd"] > 0


@pytest.mark.usefixtures("keys")
def test_a_replay_needs_neither_environment_nor_simulator_nor_earlier_files(
    project: Project,
) -> None:
    project.write(PLAIN)
    project.record("-k", "founders")
    code = "import sys; from harness.cli.main import main; sys.argv[0] = 'harness'; main()"
    command = [sys.executable, "-I", "-c", code, "eval", "spec.yaml", "--replay", "-k", "founders"]
    done = subprocess.run(
        [*command, "--json"],
        cwd=project.folder,
        env={"PATH": os.defpath},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["replayed"] is True


def test_there_has_to_be_a_recording(project: Project) -> None:
    project.write(PLAIN)
    done = project.replay()
    assert done.exit_code == 3
    assert "there is no recording at spec.cassette" in done.err
    assert "harness eval spec.yaml --record" in done.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--record", "--replay"], "exclude each other"),
        (["--record-mode", "all"], "needs --record"),
        (["--cassette", "x"], "needs --record or --replay"),
        (["--replay", "--resume", "latest"], "Replay anew"),
        (["--record", "--resume", "latest"], "--record-mode missing"),
        (["--replay", "--max-usd", "1"], "a replay spends nothing"),
    ],
)
def test_options_that_contradict_each_other_are_refused(
    project: Project, options: list[str], said: str
) -> None:
    project.write(PLAIN)
    done = project.eval(*options)
    assert done.exit_code == 2
    assert said in done.err


def test_a_cassette_may_stand_anywhere(project: Project, tmp_path: Path, same: Same) -> None:
    project.write(PLAIN)
    elsewhere = str(tmp_path / "elsewhere")
    recorded = project.record("--cassette", elsewhere)
    assert not project.cassette.exists()
    same(recorded, project.replay("--cassette", elsewhere))
