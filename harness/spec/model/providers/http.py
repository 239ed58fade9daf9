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
    url: Text
    method: Literal["POST", "PUT"] = "POST"
    headers: dict[str, Text] = {}
    body: Json
    reply: Text
    usage: Text | None = None
    session: Text | None = None
    tool_calls: Text | None = None
    context: Text | None = None
    api_key: Text | None = None
    price: Price | None = None

    def list_models(self) -> Mapping[str, ProviderModel]:
        """Return the application."""
        return {"": ProviderModel(price=self.price)}
