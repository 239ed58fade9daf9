"""A spec with its files as one value: read elsewhere it is the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from harness.app.specs.cases import read_cases
from harness.app.specs.packing import PackedFiles, PackingReader
from harness.app.specs.permissions import Permissions
from harness.app.specs.reading import read_spec_file
from harness.store.files import DiskReader

SPEC = """\
version: 1
name: packed
providers:
  openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {mini: {model: gpt-4.1-mini}}}
conversations:
  - id: founders
    system: file://system.txt
    cases: cases.csv
    turns: [{user: "Who founded {{company}}?"}]
"""
KEY = "a-value-that-nobody-sees"


def test_a_packed_spec_is_the_same_where_its_folder_is_not_and_holds_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, away = tmp_path / "home", tmp_path / "away"
    for folder in (home, away):
        folder.mkdir()
    (home / ".harness").mkdir()
    (home / "spec.yaml").write_text(SPEC, encoding="utf-8")
    (home / "system.txt").write_text("Be brief.", encoding="utf-8")
    (home / "cases.csv").write_text("company\nMicrosoft\nKöln AG\n", encoding="utf-8-sig")
    monkeypatch.chdir(home)
    reader = PackingReader(DiskReader(home))
    here = read_spec_file(Path("spec.yaml"), Permissions(), reader, {"OPENAI_API_KEY": KEY})
    written = json.dumps(reader.packed.to_json())
    assert KEY not in written
    monkeypatch.chdir(away)
    files = PackedFiles.from_json(json.loads(written))
    there = read_spec_file(Path("spec.yaml"), Permissions(), files, {"OPENAI_API_KEY": KEY})
    assert there.sha256 == here.sha256
    assert there.spec == here.spec
    rows = [row["company"] for row in read_cases(there.spec.conversations[0], files)]
    assert rows == ["Microsoft", "Köln AG"]
