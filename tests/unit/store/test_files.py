from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.spec.ports import UnreadableError
from harness.store.files import DiskReader, find_root, find_working_root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project beside a secret that it may not read."""
    (tmp_path / "secret.txt").write_text("canary")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "more.yaml").write_text("canary")
    project = tmp_path / "project"
    (project / "specs" / "data").mkdir(parents=True)
    (project / "specs" / "spec.yaml").write_text("version: 1\n")
    (project / "specs" / "data" / "a.csv").write_bytes("\ufeffx\r\n中文\r\n".encode())
    (project / "shared.txt").write_text("shared")
    (project / "specs" / ".hidden.yaml").write_text("- a\n")
    return project


def spec(root: Path) -> str:
    return str(root / "specs" / "spec.yaml")


TRAVERSALS = [
    "",
    " ",
    "../../secret.txt",
    "data/../../../secret.txt",
    "./../../secret.txt",
    "../..",
    "/etc/passwd",
    "//server/share/x",
    "\\\\server\\share\\x",
    "..\\..\\secret.txt",
    "data\\a.csv",
    "C:/Windows/win.ini",
    "c:secret.txt",
    "%2e%2e/%2e%2e/secret.txt",
    "%2E%2E/secret.txt",
    "..%2f..%2fsecret.txt",
    "..%5csecret.txt",
    "%252e%252e/secret.txt",
    "data/a.csv%00.txt",
    "data/a.csv\0.txt",
    "data/\x1b[31m.csv",
    "data/a\n.csv",
    "file:///etc/passwd",
    "https://contoso.example/a.csv",
    "http://169.254.169.254/",
    "CON",
    "nul.txt",
    "data/aux.csv",
    "COM1",
    "/dev/stdin",
    "/proc/self/environ",
    "\u202e../x",
]


@pytest.mark.parametrize("reference", TRAVERSALS)
def test_a_path_that_leads_out_is_refused(reference: str, root: Path) -> None:
    reader = DiskReader(root)
    with pytest.raises(UnreadableError) as refused:
        reader.resolve(spec(root), reference)
    assert refused.value.code == "H111"
    with pytest.raises(UnreadableError):
        reader.matches(spec(root), reference)


@pytest.mark.parametrize("pattern", ["../../*", "../../**/*.txt", "data/../../../*"])
def test_a_glob_that_leads_out_is_refused(pattern: str, root: Path) -> None:
    with pytest.raises(UnreadableError):
        DiskReader(root).matches(spec(root), pattern)


def test_a_path_may_lead_up_as_long_as_it_stays_inside(root: Path) -> None:
    reader = DiskReader(root)
    path = reader.resolve(spec(root), "../shared.txt")
    assert path == str(root / "shared.txt")
    assert reader.read(path, 100) == b"shared"


def test_a_name_with_dots_is_no_way_out(root: Path) -> None:
    (root / "specs" / "..data").mkdir()
    (root / "specs" / "..data" / "50%.csv").write_text("x\n")
    reader = DiskReader(root)
    assert reader.exists(reader.resolve(spec(root), "..data/50%.csv"))


def test_links_are_followed_inside_and_refused_outside(root: Path) -> None:
    (root / "specs" / "inside.txt").symlink_to(root / "shared.txt")
    (root / "specs" / "outside.txt").symlink_to(root.parent / "secret.txt")
    (root / "specs" / "folder").symlink_to(root.parent / "outside")
    (root / "specs" / "loop").symlink_to(root / "specs" / "loop")
    reader = DiskReader(root)
    assert reader.read(reader.resolve(spec(root), "inside.txt"), 100) == b"shared"
    for name in ("outside.txt", "folder/more.yaml", "loop", "loop/x"):
        with pytest.raises(UnreadableError):
            reader.read(reader.resolve(spec(root), name), 100)
    with pytest.raises(UnreadableError):
        reader.matches(spec(root), "folder/*.yaml")


def test_the_spec_itself_is_held_to_the_root(root: Path) -> None:
    with pytest.raises(UnreadableError):
        DiskReader(root).read(str(root.parent / "secret.txt"), 100)


def test_only_one_byte_more_than_allowed_is_read(root: Path) -> None:
    big = root / "big.yaml"
    with big.open("wb") as file:
        file.truncate(100_000_000)
    assert len(DiskReader(root).read(str(big), 2_000_000)) == 2_000_001


def test_what_is_no_regular_file_is_refused(root: Path) -> None:
    reader = DiskReader(root)
    with pytest.raises(UnreadableError, match="folder"):
        reader.read(str(root / "specs"), 10)
    with pytest.raises(UnreadableError, match="no such file"):
        reader.read(str(root / "gone"), 10)
    os.mkfifo(root / "pipe")
    with pytest.raises(UnreadableError, match="regular"):
        reader.read(str(root / "pipe"), 10)
    assert not reader.exists(str(root / "pipe"))


def test_globs_are_sorted_and_leave_hidden_files_alone(root: Path) -> None:
    for name in ("b.yaml", "a.yaml", "deep/er/c.yaml"):
        path = root / "specs" / "more" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("- a\n")
    (root / "specs" / "more" / "d.yaml").mkdir()
    found = DiskReader(root).matches(spec(root), "more/**/*.yaml")
    names = [str(Path(path).relative_to(root / "specs" / "more")) for path in found]
    assert names == ["a.yaml", "b.yaml", "deep/er/c.yaml"]
    assert DiskReader(root).matches(spec(root), "*hidden*") == ()


def test_a_stream_is_text_without_a_mark_and_with_its_line_ends(root: Path) -> None:
    reader = DiskReader(root)
    with reader.stream(reader.resolve(spec(root), "data/a.csv")) as lines:
        assert list(lines) == ["x\r\n", "中文\r\n"]


def test_paths_are_told_as_the_spec_was_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    reader = DiskReader(root)
    assert reader.resolve("specs/spec.yaml", "data/a.csv") == "specs/data/a.csv"
    assert reader.resolve("specs/spec.yaml", "../shared.txt") == "shared.txt"
    assert reader.matches("specs/spec.yaml", "data/*.csv") == ("specs/data/a.csv",)


def test_the_root_is_the_nearest_marked_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_root(Path(spec(root))) == root / "specs"
    (root / ".git").write_text("gitdir: elsewhere\n")
    assert find_root(Path(spec(root))) == root
    (root / "specs" / ".harness").mkdir()
    assert find_root(Path(spec(root))) == root / "specs"
    monkeypatch.chdir(root / "specs")
    assert find_root(Path("spec.yaml")) == root / "specs"


def test_runs_of_specs_in_a_folder_are_found_from_above_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    assert find_working_root() == root
    (root / "specs" / ".harness").mkdir()
    assert find_working_root() == root / "specs"
    (root / "bots" / ".harness").mkdir(parents=True)
    assert find_working_root() == root  # nobody says which of both
    (root / "bots" / ".harness").rmdir()
    (root / ".git").mkdir()
    assert find_working_root() == root


def test_a_folder_that_may_not_be_looked_into_is_no_root(root: Path) -> None:
    locked = root / "locked"
    locked.mkdir()
    locked.chmod(0)
    try:
        assert find_root(locked / "spec.yaml") == locked
    finally:
        locked.chmod(0o700)
