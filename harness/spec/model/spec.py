"""The spec as one immutable value: what an author declares, with every default filled in.

These classes are the only definition of the format: ``harness.spec.parse.decode`` validates text
against them, ``harness schema`` prints the JSON Schema derived from them, and everything downstream
reads them. They hold no Azure state, no results and no secrets: ``${VAR}`` has been expanded where
the contract allows it, except in ``api_key``, which stays a reference until the moment of the call.

Source: the contract, section 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, field_validator

from harness.azure.clouds import CloudName
from harness.spec.model.base import Declared, Json, Text
from harness.spec.model.evaluated import (
    Assertion,
    Budget,
    Conversation,
    Defaults,
    Evaluation,
    Gate,
    History,
    KnownFailing,
    ModelRole,
    RegexTransform,
    ToolResult,
    Turn,
    Variant,
)
from harness.spec.model.providers import (
    AzureProvider,
    CommandProvider,
    CompatibleProvider,
    DeclaredProvider,
    HttpProvider,
    LocalModel,
    LocalProvider,
    OpenAIProvider,
    Provider,
    ProviderModel,
    RecordedProvider,
)
from harness.spec.model.resources import (
    Account,
    ContentFilter,
    ContentFilterRule,
    Deployment,
    Parameters,
    Policy,
    Price,
    ResourceGroup,
    Upgrade,
)
from harness.spec.model.simulated import Fault, ReplyRule, Simulator, ToolCallReply

__all__ = [
    "Account",
    "Assertion",
    "AzureProvider",
    "Budget",
    "CloudName",
    "CommandProvider",
    "CompatibleProvider",
    "ContentFilter",
    "ContentFilterRule",
    "Conversation",
    "Declared",
    "DeclaredProvider",
    "Defaults",
    "Deployment",
    "Evaluation",
    "Fault",
    "Gate",
    "History",
    "HttpProvider",
    "Json",
    "KnownFailing",
    "LocalModel",
    "LocalProvider",
    "ModelRole",
    "OpenAIProvider",
    "Parameters",
    "Policy",
    "Price",
    "Provider",
    "ProviderModel",
    "RecordedProvider",
    "RegexTransform",
    "ReplyRule",
    "ResourceGroup",
    "Simulator",
    "Spec",
    "ToolCallReply",
    "ToolResult",
    "Turn",
    "Upgrade",
    "Variant",
]


class Spec(Declared):
    """Everything an author declares in YAML."""

    version: Literal[1]
    name: Text
    description: Text | None = None
    requires: Text | None = None
    cloud: CloudName | None = None
    subscription: Text | None = None
    resource_group: ResourceGroup | None = None
    accounts: dict[str, Account] = {}
    providers: dict[str, Provider] = {}
    prices: dict[str, Price] = Field(
        default={},
        description="US dollars per million tokens by `MODEL` or `MODEL@VERSION`, instead of the "
        "price table; a `price` beside a deployment or model wins.",
        examples=[{"gpt-7-preview": {"input": 2.0, "output": 8.0, "cached_input": 0.5}}],
    )
    simulator: Simulator = Simulator()
    variants: dict[str, Variant] = {}
    evaluation: Evaluation = Evaluation()
    defaults: Defaults = Defaults()
    conversations: tuple[Conversation, ...] = ()

    @field_validator("resource_group", mode="before")
    @classmethod
    def _read_group_name(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value

    @field_validator("accounts")
    @classmethod
    def _fill_account_names(cls, accounts: Mapping[str, Account]) -> dict[str, Account]:
        return {handle: account.fill_names(handle) for handle, account in accounts.items()}
