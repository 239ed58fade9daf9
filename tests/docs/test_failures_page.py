"""The page on Azure's refusals has every row of the table."""

from __future__ import annotations

from pathlib import Path

from harness.azure.failures import FAILURES


def test_the_page_has_the_table(project: Path) -> None:
    text = (project / "docs" / "failures.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert rows == [
        "| "
        + " | ".join(
            cell.replace("|", "\\|")
            for cell in (
                f"`{row.code}`",
                row.cause,
                row.remedy,
                "yes" if row.retry else "no",
                row.source,
            )
        )
        + " |"
        for row in FAILURES
    ]
