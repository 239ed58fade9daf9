"""A file of the spec, before an edit and after it."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

_NO_END = "\n\\ No newline at end of file\n"
_LINE_ENDS = re.compile(r"(?<=\n)")


@dataclass(frozen=True, slots=True)
class EditedFile:
    """A file of the spec, before and after."""

    path: Path
    before: str
    after: str

    @property
    def diff(self) -> str:
        """The unified diff, as ``git apply`` and ``patch -p1`` take it; "" for no change."""
        name = self.path.as_posix().lstrip("/")
        lines = difflib.unified_diff(
            list(filter(None, _LINE_ENDS.split(self.before))),
            list(filter(None, _LINE_ENDS.split(self.after))),
            f"a/{name}",
            f"b/{name}",
        )
        return "".join(line if line.endswith("\n") else line + _NO_END for line in lines)
