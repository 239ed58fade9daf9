"""The contract's parameters on the wire, and what a model turned out not to accept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from harness.conversation.chat_form import write_message
from harness.conversation.ports import Request
from harness.conversation.transcript import Message

OutputLimit = Literal["max_tokens", "max_completion_tokens"]

NEUTRAL: Final[Mapping[str, float]] = {
    "temperature": 1.0,
    "top_p": 1.0,
    "frequency_penalty": 0.0,
    "presence_penalty": 0.0,
}
"""Parameters that reasoning models refuse, with the value at which leaving it out changes nothing.

Source: azure-ai-docs, foundry/openai/how-to/reasoning.md (2026-09): not supported are temperature,
top_p, presence_penalty, frequency_penalty, logprobs, top_logprobs, logit_bias, max_tokens.
"""

LOGPROBS: Final = "logprobs"
"""Asked for where a check needs them; no parameter of the contract's."""

_DROPPABLE: Final = frozenset(
    {
        *NEUTRAL,
        "seed",
        "stop",
        "reasoning_effort",
        "response_format",
        "tool_choice",
        "parallel_tool_calls",
        "stream_options",
        "store",
        "verbosity",
        "service_tier",
        "prompt_cache_key",
        "logit_bias",
        "metadata",
        "safety_identifier",
        LOGPROBS,
    }
)
_NEVER_DROPPED: Final = frozenset(
    {
        "model",
        "messages",
        "input",
        "instructions",
        "tools",
        "stream",
        "text",
        "reasoning",
        "include",
    }
)
"""Parts of a body that are no parameter, or hold several; whatever else is sent may be dropped."""
_NESTED: Final[Mapping[str, str]] = {
    "reasoning": "reasoning_effort",
    "text": "response_format",
    "text.verbosity": "verbosity",
    "include": LOGPROBS,
}
"""Parameters that the Responses API keeps inside another object, by that object's name."""
_LIMITS: Final[tuple[OutputLimit, OutputLimit]] = ("max_tokens", "max_completion_tokens")
_ROLES: Final[Mapping[str, str]] = {"system": "developer", "developer": "user"}
"""Names of the system message's role, for a model that refuses the first: o1-mini refuses both."""

_REFUSED = re.compile(
    r"(?:unsupported (?:parameter|value)|unrecognized (?:request argument|parameter)|"
    r"do(?:es)?(?: not|n't) support|not supported|unknown parameter|"
    r"extra inputs are not permitted)",
    re.IGNORECASE,
)
_BELOW = re.compile(r"\bmax_\w*tokens\b.*below minimum value.*>=\s*(\d{1,2})\b", re.DOTALL)
"""Source: quoted from api.openai.com, 2025: "Invalid 'max_output_tokens': integer below minimum
value. Expected a value >= 16, but got 5 instead." Two digits: no service may raise a limit to
what the author would not pay.
"""
_NAMED = re.compile(r"""['"`]?\b(messages\[\d+\]\.role|[a-z][a-z_]*[a-z])\b['"`]?""")


