"""Annotations: what did not pass, beside the line of the spec where the conversation is written.

How a command is written and escaped. Sources: GitHub's documentation of workflow commands and
actions/toolkit ``command.ts``; Azure Pipelines' documentation of logging commands and
azure-pipelines-task-lib ``taskcommand.ts``, read 2026.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from harness.compare.summary import Cell, Summary
from harness.compare.wording import name_case, name_verdict
from harness.report.plays import explain_result
from harness.report.terminal.failures import PASSED
from harness.report.terminal.listing import group_worst_first
from harness.results.model import Result
from harness.source import Span
from harness.text.safe import clip_line, visible

Level = Literal["error", "warning"]

MOST = 10
"""GitHub shows ten errors and ten warnings of a step. Source: its documentation of limits."""
LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark at a place of a file; ``message`` may have several lines."""

    level: Level
    title: str
    message: str
    span: Span | None = None


def list_annotations(
    results: Sequence[Result],
    summary: Summary,
    find_place: Callable[[str], Span | None],
    gate: Span | None = None,
) -> Iterator[Annotation]:
    """Yield the verdict, then the conversations that did not pass, the worst first.

    They are errors where the run's exit code is not 0, and warnings where the gate lets them pass.

    Args:
        results: the run's.
        summary: its numbers.
        find_place: the place of a conversation, by its id.
        gate: the place of the gate.
    """
    verdict = summary.verdict
    level: Level = "warning" if verdict.exit_code == 0 else "error"
    most = MOST
    if verdict.exit_code and verdict.word is not None:
        most -= 1
        word = name_verdict(verdict.word)
        yield Annotation(level, f"harness: {word}", "\n".join(verdict.reasons), gate)
    failed = [cell for cell in summary.cells if cell.outcome not in PASSED]
    for name, cells in group_worst_first(failed)[:most]:
        said = [_describe_cell(cell, results) for cell in cells]
        known = all(cell.known_failing for cell in cells)
        place = find_place(name[0])
        yield Annotation("warning" if known else level, name_case(*name), "\n".join(said), place)


def _describe_cell(cell: Cell, results: Sequence[Result]) -> str:
    trial = next(one for one in cell.trials if one.outcome == cell.outcome)
    variant = f" · {cell.variant}" if cell.variant != "default" else ""
    share = f", {cell.passed} of {cell.repeats} passed" if cell.repeats > 1 else ""
    reason = explain_result(results[trial.index])
    return f"{cell.outcome} on {cell.target}{variant}{share}: {reason}".removesuffix(": ")


def format_annotation(
    annotation: Annotation, service: Literal["github", "azure"], shorten: Callable[[str], str]
) -> str:
    """Write an annotation as the command of a service, on one line.

    Nothing that stands in its texts ends a property, or the command.

    Args:
        annotation: what is said.
        service: who obeys it.
        shorten: a path as the repository has it.
    """
    span = annotation.span
    file, line, column = ("", "", "")
    if span is not None:
        file, line, column = visible(shorten(span.file)), str(span.line), str(span.column)
    title = clip_line(annotation.title, 200)
    message = visible(annotation.message[:LONGEST])
    if service == "github":
        given = {"file": file, "line": line, "col": column, "title": title}
        return f"::{annotation.level} {_write_github(given)}::{_escape(message, GITHUB)}"
    place = {"sourcepath": file, "linenumber": line, "columnnumber": column}
    given = {"type": annotation.level, **place}
    said = _escape(f"{title}: {message}" if message else title, AZURE)
    return f"##vso[task.logissue {_write_azure(given)}]{said}"


GITHUB = {"%": "%25", "\r": "%0D", "\n": "%0A"}
AZURE = {"%": "%AZP25", "\r": "%0D", "\n": "%0A"}


def _escape(text: str, signs: Mapping[str, str]) -> str:
    return "".join(signs.get(sign, sign) for sign in text)


def _write_github(given: Mapping[str, str]) -> str:
    signs = {**GITHUB, ":": "%3A", ",": "%2C"}
    return ",".join(f"{name}={_escape(value, signs)}" for name, value in given.items() if value)


def _write_azure(given: Mapping[str, str]) -> str:
    signs = {**AZURE, "]": "%5D", ";": "%3B"}
    return ";".join(f"{name}={_escape(value, signs)}" for name, value in given.items() if value)
