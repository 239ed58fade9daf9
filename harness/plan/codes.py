"""Every code of preflight: what it means, and whether a person may disregard it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

CodeName = Literal[
    "group_missing",
    "group_elsewhere",
    "account_missing",
    "region_unknown",
    "no_region",
    "provider_not_registered",
    "accounts_exhausted",
    "sku_refused",
    "soft_deleted",
    "subdomain_taken",
    "model_unknown",
    "model_not_offered",
    "version_not_offered",
    "sku_not_offered",
    "filter_missing",
    "provider_data_missing",
    "capacity_invalid",
    "quota_exceeded",
    "quota_pooled",
    "model_retired",
    "model_deprecating",
    "model_retiring",
    "version_floats",
    "upgrade_drifts",
    "fine_tune_hosting",
    "provisioned_hourly",
    "role_missing",
    "caller_unknown",
    "unreachable",
    "not_owned",
    "owned_by_other",
    "foreign_children",
    "would_lose",
    "rolls_back",
    "purge_forbidden",
    "spillover_invalid",
    "protected",
]


@dataclass(frozen=True, slots=True)
class Code:
    """A preflight code; ``skippable`` ones obey ``--skip-preflight``."""

    name: CodeName
    meaning: str
    skippable: bool = True


CODES = (
    Code("group_missing", "the resource group does not exist, and the spec may not create it"),
    Code("group_elsewhere", "the resource group is in another region than declared (warning)"),
    Code(
        "account_missing",
        "`policy: verify-only`, and the account to deploy into does not exist",
        skippable=False,
    ),
    Code("region_unknown", "no such region, or Azure OpenAI is not offered there"),
    Code("no_region", "preflight accepts none of the regions that the account may be in"),
    Code("provider_not_registered", "the subscription has never used Azure AI services"),
    Code("accounts_exhausted", "the subscription may not have more accounts in the region"),
    Code("sku_refused", "the subscription may not have this kind of account in the region"),
    Code("soft_deleted", "a soft-deleted account holds the account's name"),
    Code("subdomain_taken", "another account in the world holds the subdomain"),
    Code("model_unknown", "the simulator's catalogue ends before this model came out (warning)"),
    Code("model_not_offered", "the region does not serve the model to this kind of account"),
    Code("version_not_offered", "the region does not serve this version of the model"),
    Code("sku_not_offered", "the region does not serve this version under this SKU"),
    Code("filter_missing", "neither the spec nor the account has a content filter of this name"),
    Code("provider_data_missing", "the model's provider wants to be told who deploys it"),
    Code("capacity_invalid", "below the SKU's minimum, above its maximum, or between its steps"),
    Code("quota_exceeded", "the plan takes more of a quota than is left of it"),
    Code("quota_pooled", "regions together take more than a pool of the subscription (warning)"),
    Code("model_retired", "nothing answers for this model, version and SKU any more"),
    Code("model_deprecating", "the version is about to retire and takes no new deployments"),
    Code(
        "model_retiring", "it retires within 90 days; said more urgently at 60, 30 and 14 (warning)"
    ),
    Code("version_floats", "`version: default` follows Azure's default and drifts (warning)"),
    Code("upgrade_drifts", "`upgrade` lets Azure move away from the version (warning)"),
    Code("fine_tune_hosting", "a fine-tuned model costs by the hour, idle or not (warning)"),
    Code("provisioned_hourly", "throughput units cost by the hour, idle or not (warning)"),
    Code("role_missing", "no keys, and who is signed in has no role to call models (warning)"),
    Code("caller_unknown", "`principal: me`, and the sign-in does not say who that is", False),
    Code("unreachable", "the account refuses calls from public networks (warning)"),
    Code("not_owned", "it exists and belongs to no spec: `--adopt` takes it over", False),
    Code("owned_by_other", "it belongs to another spec, and is never taken over", False),
    Code("foreign_children", "replacing it would take with it what others put into it", False),
    Code("would_lose", "replacing it would lose what cannot be carried over", False),
    Code("rolls_back", "`kind: OpenAI` over an account that holds projects of Foundry", False),
    Code("purge_forbidden", "it must be purged, and who is signed in may not purge"),
    Code("spillover_invalid", "it spills over to what cannot take its calls"),
    Code("protected", "`protect: true`, and the plan would delete it", False),
)

UNSKIPPABLE: frozenset[str] = frozenset(code.name for code in CODES if not code.skippable)
"""Codes that no option disregards: whose a thing is, and what must not go."""
