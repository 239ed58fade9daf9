"""Declarations of resources: resource groups, accounts, deployments, content filters."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field

from harness.azure.roles import PrincipalType
from harness.spec.model.base import Declared, Flag, Json, NonNegative, Number, Positive, Text, Whole


class ResourceGroup(Declared):
    """A resource group; without ``create`` it must exist."""

    name: Text
    """Azure's name of the group. Example: `rg-harness`"""
    region: Text | None = None
    """The region in which the group is created. Example: `swedencentral`"""
    create: Flag = False
    """Create the group where it does not exist, and delete it when destroy leaves it empty.
    Example: `true`
    """


class Price(Declared):
    """US dollars per million tokens; overrides the price table."""

    input: NonNegative
    """US dollars for a million tokens that are sent. Example: `0.4`"""
    output: NonNegative
    """US dollars for a million tokens that come back. Example: `1.6`"""
    cached_input: NonNegative | None = None
    """US dollars for a million tokens that the service had in its cache. Example: `0.1`"""


class ContentFilterRule(Declared):
    """One filter of a content-filter policy; absent fields stay as Azure has them."""

    name: Text
    """The category: Hate, Sexual, Violence, Selfharm, Jailbreak and others of Azure's.
    Example: `Hate`
    """
    source: Literal["Prompt", "Completion"] | None = None
    """Look at what is asked, or at the reply. Example: `Prompt`"""
    severity: Literal["Low", "Medium", "High"] | None = None
    """From this severity on the filter acts. Example: `Medium`"""
    blocking: Flag | None = None
    """Block what is found; false only marks it. Example: `true`"""
    enabled: Flag | None = None
    """Switch the filter on or off. Example: `true`"""


class ContentFilter(Declared):
    """A content-filter (RAI) policy of an account."""

    base: Text = "Microsoft.DefaultV2"
    """The policy of Azure's that this one begins with. Example: `Microsoft.DefaultV2`"""
    mode: Text | None = None
    """The moment of filtering, by Azure's name: Blocking before a reply is shown, or
    Asynchronous_filter.
    Example: `Blocking`
    """
    filters: tuple[ContentFilterRule, ...] = ()
    """The filters that differ from the base.
    Example: `[{name: Hate, source: Prompt, severity: Low, blocking: true}]`
    """
    blocklists: tuple[dict[str, Json], ...] = ()
    """Lists of words that exist in the account, and the side that each is used on.
    Example: `[{blocklistName: names, source: Prompt, blocking: true}]`
    """


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
    """The one who gets the role: `me`, who is signed in, or an object id of Entra. Example: `me`"""
    role: Text
    """A built-in role by its name, or a role's id. Example: `Cognitive Services OpenAI User`"""
    type: PrincipalType | None = None
    """The kind of principal; Azure looks it up where it is left out. Example: `ServicePrincipal`"""


Upgrade = Literal["NoAutoUpgrade", "OnceCurrentVersionExpired", "OnceNewDefaultVersionAvailable"]
Policy = Literal["manage", "verify-only"]


class Deployment(Declared):
    """A named model served by an account.

    ``capacity`` counts thousands of tokens a minute; for provisioned SKUs, throughput units.
    ``deployment_name`` is Azure's name and is filled in from the handle when it is not given.
    """

    model: Text
    """The model's name, as Azure lists it. Example: `gpt-4.1-mini`"""
    version: Text
    """The model's version, quoted, or default. Example: `"2025-04-14"`"""
    sku: Text = "GlobalStandard"
    """The way in which it is served and paid for. Example: `GlobalStandard`"""
    capacity: Positive = 1
    """Thousands of tokens a minute; for provisioned SKUs, throughput units. Example: `50`"""
    upgrade: Upgrade = "NoAutoUpgrade"
    """The moment at which Azure may change the version by itself. Example: `NoAutoUpgrade`"""
    content_filter: Text | None = None
    """The content filter, one of the account's or of Azure's own. Example: `strict`"""
    deployment_name: Text = ""
    """Azure's name of the deployment; the handle where it is left out. Example: `mini-prod`"""
    format: Text = "OpenAI"
    """The maker of the model, by Azure's word. Example: `OpenAI`"""
    parameters: Parameters = Parameters()
    """Parameters of every request to this deployment. Example: `{reasoning_effort: low}`"""
    price: Price | None = None
    """Its price, instead of the price table's. Example: `{input: 0.4, output: 1.6}`"""
    context: Positive | None = None
    """Tokens that fit into one request. Example: `128000`"""
    protect: Flag | None = None
    """Refuse to delete or replace it; the account's word where it is left out. Example: `true`"""
    policy: Policy | None = None
    """Manage it, or only compare it; the account's word where it is left out.
    Example: `verify-only`
    """
    properties: dict[str, Json] = {}
    """Anything else of Azure's properties of a deployment, by their own names.
    Example: `{raiPolicyName: Microsoft.DefaultV2}`
    """


class Account(Declared):
    """An Azure OpenAI or AI Services resource in one region, of several that would do.

    ``account_name`` and ``subdomain`` are filled in from the handle when they are not given.
    """

    region: Text | Annotated[tuple[Text, ...], Field(min_length=1)]
    """The region, or several of which the first that has room is taken.
    Example: `[swedencentral, eastus2]`
    """
    account_name: Text = ""
    """Azure's name of the account, 2 to 64 characters; the handle where it is left out.
    Example: `harness-sweden-01`
    """
    subdomain: Text = ""
    """The first part of its address, unique in the world; account_name where it is left out.
    Example: `harness-sweden-01`
    """
    kind: Literal["AIServices", "OpenAI"] = "AIServices"
    """The kind of account. Example: `AIServices`"""
    sku: Text = "S0"
    """The account's own SKU. Example: `S0`"""
    tags: dict[str, Text] = {}
    """Tags on the account. Example: `{team: platform}`"""
    local_auth: Flag = True
    """Allow keys; false allows Entra alone. Example: `false`"""
    on_soft_deleted: Literal["fail", "restore", "purge"] = "fail"
    """The action where a deleted account still holds the name. Example: `restore`"""
    protect: Flag = False
    """Refuse to delete or replace it, and its deployments. Example: `true`"""
    policy: Policy = "manage"
    """Manage it, or only compare it. Example: `manage`"""
    identity: Literal["system"] | tuple[Text, ...] | None = None
    """The account's identity: system, or a list of ids of identities. Example: `system`"""
    properties: dict[str, Json] = {}
    """Anything else of Azure's properties of an account, by their own names.
    Example: `{publicNetworkAccess: Enabled}`
    """
    ignore: tuple[Text, ...] = ()
    """Paths that are shown and never compared. Example: `[tags.CreatedBy]`"""
    access: tuple[Access, ...] = ()
    """Roles on the account. Example: `[{principal: me, role: Cognitive Services OpenAI User}]`"""
    content_filters: dict[str, ContentFilter] = {}
    """Content filters of the account, by their names.
    Example: `{strict: {filters: [{name: Hate, severity: Low}]}}`
    """
    deployments: dict[str, Deployment] = {}
    """Models that the account serves, by handles of your own.
    Example: `{mini: {model: gpt-4.1-mini, version: "2025-04-14", capacity: 50}}`
    """
    subscription: Text | None = None
    """Its subscription, where it is not the spec's. Example: `${AZURE_SUBSCRIPTION_ID}`"""
    resource_group: Text | ResourceGroup | None = None
    """Its resource group, where it is not the spec's. Example: `rg-other`"""

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
