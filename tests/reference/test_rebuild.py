"""The reference says what the program does: its pages are made from it."""

from __future__ import annotations

import pytest

from tests.reference.rebuild import FOLDER, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_the_reference_is_as_the_program_makes_it(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), "run: python -m tests.reference.rebuild"


def test_every_page_of_the_reference_is_made() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(PAGES)
