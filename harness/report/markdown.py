"""The run as a GitHub job summary: the verdict, the table, the first failures.

Whatever a model, a service or a spec said stands in code or behind escapes: no markup, link,
mention or table cell of theirs takes effect.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from harness.checks.verdict import Verdict
from harness.compare.columns import select_columns
from harness.compare.summary import Cell, Row, Summary
from harness.compare.wording import describe_judging, describe_mark
from harness.report import text
from harness.report.plays import explain_result
from harness.report.provenance import write_simulated_note
from harness.report.view import view_verdict
from harness.results.model import Result, Run, RunInfo
from harness.text import numbers, safe

MOST_FAILURES = 20
MOST_ROWS = 100
MOST_TURNS = 10
LONGEST_TEXT = 1_500
MOST_BYTES = 900_000
"""GitHub refuses a summary of more than 1 MiB. Source: GitHub's documentation of job summaries."""

# Characters that mean something anywhere; those that do at the start of a line; what makes a link.
_MARKUP = re.compile(r"([\\`*_\[\]<>|~$&]|^[-+#=]|(?<=^\d)[.)]|(?<=:)/|(?<=[wW]{3})\.)")
_TICKS = re.compile(r"`+")


def render_summary(run: Run, summary: Summary) -> str:
    """Write Markdown for a job summary or a pull request, under 900 KB."""
    info = run.info
    verdict = view_verdict(summary.verdict, summary.sentence)
    judging = describe_judging(summary.judging)
    parts = [
        f"## {verdict.symbol} {verdict.word}: {_escape(info.spec_name)}",
        *_write_marks(info),
        _escape(verdict.sentence),
        "\n".join(f"- {_escape(reason)}" for reason in verdict.reasons),
        _write_table(summary.rows),
        f"{judging[:1].upper()}{judging[1:]}." if judging else "",
        *_write_failures(run, summary.cells),
        _write_footer(info),
    ]
    return _join_within_limit(part for part in parts if part)


def _join_within_limit(parts: Iterable[str]) -> str:
    """Join the parts, as many of them whole as fit."""
    kept: list[str] = []
    left = MOST_BYTES
    for part in parts:
        left -= len(part.encode()) + 2
        if left < 0:
            break
        kept.append(part)
    return "\n\n".join(kept) + "\n"


def _write_marks(info: RunInfo) -> list[str]:
    marks = []
    if note := write_simulated_note(info):
        marks.append(f"> ⚠️ **SIMULATED.** {_escape(note)}")
    if info.replayed:
        marks.append("> ⚠️ **REPLAYED.** Nothing was called: these are recorded answers.")
    return marks


def _write_table(rows: Sequence[Row]) -> str:
    several = len({row.variant for row in rows}) > 1
    shown = select_columns("summary", rows)
    lines = [
        f"| {' | '.join(['Target', *(column.summary for column in shown)])} |",
        f"|---|{'|'.join('--:' if column.numeric else '---' for column in shown)}|",
    ]
    for row in rows[:MOST_ROWS]:
        name = _write_code(row.target.name)
        cells = [f"{name} {_write_code(row.variant)}" if several else name]
        cells += [column.value(row) for column in shown]
        lines.append(f"| {' | '.join(cells)} |")
    if len(rows) > MOST_ROWS:
        lines.append(f"\n{len(rows) - MOST_ROWS} more rows are in report.html.")
    return "\n".join(lines)


def _write_failures(run: Run, cells: Sequence[Cell]) -> list[str]:
    bad = [cell for cell in cells if cell.outcome not in ("passed", "skipped")]
    if not bad:
        return []
    total = numbers.format_plural(len(bad), "conversation")
    title = f"### {total} not passed on a target"
    if len(bad) > MOST_FAILURES:
        title += f", the first {MOST_FAILURES}"
    return [title, *(_write_failure(run.results, cell) for cell in bad[:MOST_FAILURES])]


def _write_failure(results: Sequence[Result], cell: Cell) -> str:
    held = [results[index] for index in cell.results]
    shown = next((result for result in held if result.outcome == cell.outcome), held[0])
    case = f" › {cell.case}" if cell.case is not None else ""
    tally = f" {cell.passed}/{cell.repeats}" if cell.repeats > 1 else ""
    heading = (
        f"{text.SYMBOLS[cell.outcome]} {cell.outcome}{tally}: {cell.conversation}{case}"
        f" · {cell.target} · {cell.variant}"
    )
    mark = describe_mark(cell.known_failing)
    # Inside <summary> and up to the blank line, Markdown is off and HTML is on.
    parts = [
        f"<details><summary>{_escape_html(heading)}<br>{_escape_html(explain_result(shown))}</summary>",
        _escape(f"{mark[:1].upper()}{mark[1:]}"),
    ]
    for turn in shown.turns[:MOST_TURNS]:
        exchange = turn.exchange
        parts += [f"User, turn {exchange.number}", _fence(exchange.asked)]
        if exchange.reply:
            parts += ["Assistant", _fence(exchange.reply.text)]
        if exchange.failure:
            parts += ["Error", _fence(f"{exchange.failure.kind}: {exchange.failure.message}")]
        parts.append(_write_verdicts(turn.verdicts))
    if len(shown.turns) > MOST_TURNS:
        parts.append(f"{len(shown.turns) - MOST_TURNS} more turns are in report.html.")
    parts += [_write_verdicts(shown.verdicts), "</details>"]
    return "\n\n".join(part for part in parts if part)


def _write_verdicts(verdicts: Sequence[Verdict]) -> str:
    return "\n".join(
        f"- {text.SYMBOLS[verdict.outcome]} {_write_code(f'{verdict.type}: {verdict.reason}')}"
        for verdict in verdicts
        if verdict.outcome != "passed"
    )


def _write_footer(info: RunInfo) -> str:
    return (
        f"Run {_write_code(info.id)}, {_escape(numbers.format_moment(info.started_at))}, "
        f"harness {_write_code(info.harness_version)}, spec {_write_code(info.spec_sha256[:12])}. "
        "The whole report is report.html."
    )


def _escape(value: str) -> str:
    """Write one line in which no character means anything to Markdown or to GitHub."""
    # A word joiner keeps an @ from becoming a mention, which escapes do not.
    return _MARKUP.sub(r"\\\1", safe.clip_line(value, 600)).replace("@", "@\u2060")


def _write_code(value: str) -> str:
    """Write a code span on one line, whole even in a table."""
    # A bar ends a table's cell even inside code, and how to escape it there differs by renderer.
    flat = safe.clip_line(value, 300).replace("|", "¦")
    if not flat:
        return ""
    ticks = "`" * (1 + max(map(len, _TICKS.findall(flat)), default=0))
    pad = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{ticks}{pad}{flat}{pad}{ticks}"


def _escape_html(value: str) -> str:
    return html.escape(safe.clip_line(value, 400)).replace("@", "@\u2060")


def _fence(value: str) -> str:
    """Write a fenced block that no run of backticks in the text can end."""
    shown, omitted = safe.clip(value, LONGEST_TEXT)
    if omitted:
        shown += f"\n… {omitted:,} more characters"
    ticks = "`" * max(3, 1 + max(map(len, _TICKS.findall(shown)), default=0))
    return f"{ticks}text\n{shown}\n{ticks}"
