"""The checks in a sentence each, with the value of a short form: what editors show.

``docs/assertions.md`` tells more; a test holds that each check is explained, and its example valid.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_LIKENESS = "The reply comes near enough to this text, or to one of several"

EXPLAINED: Final[Mapping[str, tuple[str, str]]] = {
    "equals": ("The whole reply is this text, number or JSON.", "Stockholm"),
    "contains": ("This stands in the reply.", "Bill Gates"),
    "icontains": ("This stands in the reply, in whatever case.", "bill gates"),
    "contains-all": ("All of these stand in the reply.", "[Bill Gates, Paul Allen]"),
    "contains-any": ("One of these stands in the reply.", "[Öresund, Øresund]"),
    "icontains-all": ("All of these stand in the reply, in whatever case.", "[gates, allen]"),
    "icontains-any": ("One of these stands in the reply, in whatever case.", "[certainly, sure]"),
    "starts-with": ("The reply begins with this.", "Dear"),
    "ends-with": ("The reply ends with this.", "Ahoy!"),
    "regex": ("The pattern is found in the reply.", "^[0-9]{4}$"),
    "word-count": ("The reply has so many words, or a number within bounds.", "{min: 2, max: 60}"),
    "char-count": ("The reply has so many characters, or a number within bounds.", "{max: 280}"),
    "levenshtein": ("So few characters differ from this text (threshold 5).", "Stockholm"),
    "is-refusal": ("The model declined to answer.", ""),
    "is-json": ("The whole reply is JSON, and fits the schema if one is given.", "{type: array}"),
    "contains-json": ("JSON stands in the reply, and fits the schema if one is given.", "{type: array}"),
    "is-html": ("The whole reply is HTML.", ""),
    "contains-html": ("HTML stands in the reply.", ""),
    "is-xml": ("The whole reply is XML, with these elements if any are named.", "[order.item.name]"),
    "contains-xml": ("XML stands in the reply, with these elements if any are named.", "[order.item]"),
    "is-sql": ("The whole reply is SQL, of this database if one is named.", "PostgreSQL"),
    "contains-sql": ("SQL stands in the reply, of this database if one is named.", "PostgreSQL"),
    "rouge-n": ("Enough of this text's words are in the reply (threshold 0.75).", "The sky is blue."),
    "bleu": (f"{_LIKENESS}, by BLEU (threshold 0.5).", "The sky is blue."),
    "gleu": (f"{_LIKENESS}, by GLEU (threshold 0.5).", "The sky is blue."),
    "meteor": (f"{_LIKENESS}, by METEOR (threshold 0.5).", "The sky is blue."),
    "similar": (f"{_LIKENESS}, as an embeddings model sees it (threshold 0.75).", "The sky is blue."),
    "similar:cosine": (f"{_LIKENESS}, by the angle of their vectors.", "The sky is blue."),
    "similar:dot": (f"{_LIKENESS}, by the product of their vectors.", "The sky is blue."),
    "similar:euclidean": (f"{_LIKENESS}, by the distance of their vectors.", "The sky is blue."),
    "perplexity": ("The model was at most so surprised at its own words.", "5"),
    "latency": ("The reply took at most so many milliseconds.", "5000"),
    "cost": ("The reply cost at most so many US dollars.", "0.01"),
    "max-output-tokens": ("The model wrote at most so many tokens, hidden ones included.", "500"),
    "time-to-first-token": ("The first word came within so many milliseconds.", "800"),
    "finish-reason": ("The reply ended for this reason.", "stop"),
    "guardrails": ("No content filter stepped in.", ""),
    "is-valid-openai-tools-call": ("Tools were called, and as they are declared.", ""),
    "tool-call-f1": ("The tools that were called are these (threshold 1).", "[get_weather]"),
    "tool-called": ("This tool was called, with at least these arguments.", "{name: get_weather, arguments: {city: Malmö}}"),
    "json-path": ("The value at a path of the reply's JSON compares as wanted.", "{path: $.year, at_least: 1975}"),
    "python": ("The author's own code says so; needs --allow-code.", "checks.py:polite"),
    "llm-rubric": ("A judge finds that the reply satisfies this.", "The answer is polite."),
    "g-eval": ("A judge scores the reply by this criterion (threshold 0.7).", "The answer is polite."),
    "factuality": ("A judge finds no fact that disagrees with this answer.", "Bill Gates and Paul Allen."),
    "model-graded-closedqa": ("A judge finds that the reply meets this criterion.", "It names two people."),
    "answer-relevance": ("The reply answers what was asked, as a judge sees it.", ""),
    "conversation-relevance": ("Enough of the replies fit their place in the conversation.", ""),
    "context-faithfulness": ("The context supports what the reply says.", "Vatten means water."),
    "context-recall": ("The context holds what this answer needs.", "Vatten means water."),
    "context-relevance": ("The context is needed for the answer.", "Vatten means water."),
    "select-best": ("Of the replies of all targets a judge finds this the best.", "The shortest one."),
    "assert-set": ("Its parts hold: one weighted check made of several.", "{assert: [is-json, {contains: Ada}]}"),
}  # fmt: skip
"""A sentence, and an example as YAML; "" for a check that takes no value."""
