"""The run as JUnit XML: a suite per target and variant, a test case per trial.

*Failed* and *truncated* and *blocked* trials are failures, *errored* ones errors, *skipped* ones
skipped, so that a pipeline tells a wrong answer from no answer.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence

from harness.checks.verdict import Verdict
from harness.compare.summary import Summary
from harness.report import text
from harness.report.plays import reason_of
from harness.results.model import JudgedExchange, Result, Run, RunInfo, TargetInfo

LONGEST_TEXT = 4_000
"""Characters of one reply in the body of a failure."""


def render_junit(run: Run, summary: Summary) -> str:
    """The whole file, UTF-8 with its declaration; well-formed whatever a model said."""
    info = run.info
    root = ET.Element("testsuites", _counts(run.results))
    root.set("name", text.line(info.spec_name))
    suites: dict[tuple[str, str], list[Result]] = {
        (row.target.name, row.variant): [] for row in summary.rows
    }
    targets = {row.target.name: row.target for row in summary.rows}
    for result in run.results:
        suites.setdefault((result.trial.target, result.trial.variant), []).append(result)
    for (name, variant), results in suites.items():
        root.append(_suite(info, targets.get(name, TargetInfo(name)), variant, results))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _suite(
    info: RunInfo, target: TargetInfo, variant: str, results: Sequence[Result]
) -> ET.Element:
    name = target.name if variant == "default" else f"{target.name} [{variant}]"
    suite = ET.Element("testsuite", {"name": text.line(name), **_counts(results)})
    suite.set("timestamp", text.line(info.started_at, 40))
    properties = ET.SubElement(suite, "properties")
    for key, value in (
        ("simulated", str(info.simulated or target.simulated).lower()),
        ("replayed", str(info.replayed).lower()),
        ("run", info.id),
        ("spec.sha256", info.spec_sha256),
        ("harness.version", info.harness_version),
        ("target", target.name),
        ("variant", variant),
        ("model", target.model),
        ("version", target.version),
        ("region", target.region),
        ("sku", target.sku),
    ):
        if value is not None:
            ET.SubElement(properties, "property", {"name": key, "value": text.line(value)})
    for result in results:
        suite.append(_case(info, result))
    return suite


def _case(info: RunInfo, result: Result) -> ET.Element:
    trial = result.trial
    case = f" [{trial.case}]" if trial.case is not None else ""
    repeat = f" #{trial.repeat}" if trial.repeat > 1 else ""
    element = ET.Element(
        "testcase",
        {
            "classname": text.line(f"{info.spec_name}.{trial.target}"),
            "name": text.line(f"{trial.conversation}{case}{repeat}"),
            "time": _time([result]),
        },
    )
    reason = reason_of(result) or result.outcome
    match result.outcome:
        case "passed":
            pass
        case "failed" | "blocked" | "truncated":
            failure = {"message": reason, "type": result.outcome}
            ET.SubElement(element, "failure", failure).text = _body(result)
        case "errored":
            kind = result.failure.kind if result.failure else "check"
            ET.SubElement(element, "error", {"message": reason, "type": kind}).text = _body(result)
        case "skipped":
            reasons = (v.reason for v in _every_verdict(result) if v.reason)
            why = "; ".join(dict.fromkeys(reasons))
            ET.SubElement(element, "skipped", {"message": text.line(why) or "skipped"})
    return element


def _counts(results: Sequence[Result]) -> dict[str, str]:
    outcomes = [result.outcome for result in results]
    failures = sum(outcomes.count(outcome) for outcome in ("failed", "blocked", "truncated"))
    return {
        "tests": str(len(outcomes)),
        "failures": str(failures),
        "errors": str(outcomes.count("errored")),
        "skipped": str(outcomes.count("skipped")),
        "time": _time(results),
    }


def _time(results: Iterable[Result]) -> str:
    """Seconds that the format wants; the attribute has no way to say unknown."""
    replies = (turn.exchange.reply for result in results for turn in result.turns)
    return f"{sum(reply.latency_s for reply in replies if reply):.3f}"


def _every_verdict(result: Result) -> Iterable[Verdict]:
    for turn in result.turns:
        yield from turn.verdicts
    yield from result.verdicts


def _body(result: Result) -> str:
    """The transcript with its verdicts, as a person would write it down."""
    lines = [part for turn in result.turns for part in _turn_lines(turn)]
    lines += _verdict_lines(result.verdicts)
    reported = any(turn.exchange.failure for turn in result.turns)
    if result.failure and not reported:
        lines.append(f"error: {result.failure.kind}: {result.failure.message}")
    return text.visible("\n" + "\n".join(lines) + "\n")


def _turn_lines(turn: JudgedExchange) -> list[str]:
    exchange = turn.exchange
    lines = [f"turn {exchange.number}", f"user: {exchange.user[:LONGEST_TEXT]}"]
    if exchange.reply:
        lines.append(f"assistant: {exchange.reply.text[:LONGEST_TEXT]}")
    if exchange.failure:
        lines.append(f"error: {exchange.failure.kind}: {exchange.failure.message}")
    return lines + _verdict_lines(turn.verdicts)


def _verdict_lines(verdicts: Iterable[Verdict]) -> list[str]:
    return [f"{text.SYMBOLS[v.outcome]} {v.type}: {v.reason}" for v in verdicts]
