"""The schema for editors lies beside the specs that name it, and other validators accept them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.checks.definitions import FORMS
from harness.cli.main import run
from harness.spec.schema import build_schema

PROJECT = Path(__file__).parents[2]
SCHEMA = PROJECT / "specs" / "harness.schema.json"
SHIPPED = sorted((PROJECT / "specs").glob("*.yaml"))
LINE = re.compile(r"^# yaml-language-server: \$schema=(\S+)$", re.MULTILINE)


def test_the_schema_that_is_shipped_is_that_of_this_version() -> None:
    shipped = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert shipped == build_schema(FORMS), "harness schema -o specs/harness.schema.json"


@pytest.mark.parametrize("spec", SHIPPED, ids=lambda path: path.name)
def test_a_spec_names_the_schema_beside_it(spec: Path) -> None:
    match = LINE.search(spec.read_text(encoding="utf-8"))
    assert match is not None
    assert (spec.parent / match[1]).resolve() == SCHEMA


def check(*specs: Path, schema: Path = SCHEMA) -> subprocess.CompletedProcess[str]:
    """Validate with a program that knows nothing of harness."""
    command = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(schema)]
    return subprocess.run([*command, *map(str, specs)], capture_output=True, text=True, check=False)


def test_a_generic_validator_accepts_what_is_shipped_and_what_init_writes(tmp_path: Path) -> None:
    assert run(["init", str(tmp_path)]) == 0
    written = sorted((tmp_path / "specs").glob("*.yaml"))
    assert written
    done = check(*SHIPPED, *written)
    assert done.returncode == 0, done.stdout + done.stderr
    own = check(*written, schema=tmp_path / "specs" / "harness.schema.json")
    assert own.returncode == 0, own.stdout + own.stderr


def test_a_generic_validator_finds_a_key_that_is_none(tmp_path: Path) -> None:
    spec = tmp_path / "spec.yaml"
    text = SHIPPED[-1].read_text(encoding="utf-8")
    spec.write_text(text.replace("capacity: 50}", "capacty: 50}", 1), encoding="utf-8")
    done = check(spec)
    assert done.returncode == 1
    assert "capacty" in done.stdout


def test_whole_examples_of_the_pages_satisfy_the_schema(tmp_path: Path) -> None:
    block = re.compile(r"^```ya?ml\n(.*?)^```", re.MULTILINE | re.DOTALL)
    specs = []
    for page in (PROJECT / "README.md", *sorted((PROJECT / "docs").rglob("*.md"))):
        for number, text in enumerate(block.findall(page.read_text(encoding="utf-8"))):
            if re.search(r"^version: 1\b", text, re.MULTILINE):
                specs.append(tmp_path / f"{page.stem}-{number}.yaml")
                specs[-1].write_text(text, encoding="utf-8")
    assert specs
    done = check(*specs)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_schema_is_written_to_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "deep" / "harness.schema.json"
    assert run(["schema", "-o", str(path)]) == 0
    assert path.read_bytes() == SCHEMA.read_bytes()
    assert f"wrote {path}" in capsys.readouterr().err
    assert run(["schema", "-o", str(path / "x")]) == 3
    assert "H965" in capsys.readouterr().err
