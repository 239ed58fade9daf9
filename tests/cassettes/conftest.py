"""A project, recorded on the simulator and replayed without anything outside."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.cli.main import run

CLOCKS_AND_IDS = ("request_id", "queued_s")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command came to."""

    exit_code: int
    info: dict[str, Any]
    results: list[dict[str, Any]]
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a spec and, once something was recorded, a cassette."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch

    @property
    def cassette(self) -> Path:
        return self.folder / "spec.cassette"

    def write(self, text: str) -> None:
        (self.folder / "spec.yaml").write_text(text, encoding="utf-8")

    def edit(self, old: str, new: str) -> None:
        text = (self.folder / "spec.yaml").read_text(encoding="utf-8")
        assert old in text
        self.write(text.replace(old, new))

    def eval(self, *options: str) -> Outcome:
        output = self.folder / "out"
        shutil.rmtree(output, ignore_errors=True)
        self.capsys.readouterr()
        code = run(["eval", "spec.yaml", "--output", "out", *options])
        shown = self.capsys.readouterr()
        info = output / "run.json"
        if not info.exists():
            return Outcome(code, {}, [], shown.out, shown.err)
        lines = (output / "results.jsonl").read_text(encoding="utf-8").splitlines()
        return Outcome(
            code,
            json.loads(info.read_text(encoding="utf-8")),
            [json.loads(line) for line in lines],
            shown.out,
            shown.err,
        )

    def record(self, *options: str) -> Outcome:
        return self.eval("--record", *options)

    def replay(self, *options: str) -> Outcome:
        """Replay with what recording left behind deleted, and an environment that knows nothing."""
        shutil.rmtree(self.folder / ".harness", ignore_errors=True)
        shutil.rmtree(self.folder / "reports", ignore_errors=True)
        for name in ("HARNESS_CLOUD", "HARNESS_SIMULATOR_URL", "OPENAI_API_KEY", "AZURE_API_KEY"):
            self.monkeypatch.delenv(name, raising=False)
        return self.eval("--replay", *options)

    def files(self) -> list[Path]:
        return sorted(path for path in self.cassette.rglob("*") if path.is_file())

    def document(self, pattern: str) -> dict[str, Any]:
        (path,) = self.cassette.rglob(pattern)
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return document


@pytest.fixture
def project(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Project:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path, capsys, monkeypatch)


def said(results: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Results without what no replay repeats: ids of requests, and seconds in a queue."""
    return [_without(result) for result in results]


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without(v) for k, v in value.items() if k not in CLOCKS_AND_IDS}
    return [_without(one) for one in value] if isinstance(value, list) else value


Same = Callable[[Outcome, Outcome], None]


@pytest.fixture
def same() -> Same:
    def compare(recorded: Outcome, replayed: Outcome) -> None:
        assert said(replayed.results) == said(recorded.results)
        assert replayed.exit_code == recorded.exit_code
        assert replayed.info["replayed"] is True
        assert replayed.info["verdict"] == recorded.info["verdict"]
        for name in ("requests", "input_tokens", "output_tokens", "cost_usd", "passed", "errored"):
            assert replayed.info["totals"][name] == recorded.info["totals"][name]
        adapted = [sorted(target.get("adapted", ())) for target in recorded.info["targets"]]
        assert [sorted(t.get("adapted", ())) for t in replayed.info["targets"]] == adapted

    return compare
