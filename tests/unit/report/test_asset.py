"""The application that stands in the page is what its sources say, and the wheel brings it."""

from __future__ import annotations

import hashlib
import os
from importlib.resources import files
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

SOURCES = Path("harness/report/app")
ASSET = files("harness.report") / "static" / "app" / "app.js"


def hash_sources(folder: Path) -> str:
    """Hash names and texts as ``vite.config.ts`` does."""
    names = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "node_modules" not in path.parts
    )
    digest = hashlib.sha256()
    for name in names:
        digest.update(f"{name}\0".encode() + (folder / name).read_bytes() + b"\0")
    return digest.hexdigest()


def test_the_asset_was_built_from_these_sources(project: Path) -> None:
    first, _, _ = ASSET.read_text(encoding="utf-8").partition("\n")
    assert first == f"/* sources sha256-{hash_sources(project / SOURCES)} */", (
        "build it again: cd harness/report/app && npm ci && npm run build"
    )


def test_nothing_in_the_asset_ends_the_element_that_it_stands_in() -> None:
    text = ASSET.read_text(encoding="utf-8")
    assert "</script" not in text.lower()
    assert "<script" not in text.lower()
    assert "<!--" not in text
    assert "endraw" not in text


def test_no_lock_file_names_a_registry(project: Path) -> None:
    lock = (project / SOURCES / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in lock
    assert "://registry" not in lock


@pytest.mark.usefixtures("project")
def test_the_wheel_brings_the_asset_with_its_licences_and_leaves_the_sources(
    project: Path, tmp_path: Path
) -> None:
    builder = WheelBuilder(os.fspath(project))
    wheel = next(builder.build(directory=os.fspath(tmp_path), versions=["standard"]))
    names = ZipFile(wheel).namelist()
    assert "harness/report/static/app/app.js" in names
    assert "harness/report/static/app/LICENCES.txt" in names
    assert "harness/report/templates/report.html" in names
    assert [name for name in names if name.startswith("harness/report/app/")] == []
