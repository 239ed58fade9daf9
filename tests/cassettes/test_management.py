"""What commands say to Azure, recorded with the real SDK on the simulator and replayed alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.redaction.hiding import replace_guid

SUBSCRIPTION = "6f1c1c3a-0d4e-4f57-9d5f-0a1b2c3d4e5f"
SPEC = """\
version: 1
name: recorded
cloud: ${HARNESS_CLOUD:-simulator}
subscription: "${AZURE_SUBSCRIPTION_ID}"
resource_group: {name: rg-recorded, region: swedencentral, create: true}
accounts:
  sweden:
    account_name: ${HARNESS_ACCOUNT}
    region: swedencentral
    on_soft_deleted: purge
    access:
      - {principal: me, role: Cognitive Services OpenAI User}
      - {principal: "${AZURE_TEAM_ID}", role: Cognitive Services User, type: Group}
      - {principal: 33333333-4444-5555-6666-777777777777, role: Reader}
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalStandard, capacity: 10}
  virginia:
    account_name: recorded-virginia
    on_soft_deleted: purge
    region: eastus2
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalStandard, capacity: 10}
simulator: {date: 2026-09-01}
conversations: [{id: hello, turns: [{user: Hello, assert: [{word-count: {min: 1}}]}]}]
"""
TEAM = "8a1b2c3d-0000-4111-8222-933344445555"
HERE = {
    "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION,
    "AZURE_TEAM_ID": TEAM,
    "HARNESS_ACCOUNT": "contoso-prod-0815",
}


@dataclass(frozen=True, slots=True)
class Told:
    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Project:
    folder: Path

    @property
    def management(self) -> Path:
        return self.folder / "spec.cassette" / "management.json"

    def here(self, *arguments: str) -> Told:
        """On the machine that records: it has a simulator and an environment."""
        return self._run(arguments, {**_bare(), **HERE})

    def elsewhere(self, *arguments: str) -> Told:
        """On a machine that has nothing but the files."""
        shutil.rmtree(self.folder / ".harness", ignore_errors=True)
        shutil.rmtree(self.folder / "reports", ignore_errors=True)
        return self._run(arguments, _bare())

    def _run(self, arguments: tuple[str, ...], environment: dict[str, str]) -> Told:
        done = subprocess.run(
            [sys.executable, "-m", "harness", *arguments],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Told(done.returncode, done.stdout, done.stderr)

    def edit(self, old: str, new: str) -> None:
        path = self.folder / "spec.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


def without_names(said: str) -> str:
    """What the environment put in, as it is called where there is none."""
    stands_in = replace_guid("azure-team-id")
    return said.replace("contoso-prod-0815", "harness-account").replace(TEAM, stands_in)


def _bare() -> dict[str, str]:
    """What a program needs to start at all, wherever it runs."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}


def _project(folder: Path) -> Project:
    (folder / ".git").mkdir()
    (folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return Project(folder)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return _project(tmp_path)


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Told]]:
    """A life of a spec, recorded: planned, applied, verified with a probe, destroyed."""
    folder = tmp_path_factory.mktemp("life")
    project = _project(folder)
    told = {
        "plan": project.here("plan", "spec.yaml", "--record"),
        "apply": project.here("apply", "spec.yaml", "--record"),
        "verify": project.here("verify", "spec.yaml", "--probe", "--record"),
        "destroy": project.here("destroy", "spec.yaml", "--record"),
    }
    assert {name: one.code for name, one in told.items()} == dict.fromkeys(told, 0)
    return folder, told


@pytest.fixture
def recorded(life: tuple[Path, dict[str, Told]], tmp_path: Path) -> tuple[Project, dict[str, Told]]:
    """The recorded life in a folder of this test's own."""
    folder, told = life
    shutil.copytree(folder, tmp_path / "copy")
    return Project(tmp_path / "copy"), told


def test_every_command_replays_what_it_said_without_an_environment(
    recorded: tuple[Project, dict[str, Told]],
) -> None:
    project, life = recorded
    for name, before in life.items():
        probe = ["--probe"] if name == "verify" else []
        after = project.elsewhere(name, "spec.yaml", *probe, "--replay")
        assert after.code == 0, after.err
        # What came from the environment has a name of its own where there is none.
        assert after.out == without_names(before.out)
        assert after.err.startswith("replay of simulator, recorded ")


def test_nothing_of_this_machine_is_written_down(
    recorded: tuple[Project, dict[str, Told]],
) -> None:
    project, _ = recorded
    text = project.management.read_text(encoding="utf-8")
    assert SUBSCRIPTION not in text
    assert TEAM not in text
    assert "33333333-4444" not in text
    assert "contoso" not in text
    assert "127.0.0.1" not in text
    assert "Bearer" not in text
    assert project.elsewhere("cassettes", "audit", "spec.cassette").code == 0


