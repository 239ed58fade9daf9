"""Bits that flip in the index, in a run's files and in the simulated Azure: told, or harmless."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest

from harness.cli.main import run
from harness.store.runs import DiskRuns
from tests.drills import count_rounds
from tests.unit.report.factory import small_run
from tests.unit.report.test_report_command import on_disk

COMMANDS = {
    "run.json": ["show", "RUN"],
    "results.jsonl": ["show", "RUN"],
    "spec.json": ["report", "RUN"],
    "runs.sqlite": ["runs"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_flipped_bit_is_told_or_harms_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    good = on_disk(tmp_path, small_run())
    assert run(["runs"]) == 0
    listed = capsys.readouterr().out
    copy = tmp_path / "copy"
    shutil.copytree(good, copy)
    file = tmp_path / ".harness" / name if name == "runs.sqlite" else copy / name
    whole, chance = file.read_bytes(), Random(name)
    for _ in range(count_rounds(12, 250)):
        data = bytearray(whole)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        file.write_bytes(bytes(data))
        code = run([word.replace("RUN", str(copy)) for word in COMMANDS[name]])
        said = capsys.readouterr()
        assert code in (0, 1, 2, 3), said.err
        assert "H001" not in said.err
        if name == "runs.sqlite":
            assert said.out == listed
    assert [info.id for _, info in DiskRuns(tmp_path).runs()] == [small_run().info.id]
