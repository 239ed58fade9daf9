"""What was recorded, played by vcrpy in a test that is somebody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openai
import pytest
import vcr  # type: ignore[import-untyped]

from harness.cli.main import run

if TYPE_CHECKING:
    from tests.cassettes.conftest import Project

SPEC = """
version: 1
name: trial
cloud: simulator
providers:
  laptop:
    type: openai-compatible
    base_url: http://127.0.0.1:11434/v1
    models: {small: {}}
simulator: {latency_s: 0.0}
evaluation: {stream: STREAM}
conversations:
  - id: greeting
    turns: [{user: Hello.}, {user: "My key is sk-proj-a8F3kQ9zLm2Xw7Rt5Vb1Nc4Jd6Hg0Ps"}]
"""


@pytest.mark.parametrize("stream", ["false", "true"])
def test_vcrpy_plays_an_exported_conversation_to_the_openai_sdk(
    project: Project, stream: str
) -> None:
    project.write(SPEC.replace("STREAM", stream))
    (result,) = project.record().results
    recorded = result["turns"][0]["assistant"]
    assert run(["cassettes", "export", "spec.cassette"]) == 0
    exported = project.folder / "spec.vcr" / "greeting" / "-" / "laptop.small.default.yaml"
    client = openai.OpenAI(
        base_url="https://laptop.provider.invalid/v1", api_key="anything", max_retries=0
    )
    with vcr.use_cassette(str(exported), record_mode="none") as played:
        made = client.chat.completions.create(
            model="small",
            messages=[{"role": "user", "content": "Hello."}],
            stream=stream == "true",
        )
        if isinstance(made, openai.Stream):
            text = "".join(part.choices[0].delta.content or "" for part in made if part.choices)
        else:
            text = made.choices[0].message.content or ""
    assert text == recorded
    assert played.play_count == 1


def test_an_export_holds_nothing_that_was_hidden(project: Project) -> None:
    project.write(SPEC.replace("STREAM", "false"))
    project.record()
    assert run(["cassettes", "export", "spec.cassette", "-o", "mine"]) == 0
    (file,) = (project.folder / "mine").rglob("*.yaml")
    assert "sk-proj-a8F3" not in file.read_text(encoding="utf-8")
    assert run(["cassettes", "audit", str(file)]) == 0


def test_a_recording_that_was_changed_by_hand_is_not_exported(project: Project) -> None:
    project.write(SPEC.replace("STREAM", "false"))
    project.record()
    (file,) = project.cassette.rglob("laptop.small.default.json")
    file.write_text(file.read_text(encoding="utf-8").replace("Hello.", "Bye."), encoding="utf-8")
    project.capsys.readouterr()
    assert run(["cassettes", "export", "spec.cassette"]) == 3
    assert "harness cassettes audit spec.cassette" in project.capsys.readouterr().err
    assert not (project.folder / "spec.vcr").exists()


def test_a_folder_that_is_no_cassette_is_refused(project: Project) -> None:
    assert run(["cassettes", "export", str(project.folder)]) == 2
