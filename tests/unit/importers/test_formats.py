"""A file is recognised by what it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.app.converting.specs import convert_file, recognise_file
from harness.errors import RequestError
from harness.store.files import DiskReader


@pytest.mark.parametrize(
    "text", ["", "just: some yaml\n", "[1, 2]", "{", "\0", "no\nformat: [at all"]
)
def test_what_nobody_knows_is_refused_by_name(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(text, encoding="utf-8")
    reader = DiskReader(tmp_path)
    assert not recognise_file("a.yaml", reader)
    with pytest.raises(RequestError) as refused:
        convert_file("a.yaml", "b.yaml", reader, reader)
    assert refused.value.diagnostics[0].code in ("H970", "H103", "H104")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("chats.jsonl", "\n", "chats.jsonl is empty"),
        ("chats.jsonl", "{broken\nhello\n", "chats.jsonl: no line of it is JSON"),
        ("chats.jsonl", '{broken\n{"a": 1}\n', "chats.jsonl is nothing that can be converted"),
    ],
)
def test_a_file_that_holds_nothing_to_read_is_told_apart(
    name: str, text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(RequestError, match=said):
        convert_file(name, "s.yaml", DiskReader(tmp_path), DiskReader(tmp_path))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    reader = DiskReader(tmp_path)
    with pytest.raises(RequestError, match=r"error\[H970\]: .*gone.yaml cannot be read"):
        convert_file(str(tmp_path / "gone.yaml"), "b.yaml", reader, reader)
