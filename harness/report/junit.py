"""The run as JUnit XML: a suite per target and variant, a test case per trial.

*Failed* and *truncated* and *blocked* trials are failures, *errored* ones errors, *skipped* ones
skipped, so that a pipeline tells a wrong answer from no answer. Trials that are known to fail are
skipped too, as long as they may.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from harness.checks.verdict import Verdict
from harness.compare.summary import Cell, Repeat, Row, Summary
from harness.compare.wording import describe_mark
from harness.report import text
from harness.report.plays import explain_result
from harness.results.model import JudgedExchange, Outcome, Result, Run, RunInfo, TargetInfo
from harness.spec.model.spec import KnownFailing
from harness.text import safe

LONGEST_TEXT = 4_000
"""Characters of one reply in the body of a failure."""


def render_junit(run: Run, summary: Summary) -> str:
    """Return the file of ``generate_junit`` as one text."""
    return "".join(generate_junit(run, summary))


def generate_junit(run: Run, summary: Summary) -> Iterator[str]:
    """Generate the whole file, UTF-8 with its declaration; well-formed whatever a model said.

    It comes in pieces. Only results that did not pass are read; of the others the summary knows
    all that stands in the file.
    """
    info = run.info
    suites = [_Suite(row) for row in summary.rows]
    named = {(suite.target.name, suite.variant): suite for suite in suites}
    for cell in summary.cells:
        named[cell.target, cell.variant].trials += [(trial, cell) for trial in cell.trials]
    everything = [trial for suite in suites for trial in suite.trials]
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield _write_start(
        "testsuites", {**_count_outcomes(everything), "name": safe.clip_line(info.spec_name)}
    )
    for suite in suites:
        name, variant = suite.target.name, suite.variant
        title = name if variant == "default" else f"{name} [{variant}]"
        attributes = {"name": safe.clip_line(title), **_count_outcomes(suite.trials)}
        attributes["timestamp"] = safe.clip_line(info.started_at, 40)
        yield "  " + _write_start("testsuite", attributes)
        yield _indent(_make_properties(info, suite.row, summary))
        class_name = safe.clip_line(f"{info.spec_name}.{name}")
        for trial, cell in sorted(suite.trials, key=_read_place):
            attributes = _make_attributes(class_name, trial, cell)
            if trial.outcome == "passed":
                yield f"    {_open_tag('testcase', attributes)} />\n"
            else:
                result = run.results[trial.index]
                yield _indent(_make_failed_case(attributes, result, cell.known_failing))
        yield "  </testsuite>\n"
    yield "</testsuites>\n"


_Trial = tuple[Repeat, Cell]


def _find_end(trial: Repeat, cell: Cell) -> Outcome:
    """Return the outcome that counts: what is known to fail is skipped where it does."""
    known = cell.known_failing is not None
    return "skipped" if known and trial.outcome != "passed" else trial.outcome


@dataclass(slots=True)
class _Suite:
    """A target under a variant, with its trials in the order of cells."""

    row: Row
    trials: list[_Trial] = field(default_factory=list)

    @property
    def target(self) -> TargetInfo:
        return self.row.target

    @property
    def variant(self) -> str:
        return self.row.variant


def _read_place(trial: _Trial) -> int:
    return trial[0].index


def _count_outcomes(trials: Collection[_Trial]) -> dict[str, str]:
    """Count what the attributes of a suite say in numbers."""
    outcomes = Counter(_find_end(trial, cell) for trial, cell in trials)
    return {
        "tests": str(len(trials)),
        "failures": str(outcomes["failed"] + outcomes["blocked"] + outcomes["truncated"]),
        "errors": str(outcomes["errored"]),
        "skipped": str(outcomes["skipped"]),
        "time": f"{sum(trial.latency_s for trial, _ in trials):.3f}",
    }


_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})


def _open_tag(tag: str, attributes: dict[str, str]) -> str:
    """Write the beginning of a tag whose values stand on one line each."""
    said = "".join([f' {name}="{value.translate(_ESCAPED)}"' for name, value in attributes.items()])
    return f"<{tag}{said}"


def _write_start(tag: str, attributes: dict[str, str]) -> str:
    """Write a start tag on its own line."""
    return f"{_open_tag(tag, attributes)}>\n"


def _indent(element: ET.Element) -> str:
    ET.indent(element, level=2)
    return f"    {ET.tostring(element, 'unicode')}\n"


def _make_properties(info: RunInfo, row: Row, summary: Summary) -> ET.Element:
    properties = ET.Element("properties")
    for key, value in _list_properties(info, row, summary):
        if value is not None:
            ET.SubElement(properties, "property", {"name": key, "value": safe.clip_line(value)})
    return properties


def _list_properties(info: RunInfo, row: Row, summary: Summary) -> Iterator[tuple[str, str | None]]:
    """Yield what a pipeline may want to plot; None is what nobody knows, and is left out."""
    target, looks = row.target, info.looks
    yield "simulated", str(info.simulated or target.simulated).lower()
    yield "replayed", str(info.replayed).lower()
    yield "run", info.id
    yield "spec.sha256", info.spec_sha256
    yield "harness.version", info.harness_version
    yield "verdict", summary.verdict.word
    yield "looks", f"{looks.at} of {looks.planned}" if looks is not None else None
    yield "target", target.name
    yield "variant", row.variant
    yield "model", target.model
    yield "version", target.version
    yield "region", target.region
    yield "sku", target.sku
    yield "requests", str(row.requests)
    yield "input_tokens", _write_number(row.input_tokens)
    yield "output_tokens", _write_number(row.output_tokens)
    yield "cost_usd", _write_number(row.cost_usd)
    yield "pass_rate", _write_number(row.pass_rate.value if row.pass_rate else None)
    if summary.comparison is None:
        return
    base = summary.comparison.base
    for pair in summary.comparison.pairs:
        if (pair.b.target.name, pair.b.variant) == (target.name, row.variant):
            moved = pair.difference
            yield "base", base.baseline or base.id
            yield "difference", _write_number(moved.value)
            yield "difference.low", _write_number(moved.low)
            yield "difference.high", _write_number(moved.high)
            yield "difference.p_value", _write_number(moved.p_value)
            yield "difference.verdict", pair.verdict


def _write_number(value: float | None) -> str | None:
    """Write a number for programs: never by an exponent; None stays None."""
    return None if value is None else f"{value:.9f}".rstrip("0").rstrip(".")


def _make_attributes(class_name: str, trial: Repeat, cell: Cell) -> dict[str, str]:
    """Make the attributes of a test case; the format has no unknown, so seconds stand there."""
    case = f" [{cell.case}]" if cell.case is not None else ""
    repeat = f" #{trial.number}" if trial.number > 1 else ""
    return {
        "classname": class_name,
        "name": safe.clip_line(f"{cell.conversation}{case}{repeat}"),
        "time": f"{trial.latency_s:.3f}",
    }


def _make_failed_case(
    attributes: dict[str, str], result: Result, known_failing: KnownFailing | None
) -> ET.Element:
    element = ET.Element("testcase", attributes)
    reason = explain_result(result) or result.outcome
    if known_failing is not None:
        said = f"{describe_mark(known_failing)}: {result.outcome}: {reason}"
        ET.SubElement(element, "skipped", {"message": safe.clip_line(said)})
        return element
    match result.outcome:
        case "passed":
            pass
        case "failed" | "blocked" | "truncated":
            failure = {"message": reason, "type": result.outcome}
            ET.SubElement(element, "failure", failure).text = _write_body(result)
        case "errored":
            kind = result.failure.kind if result.failure else "check"
            ET.SubElement(element, "error", {"message": reason, "type": kind}).text = _write_body(
                result
            )
        case "skipped":
            reasons = (v.reason for v in _list_verdicts(result) if v.reason)
            why = "; ".join(dict.fromkeys(reasons))
            ET.SubElement(element, "skipped", {"message": safe.clip_line(why) or "skipped"})
    return element


def _list_verdicts(result: Result) -> Iterable[Verdict]:
    for turn in result.turns:
        yield from turn.verdicts
    yield from result.verdicts


def _write_body(result: Result) -> str:
    """Write the transcript with its verdicts, as a person would write it down."""
    lines = [part for turn in result.turns for part in _write_turn(turn)]
    lines += _write_verdicts(result.verdicts)
    reported = any(turn.exchange.failure for turn in result.turns)
    if result.failure and not reported:
        lines.append(f"error: {result.failure.kind}: {result.failure.message}")
    return safe.visible("\n" + "\n".join(lines) + "\n")


def _write_turn(turn: JudgedExchange) -> list[str]:
    exchange = turn.exchange
    lines = [f"turn {exchange.number}", f"user: {exchange.asked[:LONGEST_TEXT]}"]
    if exchange.reply:
        lines.append(f"assistant: {exchange.reply.text[:LONGEST_TEXT]}")
    if exchange.failure:
        lines.append(f"error: {exchange.failure.kind}: {exchange.failure.message}")
    return lines + _write_verdicts(turn.verdicts)


def _write_verdicts(verdicts: Iterable[Verdict]) -> list[str]:
    return [f"{text.SYMBOLS[v.outcome]} {v.type}: {v.reason}" for v in verdicts]
