"""The kind of file system that a path is on: some are shared by machines, and lock badly."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

NETWORKED: Final = frozenset(
    ["9p", "afs", "beegfs", "ceph", "cifs", "davfs", "gfs2", "glusterfs", "gpfs", "lustre",
     "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "smb3", "smbfs", "virtiofs", "vboxsf", "vmhgfs"]
)  # fmt: skip
"""Names of file systems that several machines may see. Source: Linux, Documentation/filesystems;
mount(8)."""
LOCAL_FUSE: Final = frozenset(["fuse.fuse-overlayfs", "fuse.lxcfs", "fuse.gocryptfs"])
"""Of those that a program serves, the ones that are on this machine's own disks."""
_OCTAL = re.compile(r"\\([0-7]{3})")


def find_file_system(path: Path, table: Path = Path("/proc/mounts")) -> str:
    """Return the kind of file system that a path is on, or will be: ``ext4``; "" if unknown.

    Args:
        path: need not be there yet.
        table: the system's table of mounts. Source: Linux, proc_mounts(5).
    """
    try:
        lines = table.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        whole = os.path.realpath(path)
    except OSError:
        return ""
    best, kind = -1, ""
    for line in lines:
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        place = _OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[1])
        inside = whole == place or whole.startswith(place.rstrip("/") + "/")
        if inside and len(place) >= best:  # of two at one place the later one is seen
            best, kind = len(place), fields[2]
    return kind


def is_networked(kind: str) -> bool:
    """Return whether several machines may see a file system of this kind."""
    return kind in NETWORKED or (kind.startswith("fuse.") and kind not in LOCAL_FUSE)


def is_on_network(path: Path) -> bool:
    """Return whether a path is on a file system that other machines may see as well."""
    if os.name == "nt":
        return os.path.realpath(path).startswith("\\\\")
    return is_networked(find_file_system(path))
