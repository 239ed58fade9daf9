"""``validate``, ``schema`` and ``init`` as people call them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from harness.cli.main import run
from harness.spec.document.located import to_plain
from harness.spec.formats.yaml import parse

GOOD = "version: 1\nname: good\nconversations: [{id: a, turns: [{user: hi}]}]\n"
BAD = 'version: 1\nname: bad\nclowd: x\nconversations: [{id: a, turns: [{user: "{{x}}"}]}]\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "bad.yaml").write_text(BAD)
    return tmp_path


def test_a_good_spec_is_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "good.yaml"]) == 0
    out, err = capsys.readouterr()
    assert out == "good.yaml: ok: good: 0 accounts, 0 deployments, 1 conversation, 0 trials\n"
    assert err == ""


def test_all_problems_of_all_specs_are_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["validate", "bad.yaml", "good.yaml", "gone.yaml"]) == 2
    out, err = capsys.readouterr()
    assert out.startswith("good.yaml: ok")
    assert err.splitlines() == [
        'bad.yaml:3:1: error[H201]: unknown key "clowd"',
        '  hint: did you mean "cloud"?',
        'bad.yaml:4:40: error[H304]: unknown variable "x"',
        "  hint: define it under `vars`, or in the cases",
        "bad.yaml: 2 problems",
        'error[H101]: "gone.yaml" cannot be read',
        "  there is no such file",
        "  hint: a spec is YAML that begins with `version: 1`; `harness init` writes one that runs",
        "gone.yaml: 1 problem",
    ]


def test_problems_are_data_for_editors(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", "--json", "bad.yaml", "good.yaml"]) == 2
    document = json.loads(capsys.readouterr().out)
    assert document["format_version"] == 1
    bad, good = document["specs"]
    assert (good["path"], good["ok"], good["problems"]) == ("good.yaml", True, [])
    assert bad["problems"][0] == {
        "code": "H201",
        "severity": "error",
        "summary": 'unknown key "clowd"',
        "detail": "",
        "file": "bad.yaml",
        "line": 3,
        "column": 1,
        "hint": 'did you mean "cloud"?',
    }


def test_warnings_do_not_fail(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "warned.yaml").write_text(GOOD.replace("hi", "'${AZURE_X}'"))
    assert run(["validate", "warned.yaml"]) == 0
    assert "warning[H403]" in capsys.readouterr().err
    assert run(["validate", "--json", "warned.yaml"]) == 0
    (spec,) = json.loads(capsys.readouterr().out)["specs"]
    assert [problem["severity"] for problem in spec["problems"]] == ["warning"]


def test_another_root_is_read_from_when_it_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "sub").mkdir()
    (folder / "shared.yaml").write_text("- {id: b, turns: [{user: hi}]}\n")
    spec = GOOD.replace("[{id", "[{include: ../shared.yaml}, {id")
    (folder / "sub" / "spec.yaml").write_text(spec)
    assert run(["validate", "sub/spec.yaml"]) == 2
    assert "H111" in capsys.readouterr().err
    assert run(["validate", "--root", ".", "sub/spec.yaml"]) == 0


HOSTILE = {
    "bomb": b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(
        b"%c: &%c [%s]\n" % (c, c, b",".join([b"*%c" % (c - 1)] * 9)) for c in range(98, 120)
    ),
    "levels": b"[" * 1_000_000,
    "utf-16": "version: 1\nname: x\n".encode("utf-16"),
    "nul": b"version: 1\nname: a\0b\n",
    "tag": b"version: 1\nname: !!python/object/apply:os.system [touch canary]\n",
    "nodes": b"x-a:\n" + b"- x\n" * 450_000,
    "keys": b"".join(b"k%d: 1\n" % number for number in range(90_000)),
}


@pytest.mark.parametrize("name", [*HOSTILE, "100 MB"])
def test_a_hostile_spec_is_refused_in_bounded_memory(name: str, folder: Path) -> None:
    path = folder / "spec.yaml"
    if name == "100 MB":
        with path.open("wb") as file:
            file.truncate(100_000_000)
    else:
        path.write_bytes(HOSTILE[name])
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "validate", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    *problems, megabytes = done.stderr.strip().splitlines()
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert f"{path}" in problems[0]
    assert float(megabytes) < 300
    assert not (folder / "canary").exists()


MEASURED = """
import sys
from pathlib import Path
from harness.cli.main import run
code = run(sys.argv[1:])
# Not getrusage: its peak begins with that of the process that started this one.
status = Path("/proc/self/status").read_text().split()
print(int(status[status.index("VmHWM:") + 1]) / 1024, file=sys.stderr)
sys.exit(code)
"""

HEAVY = (
    "openai", "azure.identity", "azure.mgmt", "aiohttp", "asyncio", "httpx2", "jinja2", "vcr",
    "jsonschema", "genai_prices", "sqlite3", "harness.simulator", "harness.providers",
)  # fmt: skip


def test_validating_loads_no_sdk(project: Path) -> None:
    script = (
        "import sys; from harness.cli.main import run; code = run(sys.argv[1:]);"
        f"print([name for name in {HEAVY!r} if name in sys.modules]); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "validate", str(project / "specs" / "sweden.yaml")],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_every_shipped_spec_is_well(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    specs = sorted(map(str, (project / "specs").glob("*.yaml")))
    assert run(["validate", *specs]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == len(specs)
    assert err == ""


def printed_schema(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert run(["schema"]) == 0
    schema: dict[str, Any] = json.loads(capsys.readouterr().out)
    return schema


def test_the_schema_is_one_and_shipped_specs_satisfy_it(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    schema = printed_schema(capsys)
    jsonschema.Draft202012Validator.check_schema(schema)
    for path in (project / "specs").glob("*.yaml"):
        root = parse(path.read_bytes(), str(path)).root
        assert root is not None
        jsonschema.Draft202012Validator(schema).validate(to_plain(root))


BASE: dict[str, Any] = {"version": 1, "name": "s"}


@pytest.mark.parametrize(
    ("more", "well"),
    [
        ({"x-anything": {"goes": 1}}, True),
        ({"clowd": "azure"}, False),
        ({"cloud": "${HARNESS_CLOUD:-simulator}"}, True),
        ({"cloud": "azur"}, False),
        ({"resource_group": "rg"}, True),
        ({"resource_group": {"name": "rg", "create": True}}, True),
        ({"extends": "base.yaml"}, True),
        ({"extends": ["base.yaml"]}, True),
        ({"accounts": {"a": {"region": "x", "deployments": {"d": {"model": "m"}}}}}, False),
        (
            {"accounts": {"a": {"region": "x", "deployments": {
                "d": {"model": "m", "version": "1", "capacity": "${AZURE_CAPACITY}"}}}}},
            True,
        ),
        (
            {"accounts": {"a": {"region": "x", "deployments": {
                "d": {"model": "m", "version": "1", "capacity": "many"}}}}},
            False,
        ),
        ({"conversations": [{"include": "more/*.yaml"}]}, True),
        ({"conversations": [{"include": "more/*.yaml", "id": "x"}]}, False),
        ({"conversations": [{"id": "x"}]}, False),
        ({"defaults": {"assert": ["is-json", {"contains": "x", "weight": 2}, {"cost": 1}]}}, True),
        ({"defaults": {"assert": [{"type": "not-contains", "value": "x"}]}}, True),
        ({"defaults": {"assert": [{"icontans": "x"}]}}, False),
        ({"defaults": {"assert": ["contains"]}}, False),
        ({"defaults": {"assert": [{"assert-set": {"assert": ["is-json"]}}]}}, True),
        ({"defaults": {"assert": [{"skip": "why"}]}}, True),
    ],
)  # fmt: skip
def test_editors_accept_what_may_be_written(
    more: dict[str, Any], well: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    validator = jsonschema.Draft202012Validator(printed_schema(capsys))
    assert validator.is_valid({**BASE, **more}) is well
