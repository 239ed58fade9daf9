"""A call to a model as data: where it goes, and what each turn of it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Protocol = Literal["azure", "v1", "openai"]
"""Azure's dated API, Azure's v1 API, or OpenAI's own, which compatible servers speak too."""

Api = Literal["chat", "responses"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Service:
    """The service that a program asks, and the environment that tells it where that is.

    Attributes:
        address: what the variable of the address is set to; "" where OpenAI itself is meant.
        address_variable: the variable of the endpoint or base URL.
        api_version: of Azure's dated API; "" for the others.
        key_variable: the variable of the key; None where the server wants none.
        keyless: signs in with Entra, and no key is read.
        scope: of the token, where it is keyless.
        model: the name in the request: a deployment's on Azure.
        deploys: that name is a deployment's and not the model's.
        key_header: where a gateway wants the key, instead of where the service has it.
        headers: sent along with each request; they hold no credential.
    """

    protocol: Protocol
    model: str
    address: str = ""
    address_variable: str = "OPENAI_BASE_URL"
    api_version: str = ""
    key_variable: str | None = "OPENAI_API_KEY"
    keyless: bool = False
    scope: str = ""
    deploys: bool = False
    key_header: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DeclaredResult:
    """A result of a tool that the spec declares; ``arguments`` narrows which call is meant."""

    name: str
    arguments: Mapping[str, Any] | None
    content: str


@dataclass(frozen=True, slots=True)
class CallTurn:
    """One turn as it is sent.

    Attributes:
        said: its messages, in the form of the API.
        reply: the reply that the spec gives: history, and nothing is asked.
        options: parameters on the wire, under the names that the API has for them.
        results: what its tools answer.
    """

    said: tuple[Json, ...]
    reply: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    results: tuple[DeclaredResult, ...] = ()

    @property
    def question(self) -> str | None:
        """The text of a turn that is one message of the user's; None for any other."""
        if len(self.said) != 1 or self.said[0].keys() != {"role", "content"}:
            return None
        content = self.said[0]["content"]
        return content if self.said[0]["role"] == "user" and isinstance(content, str) else None


@dataclass(frozen=True, slots=True)
class ModelCall:
    """A conversation with one model, as a program is to hold it.

    Attributes:
        title: one line about it.
        system: the system message's text, which is sent with each request.
        tools: their declarations, in the form of the API.
        max_turns: past turns that are sent again; None for all.
        max_tokens: estimated tokens that a request may have; None for no limit.
        timeout_s: seconds for one request.
        streams: replies come in parts.
        notes: differences from what the spec says, each with its reason.
    """

    title: str
    service: Service
    api: Api
    turns: tuple[CallTurn, ...]
    system: str | None = None
    tools: tuple[Any, ...] = ()
    max_turns: int | None = None
    max_tokens: int | None = None
    timeout_s: float = 120.0
    streams: bool = False
    notes: tuple[str, ...] = ()

    @property
    def is_single(self) -> bool:
        """True for one question without a past."""
        return len(self.turns) == 1 and self.turns[0].reply is None

    @property
    def remembers(self) -> bool:
        """True where a later turn sends an earlier one again."""
        return not self.is_single and self.max_turns != 0

    @property
    def is_trimmed(self) -> bool:
        """True where the past may be too long to be sent whole."""
        return self.remembers and (self.max_turns, self.max_tokens) != (None, None)

    @property
    def common_options(self) -> dict[str, Any]:
        """The parameters that are the same in every request."""
        asked = [turn.options for turn in self.turns if turn.reply is None]
        first = asked[0] if asked else {}
        return {
            name: value
            for name, value in first.items()
            if all(name in options and options[name] == value for options in asked)
        }

    def list_own_options(self, turn: CallTurn) -> dict[str, Any]:
        """Return the parameters of a turn that are not in all others too."""
        common = self.common_options
        return {name: value for name, value in turn.options.items() if name not in common}
