"""Every command that prints where that is hard: an old code page, a dumb terminal, no reader."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

SPEC = """
version: 1
name: "马尔默 – Malmö"
cloud: simulator
accounts:
  acc:
    account_name: acc-streams
    region: swedencentral
    resource_group: {name: rg-streams, region: swedencentral, create: true}
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalStandard, capacity: 5}
evaluation: {judge: {target: acc/mini}}
conversations:
  - id: 问候
    turns: [{user: "Grüße 你好 \\u202e 🙂 ‘quoted’", assert: [{contains: "→ nowhere"}]}]
"""
COMMANDS = [
    ["validate", "s.yaml"], ["plan", "s.yaml"], ["apply", "s.yaml", "--yes"],
    ["verify", "s.yaml"], ["eval", "s.yaml", "--dry-run"], ["eval", "s.yaml"],
    ["eval", "s.yaml", "--json"], ["runs"], ["show", "latest"], ["show", "latest", "问候"],
    ["report", "latest"], ["baseline", "set", "latest"], ["baseline", "list"],
    ["compare", "latest", "latest"], ["outputs", "s.yaml"], ["prices", "gpt-4.1-mini"],
    ["models", "gpt-4.1-mini"], ["schema"], ["doctor", "s.yaml"],
    ["code", "acc/mini", "--conversation", "问候"], ["chat", "acc/mini", "--once", "Grüße 你好"],
    ["suggest", "Be short.", "-n", "1"], ["eval", "nowhere.yaml"], ["destroy", "s.yaml", "--yes"],
    ["--help"], ["eval", "--help"],
]  # fmt: skip
DRIVER = """
import json, sys
from pathlib import Path
from harness.cli.main import run
from harness.cli.streams import steady
steady()
codes = [run(command) for command in json.loads(Path("commands.json").read_text("utf-8"))]
Path("codes.json").write_text(json.dumps(codes))
"""


def drive(folder: Path, shell: str, **environment: str) -> tuple[list[int], bytes]:
    """Return the exit code of every command, run in one process, and what came on stderr."""
    (folder / ".harness").mkdir(parents=True)
    (folder / "s.yaml").write_text(SPEC, encoding="utf-8")
    (folder / "commands.json").write_text(json.dumps(COMMANDS), encoding="utf-8")
    (folder / "driver.py").write_text(DRIVER, encoding="utf-8")
    done = subprocess.run(
        ["bash", "-c", shell, sys.executable],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
        capture_output=True,
        check=False,
        timeout=280,
    )
    codes = json.loads((folder / "codes.json").read_text(encoding="utf-8"))
    return codes, done.stderr


def test_no_command_minds_a_code_page_a_dumb_terminal_or_a_reader_that_goes_away(
    tmp_path: Path,
) -> None:
    usual, _ = drive(tmp_path / "usual", '"$0" driver.py')
    hard, said = drive(
        tmp_path / "hard", '"$0" driver.py | head -c 1 >/dev/null',
        PYTHONIOENCODING="cp1252", PYTHONUTF8="0", LC_ALL="C", TERM="dumb",
    )  # fmt: skip
    named = {" ".join(command): code for command, code in zip(COMMANDS, usual, strict=True)}
    assert {" ".join(command): code for command, code in zip(COMMANDS, hard, strict=True)} == named
    assert 3 not in usual, named
    for word in (b"Traceback", b"BrokenPipe", b"UnicodeEncodeError", b"harness itself failed"):
        assert word not in said, said.decode("cp1252")


@pytest.mark.parametrize(("line", "code"), [("report nowhere", 2), ("prices gpt-4.1-mini", 0)])
def test_a_full_pipe_that_nobody_reads_holds_no_command_up(
    tmp_path: Path, line: str, code: int
) -> None:
    reads, writes = os.pipe()
    try:
        flags = fcntl.fcntl(writes, fcntl.F_GETFL)
        fcntl.fcntl(writes, fcntl.F_SETFL, flags | os.O_NONBLOCK)
        with suppress(BlockingIOError):
            while True:
                os.write(writes, b"x" * 4096)
        fcntl.fcntl(writes, fcntl.F_SETFL, flags)
        done = subprocess.run(
            [sys.executable, "-m", "harness", *line.split()],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=writes,
            check=False,
            timeout=60,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        assert done.returncode == code
    finally:
        os.close(reads)
        os.close(writes)
