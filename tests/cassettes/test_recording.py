"""What recording keeps, replaces and leaves alone; what a kill and a lesson leave behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cassettes.conftest import Project, Same

SPEC = """
version: 1
name: trial
cloud: simulator
providers:
  laptop:
    type: openai-compatible
    base_url: http://127.0.0.1:11434/v1
    models: {small: {}, large: {}}
simulator: {latency_s: 0.0}
evaluation: {parameters: {max_output_tokens: 60}}
conversations:
  - id: greeting
    turns: [{user: Hello.}, {user: "Again?"}]
  - id: numbers
    cases: [{id: one, n: 1}, {id: two, n: 2}]
    turns: [{user: "What is {{n}}?"}]
"""


def latencies(project: Project) -> dict[str, list[float]]:
    """When each file was recorded, told by what never repeats."""
    return {
        path.relative_to(project.cassette).as_posix(): [
            one["latency_s"]
            for one in json.loads(path.read_text(encoding="utf-8")).get("exchanges", [])
        ]
        for path in project.files()
    }


def changed(before: dict[str, list[float]], after: dict[str, list[float]]) -> set[str]:
    return {name for name in after if before.get(name) != after[name]}


def test_a_cassette_is_files_by_conversation_case_target_and_variant(project: Project) -> None:
    project.write(SPEC)
    project.record()
    names = [path.relative_to(project.cassette).as_posix() for path in project.files()]
    assert names == [
        "conversations/greeting/-/laptop.large.default.json",
        "conversations/greeting/-/laptop.small.default.json",
        "conversations/numbers/one/laptop.large.default.json",
        "conversations/numbers/one/laptop.small.default.json",
        "conversations/numbers/two/laptop.large.default.json",
        "conversations/numbers/two/laptop.small.default.json",
        "manifest.json",
        "targets/laptop.large.json",
        "targets/laptop.small.json",
    ]


def test_a_file_says_who_asked_what_and_what_came_back(project: Project) -> None:
    project.write(SPEC)
    project.record("-k", "greeting", "-t", "laptop/small")
    document = project.document("laptop.small.default.json")
    assert next(iter(document)) == "format_version"
    first, second = document["exchanges"]
    assert (first["repeat"], first["turn"], second["turn"]) == (1, 1, 2)
    assert first["request"]["url"] == "https://laptop.provider.invalid/v1/chat/completions"
    assert first["request"]["json"]["messages"][-1] == {"role": "user", "content": "Hello."}
    assert first["response"]["json"]["choices"]
    manifest = project.document("manifest.json")
    assert list(manifest) == ["format_version", "cloud", "files"]
    assert manifest["cloud"] == "simulator"


def test_recording_replaces_what_it_ran_and_nothing_else(project: Project) -> None:
    project.write(SPEC)
    project.record()
    before = latencies(project)
    project.record("-k", "greeting", "-t", "laptop/small")
    assert changed(before, latencies(project)) == {
        "conversations/greeting/-/laptop.small.default.json"
    }
    assert project.replay().exit_code == 0


def test_recording_what_is_missing_asks_only_for_what_changed(project: Project) -> None:
    project.write(SPEC)
    project.record()
    before = latencies(project)
    project.edit("Again?", "Once more?")
    project.edit("{id: two, n: 2}", "{id: two, n: 2}, {id: three, n: 3}")
    done = project.record("--record-mode", "missing")
    assert done.exit_code == 0
    after = latencies(project)
    assert changed(before, after) == {
        "conversations/greeting/-/laptop.large.default.json",
        "conversations/greeting/-/laptop.small.default.json",
        "conversations/numbers/three/laptop.large.default.json",
        "conversations/numbers/three/laptop.small.default.json",
    }
    name = "conversations/greeting/-/laptop.small.default.json"
    assert after[name][0] == before[name][0], "the first turn was played, the second asked"
    assert len(after[name]) == 2, "and what was asked before is gone"
    assert project.replay().exit_code == 0


def test_recording_what_is_missing_keeps_everything_when_nothing_is(project: Project) -> None:
    project.write(SPEC)
    project.record("--repeats", "2")
    before = {path: path.read_bytes() for path in project.files() if "targets" not in path.parts}
    project.record("--repeats", "2", "--record-mode", "missing")
    after = {path: path.read_bytes() for path in project.files() if "targets" not in path.parts}
    assert after == before


def test_a_broken_file_is_recorded_again_by_whoever_records_what_is_missing(
    project: Project,
) -> None:
    project.write(SPEC)
    project.record()
    file = project.files()[0]
    file.write_text("{", encoding="utf-8")
    assert project.replay().exit_code == 3
    assert project.record("--record-mode", "missing").exit_code == 0
    assert project.replay().exit_code == 0


def test_another_cloud_never_records_into_the_same_cassette(project: Project) -> None:
    project.write(SPEC)
    project.record()
    manifest = project.cassette / "manifest.json"
    text = manifest.read_text(encoding="utf-8").replace('"simulator"', '"azure"')
    manifest.write_text(text, encoding="utf-8")
    done = project.record()
    assert done.exit_code == 2
    assert "recorded on azure, not on simulator" in done.err
    assert "--record --record-mode all replaces it" in done.err


def test_another_clouds_recording_is_replaced_where_that_is_asked_for(project: Project) -> None:
    project.write(SPEC)
    project.record()
    move_to_azure(project)
    before = {path.relative_to(project.cassette) for path in project.files()}
    done = project.record("--record-mode", "all", "-k", "greeting")
    assert done.exit_code == 0
    assert "replacing what was recorded on another cloud in spec.cassette" in done.err
    after = {path.relative_to(project.cassette) for path in project.files()}
    assert after < before, "nothing of the other cloud is left"
    assert project.document("manifest.json")["cloud"] == "simulator"
    assert project.replay("-k", "greeting").exit_code == 0


def test_another_clouds_recording_stays_where_nothing_was_answered(project: Project) -> None:
    project.write(SPEC)
    project.record()
    move_to_azure(project)
    before = {path: path.read_bytes() for path in project.files()}
    project.edit("{latency_s: 0.0}", "{faults: [{operation: chat, status: 401}]}")
    assert project.record("--record-mode", "all").exit_code == 3
    assert {path: path.read_bytes() for path in project.files()} == before


def move_to_azure(project: Project) -> None:
    manifest = project.cassette / "manifest.json"
    text = manifest.read_text(encoding="utf-8").replace('"simulator"', '"azure"')
    manifest.write_text(text, encoding="utf-8")


LESSONS = """
version: 1
name: lessons
cloud: simulator
providers:
  laptop:
    type: openai-compatible
    base_url: http://127.0.0.1:11434/v1
    models: {thinker: {model: gpt-5-mini, version: "2025-08-07"}, plain: {}}
