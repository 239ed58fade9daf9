"""What `harness code --style legacy` writes runs with openai 0.28, and beside it with today's."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.servers.programs import environment
from tests.simulator.code.conftest import Azure, make_environment, write_code
from tests.unit.codegen.test_legacy import take_today

Answered = dict[str, Any]
RunPython = Callable[[Path, Mapping[str, str]], Answered]


@pytest.fixture(scope="module")
def run_old(project: Path) -> Iterator[RunPython]:
    """Runs a Python program where openai 0.28 is, which is imported once."""
    python = environment(project, "openai0") / "python"
    script = Path(__file__).with_name("runner.py")
    with subprocess.Popen(
        [python, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as kept:
        stdin, stdout = kept.stdin, kept.stdout
        assert stdin is not None
        assert stdout is not None

        def run_one(path: Path, variables: Mapping[str, str]) -> Answered:
            stdin.write(json.dumps({"path": str(path), "environment": dict(variables)}) + "\n")
            stdin.flush()
            ended: Answered = json.loads(stdout.readline())
            return ended

        yield run_one
        stdin.close()


FORMS = [
    [*loop, *stream, *key]
    for loop, stream, key in product(([], ["--async"]), ([], ["--stream"]), ([], ["--keyless"]))
]


@pytest.mark.servers
@pytest.mark.parametrize("conversation", ["one", "several"])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: "".join(form) or "plain")
def test_openai_0_runs_what_is_written_for_it(
    form: list[str], conversation: str, azure: Azure, tmp_path: Path, run_old: RunPython
) -> None:
    path = tmp_path / "legacy.py"
    write_code(path, "sweden/mini", "--conversation", conversation, "--style", "legacy", *form)
    azure.passed.clear()
    ended = run_old(path, make_environment(azure))
    assert ended["code"] == 0, ended["err"]
    assert len(azure.passed.bodies) == {"one": 1, "several": 4}[conversation]
    assert ("Hello Ada." in ended["out"]) == (conversation == "several")


@pytest.mark.parametrize("conversation", ["one", "several"])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: "".join(form) or "plain")
def test_todays_library_runs_what_stands_beside(
    form: list[str], conversation: str, azure: Azure, tmp_path: Path, python: RunPython
) -> None:
    path, today = tmp_path / "legacy.py", tmp_path / "today.py"
    write_code(path, "sweden/mini", "--conversation", conversation, "--style", "legacy", *form)
    today.write_text(take_today(path.read_text(encoding="utf-8")), encoding="utf-8")
    azure.passed.clear()
    ended = python(today, make_environment(azure))
    assert ended["code"] == 0, ended["err"]
    assert len(azure.passed.bodies) == {"one": 1, "several": 4}[conversation]
    assert ("Hello Ada." in ended["out"]) == (conversation == "several")
