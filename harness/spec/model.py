"""The spec as one immutable value: what an author declares, with every default filled in.

These classes are the only definition of the format: ``harness.spec.decode`` validates text against
them, ``harness schema`` prints the JSON Schema derived from them, and everything downstream reads
them. They hold no Azure state, no results and no secrets: ``${VAR}`` has been expanded where the
contract allows it, except in ``api_key``, which stays a reference until the moment of the call.

Source: the contract, section 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, Strict, field_validator

Text = Annotated[str, Strict()]
Flag = Annotated[bool, Strict()]
Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict()]
Positive = Annotated[int, Strict(), Field(ge=1)]
Share = Annotated[float, Strict(), Field(ge=0.0, le=1.0)]
NonNegative = Annotated[float, Strict(), Field(ge=0.0)]
Json = Any
"""A JSON value that the spec carries without looking inside."""

CloudName = Literal["simulator", "azure", "azure-us-government", "azure-china"]


class Declared(BaseModel):
    """Base of everything in a spec: immutable, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


# --- what is provisioned ---------------------------------------------------------------------


class ResourceGroup(Declared):
    """A resource group; without ``create`` it must exist."""

    name: Text
    region: Text | None = None
    create: Flag = False


class Price(Declared):
    """US dollars per million tokens; overrides the price table."""

    input: NonNegative
    output: NonNegative
    cached_input: NonNegative | None = None


class ContentFilterRule(Declared):
    """One filter of a content-filter policy; absent fields stay as Azure has them."""

    name: Text
    source: Literal["Prompt", "Completion"] | None = None
    severity: Literal["Low", "Medium", "High"] | None = None
    blocking: Flag | None = None
    enabled: Flag | None = None


class ContentFilter(Declared):
    """A content-filter (RAI) policy of an account."""

    base: Text = "Microsoft.DefaultV2"
    mode: Text | None = None
    filters: tuple[ContentFilterRule, ...] = ()
    blocklists: tuple[Json, ...] = ()


class Parameters(Declared):
    """What is sent along with the messages; only what is set is sent."""

    temperature: Number | None = None
    top_p: Number | None = None
    max_output_tokens: Positive | None = None
    seed: Whole | None = None
    stop: Text | tuple[Text, ...] | None = None
    frequency_penalty: Number | None = None
    presence_penalty: Number | None = None
    reasoning_effort: Text | None = None
    response_format: Json | None = None
    tool_choice: Json | None = None
    parallel_tool_calls: Flag | None = None

    def over(self, beneath: Parameters) -> Parameters:
        """These parameters laid over others: what is set here wins, the rest shows through."""
        return Parameters.model_construct(
            _fields_set=self.model_fields_set | beneath.model_fields_set,
            **{**dict(beneath), **{name: getattr(self, name) for name in self.model_fields_set}},
        )

    def declared(self) -> dict[str, Any]:
        """Only what somebody set, by name."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}


Upgrade = Literal["NoAutoUpgrade", "OnceCurrentVersionExpired", "OnceNewDefaultVersionAvailable"]
Policy = Literal["manage", "verify-only"]


class Deployment(Declared):
    """A named model served by an account.

    ``capacity`` counts thousands of tokens a minute; for provisioned SKUs, throughput units.
    ``deployment_name`` is Azure's name and is filled in from the handle when it is not given.
    """

    model: Text
    version: Text
    sku: Text = "GlobalStandard"
    capacity: Positive = 1
    upgrade: Upgrade = "NoAutoUpgrade"
    content_filter: Text | None = None
    deployment_name: Text = ""
    format: Text = "OpenAI"
    parameters: Parameters = Parameters()
    price: Price | None = None
    context: Positive | None = None
    protect: Flag | None = None
    policy: Policy | None = None
    properties: dict[str, Json] = {}


class Account(Declared):
    """An Azure OpenAI or AI Services resource in one region.

    ``account_name`` and ``subdomain`` are filled in from the handle when they are not given.
    """

    region: Text
    account_name: Text = ""
    subdomain: Text = ""
    kind: Literal["AIServices", "OpenAI"] = "AIServices"
    sku: Text = "S0"
    tags: dict[str, Text] = {}
    local_auth: Flag = True
    on_soft_deleted: Literal["fail", "restore", "purge"] = "fail"
    protect: Flag = False
    policy: Policy = "manage"
    identity: Literal["system"] | tuple[Text, ...] | None = None
    properties: dict[str, Json] = {}
    content_filters: dict[str, ContentFilter] = {}
    deployments: dict[str, Deployment] = {}
    subscription: Text | None = None
    resource_group: Text | ResourceGroup | None = None

    def named(self, handle: str) -> Self:
        """This account with every name that defaults to a handle filled in."""
        name = self.account_name or handle
        deployments = {
            key: deployment.model_copy(
                update={"deployment_name": deployment.deployment_name or key}
            )
            for key, deployment in self.deployments.items()
        }
        return self.model_copy(
            update={
                "account_name": name,
                "subdomain": self.subdomain or name,
                "deployments": deployments,
            }
        )


# --- targets that are not provisioned here ---------------------------------------------------


class ProviderModel(Declared):
    """A model of a provider; ``model`` says what a deployment's name stands for."""

    model: Text | None = None
    version: Text | None = None
    context: Positive | None = None
    parameters: Parameters = Parameters()
    price: Price | None = None
    reasoning: Flag | None = None