simulator: {latency_s: 0.05}
evaluation:
  targets: [laptop/thinker]
  concurrency: 16
  parameters: {max_output_tokens: 60, temperature: 0.3}
conversations:
  - id: many
    matrix: {n: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]}
    turns: [{user: "What is {{n}}?"}, {user: "And twice that?"}]
"""


def test_what_a_model_was_found_to_refuse_is_known_before_the_first_request(
    project: Project, same: Same
) -> None:
    """Which of sixteen requests in flight pays for a lesson depends on the network."""
    project.write(LESSONS.replace('{model: gpt-5-mini, version: "2025-08-07"}', "{}"))
    fault = (
        "{operation: chat, status: 400, code: unsupported_parameter, times: 9,"
        " body: {error: {code: unsupported_parameter, param: temperature, message: "
        "\"Unsupported parameter: 'temperature' is not supported with this model.\"}}}"
    )
    project.edit(
        "simulator: {latency_s: 0.05}", f"simulator: {{latency_s: 0.05, faults: [{fault}]}}"
    )
    recorded = project.record()
    assert recorded.exit_code == 0
    lessons = [
        one
        for path in project.files()
        if "conversations" in path.parts
        for one in json.loads(path.read_text(encoding="utf-8"))["exchanges"]
        if one.get("lesson")
    ]
    assert len(lessons) == 9
    same(recorded, project.replay())
    same(recorded, project.replay())


def test_a_killed_recording_leaves_whole_files_and_goes_on(project: Project) -> None:
    many = ", ".join(f"{{id: n{n}, n: {n}}}" for n in range(400))
    project.write(
        SPEC.replace("{id: one, n: 1}, {id: two, n: 2}", many)
        .replace("latency_s: 0.0", "latency_s: 0.3")
        .replace("evaluation: {", "evaluation: {concurrency: 8, ")
    )
    code = "import sys; from harness.cli.main import main; sys.argv[0] = 'harness'; main()"
    command = [sys.executable, "-I", "-c", code, "eval", "spec.yaml", "--record", "--output", "o"]
    process = subprocess.Popen(
        command, cwd=project.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        manifest = project.cassette / "manifest.json"
        waited = time.monotonic() + 60
        while time.monotonic() < waited and not (
            manifest.exists() and len(recorded_files(project)) >= 8
        ):
            time.sleep(0.05)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    kept = recorded_files(project)
    assert 0 < len(kept) < 800
    for path in kept:
        json.loads(path.read_text(encoding="utf-8"))
    project.edit("latency_s: 0.3", "latency_s: 0.0")
    assert project.record("--record-mode", "missing").exit_code == 0
    assert len(recorded_files(project)) == 802
    assert project.replay().exit_code == 0


def recorded_files(project: Project) -> list[Path]:
    """List the files of conversations; a hidden one is what a killed writer had not finished."""
    files = (path for path in project.files() if "conversations" in path.parts)
    return [path for path in files if not path.name.startswith(".")]


def test_an_interrupted_trial_keeps_its_earlier_recording(project: Project) -> None:
    """A budget ends a run like an interrupt does: what is half is not put in place of a whole."""
    project.write(SPEC)
    project.record()
    before = latencies(project)
    project.edit("evaluation: {", "evaluation: {budget: {requests: 1}, concurrency: 1, ")
    done = project.record("-k", "greeting", "-t", "laptop/small")
    assert done.exit_code in (3, 4)
    assert "--record --record-mode missing" in done.err
    assert changed(before, latencies(project)) == set()


def test_a_replay_knows_no_budget(project: Project) -> None:
    project.write(SPEC)
    project.record()
    project.edit("evaluation: {", "evaluation: {budget: {requests: 1}, ")
    assert project.replay().exit_code == 0


def test_select_best_is_replayed(project: Project, same: Same) -> None:
    rule = '{on: any, match: "(?i)best|select|choose", reply: "0"}'
    text: str = (
        SPEC.replace("simulator: {latency_s: 0.0}", f"simulator: {{replies: [{rule}]}}")
        .replace("evaluation: {", "evaluation: {judge: {target: laptop/large}, ")
        .replace("{user: Hello.}", "{user: Hello., assert: [{select-best: the shorter one}]}")
    )
    project.write(text)
    recorded = project.record("-k", "greeting")
    checks: list[Any] = recorded.results[0]["turns"][0]["checks"]
    assert checks
    same(recorded, project.replay("-k", "greeting"))


@pytest.mark.parametrize(
    ("folder", "code", "said"),
    [
        ("spec.yaml/in.cassette", 3, "the recording cannot be written: Not a directory"),
        (".", 2, "it holds spec.yaml, which is none of a recording's"),
    ],
)
def test_a_folder_that_cannot_be_a_cassette_is_refused_before_anything_is_asked(
    project: Project, folder: str, code: int, said: str
) -> None:
    project.write(SPEC)
    done = project.record("--cassette", folder)
    assert done.exit_code == code
    assert said in done.err
    assert done.info == {}
    assert sorted(path.name for path in project.folder.iterdir()) == [
        ".git", ".harness", "spec.yaml",
    ]  # fmt: skip


def test_whoever_records_elsewhere_is_told_to_go_on_there(project: Project) -> None:
    project.write(SPEC)
    options = ("--cassette", "else where.cassette", "--repeats", "2")
    project.record(*options[:2])
    done = project.replay(*options)
    assert done.exit_code == 3
    again = "--repeats 2 --cassette 'else where.cassette'"
    assert f"-t laptop/small -t laptop/large {again}\n" in done.err
    project.edit("evaluation: {", "evaluation: {budget: {requests: 1}, concurrency: 1, ")
    done = project.record(*options)
    assert f"harness eval spec.yaml --record --record-mode missing {again}\n" in done.err


@pytest.mark.parametrize("name", ["CON", "a/b", "über größe", "x" * 300, "..", "A", "a.b", "-"])
def test_names_of_any_kind_become_files(project: Project, name: str) -> None:
    project.write(SPEC.replace("{id: one, n: 1}", json.dumps({"id": name, "n": 1})))
    done = project.record("-k", "numbers")
    assert done.exit_code == 0, done.err
    assert project.replay("-k", "numbers").exit_code == 0
