"""How often the gate errs: false alarms, falls that are missed, and what stopping early saves.

    python -m tests.bench.bench_gate [--runs 2000] [--seed 1]

Runs are made by chance (``tests/unit/compare/simulated_gate.py`` says how) and judged by the
product's own arithmetic. Everything comes from the seed: the same numbers every time.
"""

# ruff: noqa: T201 - a benchmark prints its table

from __future__ import annotations

import argparse
from dataclasses import replace

from tests.unit.compare.simulated_gate import Setting, cover, judge_by_chance

SIZES = ((30, 1), (30, 3), (50, 3), (50, 5), (100, 1), (100, 3), (100, 5), (200, 3))
DROPS = (0.0, 0.05, 0.10)


def print_words(looks: int, runs: int, seed: int) -> None:
    """Print the shares of regressed, inconclusive and passed."""
    print(f"\nregressed / inconclusive / passed, {looks} look{'s' * (looks > 1)}\n")
    print("| conversations, repeats | nothing changed | 5 points worse | 10 points worse |")
    print("|---|--:|--:|--:|")
    for conversations, repeats in SIZES:
        cells = []
        for drop in DROPS:
            setting = Setting(conversations, repeats, drop, looks)
            seen = judge_by_chance(setting, runs, seed)
            cells.append(f"{seen.regressed:.3f} / {seen.inconclusive:.3f} / {seen.passed:.3f}")
        print(f"| {conversations}, {repeats} | {' | '.join(cells)} |", flush=True)


def print_saving(runs: int, seed: int) -> None:
    """Print what is asked until the gate is settled, and what the fixed gate says beside it."""
    print("\n100 conversations, 3 repeats: fixed against four looks\n")
    print("| the head is worse by | fixed: regressed / passed | four looks | requests asked |")
    print("|---|--:|--:|--:|")
    for drop in (0.0, 0.05, 0.10, 0.20):
        fixed = judge_by_chance(Setting(100, 3, drop), runs, seed)
        stops = judge_by_chance(Setting(100, 3, drop, looks=4), runs, seed)
        print(
            f"| {drop * 100:.0f} points | {fixed.regressed:.3f} / {fixed.passed:.3f} "
            f"| {stops.regressed:.3f} / {stops.passed:.3f} | {stops.asked:.0%} |",
            flush=True,
        )


def print_families(runs: int, seed: int) -> None:
    """Print false alarms where several pairs are gated and nothing has changed."""
    print("\nfalse alarms of any pair, 100 conversations, 3 repeats\n")
    print("| pairs | fixed | two looks | four looks | eight looks |")
    print("|---|--:|--:|--:|--:|")
    for pairs in (1, 2, 4):
        setting = Setting(100, 3, pairs=pairs)
        seen = [
            judge_by_chance(replace(setting, looks=looks), runs, seed) for looks in (1, 2, 4, 8)
        ]
        print(f"| {pairs} | {' | '.join(f'{one.regressed:.3f}' for one in seen)} |", flush=True)


def print_coverage(runs: int, seed: int) -> None:
    """Print how often intervals at 95 % hold the truth."""
    print("\ncoverage of 95 % intervals\n")
    print("| conversations, repeats | of a pass rate | of a difference: none | of 10 points |")
    print("|---|--:|--:|--:|")
    for conversations, repeats in SIZES:
        rates, same = cover(Setting(conversations, repeats), runs, seed)
        _, worse = cover(Setting(conversations, repeats, 0.10), runs, seed)
        row = f"| {conversations}, {repeats} | {rates:.3f} | {same:.3f} | {worse:.3f} |"
        print(row, flush=True)


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for looks in (1, 4):
        print_words(looks, given.runs, given.seed)
    print_saving(given.runs, given.seed)
    print_families(given.runs, given.seed)
    print_coverage(given.runs, given.seed)


if __name__ == "__main__":
    main()
