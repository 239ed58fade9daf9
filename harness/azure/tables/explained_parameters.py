"""The parameters that a spec may set, explained: what each does, its range and its default.

Sources: the openai SDK 3.54 (its reference of chat completions and responses), Azure's
``reasoning.md`` (2026-09-22), and recorded refusals of both services.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["number", "whole", "flag", "text", "texts", "numbers", "mapping", "object", "any"]
"""``texts`` is a text or a list of them, ``numbers`` a mapping of numbers, ``mapping`` of texts,
``object`` of anything."""


@dataclass(frozen=True, slots=True)
class ExplainedParameter:
    """A parameter of a request, for people.

    Attributes:
        name: as specs spell it.
        kind: the type of its value.
        range: the values that it takes, in a few words.
        summary: a sentence saying what it does.
        default: the value that counts where nobody sets it, or words for that.
        example: a value, as it is written in YAML.
        low: the smallest number; with ``high``, None where there is no bound.
        most: the most items of a list or mapping, or characters of a text; None for any.
        values: the texts that are accepted anywhere; each model has its own share of them.
        only_chat: the Responses API has no such parameter, and harness leaves it out there.
    """

    name: str
    kind: Kind
    range: str
    summary: str
    default: str
    example: str
    low: float | None = None
    high: float | None = None
    most: int | None = None
    values: tuple[str, ...] = ()
    only_chat: bool = False


PARAMETERS: tuple[ExplainedParameter, ...] = (
    ExplainedParameter(
        "temperature",
        "number",
        "0 to 2",
        "How freely the next word is chosen: near 0 almost always the likeliest, above 1 often a "
        "surprising one.",
        "1",
        "0.2",
        low=0,
        high=2,
    ),
    ExplainedParameter(
        "top_p",
        "number",
        "0 to 1",
        "Only the likeliest words are drawn from, so many that their chances add up to this; "
        "change it or temperature, not both.",
        "1",
        "0.9",
        low=0,
        high=1,
    ),
    ExplainedParameter(
        "max_output_tokens",
        "whole",
        "a whole number from 1",
        "The most tokens of a reply; it is cut off there. What a model thinks counts as well, so "
        "a model that reasons needs a few thousand.",
        "as many as the model writes",
        "800",
        low=1,
    ),
    ExplainedParameter(
        "seed",
        "whole",
        "a whole number",
        "The same seed with the same request mostly gives the same reply; nobody promises it.",
        "another one each time",
        "7",
        only_chat=True,
    ),
    ExplainedParameter(
        "stop",
        "texts",
        "a text, or a list of up to 4",
        "The reply ends before the first of these texts.",
        "none",
        '["END"]',
        most=4,
        only_chat=True,
    ),
    ExplainedParameter(
        "frequency_penalty",
        "number",
        "-2 to 2",
        "Above 0, a word is the less likely the more often it was said: fewer repetitions. "
        "Below 0, more.",
        "0",
        "0.5",
        low=-2,
        high=2,
        only_chat=True,
    ),
    ExplainedParameter(
        "presence_penalty",
        "number",
        "-2 to 2",
        "Above 0, every word that was said once is less likely: new subjects. Below 0, the same "
        "ones.",
        "0",
        "0.5",
        low=-2,
        high=2,
        only_chat=True,
    ),
    ExplainedParameter(
        "reasoning_effort",
        "text",
        "none, minimal, low, medium, high, xhigh, max",
        "How long the model thinks before it answers: more is slower, dearer, and mostly better at "
        "what is hard.",
        "the model's own: mostly medium, none since gpt-5.1",
        "low",
        values=("none", "minimal", "low", "medium", "high", "xhigh", "max"),
    ),
    ExplainedParameter(
        "verbosity",
        "text",
        "low, medium, high",
        "How much the model writes, without saying so in the prompt.",
        "medium",
        "low",
        values=("low", "medium", "high"),
    ),
    ExplainedParameter(
        "response_format",
        "any",
        "a mapping with a type",
        "The form of the reply: {type: json_object} for any JSON, or {type: json_schema, …} for "
        "JSON of one shape.",
        "text",
        "{type: json_object}",
    ),
    ExplainedParameter(
        "tool_choice",
        "any",
        "auto, none, required, or a mapping",
        "Whether tools are called: auto lets the model decide, required wants a call, none "
        "forbids it, and a mapping names the one to call.",
        "auto where there are tools",
        "required",
    ),
    ExplainedParameter(
        "parallel_tool_calls",
        "flag",
        "true, false",
        "Whether one reply may call several tools.",
        "true",
        "false",
    ),
    ExplainedParameter(
        "service_tier",
        "text",
        "auto, default, flex, priority",
        "The queue that the request stands in: priority answers faster and costs more, flex "
        "the reverse; not every service offers each.",
        "auto",
        "priority",
        values=("auto", "default", "flex", "priority"),
    ),
    ExplainedParameter(
        "prompt_cache_key",
        "text",
        "a text",
        "Requests with the same key are likelier to find the beginning of their prompt in the "
        "cache, which is cheaper.",
        "none",
        "support-bot",
    ),
    ExplainedParameter(
        "logit_bias",
        "numbers",
        "token ids, each with -100 to 100",
        "Makes tokens likelier or less likely, by their ids: −100 forbids one, 100 wants nothing "
        "else.",
        "none",
        '{"1734": -100}',
        low=-100,
        high=100,
        only_chat=True,
    ),
    ExplainedParameter(
        "store",
        "flag",
        "true, false",
        "Whether the service keeps the request and the reply, to look at them or to train on; "
        "harness says no unless it is told to.",
        "false",
        "true",
    ),
    ExplainedParameter(
        "metadata",
        "mapping",
        "up to 16 names, each with a text",
        "Names and texts that are kept beside a stored reply.",
        "none",
        "{team: search}",
        most=16,
    ),
    ExplainedParameter(
        "safety_identifier",
        "text",
        "a text of up to 128 characters",
        "Stands for the person who asks, so that a service can stop one of them; send a hash, "
        "never a name.",
        "none",
        "3f9a1c",
        most=128,
    ),
    ExplainedParameter(
        "extra",
        "object",
        "a mapping",
        "Anything else, by the names that the service knows it by, sent as it is.",
        "none",
        "{top_k: 7}",
    ),
)
"""In the order in which people meet them."""

BY_NAME = {parameter.name: parameter for parameter in PARAMETERS}
