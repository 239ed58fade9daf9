"""Specs are found where nobody names them, and told from the other YAML of a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.app.specs.finding import find_specs, is_spec
from harness.errors import RequestError

SPEC = "version: 1\nname: a\nconversations: [{id: a, turns: [{user: hi}]}]\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    return tmp_path


def write(path: Path, text: str = SPEC) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_that_is_named_is_taken_as_it_is_there_or_not(folder: Path) -> None:
    assert find_specs(Path("gone.yaml"), folder, command="eval").paths == (Path("gone.yaml"),)


def test_the_only_spec_is_found_and_said_to_be_the_only_one(folder: Path) -> None:
    write(folder / "specs/a.yaml")
    found = find_specs(None, folder, command="eval")
    assert (found.paths, found.origin) == ((Path("specs/a.yaml"),), "the only one here")


def test_without_specs_it_is_harness_yaml(folder: Path) -> None:
    write(folder / "harness.yaml")
    assert find_specs(None, folder, command="eval").paths == (Path("harness.yaml"),)


def test_from_a_folder_beneath_the_root_the_roots_spec_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "specs/a.yaml")
    (folder / "docs").mkdir()
    monkeypatch.chdir(folder / "docs")
    found = find_specs(None, folder, command="eval")
    assert found.paths == (Path("../specs/a.yaml"),)
    assert found.origin == f"the only one in {folder}"


def test_what_is_here_comes_before_what_is_at_the_root(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(folder / "specs/a.yaml")
    write(folder / "part/specs/b.yaml")
    monkeypatch.chdir(folder / "part")
    assert find_specs(None, folder, command="eval").paths == (Path("specs/b.yaml"),)


def test_several_are_named_and_none_is_guessed(folder: Path) -> None:
    write(folder / "specs/a.yaml")
    write(folder / "harness.yaml")
    with pytest.raises(RequestError) as refused:
        find_specs(None, folder, command="destroy")
    said = str(refused.value)
    assert "error[H981]: there are 2 specs, and none is named" in said
    assert "  specs/a.yaml\n  harness.yaml\n" in said
    assert "hint: name one: `harness destroy specs/a.yaml`" in said


def test_where_there_is_none_it_says_how_to_make_one(folder: Path) -> None:
    write(folder / "specs/more.yaml", "- {id: b, turns: [{user: hi}]}\n")
    with pytest.raises(RequestError, match="there is none in specs/") as refused:
        find_specs(None, folder, command="eval")
    assert "`harness init` writes one that runs" in str(refused.value)


def test_a_folder_stands_for_its_specs_those_in_its_folders_too(folder: Path) -> None:
    write(folder / "specs/b.yml")
    write(folder / "specs/a.yaml")
    write(folder / "specs/team/c.yaml")
    for other in (".git/x.yaml", "a.cassette/x.yaml", "a.baselines/main/x.yaml", ".hidden.yaml"):
        write(folder / "specs" / other)
    found = find_specs(Path("specs"), folder, command="eval")
    assert [str(one) for one in found.paths] == ["specs/a.yaml", "specs/b.yml", "specs/team/c.yaml"]
    assert (found.folder, found.origin) == (Path("specs"), "")


@pytest.mark.parametrize("extends", ["extends: base.yaml", "extends: [base.yaml]"])
def test_a_spec_that_another_extends_is_a_part_of_it(folder: Path, extends: str) -> None:
    write(folder / "specs/base.yaml")
    write(folder / "specs/dev.yaml", f"version: 1\n{extends}\n")
    found = find_specs(Path("specs"), folder, command="eval")
    assert found.paths == (Path("specs/dev.yaml"),)
    assert found.extended == (Path("specs/base.yaml"),)
    assert find_specs(None, folder, command="eval").paths == (Path("specs/dev.yaml"),)


def test_a_folder_without_a_spec_is_refused_and_says_what_it_saw(folder: Path) -> None:
    write(folder / "specs/more.yaml", "- {id: b}\n")
    with pytest.raises(RequestError, match=r"specs holds no spec\n  1 YAML file, none of which"):
        find_specs(Path("specs"), folder, command="eval")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        (SPEC, True),
        ("\ufeff" + SPEC, True),
        ('"version": 1\n"accounts": {}\n', True),
        ("version: 1\nextends: base.yaml\nclowd: x\n", True),
        ("- id: a\n  version: 1\n  conversations: []\n", False),
        ("version: 3\nservices: {}\n", False),
        ("format_version: 1\nconversations: []\n", False),
        ("", False),
    ],
)
def test_a_spec_is_known_by_its_top(folder: Path, text: str, meant: bool) -> None:
    path = folder / "x.yaml"
    path.write_text(text, encoding="utf-8")
    assert is_spec(path) is meant


def test_what_cannot_be_read_is_no_spec(folder: Path) -> None:
    assert is_spec(folder / "gone.yaml") is False
