"""The pipelines that ``init --ci`` writes, and the hooks: accepted by services, safe, runnable."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from harness import __version__
from harness.app.starting.project import INSTALLED, PIPELINES, make_pipeline
from harness.azure.clouds import CLOUDS
from harness.cli.main import cli

SERVICES = sorted(PIPELINES)
SCHEMAS = {
    "github": ["vendor.github-workflows"],
    "azure": ["vendor.azure-pipelines", "--data-transform", "azure-pipelines"],
    "gitlab": ["vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
}
PINNED = re.compile(r"uses: ([\w/-]+)@[0-9a-f]{40} # (v\d+\.\d+\.\d+)$")
RECORDING = ("", "--record --record-mode missing")


def text_of(service: str) -> str:
    return make_pipeline(service).text


def document(service: str) -> dict[Any, Any]:
    """The template as YAML 1.2 reads it where that matters: GitHub's ``on`` is a word."""
    loaded = yaml.safe_load(text_of(service).replace("\non:", '\n"on":'))
    assert isinstance(loaded, dict)
    return loaded


def scripts(value: object) -> Iterator[str]:
    """Every shell script in a pipeline, in its order."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in {"run", "bash", "inlineScript"}:
                yield str(inner)
            elif key in {"before_script", "script", "after_script"}:
                yield from map(str, inner)
            else:
                yield from scripts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from scripts(inner)


def commands(script: str) -> Iterator[list[str]]:
    """The harness commands of a script, with what its variables may hold."""
    for record in RECORDING:
        said = re.sub(r"\$\{RECORD:-\}|\$RECORD", record, script)
        said = said.replace("$SPEC", "specs/starter.yaml").replace("$CASSETTE", "specs/x.cassette")
        for line in said.splitlines():
            for part in re.split(r"&&|\|\||;", line):
                if "harness " not in part:  # a part of something else, perhaps of several lines
                    continue
                words = shlex.split(part, comments=True)
                if "harness" in words:
                    yield words[words.index("harness") + 1 :]


def complaint(words: list[str]) -> str | None:
    """Why the command line would be refused."""
    said = " ".join(words)
    try:
        with click.Context(cli) as context:
            group: click.Command = cli
            while isinstance(group, click.Group):
                name, command, words = group.resolve_command(context, words)
                assert command is not None
                if not isinstance(command, click.Group):
                    command.make_context(name, words, parent=context)
                group = command
    except click.ClickException as error:
        return f"harness {said}: {error.format_message()}"
    return None


@pytest.mark.parametrize("service", SERVICES)
def test_a_pipeline_is_what_its_service_accepts(service: str, tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yml"
    path.write_text(text_of(service), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--regex-variant", "nonunicode",
         "--builtin-schema", *SCHEMAS[service], str(path)],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


@pytest.mark.parametrize("service", SERVICES)
def test_a_pipeline_installs_what_wrote_it(service: str) -> None:
    assert f"azure-openai-harness=={__version__}" == INSTALLED
    text = make_pipeline(service, requirement="x @ git+https://a.test/b@0123").text
    assert 'HARNESS: "x @ git+https://a.test/b@0123"' in text
    assert INSTALLED not in text
    assert text.count('pip install "$HARNESS"') + text.count('--quiet "$HARNESS"') in (1, 2)


@pytest.mark.parametrize("service", SERVICES)
def test_every_command_of_a_pipeline_is_one(service: str) -> None:
    found = [words for script in scripts(document(service)) for words in commands(script)]
    assert {words[0] for words in found} == {"validate", "cassettes", "eval"}
    assert [said for words in found if (said := complaint(words))] == []


@pytest.mark.parametrize("service", SERVICES)
def test_what_runs_against_real_models_has_a_limit_in_money(service: str) -> None:
    evals = [
        words
        for script in scripts(document(service))
        for words in commands(script)
        if words[0] == "eval"
    ]
    assert all(("--replay" in words) is not ("--max-usd" in words) for words in evals)


@pytest.mark.parametrize("service", ["github", "azure"])
def test_the_models_token_is_asked_for_by_the_scope_that_harness_uses(service: str) -> None:
    scopes = re.findall(r"--scope (\S+)", text_of(service))
    assert scopes == [CLOUDS["azure"].data_plane_scope]


def test_a_pull_request_on_github_gets_no_secret_and_no_token() -> None:
    workflow = document("github")
    assert set(workflow["on"]) == {"pull_request", "push", "schedule", "workflow_dispatch"}
    assert "secrets." not in text_of("github")
    assert workflow["permissions"] == {"contents": "read"}
    smoke, live = workflow["jobs"]["smoke"], workflow["jobs"]["live"]
    assert "permissions" not in smoke
    assert live["permissions"] == {"contents": "read", "id-token": "write"}
    assert live["environment"] == "azure"
    assert "pull_request" not in live["if"]
    comment = workflow["jobs"]["comment"]
    assert comment["permissions"] == {"actions": "read", "pull-requests": "write"}
    assert "github.event.pull_request.head.repo.full_name == github.repository" in comment["if"]
    for job in (smoke, live):
        checkout = job["steps"][0]
        assert checkout["with"] == {"persist-credentials": False}


@pytest.mark.parametrize("service", SERVICES)
def test_what_may_write_comments_runs_nothing_of_the_pull_request(service: str) -> None:
    jobs = document(service)
    match service:
        case "github":
            job = jobs["jobs"]["comment"]
            assert [set(step) for step in job["steps"]] == [{"name", "run"}]
        case "azure":
            job = jobs["stages"][0]["jobs"][1]
            assert job["steps"][0] == {"checkout": "none"}
            assert text_of(service).count("System.AccessToken") == 1
        case _:
            job = jobs["harness-comment"]
            assert job["variables"] == {"GIT_STRATEGY": "none"}
            assert "extends" not in job
    assert list(commands("\n".join(scripts(job)))) == []


def test_no_expression_of_github_stands_in_a_script() -> None:
    assert [script for script in scripts(document("github")) if "${{" in script] == []


def test_actions_are_pinned_by_commit_with_the_version_beside_it() -> None:
    lines = [line for line in text_of("github").splitlines() if "uses: " in line]
    used = {found[1]: found[2] for line in lines if (found := PINNED.search(line))}
    assert len(lines) == sum(bool(PINNED.search(line)) for line in lines)
    assert used == {
        "actions/checkout": "v7.0.1", "actions/setup-python": "v7.0.0",
        "actions/upload-artifact": "v7.0.0", "azure/login": "v3.0.0",
    }  # fmt: skip


def test_a_pull_request_is_only_replayed_and_its_jobs_get_no_secret() -> None:
    text, loaded = text_of("github"), document("github")
    assert "pull_request_target" not in text
    assert "secrets." not in text
    assert loaded["permissions"] == {"contents": "read"}
    assert set(loaded["jobs"]["comment"]["permissions"]) == {"actions", "pull-requests"}
    replayed = list(commands("\n".join(scripts(loaded["jobs"]["smoke"]))))
    asked = [words for words in replayed if words[0] == "eval"]
    assert asked
    assert all("--replay" in words for words in asked)
    assert "pull_request" not in loaded["jobs"]["live"]["if"]


def test_every_job_ends_by_itself() -> None:
    jobs = document("github")["jobs"]
    assert {name: job["timeout-minutes"] for name, job in jobs.items()} == {
        "smoke": 10, "comment": 5, "live": 50,
    }  # fmt: skip
    stages = document("azure")["stages"]
    assert [job["timeoutInMinutes"] for stage in stages for job in stage["jobs"]] == [
        "10", "5", "50",
    ]  # fmt: skip
    gitlab = document("gitlab")
    assert gitlab["harness-smoke"]["timeout"] == "10 minutes"
    assert gitlab["harness-comment"]["timeout"] == "5 minutes"
    assert gitlab["harness-live"]["timeout"] == "50 minutes"


HOOKS = yaml.safe_load((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text())


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_calls_a_command_that_is_one(hook: dict[str, Any]) -> None:
    assert hook["language"] == "python"
    assert hook["name"]
    assert complaint([*shlex.split(hook["entry"])[1:], *hook.get("args", ["specs/x"])]) is None


@pytest.mark.parametrize(
    ("hook", "path", "concerned"),
    [
        ("harness-validate", "specs/starter.yaml", True),
        ("harness-validate", "specs/starter.yml", True),
        ("harness-validate", "specs/conversations/more.yaml", False),
        ("harness-validate", "specs/harness.schema.json", False),
        ("harness-validate", "other/specs/starter.yaml", False),
        ("harness-cassettes-audit", "specs/starter.cassette/manifest.json", True),
        ("harness-cassettes-audit", "specs/starter.cassette/conversations/a/-/b.json", True),
        ("harness-cassettes-audit", "specs/starter.yaml", False),
    ],
)
def test_a_hook_looks_at_what_concerns_it(hook: str, path: str, concerned: bool) -> None:
    [files] = [one["files"] for one in HOOKS if one["id"] == hook]
    assert (re.search(files, path) is not None) is concerned
