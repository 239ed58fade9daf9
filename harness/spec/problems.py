"""The problems of a spec, collected as they are found and told in the order of the files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.errors import Diagnostic
from harness.source import Span


@dataclass(slots=True)
class Problems:
    """What was found so far; nothing stops at the first problem."""

    found: list[Diagnostic] = field(default_factory=list)

    def error(
        self, code: str, span: Span | None, summary: str, *, detail: str = "", hint: str = ""
    ) -> None:
        """Note something that makes the spec unusable."""
        self.found.append(Diagnostic(code, summary, detail, span, hint))

    def warn(
        self, code: str, span: Span | None, summary: str, *, detail: str = "", hint: str = ""
    ) -> None:
        """Note something that is probably not what the author meant."""
        self.found.append(Diagnostic(code, summary, detail, span, hint, "warning"))

    def extend(self, more: Iterable[Diagnostic]) -> None:
        """Note what another reader of the same spec found."""
        self.found.extend(more)

    @property
    def any_error(self) -> bool:
        """Whether the spec is unusable."""
        return any(problem.severity == "error" for problem in self.found)

    def errors(self, first_file: str) -> list[Diagnostic]:
        """Every error once, in the order of the files, the spec's own file first."""
        return _ordered((p for p in self.found if p.severity == "error"), first_file)

    def warnings(self, first_file: str) -> list[Diagnostic]:
        """Every warning once, in the same order."""
        return _ordered((p for p in self.found if p.severity == "warning"), first_file)


def _ordered(problems: Iterable[Diagnostic], first_file: str) -> list[Diagnostic]:
    def place(problem: Diagnostic) -> tuple[bool, str, int, int, str]:
        span = problem.span or Span("", 0, 0)
        elsewhere = bool(span.file) and span.file != first_file
        return elsewhere, span.file, span.line, span.column, problem.code

    return sorted(dict.fromkeys(problems), key=place)