def test_a_changed_capacity_is_a_stale_recording_that_names_what_changed(
    recorded: tuple[Project, dict[str, Told]],
) -> None:
    project, _ = recorded
    project.edit("capacity: 10}\n  virginia", "capacity: 11}\n  virginia")
    told = project.elsewhere("apply", "spec.yaml", "--replay")
    assert told.code == 3
    assert "capacity" in told.err
    assert "harness apply spec.yaml --record" in told.err
    assert "Traceback" not in told.err


def test_a_deployment_less_leaves_recorded_requests_that_nobody_makes(
    recorded: tuple[Project, dict[str, Told]],
) -> None:
    project, _ = recorded
    project.edit(
        "    region: eastus2\n    deployments:\n      mini: {model: gpt-4.1-mini, "
        'version: "2025-04-14", sku: GlobalStandard, capacity: 10}\n',
        "    region: eastus2\n",
    )
    told = project.elsewhere("apply", "spec.yaml", "--replay")
    assert told.code == 3
    assert "error[H825]" in told.err


def test_a_command_that_was_never_recorded_says_so(project: Project) -> None:
    assert project.here("plan", "spec.yaml", "--record").code == 0
    told = project.elsewhere("verify", "spec.yaml", "--replay")
    assert told.code == 3
    assert "verify was never recorded here" in told.err
    assert "harness verify spec.yaml --record" in told.err


def test_where_there_is_no_recording_the_command_that_makes_one_is_named(project: Project) -> None:
    for command in ("plan", "apply", "verify", "destroy", "run", "eval"):
        told = project.elsewhere(command, "spec.yaml", "--replay", "--cassette", "none")
        assert told.code == 3
        assert f"record one: harness {command} spec.yaml --record --cassette none\n" in told.err


def test_recording_a_command_again_replaces_what_it_said_and_nothing_else(
    recorded: tuple[Project, dict[str, Told]],
) -> None:
    project, life = recorded
    assert project.here("apply", "spec.yaml").code == 0
    again = project.here("plan", "spec.yaml", "--record")
    assert "No changes" in again.out
    assert project.elsewhere("plan", "spec.yaml", "--replay").out == again.out
    gone = project.elsewhere("destroy", "spec.yaml", "--replay")
    assert gone.out == without_names(life["destroy"].out)


def test_run_replays_from_apply_to_report(project: Project) -> None:
    first = project.here("run", "spec.yaml", "--record", "--destroy")
    assert first.code == 0, first.err
    again = project.elsewhere("run", "spec.yaml", "--replay", "--destroy")
    assert again.code == 0, again.err
    assert "Destroy complete" in again.out
    (info,) = project.folder.glob("reports/recorded/*/run.json")
    read = json.loads(info.read_text(encoding="utf-8"))
    assert read["replayed"] is True
    assert read["simulated"] is True


def test_a_flipped_letter_of_the_recording_is_noticed(
    recorded: tuple[Project, dict[str, Told]],
) -> None:
    project, _ = recorded
    text = project.management.read_text(encoding="utf-8")
    project.management.write_text(text.replace("Succeeded", "Succeedee", 1), encoding="utf-8")
    told = project.elsewhere("apply", "spec.yaml", "--replay")
    assert told.code == 3
    assert "was changed after it was recorded" in told.err


def test_a_throttled_write_is_replayed_without_waiting(project: Project) -> None:
    project.edit(
        "simulator: {date: 2026-09-01}",
        "simulator: {date: 2026-09-01, faults: "
        "[{operation: deployment.put, status: 429, code: '429', retry_after_s: 1, times: 2}]}",
    )
    first = project.here("apply", "spec.yaml", "--record")
    assert first.code == 0, first.err
    recorded = json.loads(project.management.read_text(encoding="utf-8"))
    assert [one["response"]["status"] for one in recorded["exchanges"]].count(429) == 2
    again = project.elsewhere("apply", "spec.yaml", "--replay")
    assert again.code == 0, again.err
    assert again.out == without_names(first.out)


@pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("unshare") is None or os.geteuid() != 0,
    reason="namespaces are Linux's, and root's",
)
def test_a_machine_without_a_network_replays(recorded: tuple[Project, dict[str, Told]]) -> None:
    project, _ = recorded
    command: Callable[[str], list[str]] = lambda name: [  # noqa: E731
        "unshare", "-n", sys.executable, "-m", "harness", name, "spec.yaml", "--replay",
    ]  # fmt: skip
    for name in ("plan", "apply"):
        done = subprocess.run(
            command(name), cwd=project.folder, env={}, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
