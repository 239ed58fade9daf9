"""The project folder of a test that runs commands against a simulated Azure."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that is worked in, with a place for the world."""
    (tmp_path / ".harness").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path
