"""Give hostile files to what reads them: a result or a named error comes of each, in its time."""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from harness.errors import HarnessError
from tests.fuzz.mutator import Seed, mutate

MOST_SECONDS = 2.0
"""CPU seconds of one file; a spec of 2 MB that is well takes one."""
CODE = re.compile(r"H[1-9]\d\d")
UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What no message of ours shows: controls of a terminal, of direction, and halves of characters."""


@dataclass(frozen=True, slots=True)
class FuzzedReader:
    """What reads a kind of file.

    Attributes:
        name: what is read, for people.
        seeds: good files.
        read: reads one, as commands do; raises ``HarnessError`` where it refuses.
        share: how many of these are tried, beside others' one.
    """

    name: str
    seeds: tuple[Seed, ...]
    read: Callable[[bytes], object]
    share: float = 1.0


class MisspokenError(Exception):
    """A file was refused with a message that says nothing, or shows what no message may."""


def try_file(reader: FuzzedReader, data: bytes) -> None:
    """Read a file.

    Raises:
        MisspokenError: it was refused with a message that is none.
        Exception: whatever else than a refusal came of it.
    """
    try:
        reader.read(data)
    except HarnessError as error:
        said = str(error)
        if not error.diagnostics or not all(CODE.fullmatch(one.code) for one in error.diagnostics):
            raise MisspokenError(f"no code: {said[:200]!r}") from error
        if found := UNFIT.search(said):
            raise MisspokenError(f"{found.group()!r} is shown: {said[:200]!r}") from error


def measure(reader: FuzzedReader, data: bytes) -> float:
    """Read a file as ``try_file`` does; return the seconds of CPU that it took."""
    began = time.process_time()
    try_file(reader, data)
    return time.process_time() - began


def drill(reader: FuzzedReader, rounds: int, *, seed: int, keep: Path | None = None) -> list[str]:
    """Read as many mutations as are wanted; return each kind of defect once, with its file.

    ``keep`` is a folder that the files which made them are put into.
    """
    chance = Random(f"{reader.name} {seed}")
    found: dict[str, str] = {}
    for number in range(rounds):
        base = chance.choice(reader.seeds)
        data = mutate(chance, base, chance.choice(reader.seeds).data)
        try:
            if measure(reader, data) < MOST_SECONDS:
                continue
            spent = measure(reader, data)  # the first one may have imported what it needs
            if spent < MOST_SECONDS:
                continue
            key = f"{reader.name}: {spent:.1f} s"
        except Exception as error:  # noqa: BLE001 - each is a defect
            key = name_defect(error)
        if key not in found:
            found[key] = f"{reader.name} #{number}: {key}: {data[:300]!r}"
            if keep is not None:
                keep.mkdir(parents=True, exist_ok=True)
                name = re.sub(r"[^\w.-]+", "-", f"{reader.name}-{key}")[:100]
                (keep / name).write_bytes(data)
    return list(found.values())


def name_defect(error: Exception) -> str:
    """Return what tells two defects apart: the error, and where of ours it came from."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/harness/" in frame.filename]
    last = ours[-1] if ours else frames[-1]
    said = str(error)[:120] if isinstance(error, MisspokenError) else str(error)[:60]
    where = last.filename.rpartition("/harness/")[2]
    return f"{type(error).__name__} at {where}:{last.lineno} ({said!r})"
