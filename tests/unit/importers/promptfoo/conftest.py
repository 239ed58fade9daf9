"""A configuration in a folder of its own, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.app.converting.specs import Converted, convert_file
from harness.store.files import DiskReader

Convert = Callable[..., Converted]


@pytest.fixture
def convert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Convert:
    """Return a function that writes a configuration and the files beside it, and converts it."""
    monkeypatch.chdir(tmp_path)

    def run(text: str, files: Mapping[str, str] | None = None, out: str = "bot.yaml") -> Converted:
        for name, content in {"promptfooconfig.yaml": text, **(files or {})}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        reader = DiskReader(tmp_path)
        return convert_file("promptfooconfig.yaml", out, reader, reader)

    return run
