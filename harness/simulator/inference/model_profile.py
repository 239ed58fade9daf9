"""The abilities and limits of a simulated model on the session's day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from harness.azure import catalogue
from harness.azure.models import (
    ContextWindow,
    find_azure_name,
    find_context_window,
    is_reasoning,
)
from harness.azure.parameters import find_parameter
from harness.azure.regions import REGIONS, fold
from harness.azure.tasks import find_publisher, find_task
from harness.simulator.dataplane import DataPlaneCall, ServedModel
from harness.simulator.inference.refusals import (
    Dialect,
    context_length_error,
    invalid_request_error,
    responses_only_error,
    retired_model_error,
    unsupported_choice_error,
    unsupported_parameter_error,
    unsupported_value_error,
    wrong_operation_error,
)
from harness.simulator.inference.requests.chat import ModelRequest

_DISPLAY = {region.name: region.display for region in REGIONS}

_REASONING_REFUSES = ("top_p", "frequency_penalty", "presence_penalty", "logprobs", "logit_bias")
"""Source: azure-ai-docs, foundry/openai/how-to/reasoning.md (2026-09)."""
LATE: Final = re.compile(r"gpt-(5\.[4-9]|[6-9])")
"""Models whose messages say which phase of thinking they end. Source: recorded, gpt-5.4 to 5.6."""
_RESTS = re.compile(r"gpt-5\.[1-5](-(mini|nano))?")
_THINKS_UNASKED = re.compile(r"gpt-5\.[1-9]-chat")
_WITHOUT_INSTRUCTIONS = frozenset({"o1-mini", "o1-preview"})
_NEUTRAL = {"top_p": 1, "frequency_penalty": 0, "presence_penalty": 0}


@dataclass(frozen=True, slots=True)
class ModelProfile:
    """A model as one deployment serves it.

    Attributes:
        reported: what answers call it: ``gpt-4.1-mini-2025-04-14``, but ``gpt-4`` for versions
            that are no date. Source: recorded, 2023 to 2026.
        ended: the day it retired, if it has by the session's day.
        region: the region as headers write it; empty for a provider's model.
        effort: how much it thinks unless asked for more or less; None when it never thinks.
        spares_thought: it thinks about easy requests only where it is told to.
        publisher: who made it, as a deployment's ``format`` is spelt.
        apis: what it is asked by, of ``chat``, ``responses`` and ``embeddings``.
    """

    model: str
    version: str | None
    reported: str
    reasons: bool
    window: ContextWindow | None
    ended: date | None
    region: str
    effort: str | None = None
    spares_thought: bool = False
    publisher: str = "OpenAI"
    apis: frozenset[str] = frozenset({"chat", "responses"})

    def check_served(self, operation: str, dialect: Dialect) -> None:
        """Raise DataPlaneError when it is retired or does something else."""
        if self.ended is not None:
            raise retired_model_error(self.model, self.version, self.ended.isoformat())
        if operation in self.apis:
            return
        if operation == "chat" and "responses" in self.apis:
            raise responses_only_error(dialect, self.model)
        raise wrong_operation_error(
            "chatCompletion" if operation == "chat" else operation, self.model
        )

    def check_question(self, question: ModelRequest) -> None:
        """Raise DataPlaneError for what this model does not take."""
        _check_abilities(self.model, question)
        if self.reasons:
            _check_reasoning(question, self)
        window = self.window
        if window is None:
            return
        if question.prompt_tokens > window.input:
            raise context_length_error(window.context, question.prompt_tokens)
        if question.limit is not None and question.limit > window.output:
            name = next(
                name for name in ("max_completion_tokens", "max_tokens") if name in question.body
            )
            raise invalid_request_error(
                f"{name} is too large: {question.limit}. This model supports at most "
                f"{window.output} completion tokens, whereas you provided {question.limit}.",
                name,
                "invalid_value",
            )


def find_profile(call: DataPlaneCall, served: ServedModel) -> ModelProfile:
    """Return the profile of what answers a call; remembered for the session."""
    region = str((call.account or {}).get("location", ""))
    sku = str(((served.body or {}).get("sku") or {}).get("name", "")) or None
    key = ("profile", served.model, served.version, region, sku)
    remembered: dict[object, ModelProfile] = call.session.memory.setdefault("profiles", {})
    if key not in remembered:
        remembered[key] = _make_profile(call, served, region, sku)
    return remembered[key]


def _make_profile(
    call: DataPlaneCall, served: ServedModel, region: str, sku: str | None
) -> ModelProfile:
    offer = None
    if region:
        on = call.session.today
        listed = call.session.catalogue.list_models(region, on)
        offers = catalogue.select_versions(listed, served.model)
        offer = next((offer for offer in offers if offer.version == served.version), None)
    strict = call.session.simulator.catalogue != "open"
    ended = offer.ends if offer is not None and offer.lifecycle == "Deprecated" else None
    return ModelProfile(
        model=served.model,
        version=served.version,
        reported=format_reported_name(served.model, served.version),
        reasons=is_reasoning(served.model, served.version),
        window=find_context_window(served.model, served.version, sku),
        ended=ended if strict else None,
        region=_DISPLAY.get(fold(region), region),
        effort=_find_effort(served.model),
        spares_thought=LATE.match(find_azure_name(served.model)) is not None,
        publisher=_find_publisher(served),
        apis=_find_apis(served, offer),
    )


def _find_apis(served: ServedModel, offer: catalogue.ModelOffer | None) -> frozenset[str]:
    """Return the APIs of a model; of one that converses and that no list knows, both."""
    task = find_task(served.model)
    if task != "chat":
        return frozenset({"embeddings"} if task == "embeddings" else ())
    if catalogue.needs_responses(served.model, served.version):
        return frozenset({"responses"})
    if offer is not None and offer.capabilities.get("responses") != "true":
        return frozenset({"chat"})
    return frozenset({"chat", "responses"})


def _find_publisher(served: ServedModel) -> str:
    declared = ((served.body or {}).get("properties") or {}).get("model") or {}
    return str(declared.get("format") or find_publisher(served.model))


def _find_effort(model: str) -> str | None:
    """Return the effort of a request that names none.

    Source: recorded answers: ``medium`` of the o-series, gpt-5 and gpt-5.2-chat, ``none`` of
    gpt-5.1 and gpt-5.4; reasoning.md of 2026-09 for those between.
    """
    if _THINKS_UNASKED.match(find_azure_name(model)):
        return "medium"
    if not is_reasoning(model):
        return None
    return "none" if _RESTS.fullmatch(find_azure_name(model)) else "medium"


def format_reported_name(model: str, version: str | None) -> str:
    """Return the name of the model as an answer's ``model`` gives it."""
    dated = version is not None and len(version) >= 10 and version[-10:].replace("-", "").isdigit()
    return f"{model}-{version}" if dated else model


