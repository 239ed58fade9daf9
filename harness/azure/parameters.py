"""The parameters that each model takes or refuses, and the values that each parameter has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from harness.azure.models import find_azure_name, is_reasoning
from harness.azure.offers_data import read_rows
from harness.azure.tables.explained_parameters import BY_NAME, ExplainedParameter
from harness.azure.tasks import find_publisher


@dataclass(frozen=True, slots=True)
class ParameterFact:
    """A parameter of a model.

    Attributes:
        verdict: accepted, refused, wanted, conditional or only, as the table says.
        values: those that are accepted; () where any is, or none is named.
    """

    verdict: str
    values: tuple[str, ...]


def find_parameter(model: str, version: str | None, name: str) -> ParameterFact | None:
    """Return what is documented of a parameter of a model; None where nothing is.

    Without a version, the newest that the table has counts.
    """
    facts = _read_facts().get((model, name), {})
    known = version if version in facts else max(facts, default=None) if not version else None
    return facts.get(known) if known is not None else None


@lru_cache(maxsize=1)
def _read_facts() -> Mapping[tuple[str, str], Mapping[str, ParameterFact]]:
    """Return facts by model and parameter, then by version."""
    found: dict[tuple[str, str], dict[str, ParameterFact]] = {}
    for row in read_rows("parameters"):
        values = tuple(value for value in row["values"].split(",") if value)
        by_version = found.setdefault((row["model"], row["parameter"]), {})
        by_version[row["version"]] = ParameterFact(row["verdict"], values)
    return found


@dataclass(frozen=True, slots=True)
class ParameterSupport:
    """The answer to one question: does this model take this parameter?

    Attributes:
        verdict: taken, refused, partly, or unknown where nobody has said it.
        why: what is known of it, in a few words; "" where there is nothing to add.
        values: those that the model takes; () where any is.
    """

    verdict: Literal["taken", "refused", "partly", "unknown"]
    why: str = ""
    values: tuple[str, ...] = ()


_ONLY_REASONING = ("reasoning_effort",)
_REASONING_REFUSES = (
    "temperature",
    "top_p",
    "frequency_penalty",
    "presence_penalty",
    "logit_bias",
    "stop",
)
"""Sources: ``reasoning.md`` (2026-09-22); ``stop``: recorded, 2025."""
_CONDITIONS: Mapping[str, str] = {
    "parallel_tool_calls": "not with reasoning_effort: minimal",
}
"""Source: the notes below the tables of ``reasoning.md`` (2026-09-22)."""


def find_support(
    name: str, model: str | None, version: str | None = None, *, responses: bool = False
) -> ParameterSupport:
    """Return whether a model takes a parameter, by what is documented and recorded.

    A parameter that is refused is left out by harness, which notes it; nothing fails.

    Args:
        name: as specs spell it.
        model: Azure's name; None where nobody says which model answers.
        version: narrows models whose versions differ.
        responses: it is asked by the Responses API.
    """
    if responses and BY_NAME[name].only_chat:
        return ParameterSupport("refused", "the Responses API has no such parameter")
    if model is None:
        return ParameterSupport("unknown", "the model is not named")
    if name == "extra":
        return ParameterSupport("unknown", "it is sent as it is")
    if not _is_openai(model):
        return ParameterSupport("unknown", "nothing is documented of this model")
    return _find_of_openai(name, model, version)


def _find_of_openai(name: str, model: str, version: str | None) -> ParameterSupport:
    fact = find_parameter(find_azure_name(model), version, name)
    if fact is not None:
        return _read_support(name, fact)
    reasons = is_reasoning(model, version)
    refusal = ""
    if reasons and name in _REASONING_REFUSES:
        refusal = "a model that reasons refuses it"
    elif not reasons and name in _ONLY_REASONING:
        refusal = "the model does not reason"
    elif name == "verbosity" and not find_azure_name(model).startswith(("gpt-5", "gpt-6")):
        refusal = "models take it from gpt-5 on"
    if refusal:
        return ParameterSupport("refused", refusal)
    return ParameterSupport("taken", values=BY_NAME[name].values if name == "verbosity" else ())


def _read_support(name: str, fact: ParameterFact) -> ParameterSupport:
    if fact.verdict == "refused":
        return ParameterSupport("refused", "documented for this model")
    if fact.verdict == "conditional":
        return ParameterSupport("partly", _CONDITIONS.get(name, "under conditions"))
    return ParameterSupport("taken", values=fact.values)


def _is_openai(model: str) -> bool:
    name = find_azure_name(model)
    return find_publisher(model) == "OpenAI" and name.startswith(
        ("gpt-", "o1", "o3", "o4", "codex-", "chatgpt-")
    )


def find_problem(name: str, value: Any) -> str:
    """Return why a value is none for a parameter, as a sentence without its end; "" for none."""
    explained = BY_NAME[name]
    find = _PROBLEMS.get(explained.kind)
    return find(explained, value) if find is not None and value is not None else ""


def _find_flag_problem(explained: ExplainedParameter, value: Any) -> str:
    del explained
    return "" if isinstance(value, bool) else "it is true or false"


def _find_number_problem(explained: ExplainedParameter, value: Any) -> str:
    kinds = (int,) if explained.kind == "whole" else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        return "it is a whole number" if explained.kind == "whole" else "it is a number"
    low, high = explained.low, explained.high
    if (low is not None and value < low) or (high is not None and value > high):
        return f"it is {low:g} or more" if high is None else f"it goes from {low:g} to {high:g}"
    return ""


def _find_text_problem(explained: ExplainedParameter, value: Any) -> str:
    texts = value if isinstance(value, (list, tuple)) and explained.kind == "texts" else [value]
    if not all(isinstance(text, str) and text for text in texts):
        return "it is a text"
    if explained.values and value not in explained.values:
        return f"it is one of {explained.range}"
    if explained.most is not None:
        size = len(texts) if explained.kind == "texts" else len(value)
        if size > explained.most:
            return f"it is {explained.range}"
    return ""


def _find_mapping_problem(explained: ExplainedParameter, value: Any) -> str:
    inner = {"numbers": (int, float), "mapping": (str,)}.get(explained.kind, (object,))
    if not isinstance(value, Mapping) or not all(isinstance(one, inner) for one in value.values()):
        return f"it is a mapping: {explained.example}"
    if len(value) > (explained.most or len(value)):
        return f"it holds {explained.range}"
    low, high = explained.low, explained.high
    if low is not None and high is not None and not all(low <= n <= high for n in value.values()):
        return f"each goes from {low:g} to {high:g}"
    return ""


_PROBLEMS: Mapping[str, Callable[[ExplainedParameter, Any], str]] = {
    "number": _find_number_problem,
    "whole": _find_number_problem,
    "flag": _find_flag_problem,
    "text": _find_text_problem,
    "texts": _find_text_problem,
    "mapping": _find_mapping_problem,
    "numbers": _find_mapping_problem,
    "object": _find_mapping_problem,
}
