"""A hook of MkDocs: links that lead out of docs/, into the repository, become their text."""

from __future__ import annotations

import posixpath
import re
from typing import Any

LINK = re.compile(r"\[([^\]\n]+)\]\((\.\.[^)\s]*)\)")


def on_page_markdown(markdown: str, *, page: Any, **others: Any) -> str:
    """Return a page without the links that a site cannot follow."""
    del others
    folder = posixpath.dirname(page.file.src_uri)

    def leave_or_unlink(match: re.Match[str]) -> str:
        at = posixpath.normpath(posixpath.join(folder, match[2]))
        return match[1] if at.startswith("..") else match[0]

    return LINK.sub(leave_or_unlink, markdown)
