"""The checks that an evaluation can carry out: one row each, read by all who have to know them.

The loader of specs and the JSON Schema read the form of the value, the checks the function, a run
who decides. To add a check, write its function in a module of ``deterministic`` and add its row.

Source: the contract, section 2; promptfoo's documentation (names, meanings, default thresholds).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any, Literal

from harness.checks.explained import EXPLAINED
from harness.spec.model.assertion_forms import (
    AssertionForm,
    AssertionForms,
    ContextSource,
)
from harness.spec.model.spec import Assertion

DecidedBy = Literal[
    "function",  # of this package, at once: ``CheckFunction``
    "models",  # steps that ask a judge or for embeddings: ``Steps``
    "comparison",  # a judge that is shown the replies of several trials
    "code",  # the author's own
    "parts",  # the assertions inside it
]


@dataclass(frozen=True, slots=True)
class CheckDefinition:
    """One check.

    Attributes:
        form: the form that its assertion is written in.
        function: ``module:function``, in the folder ``deterministic`` or, where models decide, in
            ``referred`` (``judged.module:function`` where a judge does); "" where none of these
            decides. It is a name because the module is imported when a reply is first checked so:
            reading a spec needs the forms of all checks and the code of none.
        decided_by: the one that decides it.
        about_ending: True where it is about the way a reply ended, so that it can be decided of a
            reply that was blocked or cut short.
        needs_likelihoods: True where it needs the log-probabilities of a reply's tokens.
    """

    form: AssertionForm
    function: str = ""
    decided_by: DecidedBy = "function"
    about_ending: bool = False
    needs_likelihoods: bool = False

    def load_function(self) -> Any:
        """Import the function, a ``CheckFunction`` or one that returns ``Steps``."""
        room = "deterministic" if self.decided_by == "function" else "referred"
        return _import_function(room, self.function)


@cache
def _import_function(room: str, name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(import_module(f"harness.checks.{room}.{module}"), function)


_WHOLE_TEXT = AssertionForm("text", of_whole_text=True)
_WHOLE_COUNT = AssertionForm("words", of_whole_text=True)
_LIMIT = AssertionForm("none", short_threshold=True)


_SIMILAR = CheckDefinition(
    AssertionForm("text_or_texts", needs=("embeddings",), default_threshold=0.75),
    "similarity:similar",
    "models",
)


def _define_judged(value: str, function: str, context: ContextSource = "none") -> CheckDefinition:
    return CheckDefinition(
        AssertionForm(value, needs=("judge",), context=context), function, "models"
    )


DEFINITIONS: Mapping[str, CheckDefinition] = MappingProxyType(
    {
        "equals": CheckDefinition(AssertionForm("any", of_whole_text=True), "text:equals"),
        "contains": CheckDefinition(AssertionForm("text"), "text:contains"),
        "icontains": CheckDefinition(AssertionForm("text"), "text:icontains"),
        "contains-all": CheckDefinition(AssertionForm("texts"), "text:contains_all"),
        "contains-any": CheckDefinition(AssertionForm("texts"), "text:contains_any"),
        "icontains-all": CheckDefinition(AssertionForm("texts"), "text:icontains_all"),
        "icontains-any": CheckDefinition(AssertionForm("texts"), "text:icontains_any"),
        "starts-with": CheckDefinition(_WHOLE_TEXT, "text:starts_with"),
        "ends-with": CheckDefinition(_WHOLE_TEXT, "text:ends_with"),
        "regex": CheckDefinition(AssertionForm("pattern"), "text:regex"),
        "word-count": CheckDefinition(_WHOLE_COUNT, "text:word_count"),
        "char-count": CheckDefinition(_WHOLE_COUNT, "text:char_count"),
        "levenshtein": CheckDefinition(
            AssertionForm("text", default_threshold=5), "likeness:levenshtein"
        ),
        "is-refusal": CheckDefinition(
            AssertionForm("none"), "ending:is_refusal", about_ending=True
        ),
        "is-json": CheckDefinition(AssertionForm("schema", of_whole_text=True), "data:is_json"),
        "contains-json": CheckDefinition(AssertionForm("schema"), "data:contains_json"),
        "is-html": CheckDefinition(AssertionForm("none", of_whole_text=True), "html:is_html"),
        "contains-html": CheckDefinition(AssertionForm("none"), "html:contains_html"),
        "is-xml": CheckDefinition(AssertionForm("elements", of_whole_text=True), "xml:is_xml"),
        "contains-xml": CheckDefinition(AssertionForm("elements"), "xml:contains_xml"),
        "is-sql": CheckDefinition(AssertionForm("sql", of_whole_text=True), "sql:is_sql"),
        "contains-sql": CheckDefinition(AssertionForm("sql"), "sql:contains_sql"),
        "rouge-n": CheckDefinition(
            AssertionForm("text", default_threshold=0.75), "likeness:rouge_n"
        ),
        "bleu": CheckDefinition(
            AssertionForm("text_or_texts", default_threshold=0.5), "likeness:bleu"
        ),
        "gleu": CheckDefinition(
            AssertionForm("text_or_texts", default_threshold=0.5), "likeness:gleu"
        ),
        "meteor": CheckDefinition(
            AssertionForm("text_or_texts", default_threshold=0.5), "likeness:meteor"
        ),
        "similar": _SIMILAR,
        "similar:cosine": _SIMILAR,
        "similar:dot": _SIMILAR,
        "similar:euclidean": _SIMILAR,
        "perplexity": CheckDefinition(_LIMIT, "limits:perplexity", needs_likelihoods=True),
        "latency": CheckDefinition(_LIMIT, "limits:latency"),
        "cost": CheckDefinition(_LIMIT, "limits:cost"),
        "max-output-tokens": CheckDefinition(_LIMIT, "limits:max_output_tokens"),
        "time-to-first-token": CheckDefinition(_LIMIT, "limits:time_to_first_token"),
        "finish-reason": CheckDefinition(
            AssertionForm("finish_reason"), "ending:finish_reason", about_ending=True
        ),
        "guardrails": CheckDefinition(
            AssertionForm("none"), "ending:guardrails", about_ending=True
        ),
        "is-valid-openai-tools-call": CheckDefinition(
            AssertionForm("none"), "tools:is_valid_tools_call"
        ),
        "tool-call-f1": CheckDefinition(
            AssertionForm("calls", default_threshold=1.0), "tools:tool_call_f1"
        ),
        "tool-called": CheckDefinition(AssertionForm("call"), "tools:tool_called"),
        "json-path": CheckDefinition(AssertionForm("comparison"), "data:json_path"),
        "python": CheckDefinition(AssertionForm("code"), decided_by="code"),
        "llm-rubric": _define_judged("text", "judged.rubric:llm_rubric"),
        "g-eval": CheckDefinition(
            AssertionForm("text_or_texts", needs=("judge",), default_threshold=0.7, asks_each=True),
            "judged.rubric:g_eval",
            "models",
        ),
        "factuality": _define_judged("text", "judged.factuality:factuality"),
        "model-graded-closedqa": _define_judged("text", "judged.rubric:closed_question"),
        "answer-relevance": CheckDefinition(
            AssertionForm("none", needs=("judge", "embeddings")),
            "judged.relevance:answer_relevance",
            "models",
        ),
        "conversation-relevance": _define_judged("none", "judged.relevance:conversation_relevance"),
        "context-faithfulness": _define_judged(
            "optional_text", "judged.context:faithfulness", context="value_or_variable"
        ),
        "context-recall": _define_judged(
            "optional_text", "judged.context:recall", context="variable"
        ),
        "context-relevance": _define_judged(
            "optional_text", "judged.context:relevance", context="value_or_variable"
        ),
        "select-best": CheckDefinition(
            AssertionForm("text", needs=("judge",)), decided_by="comparison"
        ),
        "assert-set": CheckDefinition(AssertionForm("parts"), decided_by="parts"),
    }
)
"""Every check by its assertion's name, without ``not-``."""


def _explain(name: str, form: AssertionForm) -> AssertionForm:
    summary, example = EXPLAINED.get(name, ("", ""))
    return replace(form, summary=summary, example=example)


FORMS: AssertionForms = MappingProxyType(
    {name: _explain(name, row.form) for name, row in DEFINITIONS.items()}
)
"""The assertions that a spec may use: what its loader and its JSON Schema are given."""


def choose_threshold(assertion: Assertion) -> float:
    """Return the threshold that the author gives, else the default of the check.

    Raises:
        KeyError: there is neither.
    """
    if assertion.threshold is not None:
        return assertion.threshold
    default = DEFINITIONS[assertion.type].form.default_threshold
    if default is None:
        raise KeyError(assertion.type)
    return default


def list_decided_by(*deciders: DecidedBy) -> frozenset[str]:
    """List the checks that one of these decides."""
    return frozenset(name for name, row in DEFINITIONS.items() if row.decided_by in deciders)
