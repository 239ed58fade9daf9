"""All that is installed with harness: pinned, with hashes, of a licence that lets it be used."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

LOCKS = ("requirements.lock", "requirements-dev.lock")
PINNED = re.compile(r"^([a-z0-9][a-z0-9.-]*)(?:\[[a-z0-9,-]+\])?==([0-9][\w.!+-]*)(?: ; .+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")
REFUSED = frozenset({"litellm", "vcr", "jinja2-sandbox", "pickle5"})
"""LiteLLM's releases 1.82.7 and 1.82.8 held a thief that a ``.pth`` file started (March 2026)."""

LICENCES = re.compile(
    r"\b(?:MIT|MIT-0|BSD|Apache|PSF|ISC|MPL|HPND|Unlicense|0BSD)\b|hugovk|Hugo van K"
)


def read_locked(lock: Path) -> dict[str, int]:
    """Return the hashes of each pinned package; fails on a line that is anything else."""
    locked: dict[str, int] = {}
    name = ""
    for line in lock.read_text(encoding="utf-8").splitlines():
        if found := PINNED.match(line):
            name = found[1]
            locked[name] = 0
        elif HASH.match(line):
            locked[name] += 1
        else:
            assert line.lstrip().startswith("#") or not line, line
    return locked


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_to_hashes_and_none_is_refused(project: Path, lock: str) -> None:
    locked = read_locked(project / lock)
    assert len(locked) > 50
    assert [name for name, hashes in locked.items() if hashes == 0] == []
    assert REFUSED.isdisjoint(locked)


def test_every_declared_dependency_is_locked(project: Path) -> None:
    declared = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.split(r"[\[<>=~! ;]", each)[0].lower() for each in declared["dependencies"]}
    assert names <= set(read_locked(project / "requirements.lock"))


def test_no_package_starts_with_the_interpreter_and_each_has_a_free_licence(project: Path) -> None:
    wrong = []
    for name in read_locked(project / "requirements.lock"):
        try:
            found = distribution(name)
        except PackageNotFoundError:  # another system's
            continue
        told = found.metadata
        kinds = ("License-Expression", "License", "Classifier")
        said = " ".join(str(one) for kind in kinds for one in told.get_all(kind) or ())
        if not LICENCES.search(said):
            wrong.append(f"{name}: which licence?")
        wrong += [f"{name}: {file}" for file in found.files or () if file.suffix == ".pth"]
    assert wrong == []
    assert list((project / "harness").rglob("*.pth")) == []
