"""Two branches record into one cassette: what either of them recorded is kept."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cassettes.conftest import Project

SPEC = """
version: 1
name: branches
cloud: simulator
providers:
  laptop: {type: openai-compatible, base_url: "http://127.0.0.1:11434/v1", models: {small: {}}}
conversations:
  - {id: one, turns: [{user: One?}]}
  - {id: two, turns: [{user: Two?}]}
  - {id: three, turns: [{user: Three?}]}
"""

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")


@pytest.fixture
def merged(project: Project) -> Project:
    """One branch recorded *one* anew, the other *three*; git could not merge the manifest."""
    project.write(SPEC)
    project.record()
    base, ours = project.folder / "base", project.folder / "ours"
    shutil.copytree(project.cassette, base)
    project.edit("One?", "One now?")
    project.record("-k", "one")
    shutil.copytree(project.cassette, ours)
    shutil.rmtree(project.cassette)
    shutil.copytree(base, project.cassette)
    aged(base, "2026-11-20T08:00:00Z")
    aged(ours, "2026-11-21T08:00:00Z")
    project.edit("Three?", "Three now?")
    project.record("-k", "three")
    for file in project.files():
        name = file.relative_to(project.cassette)
        subprocess.run(["git", "merge-file", file, base / name, ours / name], check=False)
    shutil.rmtree(project.folder / ".harness", ignore_errors=True)
    return project


def aged(cassette: Path, when: str) -> None:
    """Recorded at another time, as branches are."""
    from harness.recording.storage.texts import hash_text

    (file,) = cassette.glob("targets/*.json")
    text = json.dumps(
        {**json.loads(file.read_text(encoding="utf-8")), "recorded_at": when}, indent=1
    )
    file.write_text(text + "\n", encoding="utf-8")
    manifest = json.loads((cassette / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"][file.relative_to(cassette).as_posix()] = hash_text(text + "\n")
    (cassette / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def test_a_merge_that_is_not_finished_is_never_green_and_says_what_to_do(merged: Project) -> None:
    assert "<<<<<<<" in (merged.cassette / "manifest.json").read_text(encoding="utf-8")
    done = merged.replay()
    assert done.exit_code == 3
    assert "their merge is not finished" in done.err
    assert "harness cassettes prune spec.cassette" in done.err


def test_pruning_keeps_what_either_branch_recorded(merged: Project) -> None:
    from harness.cli.main import run

    assert run(["cassettes", "prune", "spec.cassette", "--dry-run"]) == 3
    assert run(["cassettes", "prune", "spec.cassette"]) == 0
    assert run(["cassettes", "audit", "spec.cassette"]) == 0
    assert merged.replay().exit_code == 0


def test_recording_what_is_missing_asks_for_what_both_branches_changed(merged: Project) -> None:
    (file,) = merged.cassette.glob("conversations/two/-/*.json")
    kept = {path: path.read_bytes() for path in merged.cassette.glob("conversations/*/-/*.json")}
    file.write_text("<<<<<<< ours\n{}\n=======\n[]\n>>>>>>> theirs\n", encoding="utf-8")
    assert merged.record("--record-mode", "missing").exit_code == 0
    for path, content in kept.items():
        assert (path.read_bytes() == content) == (path != file)
    assert merged.replay().exit_code == 0


@pytest.mark.parametrize(
    "text", ["<<<<<<< a\n{\n", "<<<<<<< a\n{}\n=======\n[]\n>>>>>>> b\n", ">>>>>>> b\n"]
)
def test_what_is_no_merge_of_two_manifests_stays_broken(merged: Project, text: str) -> None:
    (merged.cassette / "manifest.json").write_text(text, encoding="utf-8")
    for done in (merged.record("--record-mode", "missing"), merged.replay()):
        assert done.exit_code == 3
        assert "Traceback" not in done.err
    assert (merged.cassette / "manifest.json").read_text(encoding="utf-8") == text
