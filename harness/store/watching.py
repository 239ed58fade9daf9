"""Wait until somebody saves a file, however their editor does it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.app.specs.noting import NamedFiles

Stamps = Mapping[str, tuple[int, int, int]]
"""By path: when it was changed in nanoseconds, its size in bytes, its number on the disk."""

LOOK_MS = 150
"""Between two looks at the keyboard."""
SETTLE_MS = 200
"""A save is over when nothing was written for so long: editors write, rename and write again."""
STEP_MS = 50


def stamp_files(named: NamedFiles) -> Stamps:
    """Return what tells whether files were saved since; what is not there has no stamp."""
    stamps = {}
    for folder in named.folders:
        try:
            entries = list(os.scandir(folder))
        except OSError:
            continue
        for entry in entries:
            if named.has(entry.path):
                try:
                    found = os.stat(entry.path)  # noqa: PTH116 - of what a link leads to
                except OSError:
                    continue
                stamps[entry.path] = (found.st_mtime_ns, found.st_size, found.st_ino)
    return stamps


def list_saved(before: Stamps, after: Stamps) -> list[str]:
    """List the files that were saved, made or removed between two stamps, sorted."""
    return sorted(
        path for path in before.keys() | after.keys() if before.get(path) != after.get(path)
    )


def wait_for_save(named: NamedFiles, before: Stamps, is_waited: Callable[[], bool]) -> list[str]:
    """Wait until a file is otherwise than stamped; return which, [] where nobody waits any more.

    What was saved before the wait began is seen too. The folders are watched and not the files: an
    editor that saves by renaming leaves whoever watches a file with the old one.

    Args:
        named: the files.
        before: their stamps, taken before they were read.
        is_waited: asked several times a second.

    Raises:
        KeyboardInterrupt: Ctrl-C.
    """
    from watchfiles import watch

    watching = watch(
        *named.folders,
        watch_filter=lambda _, path: named.has(path),
        debounce=SETTLE_MS,
        step=STEP_MS,
        rust_timeout=LOOK_MS,
        yield_on_timeout=True,
        recursive=False,
        raise_interrupt=True,
        ignore_permission_denied=True,
    )
    last: Stamps | None = None
    for _ in watching:
        now = stamp_files(named)
        # Twice the same: whoever is saving has finished.
        if now == last and (saved := list_saved(before, now)):
            return saved
        last = now
        if not is_waited():
            return []
    return []
