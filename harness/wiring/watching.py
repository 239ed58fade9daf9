"""Watch the files of a spec on this disk."""

from harness.store.watching import Stamps, stamp_files, wait_for_save

__all__ = ["Stamps", "stamp_files", "wait_for_save"]
