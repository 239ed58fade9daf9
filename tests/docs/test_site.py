"""The pages are a site too: every page has its place there, and none fetches anything."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FETCHED = re.compile(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=\"?(https?:[^\">\s]+)")


@pytest.fixture(scope="module")
def site(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built by MkDocs, which in its strict mode refuses a broken link or anchor."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "-f", ".ci/mkdocs.yml", "-d", str(folder)],
        cwd=project,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return folder


def test_every_page_has_its_place_in_the_site(site: Path, project: Path) -> None:
    pages = {path.relative_to(project / "docs") for path in (project / "docs").rglob("*.md")}
    built = {path.relative_to(site).with_suffix(".md") for path in site.rglob("*.html")}
    assert pages - built == set()


def test_no_page_of_the_site_fetches_anything_from_elsewhere(site: Path) -> None:
    canonical = re.compile(r'<link[^>]*rel="?canonical')
    fetched = {
        found
        for path in site.rglob("*.html")
        for found in FETCHED.findall(canonical.sub("", path.read_text(encoding="utf-8")))
    }
    assert fetched == set()
