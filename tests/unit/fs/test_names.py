"""Names that people chose, as names of files."""

from __future__ import annotations

import pytest

from harness.fs.names import is_device, make_folder_name, make_portable_name


@pytest.mark.parametrize("name", ["con", "NUL", "com1", "LPT9.txt", "aux.json", "prn "])
def test_what_windows_keeps_for_devices_is_known_whatever_its_ending(name: str) -> None:
    assert is_device(name)
    assert make_folder_name(name) != name
    assert make_portable_name(name).split(".")[0] != name.split(".", maxsplit=1)[0]


@pytest.mark.parametrize("name", ["console", "com", "context", "null", "a.con"])
def test_names_that_only_look_like_devices_are_kept(name: str) -> None:
    assert not is_device(name)
    assert make_folder_name(name) == make_portable_name(name) == name
