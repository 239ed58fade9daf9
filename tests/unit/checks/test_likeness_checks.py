"""How like a reference a reply is, held against the numbers of kept libraries.

Source of the numbers: nltk 3.10.4 (``sentence_bleu`` with ``auto_reweigh``, ``sentence_gleu``,
``meteor_score`` without WordNet) and rouge-score 0.1.2 (``rouge1``, F-measure), on lower-cased
words. The sentences are those of their documentation and of promptfoo's.
"""

from __future__ import annotations

from typing import Any

import pytest

from harness.checks.registry import check
from harness.checks.subject import Subject
from harness.checks.verdict import Verdict
from harness.spec.model.spec import Assertion

GUIDE = (
    "It is a guide to action which ensures that the military always obeys the commands of the party"
)
BOOK = "It is to insure the troops forever hearing the activity guidebook that party direct"
WANTED = "It is a guide to action that ensures that the military will forever heed Party commands"
ALSO = [
    WANTED,
    (
        "It is the guiding principle which guarantees the military forces always being under the "
        "command of the Party"
    ),
    "It is the practical guide for the army always to heed the directions of the party",
]
CAT = "The cat sat on the mat"
WEATHER = "The weather is beautiful today"


def verdict(name: str, value: Any, text: str, **more: Any) -> Verdict:
    base = name.removeprefix("not-")
    assertion = Assertion(type=base, negated=base != name, value=value, **more)
    return check(assertion, Subject(text=text))


@pytest.mark.parametrize(
    ("text", "references", "rouge", "bleu", "gleu", "meteor"),
    [
        (GUIDE, [WANTED], 0.705882, 0.420860, 0.454545, 0.694444),
        (GUIDE, ALSO, 0.705882, 0.504567, 0.454545, 0.694444),
        (BOOK, [WANTED], 0.466667, None, 0.137931, 0.303539),
        ("the the the the the the the", [CAT], 0.307692, None, 0.090909, 0.163934),
        (CAT, [CAT], 1.0, 1.0, 1.0, 0.997685),
        ("The cat sat", [CAT], 0.666667, 0.367879, 0.333333, 0.448343),
        ("The dog sat on the mat.", ["The cat sat on the mat."], 0.833333, 0.537285, 0.611111,
         0.806667),
        ("The cats are sitting on the mats", ["The cat is sitting on the mat"], 0.571429, None,
         0.318182, 0.841270),
        ("non matching hypothesis", [CAT], 0.0, None, 0.0, 0.0),
        ("hello world", ["hello world"], 1.0, 1.0, 1.0, 0.9375),
        ("hello", ["hello world"], 0.666667, 0.367879, 0.333333, 0.263158),
        ("Today's weather is beautiful", [WEATHER], 0.8, None, 0.428571, 0.600907),
        ("The weather is nice today", [WEATHER], 0.8, None, 0.5, 0.75),
        ("It is sunny outside", [WEATHER], 0.222222, None, 0.071429, 0.102041),
    ],
)  # fmt: skip
def test_scores_are_those_of_the_kept_libraries(
    text: str, references: list[str], rouge: float, bleu: float | None, gleu: float, meteor: float
) -> None:
    found = {
        name: verdict(name, references, text, threshold=0.0).score
        for name in ("rouge-n", "bleu", "gleu", "meteor")
    }
    wanted = {"rouge-n": rouge, "bleu": bleu, "gleu": gleu, "meteor": meteor}
    for name, number in wanted.items():
        if number is not None:
            assert found[name] == pytest.approx(number, abs=1e-6), name
        else:  # a precision of zero, where every library smooths in its own way
            assert 0 <= (found[name] or 0) < 0.02


