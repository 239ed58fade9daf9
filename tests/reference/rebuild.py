"""Make the pages of docs/reference/ anew: ``python -m tests.reference.rebuild``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from tests.reference.assertions_page import write_assertions_page
from tests.reference.commands_page import write_commands_page
from tests.reference.spec_page import write_spec_page

FOLDER = Path(__file__).parents[2] / "docs" / "reference"

PAGES: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "assertions.md": write_assertions_page,
        "commands.md": write_commands_page,
        "spec.md": write_spec_page,
    }
)


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(exist_ok=True)
    for name, write in PAGES.items():
        (FOLDER / name).write_text(write(), encoding="utf-8")


if __name__ == "__main__":
    main()
