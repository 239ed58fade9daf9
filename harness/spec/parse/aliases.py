"""Names that other tools give assertions and their keys, with what to write here: only hints.

Source: promptfoo's assertion types and properties, read 2026; by how often real configurations
hold them (facts on the survey).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ASSERTIONS: Final[Mapping[str, str]] = {
    "javascript": "look at a field with `path` or `json-path`, count with `word-count` or "
    "`char-count`, or write it in `python` (with --allow-code)",
    "model-graded-factuality": "here it is called `factuality`",
    "perplexity-score": "`perplexity` takes a threshold",
    "is-valid-function-call": "`is-valid-openai-tools-call` looks at calls of every kind",
    "is-valid-openai-function-call": "`is-valid-openai-tools-call` looks at calls of every kind",
    "moderation": "`guardrails` reads Azure's content filter; `llm-rubric` asks a judge",
    "classifier": "`llm-rubric` asks a judge, `similar` compares with examples",
    "max-score": "the report compares targets and variants; `select-best` asks a judge",
    "f-score": "give the checks a `metric`: the report shows the mean of each",
    "rouge-l": "`rouge-n` compares single words",
    "ruby": "write it in `python` (with --allow-code)",
    "webhook": "call it from `python` (with --allow-code)",
    "human": "`skip: reason` keeps its place",
    "pi": "`llm-rubric` asks a judge",
    "search-rubric": "`llm-rubric` asks a judge",
    "agent-rubric": "`llm-rubric` asks a judge",
    "skill-used": "`tool-called` looks at tool calls",
    "trajectory:tool-used": "`tool-called` looks at tool calls",
    "trajectory:tool-args-match": "`tool-called: {name, arguments}` looks at their arguments",
    "trajectory:tool-sequence": "`tool-call-f1` compares the names called",
    "$ref": "use a YAML anchor: `- &name {…}`, later `- *name`",
}
"""Hints by names of assertions that do not exist here."""

KEYS: Final[Mapping[str, str]] = {
    "provider": "`judge` names another judge; `evaluation.embeddings` says who embeds",
    "rubricPrompt": "here it is called `rubric_prompt`",
    "transform": "`path` leads to a value inside JSON; `python` computes (with --allow-code); "
    "on a turn, `transform` stands before `store_as`",
    "contextTransform": "the context is the variable `context`, or the assertion's value",
}
"""Hints by keys that stand beside an assertion's name elsewhere."""