class OpenAIProvider(Declared):
    """OpenAI's own API."""

    type: Literal["openai"]
    api_key: Text
    base_url: Text | None = None
    models: dict[str, ProviderModel]


class CompatibleProvider(Declared):
    """An OpenAI-compatible server."""

    type: Literal["openai-compatible"]
    base_url: Text
    api_key: Text | None = None
    models: dict[str, ProviderModel]


class AzureProvider(Declared):
    """An Azure OpenAI endpoint that exists already.

    No ``api_version`` means the v1 API, no ``api_key`` means Entra.
    """

    type: Literal["azure-openai"]
    endpoint: Text
    api_version: Text | None = None
    api_key: Text | None = None
    models: dict[str, ProviderModel]


class HttpProvider(Declared):
    """An application under test: JSON in, JSON out; its target is the provider's own name."""

    type: Literal["http"]
    url: Text
    method: Literal["POST", "PUT"] = "POST"
    headers: dict[str, Text] = {}
    body: Json
    reply: Text
    usage: Text | None = None
    api_key: Text | None = None
    price: Price | None = None


class RecordedProvider(Declared):
    """Transcripts made elsewhere, scored here; nothing is called."""

    type: Literal["recorded"]
    answers: Text
    models: dict[str, ProviderModel]


class CommandProvider(Declared):
    """A program under test; needs ``--allow-code``."""

    type: Literal["command"]
    command: tuple[Text, ...]


Provider = Annotated[
    OpenAIProvider
    | CompatibleProvider
    | AzureProvider
    | HttpProvider
    | RecordedProvider
    | CommandProvider,
    Field(discriminator="type"),
]


# --- the simulated Azure ----------------------------------------------------------------------


class ToolCallReply(Declared):
    """A tool call that a scripted reply makes."""

    name: Text
    arguments: dict[str, Json] = {}


class ReplyRule(Declared):
    """A scripted reply: when ``match`` (a regular expression) is found in what ``on`` names."""

    on: Literal["last_user", "system", "any"] = "last_user"
    match: Text
    reply: Text | None = None
    tool_calls: tuple[ToolCallReply, ...] = ()
    finish_reason: Text | None = None
    target: Text = "*"


class Fault(Declared):
    """A declared drill: what fails, how, and how often; every occurrence is counted.

    ``rate`` is the share of matching requests that fail (seeded); ``times`` caps their number.
    Without either, every matching request fails.
    """

    operation: Text
    target: Text = "*"
    status: Whole | None = None
    code: Text | None = None
    message: Text | None = None
    body: Json | None = None
    retry_after_s: NonNegative | None = None
    rate: Share | None = None
    times: Positive | None = None
    reset: Literal["connect", "headers", "body"] | None = None
    truncate: Flag | None = None
    delay_s: NonNegative | None = None


class Simulator(Declared):
    """How the simulated Azure behaves for this spec; read only when the cloud is the simulator."""

    date: Annotated[date, Field()] | None = None
    catalogue: Literal["strict", "open"] = "strict"
    answers: Text | None = None
    upstream: Text | None = None
    replies: tuple[ReplyRule, ...] = ()
    latency_s: NonNegative = 0.0
    management: Literal["instant", "recorded"] = "instant"
    limits: Literal["off", "enforced"] = "off"
    quota: dict[str, Whole] = {}
    seed: Whole = 7
    faults: tuple[Fault, ...] = ()


# --- what is evaluated ------------------------------------------------------------------------


