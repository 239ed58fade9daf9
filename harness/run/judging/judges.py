"""The targets that the checks of a spec ask, and how often: known before anything is spent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from harness.checks.definitions import FORMS
from harness.checks.referred.best import SELECT_BEST
from harness.checks.registry import ASKING, SET
from harness.spec.model.spec import Assertion, Conversation, Spec


@dataclass(frozen=True, slots=True)
class Judges:
    """The names of the targets that checks ask; () and None where none does."""

    judges: tuple[str, ...] = ()
    embeddings: str | None = None

    @classmethod
    def of(cls, spec: Spec) -> Judges:
        """Return those that some assertion of the spec asks, each once, in their order."""
        declared = _read_declared(spec)
        assertions = [*spec.defaults.assertions]
        for conversation in spec.conversations:
            assertions += _list_assertions(conversation)
        asked = _count_asked(_flatten(assertions), declared)
        embeddings = declared.embeddings
        judges = tuple(name for name in asked if name != embeddings)
        return cls(judges, embeddings if embeddings in asked else None)

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.judges, *([self.embeddings] if self.embeddings is not None else []))


def count_requests(spec: Spec, conversation: Conversation) -> Counter[str]:
    """Count the requests that the checks of one play make to each target, if none is left out."""
    alone = [one for one in _list_every(spec, conversation) if one.type != SELECT_BEST]
    return _count_asked(alone, _read_declared(spec))


def count_choices(spec: Spec, conversation: Conversation) -> Counter[str]:
    """Count the requests that compare the replies of all plays of a case with each other."""
    together = [one for one in _list_every(spec, conversation) if one.type == SELECT_BEST]
    return _count_asked(together, _read_declared(spec))


def _list_every(spec: Spec, conversation: Conversation) -> Iterator[Assertion]:
    return _flatten([*_list_assertions(conversation), *spec.defaults.assertions])


def _read_declared(spec: Spec) -> Judges:
    judge, embeddings = spec.evaluation.judge, spec.evaluation.embeddings
    return Judges(
        (judge.target,) if judge is not None else (),
        embeddings.target if embeddings is not None else None,
    )


def _list_assertions(conversation: Conversation) -> list[Assertion]:
    turns = [assertion for turn in conversation.turns for assertion in turn.assertions]
    return [*turns, *conversation.case_assertions, *conversation.assertions]


def _count_asked(assertions: Iterable[Assertion], declared: Judges) -> Counter[str]:
    asked: Counter[str] = Counter()
    for assertion in assertions:
        if assertion.type not in ASKING:
            continue
        form = FORMS[assertion.type]
        needs = form.needs
        judge = assertion.judge or next(iter(declared.judges), None)
        if "judge" in needs and judge is not None:
            several = form.asks_each and isinstance(assertion.value, list | tuple)
            asked[judge] += len(assertion.value) if several else 1
        if "embeddings" in needs and declared.embeddings is not None:
            asked[declared.embeddings] += 1
    return asked


def _flatten(assertions: Sequence[Assertion]) -> Iterator[Assertion]:
    for assertion in assertions:
        yield assertion
        if assertion.type == SET:
            yield from _flatten(assertion.assertions)
