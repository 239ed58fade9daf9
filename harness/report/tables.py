"""The trials of a run as a table, a row each: CSV for spreadsheets, JSON lines for programs.

A cell never begins with what a spreadsheet takes for a formula: it gets an apostrophe before it.
Source: OWASP, *CSV Injection*, read 2026.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from harness.report.plays import explain_result
from harness.results.codec import encode_line
from harness.results.model import Result
from harness.text.safe import visible

Value = str | int | float | None

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SUFFIXES = (".csv", ".jsonl")


def generate_table(results: Sequence[Result], suffix: str) -> Iterator[str]:
    """Generate the lines of a table, ``.csv`` with a head or ``.jsonl``; the unknown is empty."""
    if suffix == ".jsonl":
        yield from (f"{encode_line(_make_row(result))}\n" for result in results)
        return
    yield _write_csv(list(COLUMNS))
    yield from (_write_csv(list(_make_row(result).values())) for result in results)


COLUMNS = (
    "conversation", "case", "target", "variant", "repeat", "outcome", "score", "reason", "asked",
    "reply", "turns", "requests", "latency_s", "input_tokens", "output_tokens", "cost_usd", "tags",
    "question_sha256",
)  # fmt: skip


def _make_row(result: Result) -> dict[str, Value]:
    trial = result.trial
    asked = [turn for turn in result.turns if not turn.exchange.scripted]
    replies = [turn.exchange.reply for turn in asked if turn.exchange.reply is not None]
    paid = [turn for turn in asked if turn.exchange.paid is not None]
    usages = [turn.exchange.paid.usage for turn in paid if turn.exchange.paid is not None]
    values: tuple[Value, ...] = (
        trial.conversation,
        trial.case,
        trial.target,
        trial.variant,
        trial.repeat,
        result.outcome,
        result.score,
        explain_result(result),
        asked[-1].exchange.asked if asked else None,
        result.reply,
        len(result.turns),
        sum(turn.exchange.effort.requests for turn in asked),
        sum(reply.latency_s for reply in replies) if replies else None,
        _add([usage.input_tokens if usage else None for usage in usages]),
        _add([usage.output_tokens if usage else None for usage in usages]),
        _add([turn.cost_usd for turn in paid]),
        ", ".join(result.tags),
        result.question_sha256,
    )
    cells = [guard_formula(value) if isinstance(value, str) else value for value in values]
    return dict(zip(COLUMNS, cells, strict=True))


def _add(parts: Sequence[float | None]) -> float | None:
    """Add numbers up; None where one of them is not known, or there is none."""
    known = [part for part in parts if part is not None]
    return sum(known) if known and len(known) == len(parts) else None


def guard_formula(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula, and that any file can hold."""
    shown = visible(text)
    return f"'{shown}" if text.startswith(FORMULA) else shown


def _write_csv(cells: Sequence[Value]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(["" if cell is None else cell for cell in cells])
    return line.getvalue()