class Assertion(Declared):
    """What the spec demands of a reply or of a whole transcript, in its long form.

    The short forms of the contract (``- icontains: Bill Gates``, ``- is-json``) are rewritten to
    this one before validation. ``type`` never carries the ``not-`` prefix: ``negated`` does.
    """

    type: Text
    negated: Flag = False
    value: Json = None
    path: Text | None = None
    threshold: Number | None = None
    weight: NonNegative = 1.0
    metric: Text | None = None
    judge: Text | None = None
    rubric_prompt: Text | None = None
    assertions: tuple[Assertion, ...] = Field(default=(), alias="assert")

    @property
    def name(self) -> str:
        """The assertion's name as the author wrote it: ``not-contains``."""
        return f"not-{self.type}" if self.negated else self.type


class ToolResult(Declared):
    """What a tool answers when the model calls it; ``arguments`` narrows which call is meant."""

    name: Text
    arguments: dict[str, Json] | None = None
    result: Json


class Turn(Declared):
    """What the user says and what is expected of the reply.

    With ``assistant`` the turn is history: nothing is called and nothing is checked.
    """

    user: Text
    assistant: Text | None = None
    parameters: Parameters = Parameters()
    tool_results: tuple[ToolResult, ...] = ()
    assertions: tuple[Assertion, ...] = Field(default=(), alias="assert")
    threshold: Number | None = None


class Conversation(Declared):
    """A named script of turns; ``cases`` or ``matrix`` play it once per row or combination."""

    id: Text
    description: Text | None = None
    tags: tuple[Text, ...] = ()
    must_pass: Flag | Share = False
    system: Text | None = None
    vars: dict[str, Json] = {}
    cases: Text | tuple[dict[str, Json], ...] | None = None
    matrix: dict[str, tuple[Json, ...]] | None = None
    tools: tuple[Json, ...] = ()
    parameters: Parameters = Parameters()
    turns: Annotated[tuple[Turn, ...], Field(min_length=1)]
    assertions: tuple[Assertion, ...] = Field(default=(), alias="assert")
    threshold: Number | None = None


class Variant(Declared):
    """A named prompt or parameter set; in ``user``, ``{{user}}`` is the turn's text."""

    system: Text | None = None
    user: Text | None = None
    parameters: Parameters = Parameters()


class History(Declared):
    """How much of the conversation is sent again; the system message always stays."""

    max_turns: Positive | None = None
    max_tokens: Positive | None = None


class Budget(Declared):
    """What a run may spend; whichever ends first ends the run."""

    usd: NonNegative | None = None
    requests: Positive | None = None
    tokens: Positive | None = None
    minutes: NonNegative | None = None


class ModelRole(Declared):
    """A target that serves the evaluation itself: a judge, or embeddings."""

    target: Text


class Gate(Declared):
    """What makes a run good enough."""

    baseline: Text | None = None
    on_no_baseline: Literal["fail", "warn"] = "fail"
    alpha: Share = 0.05
    margin: Share = 0.05
    min_effect: Share = 0.02
    min_pass_rate: Share | None = None
    max_error_rate: Share = 0.02
    max_unusable_rate: Share = 0.05
    on_inconclusive: Literal["warn", "fail"] = "warn"
    allow_simulated: Flag = False
    map: dict[str, Text] = {}


class Evaluation(Declared):
    """How the conversations are run."""

    targets: tuple[Text, ...] | None = None
    api: Literal["auto", "chat", "responses"] = "auto"
    system: Text | None = None
    parameters: Parameters = Parameters()
    repeats: Positive = 1
    history: History = History()
    concurrency: Literal["auto"] | Positive = "auto"
    timeout_s: Annotated[float, Strict(), Field(gt=0)] = 120.0
    stream: Flag = False
    on_turn_failure: Literal["continue", "stop"] = "continue"
    budget: Budget = Budget()
    judge: ModelRole | None = None
    embeddings: ModelRole | None = None
    gate: Gate | None = None


class Defaults(Declared):
    """What is joined to every conversation."""

    assertions: tuple[Assertion, ...] = Field(default=(), alias="assert")


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
    simulator: Simulator = Simulator()
    variants: dict[str, Variant] = {}
    evaluation: Evaluation = Evaluation()
    defaults: Defaults = Defaults()
    conversations: tuple[Conversation, ...] = ()

    @field_validator("resource_group", mode="before")
    @classmethod
    def _group_by_name(cls, value: object) -> object:
        return {"name": value} if isinstance(value, str) else value

    @field_validator("accounts")
    @classmethod
    def _accounts_named(cls, accounts: Mapping[str, Account]) -> dict[str, Account]:
        return {handle: account.named(handle) for handle, account in accounts.items()}
