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
    """The kind of provider. Example: `command`"""
    command: Annotated[tuple[Text, ...], Field(min_length=1)]
    """The program and its arguments. Example: `[python, app.py]`"""
    reply: Text | None = None
    """A JSONPath of the reply's text in what it writes; all of it where it is left out.
    Example: `$.answer`
    """
    usage: Text | None = None
    """A JSONPath of the tokens used. Example: `$.usage`"""
    tool_calls: Text | None = None
    """A JSONPath of the calls that it made. Example: `$.calls`"""
    context: Text | None = None
    """A JSONPath of the passages that it answered from. Example: `$.passages`"""
    price: Price | None = None
    """Its price. Example: `{input: 0.4, output: 1.6}`"""

    def list_models(self) -> Mapping[str, ProviderModel]:
        """Return the program."""
        return {"": ProviderModel(price=self.price)}
