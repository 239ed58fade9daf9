"""Find the specs that a command means: the one it names, all of a folder, or the only one there."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.errors import Diagnostic, RequestError
from harness.fs.regular import open_regular
from harness.text.numbers import format_plural

NO_SPEC_FOUND, SEVERAL_SPECS = "H980", "H981"
FOLDER, FILE = "specs", "harness.yaml"
SUFFIXES = (".yaml", ".yml")
NOT_LOOKED_INTO = re.compile(r"\..+|.+\.(?:cassette|baselines)|reports|node_modules|__pycache__")
"""Folders that hold what harness and others have written, and no spec of anybody's."""

LONGEST = 2_000_000
"""Bytes; no spec is longer."""

MOST_NAMED = 10

_VERSION = re.compile(rb"^(?:\xef\xbb\xbf)?[\"']?version[\"']?\s*:", re.MULTILINE)
_CONTENT = re.compile(
    rb"^[\"']?(?:conversations|providers|accounts|extends)[\"']?\s*:", re.MULTILINE
)
_EXTENDS = re.compile(rb"^[\"']?extends[\"']?\s*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FoundSpecs:
    """The specs that a command means, in the order of their paths.

    Attributes:
        paths: at least one; as somebody in the working folder would write them.
        origin: why it is this one, where nobody named it; else "".
        folder: the folder that was named, whose specs these are; None where none was.
        extended: what was left out of the folder because another of its specs extends it.
    """

    paths: tuple[Path, ...]
    origin: str = ""
    folder: Path | None = None
    extended: tuple[Path, ...] = ()

    def require_one(self, command: str) -> Path:
        """Return the only one.

        Raises:
            RequestError: the folder holds several.
        """
        if len(self.paths) > 1:
            raise _make_several_error(f"{self.folder} holds", self.paths, command)
        return self.paths[0]


def is_spec(path: Path) -> bool:
    """Return whether a file says that it is a spec: ``version:`` at its top, and what one declares.

    A list of conversations that a spec includes, a data set and other programs' YAML do not. A spec
    that is wrong is one nevertheless.
    """
    text = _read(path)
    return bool(_VERSION.search(text) and _CONTENT.search(text))


def find_specs(
    given: Path | None, root: Path, *, command: str, takes_folders: bool = False
) -> FoundSpecs:
    """Return the specs that are meant.

    Args:
        given: a file, which is taken as it is, or a folder, for all in it; None for the only one in
            ``specs/`` or ``harness.yaml``, beneath the working folder, else beneath the root.
        root: the project root.
        command: the command that wants it, for the advice: ``eval``.
        takes_folders: whether it goes through all specs of a folder, for the advice.

    Raises:
        RequestError: there is none; or nobody named one, and there are several.
    """
    if given is not None:
        # Not `Path.is_dir`, which raises where a folder may not be looked into.
        return _list_folder(given) if os.path.isdir(given) else FoundSpecs((given,))  # noqa: PTH112
    here = Path()
    for place in (here, *([] if root.resolve() == here.resolve() else [root])):
        found, _ = _leave_out_extended(_list_candidates(place))
        if len(found) > 1:
            folder = place / FOLDER if takes_folders else None
            raise _make_several_error("there are", found, command, folder)
        if found:
            where = "the only one here" if place == here else f"the only one in {place}"
            return FoundSpecs(tuple(Path(os.path.relpath(path)) for path in found), where)
    raise RequestError(
        Diagnostic(
            NO_SPEC_FOUND,
            f"no spec is named, and there is none in {FOLDER}/ and no {FILE}",
            hint=f"name it: `harness {command} FILE`; `harness init` writes one that runs",
        )
    )


def list_specs(given: Path | None, root: Path) -> tuple[Path, ...]:
    """Return every spec that could be meant; () where there is none: ``find_specs`` says why.

    Args:
        given: a file or a folder; None for all of the project.
        root: the project root.
    """
    if given is not None and not os.path.isdir(given):  # noqa: PTH112 - as above
        return (given,)
    if given is not None:
        return tuple(path for path in _walk(given) if is_spec(path))
    here = Path()
    for place in (here, *([] if root.resolve() == here.resolve() else [root])):
        found = _list_candidates(place)
        if found:
            return tuple(Path(os.path.relpath(path)) for path in found)
    return ()


def _list_folder(folder: Path) -> FoundSpecs:
    candidates = [path for path in _walk(folder) if is_spec(path)]
    found, extended = _leave_out_extended(candidates)
    if found:
        return FoundSpecs(found, folder=folder, extended=extended)
    others = sum(1 for _ in _walk(folder))
    detail = (
        f"{format_plural(others, 'YAML file')}, none of which has `version:` and what a spec "
        "declares at its top"
    )
    hint = "a spec is YAML that begins with `version: 1`; `harness init` writes one that runs"
    raise RequestError(
        Diagnostic(NO_SPEC_FOUND, f"{folder} holds no spec", detail if others else "", hint=hint)
    )


def _list_candidates(place: Path) -> list[Path]:
    folder, file = place / FOLDER, place / FILE
    found = [path for path in _walk(folder) if is_spec(path)]
    return [*found, *([file] if file.is_file() else [])]


def _walk(folder: Path) -> Iterator[Path]:
    """Return the YAML files beneath a folder, sorted, hidden ones apart."""
    for at, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not NOT_LOOKED_INTO.fullmatch(name))
        for name in sorted(files):
            if not name.startswith(".") and name.endswith(SUFFIXES):
                yield Path(at, name)


def _leave_out_extended(found: Sequence[Path]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Take out the files that another of them extends: those are its parts."""
    parts = {part for path in found for part in _list_extended(path)} if len(found) > 1 else set()
    return (
        tuple(path for path in found if path.resolve() not in parts),
        tuple(path for path in found if path.resolve() in parts),
    )


def _list_extended(path: Path) -> Iterator[Path]:
    """Return the files that a spec's ``extends`` names, absolute; none where it cannot be read."""
    text = _read(path)
    if not _EXTENDS.search(text):
        return
    from harness.spec.formats.yaml import parse  # here: most projects have no such file

    root = parse(text, str(path)).root
    named = root.at("extends") if root is not None and isinstance(root.value, dict) else None
    if named is None:
        return
    for one in named.elements if isinstance(named.value, list) else [named]:
        if one.text:
            yield (path.parent / one.text).resolve()


def _read(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            return file.read(LONGEST + 1)
    except OSError:
        return b""


def _make_several_error(
    what: str, found: Sequence[Path], command: str, folder: Path | None = None
) -> RequestError:
    inside = folder is not None and all(path.is_relative_to(folder) for path in found)
    every = f", or all: `harness {command} {os.path.relpath(folder)}`" if folder and inside else ""
    named = [os.path.relpath(path) for path in found]
    more = [f"and {len(named) - MOST_NAMED} more"] if len(named) > MOST_NAMED else []
    return RequestError(
        Diagnostic(
            SEVERAL_SPECS,
            f"{what} {len(named)} specs, and none is named",
            "\n".join([*named[:MOST_NAMED], *more]),
            hint=f"name one: `harness {command} {named[0]}`{every}",
        )
    )
