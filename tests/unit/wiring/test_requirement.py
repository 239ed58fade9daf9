"""A pipeline installs a version that exists: from where the one that writes it came."""

from __future__ import annotations

import json
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import pytest

from harness import __version__
from harness.wiring.requirement import NAME, Requirement, find_requirement


def install(folder: Path, origin: dict[str, Any] | None) -> Distribution:
    info = folder / "azure_openai_harness-0.1.0.dist-info"
    info.mkdir()
    text = f"Metadata-Version: 2.4\nName: {NAME}\nVersion: {__version__}\n"
    (info / "METADATA").write_text(text, encoding="utf-8")
    if origin is not None:
        (info / "direct_url.json").write_text(json.dumps(origin), encoding="utf-8")
    return Distribution.at(info)


GIT = {
    "url": "https://me:token@example.com/owner/name.git",
    "vcs_info": {"vcs": "git", "requested_revision": "main", "commit_id": "0123abcd"},
}
FOLDER = {"url": "file:///home/me/har%20ness", "dir_info": {}}
WHEEL = f"./wheels/azure_openai_harness-{__version__}-py3-none-any.whl"


@pytest.mark.parametrize(
    ("origin", "requirement"),
    [
        (None, Requirement(f"{NAME}=={__version__}")),
        (GIT, Requirement(f"{NAME} @ git+https://example.com/owner/name.git@0123abcd")),
        (
            GIT | {"subdirectory": "python"},
            Requirement(
                f"{NAME} @ git+https://example.com/owner/name.git@0123abcd#subdirectory=python"
            ),
        ),
        (
            {"url": "https://example.com/h.whl", "archive_info": {}},
            Requirement(f"{NAME} @ https://example.com/h.whl"),
        ),
        (FOLDER, Requirement(WHEEL, str(Path("/home/me/har ness")))),
    ],
)
def test_a_version_is_installed_from_where_it_came(
    origin: dict[str, Any] | None, requirement: Requirement, tmp_path: Path
) -> None:
    assert find_requirement(install(tmp_path, origin)) == requirement


def test_a_wheel_is_made_where_the_pipeline_looks_for_it(tmp_path: Path) -> None:
    found = find_requirement(install(tmp_path, {"url": "file:///home/me/harness", "dir_info": {}}))
    command = "python -m pip wheel --no-deps --wheel-dir"
    assert found.write_wheel_command(Path()) == f"{command} wheels {found.source}"
    root = Path("/my work")
    assert found.write_wheel_command(root) == f"{command} '{root / 'wheels'}' {found.source}"
    assert Requirement(NAME).write_wheel_command(root) is None
