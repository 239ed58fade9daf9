"""Secrets in thirty variables of the environment, and a dozen commands that write and print."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.cli.main import run

NAMES = (
    "AZURE_CLIENT_SECRET AZURE_OPENAI_API_KEY OPENAI_API_KEY AZURE_CREDENTIALS AZURE_PASS "
    "AZURE_CLIENT_CERTIFICATE_PASSWORD AZURE_CERT AZURE_SAS AZURE_STORAGE_CONNECTION_STRING "
    "AZURE_CONN_STR HARNESS_DSN AZURE_PRIVATE_PEM AZURE_AUTH AZURE_DEVOPS_EXT_PAT HARNESS_COOKIE "
    "HARNESS_SIGNATURE HARNESS_PASSPHRASE GITHUB_TOKEN AWS_SECRET_ACCESS_KEY SYSTEM_ACCESSTOKEN "
    "CI_JOB_TOKEN MYSQL_ROOT_PASSWORD SLACK_BOT_TOKEN HF_TOKEN LANGFUSE_SECRET_KEY NPM_TOKEN "
    "AZURE_PWD DATABASE_DSN HARNESS_JWT TF_VAR_key"
)
REFUSED = ["validate wanting.yaml -v --allow-env GITHUB_TOKEN", "compare again out"]

SPEC = """
version: 1
name: canaries
cloud: simulator
subscription: ${AZURE_SUBSCRIPTION_ID:-00000000-0000-0000-0000-000000000000}
resource_group: {name: rg-canaries, region: swedencentral, create: true}
accounts:
  sweden:
    account_name: canaries-01
    region: swedencentral
    tags: {team: "${HARNESS_TEAM:-search}"}
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", capacity: 50}
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}
conversations:
  - id: one
    vars: {secret: "${AZURE_CLIENT_SECRET}"}
    system: Say ${AZURE_CREDENTIALS}
    turns: [{user: "Tell me ${GITHUB_TOKEN} and {{secret}}"}]
"""
WANTING = """
version: 1
name: wanting
cloud: simulator
subscription: ${AZURE_PASS}
resource_group: {name: "rg-${AZURE_CREDENTIALS:-x}", region: swedencentral}
accounts: {a: {region: swedencentral, tags: {a: "${GITHUB_TOKEN}", b: "${HARNESS_PLAIN}"}}}
providers:
  p: {type: openai-compatible, base_url: "https://x/${AZURE_CONN_STR}", api_key: "B ${HF_TOKEN}",
      headers: {x-a: "${AZURE_AUTH}"}, models: {m: {}}}
"""
COMMANDS = [
    "validate spec.yaml",
    "validate wanting.yaml -v --allow-env GITHUB_TOKEN",
    "plan spec.yaml -o saved.json -v",
    "show saved.json",
    "apply spec.yaml --yes -v",
    "verify spec.yaml --json",
    "outputs spec.yaml",
    "outputs spec.yaml --format json",
    "eval spec.yaml --record -v --output out",
    "eval spec.yaml --replay --json --output again",
    "report out",
    "show out one",
    "compare again out",
    "doctor spec.yaml -v",
    "code sweden/mini --spec spec.yaml",
    "chat sweden/mini --spec spec.yaml --once Hello --json",
    "destroy spec.yaml --yes",
]


def test_no_secret_of_the_environment_is_written_or_printed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, name in enumerate(NAMES.split()):
        monkeypatch.setenv(name, f"canary-{number}-Zq9xW4vB7nM2")
    monkeypatch.setenv("HARNESS_PLAIN", "sk-proj-canary0123456789ABCDEFxyz")
    (folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    (folder / "wanting.yaml").write_text(WANTING, encoding="utf-8")
    codes, printed = {}, {}
    for command in COMMANDS:
        codes[command] = run(command.split())
        told = capsys.readouterr()
        printed[command] = told.out + told.err
    written = {
        str(path.relative_to(folder)): path.read_bytes().decode("utf-8", "replace")
        for path in folder.rglob("*")
        if path.is_file()
    }
    told_all = {**printed, **written}
    assert [name for name, text in told_all.items() if "canary-" in text or "canary0" in text] == []
    assert [command for command, code in codes.items() if code] == REFUSED


CRASH = """
import asyncio, os, sys, threading
from harness.cli.streams import steady
steady()
secret = os.environ["GITHUB_TOKEN"]
async def fail(): raise ValueError(secret)
async def forget():
    task = asyncio.create_task(fail())
    await asyncio.sleep(0.01)
asyncio.run(forget())
thread = threading.Thread(target=lambda: 1 / 0 if not secret else [].remove(secret), name=secret)
thread.start()
thread.join()
print(secret)
raise RuntimeError(f"a library says {secret}")
"""


def test_no_traceback_holds_a_secret_of_the_environment() -> None:
    secret = "canary-Zq9xW4vB7nM2"
    done = subprocess.run(
        [sys.executable, "-c", CRASH],
        env={**os.environ, "GITHUB_TOKEN": secret},
        capture_output=True,
        text=True,
        check=False,
    )
    assert secret not in done.stdout + done.stderr
    assert done.stdout == "REDACTED-GITHUB_TOKEN\n"
    assert done.stderr.count("REDACTED-GITHUB_TOKEN") >= 3
