"""The published scores are those of today."""

from __future__ import annotations

from pathlib import Path

from tests.recordings.page import PAGE, page


def test_the_fidelity_page_says_what_the_recordings_say(shared_data: Path) -> None:
    written = PAGE.read_text(encoding="utf-8")
    assert page(shared_data) == written, "run: python -m tests.recordings.page --write"
