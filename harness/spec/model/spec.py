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

from pydantic import field_validator

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
from harness.spec.model.simulated import Fault, MalformedKind, ReplyRule, Simulator, ToolCallReply

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
    "MalformedKind",
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
    """The version of the format. Example: `1`"""
    name: Text
    """Names the reports' folder and what is owned in Azure. Example: `sweden`"""
    description: Text | None = None
    """A sentence for readers. Example: `GPT-4.1 mini against GPT-5 mini`"""
    requires: Text | None = None
    """The versions of harness that can read it. Example: `">=0.1"`"""
    cloud: CloudName | None = None
    """The cloud; simulator needs no account. Example: `simulator`"""
    subscription: Text | None = None
    """Azure's id of the subscription. Example: `${AZURE_SUBSCRIPTION_ID}`"""
    resource_group: ResourceGroup | None = None
    """The resource group, or only its name where it exists.
    Example: `{name: rg-harness, region: swedencentral, create: true}`
    """
    accounts: dict[str, Account] = {}
    """Azure OpenAI accounts and their deployments, by handles of your own: targets are
    `handle/deployment`.
    Example: `{sweden: {region: swedencentral, deployments: {mini: {model: gpt-4.1-mini,
    version: "2025-04-14"}}}}`
    """
    providers: dict[str, Provider] = {}
    """Models and applications that exist already, by handles of your own.
    Example: `{openai: {type: openai, api_key: "${OPENAI_API_KEY}", models: {gpt-4.1-mini: {}}}}`
    """
    prices: dict[str, Price] = {}
    """US dollars per million tokens by `MODEL` or `MODEL@VERSION`, instead of the price table; a
    `price` beside a deployment or model wins.
    Example: `{gpt-7-preview: {input: 2, output: 8}}`
    """
    simulator: Simulator = Simulator()
    """The behaviour of the simulator; read only where the cloud is the simulator.
    Example: `{answers: data/answers.jsonl}`
    """
    variants: dict[str, Variant] = {}
    """Named prompts or parameters; each conversation is played with each.
    Example: `{brief: {system: Answer in one word.}}`
    """
    evaluation: Evaluation = Evaluation()
    """The settings by which conversations are run. Example: `{repeats: 3}`"""
    defaults: Defaults = Defaults()
    """Demands that are added to every conversation. Example: `{assert: [not-is-refusal]}`"""
    conversations: tuple[Conversation, ...] = ()
    """The conversations, each an entry or an `include`.
    Example: `[{id: hello, turns: [{user: Hello}]}]`
    """

    @field_validator("resource_group", mode="before")
    @classmethod
    def _read_group_name(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value

    @field_validator("accounts")
    @classmethod
    def _fill_account_names(cls, accounts: Mapping[str, Account]) -> dict[str, Account]:
        return {handle: account.fill_names(handle) for handle, account in accounts.items()}
