"""The run as a GitHub job summary: the verdict, the table, the first failures.

Whatever a model, a service or a spec said stands in code or behind escapes: no markup, link,
mention or table cell of theirs takes effect.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from harness.checks.verdict import Verdict
from harness.compare.columns import select_columns
from harness.compare.comparison.wording import describe_parity
from harness.compare.summary import Cell, Row, Summary
from harness.compare.wording import describe_judging, describe_mark
from harness.report import text
from harness.report.ci.comparison import write_comparison
from harness.report.ci.markup import escape, escape_html, fence, write_code
from harness.report.plays import explain_result, find_first_line
from harness.report.provenance import write_simulated_note
from harness.report.view import view_verdict
from harness.results.model import Result, Run, RunInfo
from harness.text import numbers

MOST_FAILURES = 20
MOST_LISTED = 30
LONGEST_LINE = 150
CUT = "There is more than fits here: it is in report.html."
MOST_ROWS = 100
MOST_TURNS = 10
MOST_BYTES = 900_000
"""GitHub refuses a summary of more than 1 MiB. Source: GitHub's documentation of job summaries."""
MOST_COMMENT_BYTES = 60_000
"""GitHub refuses a comment of more than 65,536 characters; Azure DevOps and GitLab take more."""
_NO_NAME = re.compile(r"[^A-Za-z0-9_.]+")


def render_summary(run: Run, summary: Summary) -> str:
    """Write Markdown for a job summary, under 900 KB."""
    parts = _list_parts(run, summary, _write_failures(run, summary.cells))
    return _join_within_limit(parts, MOST_BYTES)


def render_comment(run: Run, summary: Summary) -> str:
    """Write Markdown for one comment of a pull request, under 60 KB: failures in a line each.

    Its first line is hidden and names the spec: by it a pipeline finds the comment that it updates.
    """
    parts = _list_parts(run, summary, _list_failures(run, summary.cells))
    return _join_within_limit([_write_marker(run.info.spec_name), *parts], MOST_COMMENT_BYTES)


def _write_marker(spec_name: str) -> str:
    """Write a comment of HTML that no name can end, another one for every name."""
    name = _NO_NAME.sub("-", spec_name)[:60].strip("-")
    digest = hashlib.sha256(spec_name.encode("utf-8", "replace")).hexdigest()[:8]
    return f"<!-- harness: {name if name == spec_name else f'{name}.{digest}'} -->"


def _list_parts(run: Run, summary: Summary, failures: Sequence[str]) -> list[str]:
    info = run.info
    verdict = view_verdict(summary.verdict, summary.sentence, info.shard)
    judging = describe_judging(summary.judging)
    parts = [
        f"## {verdict.symbol} {verdict.word}: {escape(info.spec_name)}",
        *_write_marks(info),
        escape(verdict.sentence),
        "\n".join(f"- {escape(reason)}" for reason in verdict.reasons),
        *write_comparison(summary.comparison),
        _write_table(summary.rows),
        "\n".join(f"- {escape(describe_parity(one))}" for one in summary.parities[:MOST_ROWS]),
        f"{judging[:1].upper()}{judging[1:]}." if judging else "",
        *_write_unknown(info),
        *failures,
        _write_footer(info),
    ]
    return [part for part in parts if part]


def _join_within_limit(parts: Sequence[str], most_bytes: int) -> str:
    """Join the parts, as many of them whole as fit, and say when some do not."""
    kept: list[str] = []
    left = most_bytes - len(CUT) - 2
    for part in parts:
        left -= len(part.encode()) + 2
        if left < 0:
            kept.append(CUT)
            break
        kept.append(part)
    return "\n\n".join(kept) + "\n"


def _write_marks(info: RunInfo) -> list[str]:
    marks = []
    if note := write_simulated_note(info):
        marks.append(f"> ⚠️ **SIMULATED.** {escape(note)}")
    if info.replayed:
        marks.append("> ⚠️ **REPLAYED.** Nothing was called: these are recorded answers.")
    return marks


def _write_unknown(info: RunInfo) -> list[str]:
    """Write which requests have no answer and may be paid twice; nothing where there are none."""
    if info.unknown is None:
        return []
    found = info.unknown
    lines = [f"- {escape(one.describe(), LONGEST_LINE)}" for one in found.listed[:MOST_LISTED]]
    if found.requests > MOST_LISTED:
        lines.append(f"- and {found.requests - MOST_LISTED:,} more in run.json")
    said = " ".join(found.describe())
    title = "WITHOUT AN ANSWER" if found.requests else "PERHAPS PAID TOO"
    return [f"> ⚠️ **{title}.** {escape(said)}", "\n".join(lines)]


