"""What this version cannot check yet: said before anything is spent, never left out in silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from harness.checks.registry import SET, SUPPORTED
from harness.errors import Diagnostic
from harness.source import Span
from harness.spec.model import Assertion, Spec

DocumentPath = tuple[str | int, ...]
"""Where something stands in the decoded document: ``("conversations", 0, "assert", 2)``."""


def unsupported(spec: Spec, place: Callable[[DocumentPath], Span | None]) -> tuple[Diagnostic, ...]:
    """Every assertion that this version cannot carry out, in the order of the spec.

    ``place`` finds a document's path in the author's files; None where it knows none, and then
    the nearest enclosing place is named.
    """
    return tuple(
        Diagnostic(
            code="H605",
            summary=f"'{assertion.name}' is not in this version yet",
            detail="The spec is right; this check comes with a later version.",
            span=_nearest(path, place),
            hint='replace it by {skip: "reason"} to run the rest; docs/assertions.md lists what '
            "works today",
        )
        for path, assertion in _declared(spec)
        if assertion.type not in SUPPORTED
    )


def _declared(spec: Spec) -> Iterator[tuple[DocumentPath, Assertion]]:
    yield from _numbered(("defaults",), spec.defaults.assertions)
    for number, conversation in enumerate(spec.conversations):
        here: DocumentPath = ("conversations", number)
        for index, turn in enumerate(conversation.turns):
            yield from _numbered((*here, "turns", index), turn.assertions)
        yield from _numbered(here, conversation.assertions)


def _numbered(
    owner: DocumentPath, assertions: Sequence[Assertion]
) -> Iterator[tuple[DocumentPath, Assertion]]:
    for index, assertion in enumerate(assertions):
        path = (*owner, "assert", index)
        yield path, assertion
        if assertion.type == SET:
            yield from _numbered(path, assertion.assertions)


def _nearest(path: DocumentPath, place: Callable[[DocumentPath], Span | None]) -> Span | None:
    for length in range(len(path), 0, -1):
        if span := place(path[:length]):
            return span
    return None
