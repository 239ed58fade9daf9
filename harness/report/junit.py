"""The run as JUnit XML: a suite per target and variant, a test case per trial.

*Failed* and *truncated* and *blocked* trials are failures, *errored* ones errors, *skipped* ones
skipped, so that a pipeline tells a wrong answer from no answer.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator

from harness.checks.verdict import Verdict
from harness.compare.summary import Summary
from harness.report import text
from harness.report.plays import reason_of
from harness.results.model import JudgedExchange, Outcome, Result, Run, RunInfo, TargetInfo

LONGEST_TEXT = 4_000
"""Characters of one reply in the body of a failure."""


def render_junit(run: Run, summary: Summary) -> str:
    """The file of ``junit_parts`` as one text."""
    return "".join(junit_parts(run, summary))


def junit_parts(run: Run, summary: Summary) -> Iterator[str]:
    """The whole file, UTF-8 with its declaration; well-formed whatever a model said.

    It comes in pieces. Results are read twice: counts stand before what is counted.
    """
    info = run.info
    whole = _Suite()
    suites = {(row.target.name, row.variant): _Suite() for row in summary.rows}
    targets = {row.target.name: row.target for row in summary.rows}
    for index, result in enumerate(run.results):
        whole.add(index, result)
        key = (result.trial.target, result.trial.variant)
        suites.setdefault(key, _Suite()).add(index, result)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield _opening("testsuites", {**whole.counts(), "name": text.line(info.spec_name)})
    for (name, variant), suite in suites.items():
        target = targets.get(name, TargetInfo(name))
        title = name if variant == "default" else f"{name} [{variant}]"
        attributes = {"name": text.line(title), **suite.counts()}
        attributes["timestamp"] = text.line(info.started_at, 40)
        yield "  " + _opening("testsuite", attributes)
        yield _indented(_properties(info, target, variant))
        for index in suite.indices:
            yield _indented(_case(info, run.results[index]))
        yield "  </testsuite>\n"
    yield "</testsuites>\n"


class _Suite:
    """What a suite says of its test cases before it lists them; eight bytes a case."""

    def __init__(self) -> None:
        self.indices = array("q")
        self._outcomes: Counter[Outcome] = Counter()
        self._latency_s = 0.0

    def add(self, index: int, result: Result) -> None:
        """One more test case, by its place in the run."""
        self.indices.append(index)
        self._outcomes[result.outcome] += 1
        self._latency_s += _latency_s(result)

    def counts(self) -> dict[str, str]:
        """The attributes of a suite that are numbers."""
        outcomes = self._outcomes
        return {
            "tests": str(outcomes.total()),
            "failures": str(outcomes["failed"] + outcomes["blocked"] + outcomes["truncated"]),
            "errors": str(outcomes["errored"]),
            "skipped": str(outcomes["skipped"]),
            "time": f"{self._latency_s:.3f}",
        }


def _latency_s(result: Result) -> float:
    """Seconds that the format wants; the attribute has no way to say unknown."""
    replies = (turn.exchange.reply for turn in result.turns)
    return sum(reply.latency_s for reply in replies if reply)


def _opening(tag: str, attributes: dict[str, str]) -> str:
    """A start tag on its own line, escaped as the library escapes."""
    return ET.tostring(ET.Element(tag, attributes), "unicode").removesuffix(" />") + ">\n"


def _indented(element: ET.Element) -> str:
    ET.indent(element, level=2)
    return f"    {ET.tostring(element, 'unicode')}\n"


def _properties(info: RunInfo, target: TargetInfo, variant: str) -> ET.Element:
    properties = ET.Element("properties")
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
    return properties


def _case(info: RunInfo, result: Result) -> ET.Element:
    trial = result.trial
    case = f" [{trial.case}]" if trial.case is not None else ""
    repeat = f" #{trial.repeat}" if trial.repeat > 1 else ""
    element = ET.Element(
        "testcase",
        {
            "classname": text.line(f"{info.spec_name}.{trial.target}"),
            "name": text.line(f"{trial.conversation}{case}{repeat}"),
            "time": f"{_latency_s(result):.3f}",
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