def _write_table(rows: Sequence[Row]) -> str:
    several = len({row.variant for row in rows}) > 1
    shown = select_columns("summary", rows)
    lines = [
        f"| {' | '.join(['Target', *(column.summary for column in shown)])} |",
        f"|---|{'|'.join('--:' if column.numeric else '---' for column in shown)}|",
    ]
    for row in rows[:MOST_ROWS]:
        name = write_code(row.target.name)
        cells = [f"{name} {write_code(row.variant)}" if several else name]
        cells += [column.value(row) for column in shown]
        lines.append(f"| {' | '.join(cells)} |")
    if len(rows) > MOST_ROWS:
        lines.append(f"\n{len(rows) - MOST_ROWS} more rows are in report.html.")
    return "\n".join(lines)


def _write_failures(run: Run, cells: Sequence[Cell]) -> list[str]:
    bad = _find_bad(cells)
    return [
        *_write_title(bad, MOST_FAILURES),
        *(_write_failure(run.results, cell) for cell in bad[:MOST_FAILURES]),
    ]


def _list_failures(run: Run, cells: Sequence[Cell]) -> list[str]:
    """List failures in a line each: why, and the reply's first line."""
    bad = _find_bad(cells)
    lines = []
    for cell in bad[:MOST_LISTED]:
        shown = _choose_result(run.results, cell)
        first = find_first_line(shown)
        said = [_name_cell(cell), explain_result(shown), f"reply: {first}" if first else ""]
        lines.append(f"- {'<br>'.join(escape(one, LONGEST_LINE) for one in said if one)}")
    return [*_write_title(bad, MOST_LISTED), "\n".join(lines)] if bad else []


def _find_bad(cells: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.outcome not in ("passed", "skipped")]


def _write_title(bad: Sequence[Cell], most: int) -> list[str]:
    title = f"### {numbers.format_plural(len(bad), 'conversation')} not passed on a target"
    return [title + (f", the first {most}" if len(bad) > most else "")] if bad else []


def _choose_result(results: Sequence[Result], cell: Cell) -> Result:
    held = [results[index] for index in cell.results]
    return next((result for result in held if result.outcome == cell.outcome), held[0])


def _name_cell(cell: Cell) -> str:
    case = f" › {cell.case}" if cell.case is not None else ""
    tally = f" {cell.passed}/{cell.repeats}" if cell.repeats > 1 else ""
    return (
        f"{text.SYMBOLS[cell.outcome]} {cell.outcome}{tally}: {cell.conversation}{case}"
        f" · {cell.target} · {cell.variant}"
    )


def _write_failure(results: Sequence[Result], cell: Cell) -> str:
    shown = _choose_result(results, cell)
    mark = describe_mark(cell.known_failing)
    # Inside <summary> and up to the blank line, Markdown is off and HTML is on.
    parts = [
        f"<details><summary>{escape_html(_name_cell(cell))}<br>{escape_html(explain_result(shown))}</summary>",
        escape(f"{mark[:1].upper()}{mark[1:]}"),
    ]
    for turn in shown.turns[:MOST_TURNS]:
        exchange = turn.exchange
        parts += [f"User, turn {exchange.number}", fence(exchange.asked)]
        if exchange.reply:
            parts += ["Assistant", fence(exchange.reply.text)]
        if exchange.failure:
            parts += ["Error", fence(f"{exchange.failure.kind}: {exchange.failure.message}")]
        parts.append(_write_verdicts(turn.verdicts))
    if len(shown.turns) > MOST_TURNS:
        parts.append(f"{len(shown.turns) - MOST_TURNS} more turns are in report.html.")
    parts += [_write_verdicts(shown.verdicts), "</details>"]
    return "\n\n".join(part for part in parts if part)


def _write_verdicts(verdicts: Sequence[Verdict]) -> str:
    return "\n".join(
        f"- {text.SYMBOLS[verdict.outcome]} {write_code(f'{verdict.type}: {verdict.reason}')}"
        for verdict in verdicts
        if verdict.outcome != "passed"
    )


def _write_footer(info: RunInfo) -> str:
    looks = f"look {info.looks.at} of {info.looks.planned}, " if info.looks else ""
    looks += f"{info.shard}, " if info.shard else ""
    return (
        f"Run {write_code(info.id)}, {escape(numbers.format_moment(info.started_at))}, {looks}"
        f"harness {write_code(info.harness_version)}, spec {write_code(info.spec_sha256[:12])}. "
        "The whole report is report.html."
    )