def _check_abilities(model: str, question: ModelRequest) -> None:
    # Source: recorded refusals of api.openai.com, 2025.
    messages = question.body.get("messages") or () if model in _WITHOUT_INSTRUCTIONS else ()
    for number, message in enumerate(messages):
        role = message.get("role")
        if role in ("system", "developer"):
            at = f"messages[{number}].role"
            refused = f"Unsupported value: '{at}' does not support '{role}' with this model."
            raise invalid_request_error(refused, at, "unsupported_value")
    if question.body.get("web_search_options") is not None and "search" not in model:
        raise invalid_request_error(
            "Web search options not supported with this model.", "web_search_options"
        )


def _check_reasoning(question: ModelRequest, profile: ModelProfile) -> None:
    body = question.body

    def is_accepted(name: str) -> bool:
        fact = find_parameter(profile.model, profile.version, name)
        return fact is not None and fact.verdict == "accepted"

    effort = body.get("reasoning_effort")
    fact = find_parameter(profile.model, profile.version, "reasoning_effort")
    if effort is not None and fact is not None and fact.values and effort not in fact.values:
        raise unsupported_choice_error("reasoning_effort", effort, fact.values)
    if "max_tokens" in body:
        raise unsupported_parameter_error("max_tokens", "max_completion_tokens")
    temperature = body.get("temperature")
    if temperature is not None and temperature != 1 and not is_accepted("temperature"):
        raise unsupported_value_error("temperature", temperature, 1)
    for name in _REASONING_REFUSES:
        value = body.get(name)
        is_set = value is not None and value is not False and value != _NEUTRAL.get(name)
        if is_set and not is_accepted(name):
            raise unsupported_parameter_error(name)
    if body.get("stop") is not None:
        raise unsupported_parameter_error("stop")
