"""Baselines on disk: the files of a run that others are compared with, beside the spec.

``<spec stem>.baselines/NAME/`` holds ``run.json``, ``results.jsonl`` and ``spec.json``, to be
committed. Source: the contract, section 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.store.writing import explain_disk_errors, write_atomically, write_lines_atomically

SUFFIX = ".baselines"
DESCRIPTION, FILES = "run.json", ("results.jsonl", "spec.json")
DEPTHS = ("", "*/", "*/*/")
"""Depths at which specs are looked for; a baseline that lies deeper is found by its spec."""


def name_baselines_folder(spec: Path) -> Path:
    """Return the folder of a spec's baselines, whether or not it is there."""
    return spec.with_name(spec.stem + SUFFIX)


def keep_baseline(run: Path, folder: Path) -> None:
    """Copy the files of a run into a baseline's folder, in the place of what was there.

    ``run.json`` goes first and comes last: a baseline is there whole or not at all.

    Raises:
        OutsideError: the disk refused.
    """
    with explain_disk_errors(folder, "write the baseline"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / DESCRIPTION).unlink(missing_ok=True)
        for name in FILES:
            if (run / name).exists():
                with (run / name).open(encoding="utf-8", newline="") as lines:
                    write_lines_atomically(folder / name, lines)
            else:
                (folder / name).unlink(missing_ok=True)
        write_atomically(folder / DESCRIPTION, (run / DESCRIPTION).read_text(encoding="utf-8"))


def find_baseline(root: Path, name: str, spec: Path | None = None) -> Path | None:
    """Find a baseline by its name: beside the spec, else the only one of that name in the project.

    None where there is none, or several specs have one.
    """
    if spec is not None and _is_baseline(name_baselines_folder(spec) / name):
        return name_baselines_folder(spec) / name
    if spec is not None:
        return None
    found = [folder for folder in list_baselines(root) if folder.name == name]
    return found[0] if len(found) == 1 else None


def list_baselines(root: Path, spec: Path | None = None) -> Iterator[Path]:
    """List the folders of a spec's baselines, or of all beneath the project root, by name."""
    if spec is not None:
        yield from sorted(filter(_is_baseline, name_baselines_folder(spec).glob("*")))
        return
    for depth in DEPTHS:
        yield from sorted(filter(_is_baseline, root.glob(f"{depth}*{SUFFIX}/*")))


def _is_baseline(folder: Path) -> bool:
    return (folder / DESCRIPTION).is_file()
