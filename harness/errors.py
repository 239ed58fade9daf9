"""Errors with a code, a place and advice.

::

    HarnessError            anything this program says no to; carries diagnostics, never a traceback
    ├── RequestError        the request is wrong: usage, spec, nothing selected          (exit 2)
    │   └── SpecError       the spec is wrong: every problem of it at once               (exit 2)
    ├── OutsideError        the outside prevented an answer: credentials, Azure, network (exit 3)
    └── RefusedError        the answer is no: preflight refused, confirmation declined   (exit 1)

A foreign exception never crosses the border of the adapter that caused it: the adapter turns it
into one of these, or into a value such as ``conversation.ports.Failure``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal

from harness.source import Span
from harness.text.safe import printable

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem, said as a colleague would: what, where, why, and what to do.

    Attributes:
        code: ``Hnnn``, stable; people search for it.
        summary: one line without the user's data beyond names.
        detail: why, or what was found; may hold several lines.
        span: where in the user's files, if it is anywhere.
        hint: the next command, or the nearest right word.
        severity: an error stops; a warning is shown.
    """

    code: str
    summary: str
    detail: str = ""
    span: Span | None = None
    hint: str = ""
    severity: Severity = "error"

    def __str__(self) -> str:
        place = f"{self.span}: " if self.span else ""
        lines = [f"{place}{self.severity}[{self.code}]: {self.summary}"]
        lines += [f"  {line}" for line in self.detail.splitlines()]
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(map(printable, lines))


class ProblemsByCause:
    """Problems of the lines of a file, one for each cause: a file of the wrong kind has one.

    Attributes:
        most: causes that are kept; of each, as many further lines are named.
    """

    def __init__(self, most: int = 20) -> None:
        self.most = most
        self._found: dict[str, tuple[Diagnostic, list[int]]] = {}
        self._counts: Counter[str] = Counter()

    def add(self, problem: Diagnostic, cause: str = "") -> None:
        """Add a problem; those of one cause (by default of one summary) are told once."""
        key = cause or problem.summary
        self._counts[key] += 1
        if key not in self._found:
            if len(self._found) < self.most:
                self._found[key] = (problem, [])
        elif len(lines := self._found[key][1]) < self.most and problem.span is not None:
            lines.append(problem.span.line)

    def list_problems(self) -> tuple[Diagnostic, ...]:
        """Return the first problem of each cause, with the other lines that have it."""
        return tuple(
            _add_lines(problem, lines, self._counts[key] - 1)
            for key, (problem, lines) in self._found.items()
        )


def _add_lines(problem: Diagnostic, lines: list[int], more: int) -> Diagnostic:
    if not more:
        return problem
    named = ", ".join(map(str, lines)) + (", …" if more > len(lines) else "")
    noun = "line" if more == 1 else "lines"
    detail = f"the same on {more:,} more {noun}: {named}"
    return replace(problem, detail="\n".join(filter(None, (problem.detail, detail))))


class Exit(IntEnum):
    """The exit codes of commands. Source: the contract, section 3; the first that applies wins."""

    OK = 0
    NO = 1
    WRONG_REQUEST = 2
    OUTSIDE_FAILED = 3
    INCOMPLETE = 4
    INTERRUPTED = 130
    TERMINATED = 143


class HarnessError(Exception):
    """Base of everything this program refuses or cannot do; ``exit_code`` is the contract's."""

    exit_code = 3

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = diagnostics


class RequestError(HarnessError):
    """The request is wrong: usage, options, nothing selected."""

    exit_code = 2


class SpecError(RequestError):
    """The spec is wrong; holds every problem that was found, in the order of the file."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        super().__init__(*diagnostics)


class OutsideError(HarnessError):
    """The outside prevented an answer: credentials, Azure, the network, the disk."""

    exit_code = 3


class RefusedError(HarnessError):
    """The answer is no: preflight refused, drift, a declined confirmation."""

    exit_code = 1