@pytest.mark.parametrize(
    ("name", "value", "text", "threshold", "expected"),
    [
        # promptfoo's documentation and tests
        ("rouge-n", "hello world", "hello world", None, "passed"),
        ("rouge-n", "hello world", "Hello World", None, "passed"),
        ("rouge-n", "hello world", "hello there", None, "failed"),
        ("rouge-n", "hello world", "hello there", 0.5, "passed"),
        ("not-rouge-n", "hello world", "goodbye", 0.75, "passed"),
        ("bleu", "The cat sat on the mat.", "The cat sat on the mat.", None, "passed"),
        ("bleu", "The cat sat on the mat.", "Dogs run in the park.", None, "failed"),
        ("bleu", "The cat sat on the mat.", "The dog sat on the mat.", 0.8, "failed"),
        ("bleu", ["The cat sat on mat.", "Cat mat."], "The cat sat on mat.", 0.999, "passed"),
        ("not-bleu", "The cat sat on the mat.", "The dog ran in the park.", 0.8, "passed"),
        ("gleu", ["Hello world", "Hi there world"], "hi there world", 0.6, "passed"),
        ("gleu", CAT, "The cat sat on the mat...", 1.0, "passed"),
        ("gleu", CAT, "...", None, "failed"),
        ("meteor", CAT, "The cat sat on the mat.", 0.95, "passed"),
        ("meteor", CAT, "THE CAT SAT ON THE MAT", 0.95, "passed"),
        ("meteor", CAT, "The dog ran in the park", None, "failed"),
        ("meteor", "The cats are sitting", "the cat is sitting", 0.5, "passed"),
        ("not-meteor", CAT, "The dog ran in the park", 0.8, "passed"),
        ("levenshtein", "hello world", "hello world", None, "passed"),
        ("levenshtein", "kitten", "sitting", 3, "passed"),
        ("levenshtein", "kitten", "sitting", 2, "failed"),
        ("levenshtein", "foobar", "foo", None, "passed"),
        ("levenshtein", "hello world", "HELLO WORLD", None, "failed"),
        ("levenshtein", "color", "colour", 0, "failed"),
        ("not-levenshtein", "kitten", "sitting", 2, "passed"),
        # nothing said
        ("bleu", CAT, "", None, "failed"),
        ("rouge-n", CAT, "  \n", None, "failed"),
        ("meteor", CAT, "", None, "failed"),
        # nothing to compare with
        ("bleu", "", CAT, None, "errored"),
        ("not-bleu", ["", " "], CAT, None, "errored"),
        ("gleu", [], CAT, None, "errored"),
        ("meteor", None, CAT, None, "errored"),
        ("rouge-n", 7, CAT, None, "errored"),
        ("levenshtein", None, CAT, None, "errored"),
        ("not-levenshtein", "x", "y" * 200_000, None, "errored"),
        # scripts without spaces are compared by character
        ("rouge-n", "微软由比尔盖茨创立", "微软由比尔盖茨所创立", None, "passed"),
        ("bleu", "东京是日本的首都", "东京是日本的首都。", None, "passed"),
        ("gleu", "東京は日本の首都です", "大阪は日本の首都ではない", 0.9, "failed"),
    ],
)  # fmt: skip
def test_likeness_decides_as_promptfoo_does(
    name: str, value: Any, text: str, threshold: float | None, expected: str
) -> None:
    found = verdict(name, value, text, threshold=threshold)
    assert found.outcome == expected, found.reason


def test_a_reason_says_the_number_and_the_limit() -> None:
    assert verdict("bleu", CAT, "The cat sat").reason == (
        "BLEU of the reply is 0.368; wanted: at least 0.5."
    )
    assert verdict("levenshtein", "kitten", "sitting", threshold=2).reason == (
        'The reply is 3 edits from "kitten"; wanted: at most 2.'
    )


@pytest.mark.parametrize("name", ["levenshtein", "rouge-n", "bleu", "gleu", "meteor"])
def test_a_long_reply_is_compared_too(name: str) -> None:
    assert verdict(name, "so many words " * 5000, "so few words " * 5000).outcome != "errored"
