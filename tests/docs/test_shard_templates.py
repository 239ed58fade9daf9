"""The templates for shards: accepted by their services, safe, and of one number throughout."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.test_ci_templates import PINNED, complaint

FOLDER = files("harness.app.starting") / "templates" / "ci"


def text_of(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def workflow() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(
        text_of("github-shards.yml").replace("\non:", '\n"on":')
    )
    return loaded


def test_github_accepts_the_workflow(tmp_path: Path) -> None:
    path = tmp_path / "shards.yml"
    path.write_text(text_of("github-shards.yml"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--regex-variant", "nonunicode",
         "--builtin-schema", "vendor.github-workflows", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_the_workflow_uses_the_pinned_actions_of_the_other_one() -> None:
    used = [line.strip() for line in text_of("github-shards.yml").splitlines() if "uses:" in line]
    known = text_of("github-actions.yml")
    assert used
    assert [line for line in used if line.removeprefix("- ") not in known] == []
    assert all(PINNED.search(line) for line in used)


def test_a_job_may_do_no_more_than_it_needs() -> None:
    document = workflow()
    shard, merge = document["jobs"]["shard"], document["jobs"]["merge"]
    assert document["permissions"] == {"contents": "read"}
    assert shard["permissions"] == {"contents": "read", "id-token": "write"}
    assert merge["permissions"] == {"contents": "read", "actions": "read"}
    assert set(document["on"]) == {"schedule", "workflow_dispatch"}
    assert "secrets." not in text_of("github-shards.yml")
    for job in (shard, merge):
        assert job["steps"][0]["with"] == {"persist-credentials": False}


def test_there_are_as_many_jobs_as_shards() -> None:
    document = workflow()
    indices = document["jobs"]["shard"]["strategy"]["matrix"]["index"]
    assert indices == list(range(1, int(document["env"]["SHARDS"]) + 1))


@pytest.mark.parametrize("name", ["github-shards.yml", "kubernetes-shards.yaml"])
def test_every_command_is_one(name: str) -> None:
    said = text_of(name)
    for variable, value in (
        ("$SPEC", "s.yaml"), ("$INDEX", "1"), ("$SHARDS", "4"), ("$shard", "1"), ("$run", "r"),
    ):  # fmt: skip
        said = said.replace(variable, value)
    lines = re.findall(r"(?:run: |exec )harness (.*)", said)
    assert {line.split()[0] for line in lines} <= {"eval", "merge"}
    assert len(lines) == 2
    assert [why for line in lines if (why := complaint(shlex.split(line, comments=True)))] == []


def test_a_pod_needs_no_rights() -> None:
    document = yaml.safe_load(text_of("kubernetes-shards.yaml"))
    pod = document["spec"]["template"]["spec"]
    assert document["spec"]["completionMode"] == "Indexed"
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    (container,) = pod["containers"]
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
