"""Tab completes targets, conversations, tags, runs, baselines, specs, models and regions, fast."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from harness.cli.completion import KINDS, PARAMETERS

SPEC = """\
version: 1
name: bot
accounts:
  sweden:
    region: swedencentral
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14"}
      five: {model: gpt-5-mini, version: "2025-08-07"}
providers:
  app: {type: http, url: "http://127.0.0.1:1/chat", body: {q: "{{user}}"}, reply: $.a}
  local: {type: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: {llama: {}}}
conversations:
  - {id: founders, tags: [smoke], turns: [{user: "Who?"}]}
  - include: more.yaml
"""
RUN = "20261101-120000-abcdef"
HEAVY = ("pydantic", "openai", "azure.core", "azure.identity", "httpx", "numpy", "prompt_toolkit")


@pytest.fixture
def there(tmp_path: Path) -> Path:
    (tmp_path / ".harness").mkdir()
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs/bot.yaml").write_text(SPEC, encoding="utf-8")
    more = "- {id: capitals, tags: [slow], turns: [{user: What?}]}\n"
    (tmp_path / "specs/more.yaml").write_text(more, encoding="utf-8")
    (tmp_path / f"reports/bot/{RUN}").mkdir(parents=True)
    kept = tmp_path / "specs/bot.baselines/main"
    kept.mkdir(parents=True)
    (kept / "run.json").write_text("{}", encoding="utf-8")
    return tmp_path


def press_tab(folder: Path, words: str, *flags: str) -> subprocess.CompletedProcess[str]:
    """Ask as bash does: the words so far, and the number of the one that is being typed."""
    typed = words.split(" ")
    settings = {
        "_HARNESS_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(typed) - 1),
    }
    return subprocess.run(
        [sys.executable, *flags, "-m", "harness"],
        env={**os.environ, **settings},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def list_completions(folder: Path, words: str) -> list[str]:
    done = press_tab(folder, words)
    assert done.stderr == ""
    return [line.partition(",")[2] for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("harness eval -t ", ["sweden/mini", "sweden/five", "app", "local/llama"]),
        ("harness eval specs/bot.yaml -t sweden/m", ["sweden/mini"]),
        ("harness eval -k ", ["founders", "capitals", "smoke", "slow"]),
        ("harness eval --tag s", ["smoke", "slow"]),
        ("harness eval --resume 2", [RUN]),
        ("harness eval --baseline ", ["main"]),
        ("harness eval ", ["specs/bot.yaml"]),
        ("harness validate specs/", ["specs/bot.yaml"]),
        ("harness upgrade sweden/", ["sweden/mini", "sweden/five"]),
        ("harness plan --only account.sweden.", [
            "account.sweden.deployment.mini", "account.sweden.deployment.five",
        ]),
        ("harness show ", ["latest", "main", RUN]),
        ("harness show latest c", ["capitals"]),
        ("harness compare main l", ["latest"]),
        ("harness baseline set m", ["main"]),
        ("harness code sweden/f", ["sweden/five"]),
        ("harness init --region sw", ["swedencentral", "switzerlandnorth", "switzerlandwest"]),
        ("harness eval --cloud azure-", ["azure-us-government", "azure-china"]),
    ],
)  # fmt: skip
def test_a_value_is_completed_from_what_the_project_has(
    words: str, found: list[str], there: Path
) -> None:
    assert list_completions(there, words) == found


def test_models_are_completed_from_the_catalogue(tmp_path: Path) -> None:
    assert "gpt-4.1-mini" in list_completions(tmp_path, "harness models --model gpt-4.1")


@pytest.mark.parametrize("text", ["accounts: [", "version: 1\nconversations: 3\n", "\0", "{{}}"])
def test_a_broken_spec_completes_nothing_and_prints_nothing(text: str, there: Path) -> None:
    (there / "specs/bot.yaml").write_text(text, encoding="utf-8")
    for words in ("harness eval -t ", "harness eval specs/bot.yaml --tag "):
        done = press_tab(there, words)
        assert (done.stdout.strip(), done.stderr) == ("", "")


def test_what_is_completed_imports_nothing_heavy(there: Path) -> None:
    for words, found in (("harness eval -t ", "sweden/mini"), ("harness show ", RUN)):
        told = press_tab(there, words, "-X", "importtime")
        assert found in told.stdout
        imported = {line.rpartition("|")[2].strip() for line in told.stderr.splitlines()}
        assert "harness.cli.completion" in imported
        assert imported.isdisjoint(HEAVY)


def test_every_parameter_that_is_completed_is_of_a_kind_that_is_known() -> None:
    assert set(PARAMETERS.values()) == set(KINDS)


@pytest.mark.parametrize(
    ("shell", "typed"),
    [("zsh", "harness eval -t sweden/m"), ("fish", "harness eval -t sweden/m")],
)
def test_zsh_and_fish_are_answered_too(shell: str, typed: str, there: Path) -> None:
    position = "sweden/m" if shell == "fish" else str(len(typed.split()) - 1)
    settings = {
        "_HARNESS_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": typed,
        "COMP_CWORD": position,
    }
    done = subprocess.run(
        [sys.executable, "-m", "harness"],
        env={**os.environ, **settings},
        cwd=there,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "sweden/mini" in done.stdout
    assert "sweden/five" not in done.stdout


def test_words_that_are_wrong_print_nothing_while_they_are_completed(there: Path) -> None:
    for words in ("harness deploy --tag ", "harness apply -auto-approve --only ", "harness chta "):
        assert press_tab(there, words).stderr == ""


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_a_real_bash_completes_a_target_and_a_file(there: Path) -> None:
    pexpect: Any = pytest.importorskip("pexpect")
    scripts = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{scripts}:{os.environ['PATH']}", "PS1": "> "}
    bash = pexpect.spawn(
        "bash", ["--norc", "--noprofile", "-i"],
        cwd=str(there), env=environment, encoding="utf-8", timeout=60, dimensions=(24, 200),
    )  # fmt: skip
    bash.sendline('eval "$(_HARNESS_COMPLETE=bash_source harness)"; echo rea""dy')
    bash.expect_exact("ready")
    bash.send("harness eval -t sweden/m\t")
    bash.expect_exact("sweden/mini")
    bash.send("--output sp\t")
    bash.expect_exact("specs/")
    bash.sendcontrol("c")
    bash.close(force=True)
