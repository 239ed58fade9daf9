"""Applications under test that are called over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from harness.spec.model.base import Json, Text
from harness.spec.model.providers.base import DeclaredProvider, ProviderModel
from harness.spec.model.resources import Price


class HttpProvider(DeclaredProvider):
    """An application under test: JSON in, JSON out; its target is the provider's own name.

    Where it streams (server-sent events), ``reply`` is looked for in each event and the parts are
    joined. ``tool_calls`` and ``context`` are JSONPaths of the calls that it made and the passages
    that it answered from. What ``session``, a JSONPath, finds in the answer to a turn is the
    variable ``session`` of the conversation's next one.
    """

    label: ClassVar[str] = "application over HTTP"
    is_application: ClassVar[bool] = True
    addresses: ClassVar[tuple[str, ...]] = ("url",)

    type: Literal["http"]
    """The kind of provider. Example: `http`"""
    url: Text
    """The address that questions are sent to. Example: `http://127.0.0.1:8000/chat`"""
    method: Literal["POST", "PUT"] = "POST"
    """The HTTP method. Example: `POST`"""
    headers: dict[str, Text] = {}
    """Headers that are sent along. Example: `{x-team: search}`"""
    body: Json
    """The JSON that is sent, with `{{user}}` and other variables.
    Example: `{question: "{{user}}"}`
    """
    reply: Text
    """A JSONPath of the reply's text. Example: `$.answer`"""
    usage: Text | None = None
    """A JSONPath of the tokens used, as the API of OpenAI names them. Example: `$.usage`"""
    session: Text | None = None
    """A JSONPath of what the next turn finds as `session`. Example: `$.session`"""
    tool_calls: Text | None = None
    """A JSONPath of the calls that it made. Example: `$.calls`"""
    context: Text | None = None
    """A JSONPath of the passages that it answered from. Example: `$.passages`"""
    api_key: Text | None = None
    """The variable that holds its bearer token. Example: `${HARNESS_APP_KEY}`"""
    price: Price | None = None
    """Its price. Example: `{input: 0.4, output: 1.6}`"""

    def list_models(self) -> Mapping[str, ProviderModel]:
        """Return the application."""
        return {"": ProviderModel(price=self.price)}
