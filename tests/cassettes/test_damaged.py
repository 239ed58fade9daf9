"""A recording that is damaged, however: closed, with a named error, and no socket is opened."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cassettes.conftest import Project

SPEC = """
version: 1
name: trial
cloud: simulator
providers: {openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}}
conversations:
  - {id: founders, turns: [{user: Who founded Microsoft?}, {user: And when?}]}
"""

_opened: list[str] = []
_listens = [False]


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if _listens[0] and event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        _opened.append(f"{event} {arguments}")


sys.addaudithook(_hear)


@contextmanager
def listen() -> Iterator[list[str]]:
    """Hear which connections are made while the block runs."""
    _opened.clear()
    _listens[0] = True
    try:
        yield _opened
    finally:
        _listens[0] = False


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the recording of the first test, which the others copy."""
    return tmp_path_factory.mktemp("whole")


@pytest.fixture
def recorded(project: Project, whole: Path) -> Project:
    project.write(SPEC)
    if not any(whole.iterdir()):
        assert project.record().exit_code == 0
        shutil.copytree(project.cassette, whole, dirs_exist_ok=True)
    shutil.rmtree(project.cassette, ignore_errors=True)
    shutil.copytree(whole, project.cassette)
    return project


def find_conversation(folder: Path) -> Path:
    return next(folder.glob("conversations/**/*.json"))


def change_text(change: Callable[[str], str]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        file = find_conversation(folder)
        file.write_bytes(change(file.read_text(encoding="utf-8")).encode())

    return damage


def empty(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


def cut_at_a_boundary(folder: Path) -> None:
    file = find_conversation(folder)
    document = json.loads(file.read_text(encoding="utf-8"))
    del document["exchanges"][1:]
    file.write_text(json.dumps(document), encoding="utf-8")


def reorder(folder: Path) -> None:
    file = find_conversation(folder)
    document = json.loads(file.read_text(encoding="utf-8"))
    document["exchanges"].reverse()
    file.write_text(json.dumps(document), encoding="utf-8")


def flip(folder: Path) -> None:
    file = find_conversation(folder)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 4
    file.write_bytes(bytes(data))


def age(folder: Path) -> None:
    file = folder / "manifest.json"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"format_version": 1', '"format_version": 0'), encoding="utf-8")


def write_vcr(text: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        shutil.rmtree(folder)
        folder.write_text(text, encoding="utf-8")

    return damage


TAG = "interactions:\n- !!python/object/apply:os.system ['touch canary']\n"
DAMAGE: dict[str, tuple[Callable[[Path], None], str]] = {
    "empty": (empty, "H820"),
    "missing": (shutil.rmtree, "H820"),
    "truncated": (change_text(lambda text: text[: len(text) // 2]), "H821|H825"),
    "emptied": (change_text(lambda _: ""), "H821|H825"),
    "cut at a boundary": (cut_at_a_boundary, "H821|H825"),
    "reordered": (reorder, "H821|H825"),
    "bit flipped": (flip, "H821|H825"),
    "a tag of Python": (change_text(lambda _: TAG), "H821|H825"),
    "a tag of Python in vcrpy's": (write_vcr(TAG), "H827"),
    "of another tool": (write_vcr("a: b\n"), "H827"),
    "an old version": (age, "H821"),
    "without its manifest": (lambda folder: (folder / "manifest.json").unlink(), "H820"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_recording_is_closed_with_a_named_error_and_no_socket(
    name: str, recorded: Project
) -> None:
    damage, code = DAMAGE[name]
    damage(recorded.cassette)
    with listen() as opened:
        done = recorded.replay()
    assert opened == []
    assert done.exit_code == 3, (done.out, done.err)
    said = done.out + done.err
    assert re.search(code, said) or "was changed after it was recorded" in said, said
    assert "Traceback" not in done.err
    assert "H001" not in done.err
    assert not (recorded.folder / "canary").exists()


def test_the_recording_of_another_spec_is_closed_and_opens_no_socket(recorded: Project) -> None:
    recorded.write(SPEC.replace("founders", "others").replace("Microsoft", "Contoso"))
    with listen() as opened:
        done = recorded.replay()
    assert opened == []
    assert done.exit_code == 3
    assert "harness eval spec.yaml --record" in done.out + done.err


def test_line_ends_of_another_system_change_nothing_and_open_no_socket(recorded: Project) -> None:
    for file in recorded.files():
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    with listen() as opened:
        assert recorded.replay().exit_code == 0
    assert opened == []


def test_a_changed_prompt_is_red_with_what_differs_and_the_command_that_records_it_again(
    recorded: Project,
) -> None:
    recorded.edit("And when?", "And where?")
    with listen() as opened:
        done = recorded.replay()
    assert opened == []
    assert done.exit_code == 3
    said = done.out + done.err
    assert "[-when-]{+where+}?" in said
    assert "harness eval spec.yaml --record" in said
