"""The kind of file system that a path is on."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.fs.mounts import find_file_system, is_networked

TABLE = """\
/dev/sda1 / ext4 rw,relatime 0 0
server:/export /mnt/my\\040files nfs4 rw,vers=4.2 0 0
//host/share /mnt/share cifs rw 0 0
tmpfs /mnt/share/local tmpfs rw 0 0
nonsense
drvfs /mnt/c 9p rw 0 0
me@host: /mnt/ssh fuse.sshfs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind", "networked"),
    [
        ("/home/me/project", "ext4", False),
        ("/mnt/my files/project", "nfs4", True),
        ("/mnt/share", "cifs", True),
        ("/mnt/share/local/x", "tmpfs", False),
        ("/mnt/shared", "ext4", False),
        ("/mnt/c/Users", "9p", True),
        ("/mnt/ssh/x", "fuse.sshfs", True),
    ],
)
def test_a_path_is_on_the_file_system_that_is_mounted_nearest(
    tmp_path: Path, path: str, kind: str, networked: bool
) -> None:
    table = tmp_path / "mounts"
    table.write_text(TABLE, encoding="utf-8")
    assert find_file_system(Path(path), table) == kind
    assert is_networked(kind) is networked


def test_a_system_that_does_not_tell_has_no_networked_ones(tmp_path: Path) -> None:
    assert find_file_system(tmp_path, tmp_path / "nothing") == ""
    assert not is_networked("")
