"""A conversation is written into a spec on disk, or the file stays and a person is told why."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from harness.app.editing.adding import suggest_free_id
from harness.errors import HarnessError, OutsideError, RequestError, SpecError
from harness.store.writing import rewrite_file
from harness.wiring import Permissions, add_conversation, read_spec

HEAD = """\
version: 1
name: s   # ours
providers:
  laptop: {type: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: {m: {}}}
"""
BREAD = {"id": "bread", "turns": [{"user": "Bread?", "assert": [{"icontains": "yes"}]}]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, text: str, name: str = "s.yaml") -> Path:
    path = folder / name
    path.write_bytes((HEAD + text).encode())
    return Path(name)


def add(path: Path, conversation: dict[str, Any] = BREAD) -> str:
    add_conversation(path, conversation, Permissions())
    return path.read_bytes().decode()


def refusal(path: Path, conversation: dict[str, Any] = BREAD) -> HarnessError:
    """Return the error of adding, which has changed nothing."""
    before = path.read_bytes()
    with pytest.raises(HarnessError) as caught:
        add_conversation(path, conversation, Permissions())
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir() if one.name.startswith(f".{path.name}")] == []
    return caught.value


def test_the_spec_holds_it_and_every_comment_stays(folder: Path) -> None:
    path = write(folder, "conversations:\n  - {id: a, turns: [{user: x}]} # first\n")
    text = add(path)
    assert text.startswith(HEAD)
    assert "# first\n  - id: bread\n" in text
    assert [one.id for one in read_spec(path, Permissions()).spec.conversations] == ["a", "bread"]


def test_behind_what_is_included_and_extended_it_is_written_into_the_spec_itself(
    folder: Path,
) -> None:
    write(folder, "conversations: [{id: base, turns: [{user: x}]}]\n", "base.yaml")
    (folder / "more.yaml").write_text("- {id: more, turns: [{user: x}]}\n")
    path = write(folder, "extends: base.yaml\nconversations:\n  - include: more.yaml\n")
    assert "include: more.yaml\n  - id: bread" in add(path)
    ids = [one.id for one in read_spec(path, Permissions()).spec.conversations]
    assert ids == ["base", "more", "bread"]
    only_extends = write(folder, "extends: base.yaml\n", "e.yaml")
    assert "\nconversations:\n  - id: bread" in add(only_extends)


def test_an_id_that_is_there_is_refused_with_one_that_is_free(folder: Path) -> None:
    path = write(folder, "conversations:\n" + "".join(
        f"  - {{id: {name}, turns: [{{user: x}}]}}\n" for name in ("bread", "bread-2")
    ))  # fmt: skip
    [problem] = refusal(path).diagnostics
    assert (problem.code, problem.span and problem.span.line) == ("H950", 6)
    assert problem.hint == "take another id: bread-3 is free"


def test_an_id_that_an_included_file_has_is_said_where_it_is(folder: Path) -> None:
    (folder / "more.yaml").write_text("- {id: bread, turns: [{user: x}]}\n")
    [problem] = refusal(write(folder, "conversations: [{include: more.yaml}]\n")).diagnostics
    assert problem.code == "H950"
    assert str(problem.span) == "more.yaml:1:3"


def test_a_conversation_that_the_spec_would_be_wrong_with_is_not_written(folder: Path) -> None:
    path = write(folder, "")
    [problem] = refusal(path, {"id": "x", "turns": [{"user": "x", "assert": [{"contians": "x"}]}]}).diagnostics  # fmt: skip  # noqa: E501
    assert problem.code == "H951"
    assert "contians" in problem.detail
    assert "contains" in problem.detail + problem.hint


def test_a_text_that_would_be_read_from_a_file_is_not_written(folder: Path) -> None:
    (folder / "secret.txt").write_text("a secret")
    for text in ("file://secret.txt", "file:///etc/passwd"):
        error = refusal(write(folder, ""), {"id": "x", "turns": [{"user": text}]})
        assert error.diagnostics[0].code == "H951"


def test_conversations_behind_an_alias_are_not_edited(folder: Path) -> None:
    text = "x-all: &all [{id: a, turns: [{user: x}]}]\nconversations: *all\n"
    [problem] = refusal(write(folder, text)).diagnostics
    assert problem.code == "H951"
    assert "not written there as a list" in problem.detail
    # A merge key: a key of its own would hide those that are there.
    merged = "x-all: &all {conversations: [{id: a, turns: [{user: x}]}]}\n<<: *all\n"
    [problem] = refusal(write(folder, merged)).diagnostics
    assert (problem.code, problem.detail) == (
        "H951",
        "the spec would not hold exactly this conversation more",
    )


def test_a_spec_that_is_wrong_on_disk_is_said_as_it_is(folder: Path) -> None:
    path = write(folder, "conversations: 3\n")
    assert isinstance(refusal(path), SpecError)


def test_a_file_that_is_read_only_is_left_as_it_is(folder: Path) -> None:
    path = write(folder, "")
    path.chmod(0o444)
    [problem] = refusal(path).diagnostics
    assert problem.code == "H952"
    assert problem.hint.startswith("chmod u+w s.yaml")


def test_a_link_stays_a_link_and_permissions_stay(folder: Path) -> None:
    (folder / "real").mkdir()
    real = write(folder, "", "real/s.yaml")
    real.chmod(0o640)
    (folder / "link.yaml").symlink_to("real/s.yaml")
    assert "id: bread" in add(Path("link.yaml"))
    assert (folder / "link.yaml").is_symlink()
    assert real.read_bytes() == (folder / "link.yaml").read_bytes()
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_link_out_of_the_project_is_neither_read_nor_written(
    folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "s.yaml"
    outside.write_text(HEAD)
    (folder / "link.yaml").symlink_to(outside)
    with pytest.raises(RequestError, match="H111"):
        add_conversation(Path("link.yaml"), BREAD, Permissions())
    assert outside.read_text() == HEAD


def test_what_somebody_changed_meanwhile_is_not_written_over(folder: Path) -> None:
    path = folder / "s.yaml"
    path.write_text("by an editor\n")
    with pytest.raises(OutsideError, match="H952"):
        rewrite_file(path, "as it was read\n", "as we want it\n")
    assert path.read_text() == "by an editor\n"


@pytest.mark.skipif(os.name == "nt", reason="folders have no such permissions there")
@pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() == 0, reason="a superuser may write")
def test_a_folder_that_takes_no_file_loses_nothing(folder: Path) -> None:
    (folder / "closed").mkdir()
    path = write(folder, "", "closed/s.yaml")
    path.parent.chmod(0o555)
    try:
        assert isinstance(refusal(path), OutsideError)
    finally:
        path.parent.chmod(0o755)


def test_a_free_id_is_the_wanted_one_or_the_next_number() -> None:
    assert suggest_free_id("a", frozenset({"b"})) == "a"
    assert suggest_free_id("a", frozenset({"a", "a-2", "a-4"})) == "a-3"
