"""Declarations of resources: resource groups, accounts, deployments, content filters."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field

from harness.azure.roles import PrincipalType
from harness.spec.model.base import Declared, Flag, Json, NonNegative, Number, Positive, Text, Whole


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
    blocklists: tuple[dict[str, Json], ...] = ()


class Parameters(Declared):
    """Parameters sent along with the messages; only those that are set are sent.

    ``extra`` holds any others by the names that the service knows them by, sent as they are.
    """

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
    verbosity: Text | None = None
    service_tier: Text | None = None
    prompt_cache_key: Text | None = None
    logit_bias: dict[str, Number] | None = None
    store: Flag | None = None
    metadata: dict[str, Text] | None = None
    safety_identifier: Text | None = None
    extra: dict[str, Json] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return only what somebody set, by name."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}


ME = "me"
"""The principal that stands for who is signed in."""


class Access(Declared):
    """A role on the account: `{principal: me, role: Cognitive Services OpenAI User}`.

    ``principal`` is ``me``, who is signed in, or an object id of Entra. ``role`` is the name of a
    built-in role, or a role's id. ``type`` is what the principal is; Azure looks it up where it is
    left out, which fails for one that was made a moment ago.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"principal": "me", "role": "Cognitive Services OpenAI User"}]
        }
    )

    principal: Text
    role: Text
    type: PrincipalType | None = None


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
    """An Azure OpenAI or AI Services resource in one region, of several that would do.

    ``account_name`` and ``subdomain`` are filled in from the handle when they are not given.
    """

    region: Text | Annotated[tuple[Text, ...], Field(min_length=1)]
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
    ignore: tuple[Text, ...] = ()
    access: tuple[Access, ...] = ()
    content_filters: dict[str, ContentFilter] = {}
    deployments: dict[str, Deployment] = {}
    subscription: Text | None = None
    resource_group: Text | ResourceGroup | None = None

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions that would do, the most wanted first; one, where it was said or chosen."""
        named = (self.region,) if isinstance(self.region, str) else self.region
        return tuple(dict.fromkeys(named))

    @property
    def home(self) -> str:
        """The region that it is planned in: of several the first, until one is chosen."""
        return self.regions[0]

    def fill_names(self, handle: str) -> Self:
        """Return this account with every name that defaults to a handle filled in."""
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
