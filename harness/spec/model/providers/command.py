"""Programs under test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from harness.spec.model.base import Text
from harness.spec.model.providers.base import DeclaredProvider, ProviderModel
from harness.spec.model.resources import Price


class CommandProvider(DeclaredProvider):
    """A program under test; needs ``--allow-code``.

    It finds the question on stdin as JSON. What it writes to stdout is the reply; with ``reply``,
    a JSONPath, that is JSON of which the reply is a part; ``usage``, ``tool_calls`` and ``context``
    are JSONPaths into the same.
    """

    label: ClassVar[str] = "a program"
    is_application: ClassVar[bool] = True
    runs_code: ClassVar[bool] = True

    type: Literal["command"]
    command: Annotated[tuple[Text, ...], Field(min_length=1)]
    reply: Text | None = None
    usage: Text | None = None
    tool_calls: Text | None = None
    context: Text | None = None
    price: Price | None = None

    def list_models(self) -> Mapping[str, ProviderModel]:
        """Return the program."""
        return {"": ProviderModel(price=self.price)}
