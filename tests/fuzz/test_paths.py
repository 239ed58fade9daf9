"""Paths and files of strangers: nothing outside is read, no pipe is waited for, no device read."""

# ruff: noqa: E501 - a corpus, many a line

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from harness.cli.main import run
from harness.spec.ports import UnreadableError
from harness.store.baselines import find_baseline
from harness.store.files import DiskReader
from harness.store.index import RUN_ID
from tests.unit.report.factory import small_run
from tests.unit.report.test_report_command import on_disk

PATHS = (
    *("../secret.txt", "../../secret.txt", "a/../../secret.txt", "./../secret.txt", ".. /secret.txt"),
    *("/etc/passwd", "//etc/passwd", "///etc/passwd", "/./etc/passwd", "\\etc\\passwd", "/proc/self/environ"),
    *("/proc/self/fd/0", "/dev/zero", "/dev/stdin", "/dev/random", "/dev/tty", "/dev/fd/3"),
    *("\\\\server\\share\\x", "//server/share/x", "\\\\?\\C:\\x", "\\\\.\\pipe\\x", "//./COM1"),
    *("C:/Windows/win.ini", "c:secret.txt", "C:\\x", "D:", "Z:/x", "file.txt:stream", "file.txt::$DATA"),
    *("..\\secret.txt", "..\\..\\secret.txt", "a\\..\\..\\secret.txt", "..%5csecret.txt", "..%5Csecret.txt"),
    *("%2e%2e/secret.txt", "%2E%2E%2Fsecret.txt", "..%2fsecret.txt", "%252e%252e/secret.txt", "%252fetc"),
    *("..%c0%afsecret.txt", "..%00/secret.txt", "secret.txt%00.csv", "secret.txt\0", "\0", "a\0/../x"),
    *("file:///etc/passwd", "http://169.254.169.254/", "https://x/y", "ftp://x/y", "data:text/plain,x"),
    *("CON", "nul", "NUL.txt", "aux.csv", "COM1", "LPT9.txt", "prn", "a/CON/b", "", " ", ".", ".."),
    *("a\nb", "a\rb", "\x1b[31mx", "\u202e../x", "~/.ssh/id_rsa", "~root/x", "${HOME}/x", "x" * 5000),
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "secret.txt").write_text("hush: hush\n", encoding="utf-8")
    root = tmp_path / "project"
    (root / ".git").mkdir(parents=True)
    monkeypatch.chdir(root)
    return root


@pytest.mark.parametrize("path", PATHS, ids=lambda path: repr(path)[:24])
def test_no_path_of_a_spec_leads_to_what_is_outside(
    path: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reader = DiskReader(folder)
    with pytest.raises(UnreadableError):
        reader.read(reader.resolve("spec.yaml", path), 100)
    spec = {
        "version": 1,
        "name": "x",
        "extends": path,
        "simulator": {"answers": path},
        "conversations": [
            {"id": "a", "cases": path, "turns": [{"user": f"file://{path}"}]},
            {"include": path},
        ],
    }
    (folder / "spec.yaml").write_text(json.dumps(spec), encoding="utf-8")
    assert run(["validate", "spec.yaml"]) == 2
    said = capsys.readouterr()
    assert "hush" not in said.out + said.err
    assert "Traceback" not in said.err
    assert "H001" not in said.err
    assert not RUN_ID.fullmatch(path)
    assert find_baseline(folder, path) is None


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def make_folder(path: Path) -> None:
    path.mkdir()


FILES = ("run.json", "results.jsonl", "spec.json", "comparison.json")


@pytest.mark.parametrize("put", [make_pipe, link_to_a_device, make_folder])
def test_a_run_whose_file_is_a_pipe_or_a_device_is_refused_and_not_waited_for(
    folder: Path, put: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(put)
    good = on_disk(folder, small_run())
    for name in FILES:
        bad = folder / "reports" / "other" / name.replace(".", "-")
        shutil.copytree(good, bad)
        (bad / name).unlink(missing_ok=True)
        put(bad / name)
        for command in (["show", str(bad)], ["compare", str(good), str(bad)], ["report", str(bad)]):
            code = run(command)
            said = capsys.readouterr().err
            # Without its comparison a run is shown as it is.
            assert code in (1, 2, 3) or name == "comparison.json", (name, said)
            assert "H001" not in said, (name, command)
    assert run(["runs"]) == 0


@pytest.mark.parametrize("put", [make_pipe, link_to_a_device, make_folder])
def test_a_recording_a_plan_and_answers_that_are_no_files_are_refused(
    folder: Path, put: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert callable(put)
    for name in ("x.plan", "x.vcr.yaml", "manifest.json", "specs.yaml"):
        put(folder / name)
    models = {"m": {"version": "1"}}
    spec = {
        "version": 1,
        "name": "x",
        "providers": {"p": {"type": "openai", "api_key": "${OPENAI_API_KEY}", "models": models}},
        "conversations": [{"id": "a", "turns": [{"user": "hi"}]}],
    }
    (folder / "spec.yaml").write_text(json.dumps(spec), encoding="utf-8")
    commands = (
        ["show", "x.plan"],
        ["apply", "x.plan"],
        ["eval", "spec.yaml", "--replay", "--cassette", "x.vcr.yaml"],
        ["eval", "spec.yaml", "--replay", "--cassette", "."],
        ["cassettes", "audit", "."],
        ["convert", "x.vcr.yaml"],
        ["validate", "specs.yaml"],
        ["simulate", "--answers", "x.plan"],
    )
    for command in commands:
        code = run(command)
        said = capsys.readouterr().err
        assert code in (1, 2, 3), (command, said)
        assert "H001" not in said, (command, said)
