"""The page without what is not text: scripts, style and data; and the data by themselves."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Mapping
from typing import Any

from harness.report.html import render_html
from harness.results.model import Run
from tests.unit.report.factory import SPEC, summary_of


def strip_assets(html: str) -> str:
    """Leave out scripts, style, their hashes and the data blocks, whose bytes are zlib's."""
    html = re.sub(r"<(script|style)>.*?</\1>", r"<\1>…</\1>", html, flags=re.DOTALL)
    html = re.sub(r'(id="d-\w+">)[^<]*', r"\1…", html)
    return re.sub(r"sha256-[A-Za-z0-9+/=]{44}", "sha256-…", html)


BLOCK = re.compile(r'<script type="application/octet-stream" id="d-(\w+)">([^<]*)</script>')


def read_blocks(run: Run, spec: Mapping[str, Any] | None = SPEC) -> dict[str, Any]:
    """Read the data of a run's page, by the names of its blocks."""
    return unpack_blocks(render_html(run, summary_of(run), spec=spec))


def unpack_blocks(html: str) -> dict[str, Any]:
    """Read the data of a page, by the names of its blocks."""
    return {
        name: json.loads(gzip.decompress(base64.b64decode(data)))
        for name, data in BLOCK.findall(html)
    }
