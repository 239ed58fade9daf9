"""Baselines on disk: the files of a run that others are compared with, beside the spec.

``<spec stem>.baselines/NAME/`` holds ``run.json``, ``results.jsonl`` and ``spec.json``, to be
committed. Source: the contract, section 5.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from harness.fs.atomic import is_temporary
from harness.store.writing import explain_disk_errors, write_atomically, write_lines_atomically

SUFFIX = ".baselines"
NEW, OLD = "new", "old"
"""Endings of the hidden folders beside a baseline while it is replaced."""
DESCRIPTION, FILES = "run.json", ("results.jsonl", "spec.json")
DEPTHS = ("", "*/", "*/*/")
"""Depths at which specs are looked for; a baseline that lies deeper is found by its spec."""


def name_baselines_folder(spec: Path) -> Path:
    """Return the folder of a spec's baselines, whether or not it is there."""
    return spec.with_name(spec.stem + SUFFIX)


def keep_baseline(run: Path, folder: Path) -> None:
    """Copy the files of a run into a baseline's folder, in the place of what was there.

    They are written into a folder beside it, which then takes its name: where the disk refuses,
    what was there is there still. A process that dies between the two names leaves the old one
    hidden, where ``restore_baseline`` finds it.

    Raises:
        OutsideError: the disk refused.
    """
    with explain_disk_errors(folder, "write the baseline"):
        restore_baseline(folder)
        new, old = (folder.with_name(f".{folder.name}.{word}") for word in (NEW, OLD))
        _remove(new)
        _remove(old)
        try:
            _copy(run, new)
            if os.path.lexists(folder):
                folder.rename(old)
            try:
                new.rename(folder)
            except BaseException:
                restore_baseline(folder)
                raise
        except BaseException:
            _remove(new)
            raise
        _move_others(old, folder)
        _remove(old)


def _copy(run: Path, folder: Path) -> None:
    """Copy a run's files into a new folder; what tells that it is one comes last."""
    folder.mkdir(parents=True)
    for name in FILES:
        if (run / name).exists():
            with (run / name).open(encoding="utf-8", newline="") as lines:
                write_lines_atomically(folder / name, lines)
    write_atomically(folder / DESCRIPTION, (run / DESCRIPTION).read_text(encoding="utf-8"))


def restore_baseline(folder: Path) -> None:
    """Give a baseline its name back that a killed process hid before it put another there."""
    old = folder.with_name(f".{folder.name}.{OLD}")
    if _is_baseline(old) and not os.path.lexists(folder):
        with suppress(OSError):
            old.rename(folder)


def _move_others(old: Path, folder: Path) -> None:
    """Move what somebody else put beside a baseline's files into its new folder."""
    with suppress(FileNotFoundError):
        for path in sorted(old.iterdir()):
            if path.name not in (DESCRIPTION, *FILES) and not is_temporary(path.name):
                path.rename(folder / path.name)


def _remove(folder: Path) -> None:
    """Remove a hidden folder with a baseline's files; one that holds others' stays."""
    with suppress(OSError):
        for path in folder.iterdir():
            if path.name in (DESCRIPTION, *FILES) or is_temporary(path.name):
                path.unlink()
        folder.rmdir()


def find_baseline(root: Path, name: str, spec: Path | None = None) -> Path | None:
    """Find a baseline by its name: beside the spec, else the only one of that name in the project.

    None where there is none, or several specs have one.
    """
    if spec is not None:
        restore_baseline(name_baselines_folder(spec) / name)
    if spec is not None and _is_baseline(name_baselines_folder(spec) / name):
        return name_baselines_folder(spec) / name
    if spec is not None:
        return None
    found = [folder for folder in list_baselines(root) if folder.name == name]
    return found[0] if len(found) == 1 else None


def list_baselines(root: Path, spec: Path | None = None) -> Iterator[Path]:
    """List the folders of a spec's baselines, or of all beneath the project root, by name."""
    if spec is not None:
        for old in name_baselines_folder(spec).glob(f".*.{OLD}"):
            restore_baseline(old.with_name(old.name[1:].removesuffix(f".{OLD}")))
        yield from sorted(filter(_is_listed, name_baselines_folder(spec).glob("*")))
        return
    for depth in DEPTHS:
        yield from sorted(filter(_is_listed, root.glob(f"{depth}*{SUFFIX}/*")))


def _is_baseline(folder: Path) -> bool:
    return (folder / DESCRIPTION).is_file()


def _is_listed(folder: Path) -> bool:
    return not folder.name.startswith(".") and _is_baseline(folder)