@dataclass(slots=True)
class Adaptation:
    """Adaptations that one model was found to want; grows by one thing per refusal.

    Attributes:
        limit: the wire's name of ``max_output_tokens``.
        dropped: parameters that are no longer sent.
        system_role: what the system message is called.
        refused: names of the output limit that were refused.
        least_output: the smallest output limit that the model takes.
        reported: every note that a reply has carried, in order.
    """

    limit: OutputLimit = "max_tokens"
    dropped: set[str] = field(default_factory=set)
    system_role: str = "system"
    refused: set[str] = field(default_factory=set)
    least_output: int = 0
    reported: dict[str, None] = field(default_factory=dict)

    @classmethod
    def of(cls, reasoning: bool | None) -> Adaptation:
        """Return the adaptation to begin with for a model of which only that is known."""
        if not reasoning:
            return cls()
        return cls(limit="max_completion_tokens", dropped={*NEUTRAL, LOGPROBS})

    @property
    def learned(self) -> dict[str, Any]:
        """Return what was found out as plain data, without what was reported."""
        return {
            "limit": self.limit,
            "dropped": sorted(self.dropped),
            "system_role": self.system_role,
            "refused": sorted(self.refused),
            "least_output": self.least_output,
        }

    def relearn(self, learned: Mapping[str, Any]) -> None:
        """Be as ``learned`` says, which another process may have written."""
        self.limit = _LIMITS[1] if learned.get("limit") == _LIMITS[1] else _LIMITS[0]
        self.dropped = {name for name in learned.get("dropped", ()) if isinstance(name, str)}
        self.system_role = str(learned.get("system_role", "system"))
        self.refused = {name for name in _LIMITS if name in learned.get("refused", ())}
        least = learned.get("least_output")
        self.least_output = least if isinstance(least, int) else 0

    def learn(self, param: str, message: str, sent: Mapping[str, Any]) -> None:
        """Take in a 400 that refused something of the body that was sent.

        Whether asking again makes sense, the caller sees from the body: it differs now. (Another
        request in flight may have learned the same a moment ago.)
        """
        if below := _BELOW.search(message):
            self.least_output = max(self.least_output, int(below.group(1)))
        elif _REFUSED.search(message):
            for name in _list_refused(param, message, sent):
                if name.endswith(".role"):
                    self._rename_role(sent)
                    return
                if _is_sent(name, sent):
                    self._give_up(name)
                    return

    def output_limit(self, wanted: int, notes: list[str]) -> int:
        """Return the limit as the model takes it; what it asks for is the least it accepts."""
        if wanted >= self.least_output:
            return wanted
        notes.append(f"max_output_tokens raised to {self.least_output}")
        return self.least_output

    def _give_up(self, name: str) -> None:
        if name not in _LIMITS:
            self.dropped.add(name)
            return
        self.refused.add(name)
        if self.refused.issuperset(_LIMITS):
            self.dropped.add("max_output_tokens")
        else:
            self.limit = _LIMITS[1 - _LIMITS.index(name)]

    def _rename_role(self, sent: Mapping[str, Any]) -> None:
        better = _ROLES.get(self.system_role)
        said = {message["role"] for message in sent.get("messages", ())}
        if better is not None and self.system_role in said:
            self.system_role = better


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A request as it is sent, and what in it differs from what was asked."""

    body: dict[str, Any]
    notes: tuple[str, ...]


def write_completion(request: Request, model: str, adaptation: Adaptation) -> WireRequest:
    """Return the body of a chat completion for this request."""
    notes: list[str] = []
    body: dict[str, Any] = {"model": model}
    body["messages"] = [_write_message(message, adaptation, notes) for message in request.messages]
    for name, value in list_parameters(request):
        if name in adaptation.dropped:
            if NEUTRAL.get(name) != value:
                notes.append(f"{name} dropped")
        elif name == "max_output_tokens":
            body[adaptation.limit] = adaptation.output_limit(value, notes)
            if adaptation.limit == "max_completion_tokens":
                notes.append("max_output_tokens sent as max_completion_tokens")
        else:
            body[name] = list(value) if isinstance(value, tuple) else value
    if request.tools:
        body["tools"] = list(request.tools)
    if request.stream:
        body["stream"] = True
        if "stream_options" not in adaptation.dropped:
            body["stream_options"] = {"include_usage": True}
    adaptation.reported.update(dict.fromkeys(notes))
    return WireRequest(body, tuple(notes))


def list_parameters(request: Request) -> Iterator[tuple[str, Any]]:
    """Yield the parameters that are set; those under ``extra`` last, by the service's own names."""
    for name, value in request.parameters.items():
        if value is not None and name != "extra":
            yield name, value
    for name, value in (request.parameters.get("extra") or {}).items():
        if value is not None:
            yield name, value


def _write_message(message: Message, adaptation: Adaptation, notes: list[str]) -> dict[str, Any]:
    role: str = message.role
    if role == "system" and adaptation.system_role != "system":
        role = adaptation.system_role
        note = f"system message sent as {role}"
        if note not in notes:
            notes.append(note)
    return {**write_message(message), "role": role}


def _list_refused(param: str, message: str, sent: Mapping[str, Any]) -> list[str]:
    """Return the refused parameter: as the service names it, else the first in its message."""
    named = [name for name in _NAMED.findall(message) if _is_parameter(name, sent)]
    param = _NESTED.get(param) or _NESTED.get(param.partition(".")[0], param)
    return [param, *named] if param and _is_parameter(param, sent) else named


def _is_parameter(name: str, sent: Mapping[str, Any]) -> bool:
    if name in _DROPPABLE or name in _LIMITS or name.endswith(".role"):
        return True
    return name in sent and name not in _NEVER_DROPPED


def _is_sent(name: str, sent: Mapping[str, Any]) -> bool:
    if name == "verbosity" and isinstance(sent.get("text"), Mapping):
        return name in sent["text"]
    return name in sent or any(_NESTED.get(key) == name for key in sent)
