"""Measures of the overlap of two texts, word sequence by word sequence: ROUGE-N, BLEU, GLEU.

Scripts that put no space between words are counted by character: Chinese and Japanese sentences
would be single words otherwise, equal or not and nothing in between.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

LONGEST = 4
"""Words in the longest sequence that BLEU and GLEU count."""

ALMOST_NOTHING = 1e-7
"""The value that BLEU takes for a precision of 0, which has no logarithm. Source: promptfoo."""

Grams = Counter[tuple[str, ...]]


def split_words(text: str, *, bare: bool = False) -> list[str]:
    """Split a text at white space into words in lower case; ``bare`` without full stops."""
    found = [str(word) for word in _compile_unspaced().findall(text.lower())]
    return [stem for word in found if (stem := word.rstrip("."))] if bare else found


def split_letters_and_digits(text: str) -> list[str]:
    """Split a text into words in lower case, without any punctuation."""
    return [str(word) for word in _compile_alphanumeric().findall(text.lower())]


@lru_cache(maxsize=1)
def _compile_unspaced() -> Any:
    import regex

    unspaced = r"\p{Han}\p{Hiragana}\p{Katakana}"
    return regex.compile(rf"[{unspaced}]|[^\s{unspaced}]+")


@lru_cache(maxsize=1)
def _compile_alphanumeric() -> Any:
    import regex

    unspaced = r"\p{Han}\p{Hiragana}\p{Katakana}"
    return regex.compile(rf"[{unspaced}]|[\p{{L}}\p{{M}}\p{{N}}--{unspaced}]+", regex.V1)


def count_grams(tokens: Sequence[str], length: int) -> Grams:
    """Count each sequence of so many words."""
    return Counter(zip(*(tokens[start:] for start in range(length)), strict=False))


def rouge(candidate: str, reference: str) -> float:
    """Compute ROUGE-1, the F1 of single words.

    Source: Lin 2004, and rouge-score's ``rouge1`` without stemming, which gives the same numbers
    for English; promptfoo's js-rouge differs in how it takes words apart.
    """
    found, wanted = (
        count_grams(split_letters_and_digits(candidate), 1),
        count_grams(split_letters_and_digits(reference), 1),
    )
    shared = (found & wanted).total()
    return 2 * shared / (found.total() + wanted.total()) if shared else 0.0


def bleu(candidate: str, references: Sequence[str]) -> float:
    """Compute BLEU of a sentence, of sequences of one to four words weighted alike.

    Counts are clipped by the reference that has most of a sequence; the brevity penalty goes by the
    reference nearest in length, the shorter of two. Lengths that the candidate is too short for are
    left out. Source: Papineni et al. 2002; NLTK ``sentence_bleu(auto_reweigh=True)``; smoothing as
    in promptfoo.
    """
    found = split_words(candidate)
    wanted = [split_words(reference) for reference in references]
    if not set(found) & {word for reference in wanted for word in reference}:
        return 0.0
    logs = []
    for length in range(1, min(LONGEST, len(found)) + 1):
        counts = count_grams(found, length)
        most: Grams = Counter()
        for reference in wanted:
            most |= count_grams(reference, length)
        precision = (counts & most).total() / counts.total()
        logs.append(math.log(precision or ALMOST_NOTHING))
    nearest = min((len(r) for r in wanted), key=lambda size: (abs(size - len(found)), size))
    brevity = min(0.0, 1 - nearest / len(found))
    return math.exp(brevity + sum(logs) / len(logs))


def gleu(candidate: str, references: Sequence[str]) -> float:
    """Compute Google's BLEU: the smaller of precision and recall over one to four words.

    The best reference counts. Source: Wu et al. 2016, section 6; NLTK ``sentence_gleu``.
    """
    found = _count_all_grams(split_words(candidate, bare=True))
    best = 0.0
    for reference in references:
        wanted = _count_all_grams(split_words(reference, bare=True))
        longer = max(found.total(), wanted.total())
        best = max(best, (found & wanted).total() / longer if longer else 0.0)
    return best


def _count_all_grams(tokens: Sequence[str]) -> Grams:
    counts: Grams = Counter()
    for length in range(1, LONGEST + 1):
        counts.update(count_grams(tokens, length))
    return counts
