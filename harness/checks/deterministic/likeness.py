"""Checks that measure how like a reference the reply is, without a model.

Names, defaults and indifference to case are promptfoo's. Source: promptfoo ``src/assertions``,
read 2026; ``docs/assertions.md`` says where the numbers differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from harness.checks.definitions import choose_threshold
from harness.checks.deterministic.text import read_wanted_text
from harness.checks.finding import CannotCheck, CheckFunction, Finding, name_subject, quote
from harness.checks.measures import ngrams
from harness.checks.measures.meteor import meteor as meteor_score
from harness.checks.subject import Subject
from harness.spec.model.spec import Assertion

LONGEST_FOR_EDITS = 100_000
"""Characters; counting the edits between longer texts takes more than a second."""


def levenshtein(assertion: Assertion, subject: Subject) -> Finding:
    """Count the characters to insert, delete or replace until the reply is the value."""
    from rapidfuzz.distance import Levenshtein

    wanted = read_wanted_text(assertion)
    if max(len(wanted), len(subject.text)) > LONGEST_FOR_EDITS:
        raise CannotCheck(f"levenshtein takes texts of up to {LONGEST_FOR_EDITS:,} characters")
    limit = choose_threshold(assertion)
    edits = Levenshtein.distance(subject.text, wanted)
    noun = "edit" if edits == 1 else "edits"
    fact = (
        f"{name_subject(subject)} is {edits} {noun} from {quote(wanted)}; wanted: at most {limit:g}"
    )
    return Finding(edits <= limit, fact)


def _make_check(name: str, score_of: Callable[[str, Sequence[str]], float]) -> CheckFunction:
    def check(assertion: Assertion, subject: Subject) -> Finding:
        references = _read_references(assertion)
        limit = choose_threshold(assertion)
        score = min(1.0, max(0.0, score_of(subject.text, references)))
        fact = (
            f"{name} of {name_subject(subject).lower()} is {score:.3f}; wanted: at least {limit:g}"
        )
        return Finding(score >= limit, fact, score)

    return check


rouge_n = _make_check(
    "ROUGE-1", lambda text, wanted: max(ngrams.rouge(text, one) for one in wanted)
)
bleu = _make_check("BLEU", ngrams.bleu)
gleu = _make_check("GLEU", ngrams.gleu)
meteor = _make_check("METEOR", meteor_score)


def _read_references(assertion: Assertion) -> list[str]:
    """Read the texts to be like; empty ones say nothing and are left out."""
    value = assertion.value
    texts = list(value) if isinstance(value, list | tuple) else [value]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise CannotCheck(f"{assertion.type} needs a text, or a list of texts, to compare with")
    if not (kept := [text for text in texts if text.strip()]):
        raise CannotCheck(f"{assertion.type} needs a text that is not empty to compare with")
    return kept
