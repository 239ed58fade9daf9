"""The tables of docs/scale.md, each a text; the page holds them as they are printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from tests.bench.scale import constants as known
from tests.bench.scale.batches import estimate_batch
from tests.bench.scale.events import simulate_one
from tests.bench.scale.online import CREWS, ONE, WIDE, Estimate, estimate_online
from tests.bench.scale.profile import CHAT, MINI, WORK, Profile, list_quotas

SEED = 15
LETTERS = {"HARNESS_MAX_PLANNED": "P", "longer than a hosted job": "H"}


def make_work_table(sizes: Iterable[int]) -> str:
    """Return what is sent, and what it costs by request and by batch."""
    rows = []
    for count in sizes:
        row = [f"{count:,}", f"{count * CHAT.turns:,}"]
        for model, profile in WORK:
            dollars = count * model.price(profile)
            tokens = (
                f"{_scale(count * profile.input_tokens)} + {_scale(count * profile.output_tokens)}"
            )
            half = _money(dollars * known.HALF) if model.batch else "no batches"
            row += [tokens, _money(dollars), half]
        rows.append(row)
    heads = ["conversations", "requests"]
    for model, _ in WORK:
        heads += [f"{model.name}: tokens in + out", "by request", "by batch"]
    return _draw(heads, rows)


def make_time_table(sizes: Iterable[int], number: int) -> str:
    """Return how long every engine takes at one quota, and what it waits for."""
    quota = list_quotas()[number]
    rows = []
    for count in sizes:
        row = [f"{count:,}"]
        row += [_tell(estimate_online(crew, CHAT, count, quota)) for crew in CREWS]
        batch = estimate_batch(CHAT, count, quota, SEED)
        row.append(f"{_span(batch.middle_s)} to {_span(batch.target_s)}: {batch.limit}")
        rows.append(row)
    return _draw(["conversations", *(crew.title for crew in CREWS), "Batch"], rows)


def make_batch_table(sizes: Iterable[int]) -> str:
    """Return the waves as they are, and as they would be with every conversation in play at once.

    Only the second depends on the queue: ten thousand conversations fit into each of them.
    """
    rows = []
    for count in sizes:
        quotas = list_quotas()
        now = estimate_batch(CHAT, count, quotas[0], SEED)
        waves = f"{now.groups * CHAT.turns:,}"
        row = [f"{count:,}", waves, *map(_span, (now.middle_s, now.most_s, now.target_s))]
        for quota in quotas:
            found = estimate_batch(CHAT, count, quota, SEED, in_play=count)
            rounds = "+".join(f"{wave.rounds:,}" for wave in found.waves)
            row.append(f"{_span(found.middle_s)} ({rounds})")
        rows.append(row)
    heads = ["conversations", "waves", "half of runs", "nine in ten", "24 h a file"]
    heads += [f"all at once, {_scale(quota.queued)} (rounds)" for quota in list_quotas()]
    return _draw(heads, rows)


def make_disk_table(sizes: Iterable[int]) -> str:
    """Return what a run leaves on disk and takes of memory."""
    rows = []
    for count in sizes:
        page = min(known.PAGE_BYTES, count * known.PAGE_TRANSCRIPT) + count * known.PAGE_EACH
        parts = (
            count * known.JOURNAL_BYTES,
            count * known.RESULTS_BYTES,
            count * known.JUNIT_BYTES,
            page,
        )
        memory = known.RSS_BYTES + count * known.RSS_EACH
        times = (count * known.CPU_S, count * known.REPORT_S, count * known.MERGE_S)
        rows.append([f"{count:,}", *map(_bytes, parts), _bytes(memory), *map(_span, times)])
    heads = ["conversations", "journal", "results", "junit.xml", "report.html", "memory"]
    return _draw([*heads, "CPU", "… `report`", "`merge`"], rows)


def make_check_table(sizes: Iterable[int]) -> str:
    """Return the closed form beside the simulation, event by event."""
    rows = []
    for count in sizes:
        for quota in list_quotas():
            for crew in (ONE, WIDE):
                paper = estimate_online(crew, CHAT, count, quota).wall_s
                walls = [
                    simulate_one(CHAT, count, quota, width=crew.width, seed=SEED + seed)
                    for seed in range(3)
                ]
                mean = sum(walls) / len(walls)
                rows.append(
                    [
                        f"{count:,}",
                        quota.title,
                        f"{crew.width}",
                        _span(paper),
                        _span(mean),
                        f"{mean / paper:.2f}",
                    ]
                )
    heads = ["conversations", "deployment", "in flight", "on paper", "simulated", "ratio"]
    return _draw(heads, rows)


TABLES: dict[str, Callable[[Sequence[int]], str]] = {
    "work": make_work_table,
    **{
        f"time {number}": partial(make_time_table, number=number)
        for number in range(len(list_quotas()))
    },
    "batch": make_batch_table,
    "disk": make_disk_table,
}
"""What makes each table of the page, for runs of so many conversations."""
SIMULATED = (1_000, 10_000)
"""Conversations of the runs that are simulated event by event."""


def describe_profile(profile: Profile = CHAT) -> str:
    """Say the profile in a sentence."""
    return (
        f"{profile.turns} turns, {profile.input_tokens:,} tokens in, {profile.output_tokens:,} out,"
        f" {profile.quota_tokens:,} of a quota; ${MINI.price(CHAT):.6f} with {MINI.name}"
    )


def _tell(found: Estimate) -> str:
    signs = "".join(LETTERS.get(note, "M") for note in found.notes)
    return f"{_span(found.wall_s)}: {found.limit}" + (f" ({', '.join(signs)})" if signs else "")


def _draw(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Draw a table in Markdown; columns of numbers are not told from others."""
    lines = [heads, ["--:", *["---"] * (len(heads) - 1)], *rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def _span(seconds: float) -> str:
    """Write a time with two figures that count."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            value = seconds / size
            return f"{value:,.0f} {unit}" if value >= 10 else f"{value:.1f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 1 else "under 1 s"


def _scale(number: float) -> str:
    for sign, size in (("B", 1e9), ("M", 1e6), ("K", 1e3)):
        if number >= size:
            return f"{number / size:.3g}{sign}"
    return f"{number:.0f}"


def _bytes(number: float) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if number >= size:
            return f"{number / size:.3g} {unit}"
    return f"{number / 1e3:.0f} KB"


def _money(dollars: float) -> str:
    return f"${dollars:,.2f}" if dollars < 100 else f"${dollars:,.0f}"
