"""METEOR: words that match, in the order in which they match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from harness.checks.measures.ngrams import split_words

ALPHA, BETA, GAMMA = 0.9, 3.0, 0.5
"""Recall's share, and shape and weight of the penalty for scattered matches. Source: NLTK."""

Numbered = list[tuple[int, str]]
Matches = list[tuple[int, int]]

LONGEST_WORD = 100
"""Letters of a word that has a stem; the stemmer's work grows with their square."""


def meteor(candidate: str, references: Sequence[str]) -> float:
    """Compute METEOR against the best reference; words match when they or their stems are equal.

    The third stage, synonyms, would need WordNet's 30 MB and its download: where a synonym is the
    right answer, this score is below NLTK's and promptfoo's, never above. Source: Banerjee and
    Lavie 2005; NLTK ``meteor_score``.
    """
    found = split_words(candidate, bare=True)
    return max(_score_against(found, split_words(reference, bare=True)) for reference in references)


def _score_against(found: Sequence[str], wanted: Sequence[str]) -> float:
    matches, left, missing = _match(list(enumerate(found)), list(enumerate(wanted)))
    stem_word = _load_stemmer().stemWord

    def stem(word: str) -> str:
        return str(stem_word(word)) if len(word) <= LONGEST_WORD else word

    by_stem, *_ = _match(
        [(at, stem(word)) for at, word in left], [(at, stem(word)) for at, word in missing]
    )
    matches = sorted(matches + by_stem)
    if not matches:
        return 0.0
    precision, recall = len(matches) / len(found), len(matches) / len(wanted)
    mean = precision * recall / (ALPHA * precision + (1 - ALPHA) * recall)
    penalty: float = GAMMA * (_count_chunks(matches) / len(matches)) ** BETA
    return mean * (1 - penalty)


def _match(found: Numbered, wanted: Numbered) -> tuple[Matches, Numbered, Numbered]:
    """Pair equal words from the end, each used once, and return what is left on both sides."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, word in wanted:
        places[word].append(at)
    matches: Matches = []
    left: Numbered = []
    for at, word in reversed(found):
        if places.get(word):
            matches.append((at, places[word].pop()))
        else:
            left.append((at, word))
    used = {at for _, at in matches}
    return matches, left[::-1], [(at, word) for at, word in wanted if at not in used]


def _count_chunks(matches: Matches) -> int:
    """Count the runs of matches that stand side by side on both sides."""
    return 1 + sum((b[0] - a[0], b[1] - a[1]) != (1, 1) for a, b in pairwise(matches))


@lru_cache(maxsize=1)
def _load_stemmer() -> Any:
    """Load Porter's own algorithm; promptfoo's and NLTK's stemmers are it with small changes."""
    import snowballstemmer  # type: ignore[import-untyped]

    return snowballstemmer.stemmer("porter")
