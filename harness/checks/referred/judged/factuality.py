"""``factuality``: the facts in a reply against those of an expert's answer."""

from __future__ import annotations

from harness.checks.finding import CannotCheck, Finding, quote
from harness.checks.referred.judged.judged_check import JudgedCheck, ask_once, show_exchanges
from harness.checks.referred.judged.prompt import TEXT, Prompt, make_schema
from harness.checks.referred.judged.replies import hold_to_threshold, read_choice
from harness.spec.model.spec import Assertion

AGREES = "ABCE"
MEANINGS = {
    "A": "states a part of what the expert does",
    "B": "states all that the expert does, and more",
    "C": "states the same as the expert",
    "D": "disagrees with the expert",
    "E": "differs from the expert in nothing that matters",
}


def _read_letter(assertion: Assertion, reply: str) -> Finding:
    judgement = read_choice(reply)
    letter = judgement.fields.get("choice", judgement.fields.get("category"))
    if letter is None:
        return hold_to_threshold(judgement, assertion.threshold)
    letter = letter.strip().strip("()").upper() if isinstance(letter, str) else ""
    if letter not in MEANINGS:
        raise CannotCheck(f"The judge chose {quote(letter)}, which is none of A to E")
    fact = f"By the judge's choice ({letter}) the reply {MEANINGS[letter]}{judgement.quoted}"
    return Finding(letter in AGREES, fact)


factuality = JudgedCheck(
    Prompt(
        "Compare the facts in a language model's reply with an expert's answer; differences "
        "of style, grammar and punctuation do not count. Choose one:\n"
        "A: the reply states a part of what the expert does, and agrees with it.\n"
        "B: the reply states all that the expert does and more, and agrees with it.\n"
        "C: the reply states the same as the expert.\n"
        "D: the reply and the expert disagree about a fact.\n"
        "E: they differ, and the differences do not matter for the facts.",
        "The expert's answer:\n{value}",
        '{"reason": "one or two sentences", "choice": "A", "B", "C", "D" or "E"}',
        make_schema(reason=TEXT, choice={"type": "string", "enum": list(MEANINGS)}),
    ),
    ask_once(_read_letter),
    show_exchanges,
)
