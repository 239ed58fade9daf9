"""The problems of a spec, collected as they are found and told in the order of the files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from harness.errors import Diagnostic
from harness.source import Span
from harness.spec.document import words

MOST_TOLD = 1_000
MOST_HINTS = 300


@dataclass(slots=True)
class Problems:
    """The problems found so far; nothing stops at the first one.

    ``untold`` counts errors that were not even put into words, because nobody would read them.
    """

    found: list[Diagnostic] = field(default_factory=list)
    untold: int = 0

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

    def suggest(self, word: str, choices: Iterable[str]) -> str:
        """Return a hint that names the nearest right word, "" when nothing is near.

        After a few hundred problems it is not looked for any more: it would take seconds, and
        nobody reads that far.
        """
        return words.suggest(word, choices) if self.gives_hints else ""

    @property
    def gives_hints(self) -> bool:
        """Tell whether there are few enough problems for hints to be read."""
        return len(self.found) < MOST_HINTS

    @property
    def any_error(self) -> bool:
        """Tell whether the spec is unusable."""
        return any(problem.severity == "error" for problem in self.found)

    def list_errors(self, first_file: str) -> list[Diagnostic]:
        """Return every error once, in the order of the files, the spec's own file first.

        Of more than a thousand, the first thousand.
        """
        errors = (p for p in self.found if p.severity == "error")
        return _cut(_sort(errors, first_file), self.untold)

    def list_warnings(self, first_file: str) -> list[Diagnostic]:
        """Return every warning once, in the same order."""
        return _cut(_sort((p for p in self.found if p.severity == "warning"), first_file), 0)


def _cut(problems: list[Diagnostic], untold: int) -> list[Diagnostic]:
    """Return as many as anybody reads, and how many more there are."""
    more = max(0, len(problems) - MOST_TOLD) + untold
    if not more:
        return problems
    return [*problems[:MOST_TOLD], Diagnostic("H199", f"{more:,} more problems are not told")]


def _sort(problems: Iterable[Diagnostic], first_file: str) -> list[Diagnostic]:
    def place(problem: Diagnostic) -> tuple[bool, str, int, int, str]:
        span = problem.span or Span("", 0, 0)
        elsewhere = bool(span.file) and span.file != first_file
        return elsewhere, span.file, span.line, span.column, problem.code

    return sorted(dict.fromkeys(problems), key=place)
