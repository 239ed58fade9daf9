"""What the tests of specs share: a spec is text, and its problems are lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from textwrap import dedent

import pytest

from harness.checks.definitions import FORMS
from harness.errors import SpecError
from harness.spec.load import SpecFile, load
from harness.store.files import DiskReader

Load = Callable[..., SpecFile]
ProblemsOf = Callable[..., list[str]]
Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file beneath the project root; text is dedented."""

    def file(name: str, text: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = dedent(text).encode() if isinstance(text, str) else text
        path.write_bytes(data)
        return path

    return file


@pytest.fixture
def load_spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Loads ``spec.yaml`` (or another name) of the project root, which is the working folder."""
    monkeypatch.chdir(tmp_path)

    def loaded(
        name: str = "spec.yaml",
        *,
        environment: Mapping[str, str] | None = None,
        names: Sequence[str] = (),
        allow_code: bool = False,
    ) -> SpecFile:
        return load(
            name,
            reader=DiskReader(tmp_path),
            assertions=FORMS,
            environment=environment or {},
            environment_names=names,
            allow_code=allow_code,
            harness_version="0.1.0",
        )

    return loaded


@pytest.fixture
def problems_of(write: Write, load_spec: Load) -> ProblemsOf:
    """Every problem of a spec as ``file:line:column CODE summary``; none when it is well."""

    def told(
        text: str | bytes,
        *,
        environment: Mapping[str, str] | None = None,
        names: Sequence[str] = (),
        allow_code: bool = False,
    ) -> list[str]:
        write("spec.yaml", text)
        try:
            load_spec(environment=environment, names=names, allow_code=allow_code)
        except SpecError as error:
            return [f"{found.span} {found.code} {found.summary}" for found in error.diagnostics]
        return []

    return told
