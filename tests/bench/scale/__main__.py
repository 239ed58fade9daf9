"""Print the tables of docs/scale.md: cost and time of 1,000 to 10,000,000 conversations.

    PYTHONPATH=. python -m tests.bench.scale

Nothing is run: the tables come from measured constants, Azure's limits and prices, and chance with
a seed, so that they are the same each time; ``tests/docs/test_scale_page.py`` holds the page to it.
"""

# ruff: noqa: T201 - a benchmark prints its tables

from __future__ import annotations

from tests.bench.scale.profile import SIZES
from tests.bench.scale.tables import SIMULATED, TABLES, describe_profile, make_check_table


def main() -> None:
    """Print every table under its name."""
    print(describe_profile())
    for name, make in TABLES.items():
        print(f"\n{name}\n\n{make(SIZES)}", end="")
    print(f"\ncheck\n\n{make_check_table(SIMULATED)}", end="")


if __name__ == "__main__":
    main()
