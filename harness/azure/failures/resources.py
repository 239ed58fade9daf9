"""Refusals about resources: not now, taken, not to be had, missing."""

from __future__ import annotations

from harness.azure.failures.row import KnownFailure

RAN_AGAIN = "wait a few minutes; then run the same command again"
PLAN_KNOWS = "run `harness plan`: preflight names what would work, nearest first"
ASK_FOR_QUOTA = "https://aka.ms/oai/stuquotarequest"

RESOURCES = (
    # Not now: the same request may succeed later.
    KnownFailure(
        "request-conflict",
        "RequestConflict",
        "another operation on the account is still running",
        "wait for the other operation; then run the same command again",
        "hashicorp/terraform-provider-azurerm#22607, #22939; even when writes are serial: "
        "Azure/terraform-azurerm-avm-res-cognitiveservices-account#125",
        "Another operation is being performed on the parent resource '…/accounts/X'. Please try "
        "again later.",
        retry=True,
    ),
    KnownFailure(
        "concurrent-request",
        "Conflict",
        "somebody else is writing to the same resource",
        RAN_AGAIN,
        "recorded of another service of ARM",
        "The request failed due to conflict with a concurrent request.",
        pattern="concurrent",
        retry=True,
    ),
    KnownFailure(
        "account-not-ready",
        "AccountProvisioningStateInvalid",
        "the account is not ready for changes yet, though it may already say so",
        RAN_AGAIN,
        "hashicorp/terraform-provider-azurerm#31712",
        "Call to Microsoft.CognitiveServices/accounts failed. Error message: Account … in state "
        "Accepted",
        retry=True,
    ),
    KnownFailure(
        "throttled",
        "TooManyRequests",
        "the subscription sends more management requests than Azure allows",
        RAN_AGAIN,
        "ARM documentation, request limits and throttling",
        "Number of requests for subscription '…' and operation '…' exceeded the limit. Please try "
        "again after '5' seconds.",
        retry=True,
    ),
    KnownFailure(
        "server-error",
        "InternalServerError",
        "something broke at Azure",
        "run the same command again; if it stays, quote the request id to Azure",
        "recorded of another service of ARM",
        "Encountered internal server error. Diagnostic information: timestamp …",
    ),
    KnownFailure(
        "service-unavailable",
        "ServiceUnavailable",
        "Azure is out of service in this region, or overloaded",
        RAN_AGAIN,
        "recorded of another service of ARM",
        "The service is unavailable now. Please retry the request later.",
        retry=True,
    ),
    # Whose name it is.
    KnownFailure(
        "soft-deleted-twin",
        "FlagMustBeSetForRestore",
        "a soft-deleted account still holds this name, for 48 hours",
        "set `on_soft_deleted: restore` or `purge` on the account, or choose another account_name",
        "Azure/azure-cli#18146",
        "An existing resource with ID '…' has been soft-deleted. To restore the resource, you must "
        "specify 'restore' to be 'true' in the property. If you don't want to restore existing "
        "resource, please purge it first.",
    ),
    KnownFailure(
        "nothing-to-restore",
        "CanNotRestoreANonExistingResource",
        "the soft-deleted account is gone for good",
        "run the same command again: it creates a new one",
        "microsoft/OpenAIWorkshop#50",
        "Could not locate a resource to restore. The resource with ID '…' doesn't exist or it is "
        "already purged.",
    ),
    KnownFailure(
        "subdomain-in-use-on-update",
        "CustomDomainInUse",
        "Azure holds this account's subdomain for another account, often a deleted one",
        "compare the accounts that hold it: `az cognitiveservices account list-deleted`; purge the "
        "deleted one, or leave the subdomain as this account has it",
        "issue threads of several repositories; words as on a creation",
        "The subdomain name '…' is not available as it's already used by a resource.",
        when="update",
    ),
    KnownFailure(
        "subdomain-for-life",
        "UpdatingCustomDomainNotAllowed",
        "a subdomain is given once: it can be neither changed nor taken away",
        "leave `subdomain` as the account has it (`harness import` shows it)",
        "quoted in issue threads",
        "Updating or disabling sub domain is not supported.",
    ),
    KnownFailure(
        "subdomain-in-use",
        "CustomDomainInUse",
        "the subdomain belongs to another account, or to one deleted in the last 48 hours",
        "choose another `subdomain`, or purge the deleted account",
        "hashicorp/terraform-provider-azurerm, issue threads; Azure documentation",
        "Please pick a different name. The subdomain name '…' is not available as it's already "
        "used by a resource. If the resource using the name was deleted in the last 48 hours, you "
        "may need to purge the deleted resource.",
    ),
    KnownFailure(
        "lives-elsewhere",
        "InvalidResourceLocation",
        "a resource of this name lives in another region",
        "choose another account_name, or the region that the message names",
        "ARM documentation, common deployment errors",
        "The resource '…' already exists in location '…' in resource group '…'.",
    ),
    # What cannot be had.
    KnownFailure(
        "no-more-accounts",
        "InsufficientQuota",
        "the subscription may not have more accounts of this kind in this region",
        "delete and purge accounts that nobody needs, choose another region, or ask for more at "
        f"{ASK_FOR_QUOTA}",
        "issue threads of several repositories",
        "Insufficient quota. Cannot create/update/move resource '…'.",
        pattern="cannot create/update/move",
    ),
    KnownFailure(
        "too-little-quota",
        "InsufficientQuota",
        "the subscription has too little quota for this SKU in this region",
        f"lower `capacity`, or ask for more at {ASK_FOR_QUOTA}; {PLAN_KNOWS}",
        "issue threads of several repositories",
        "This operation require 240 new capacity in quota Tokens Per Minute (thousands) - …, which "
        "is bigger than the current available capacity 0.",
    ),
    KnownFailure(
        "too-little-quota-unsaid",
        "715-123420",
        "Azure says so in place of quota: the subscription or the region has too little",
        f"compare quota and room: `harness models --model MODEL`; lower `capacity`, choose another "
        f"region, or ask for more at {ASK_FOR_QUOTA}",
        "issue threads and Microsoft Q&A",
        "An error occurred. Please reach out to support for additional assistance.",
    ),
    KnownFailure(
        "wrong-capacity",
        "InvalidCapacity",
        "the SKU cannot be bought in this size",
        PLAN_KNOWS,
        "issue thread; HTTP status not verified",
        "The specified capacity '…' of account deployment should be at least 1 and no more than 1.",
    ),
    KnownFailure(
        "unknown-model",
        "DeploymentModelNotSupported",
        "the region does not offer this model and version",
        PLAN_KNOWS,
        "issue threads; HTTP status not verified",
        "The model 'Format: OpenAI, Name: gpt-4, Version: 2, Source: ' of account deployment is "
        "not supported.",
    ),
    KnownFailure(
        "no-such-sku",
        "InvalidResourceProperties",
        "there is no SKU of this name",
        "correct `sku`; GlobalStandard is the usual one",
        "issue threads; a `sku` nested under properties is read as Standard: Azure/bicep#16642",
        "The deployment sku name 'S0' is invalid.",
        pattern="sku name .* is invalid",
    ),
    KnownFailure(
        "wrong-sku",
        "InvalidResourceProperties",
        "the SKU, model and region do not go together",
        PLAN_KNOWS,
        "issue threads of several repositories; Azure/bicep#16642",
        "The specified SKU 'Standard' for model 'gpt-4o 2024-05-13' is not supported in this "
        "region 'francecentral'.",
        pattern="sku|scale settings",
    ),
    KnownFailure(
        "wrong-properties",
        "InvalidResourceProperties",
        "Azure does not take a property as it was sent",
        "compare what the message names with the spec's `properties`; `harness validate` knows "
        "Azure's own types",
        "issue threads of several repositories",
        "The resource properties are invalid: …",
    ),
    KnownFailure(
        "retired",
        "ServiceModelDeprecated",
        "the model has retired",
        "choose a newer version; `harness plan` names them",
        "issue threads",
        "The model '…' has been deprecated since 02/13/2025 00:00:00.",
    ),
    KnownFailure(
        "retiring",
        "ServiceModelDeprecating",
        "the model is about to retire and takes no new deployments",
        "choose a newer version; `harness plan` names them",
        "issue threads",
        "The model '…' is in deprecating state and cannot be used for new deployments.",
    ),
    KnownFailure(
        "two-changes-at-once",
        "CannotChangeDeploymentModel",
        "version and capacity cannot change in one request",
        "run the same command again: what is left of the two goes alone",
        "Azure-Samples/azure-search-openai-demo#1154; its code was not quoted",
        "Cannot change capacity and model at the same time for deployment.",
        pattern="capacity and model at the same time",
    ),
    KnownFailure(
        "model-for-life",
        "CannotChangeDeploymentModel",
        "a deployment keeps its model for life",
        "run `harness plan` again: it plans a replacement",
        "hashicorp/terraform-provider-azurerm, cognitive_deployment; HTTP status not verified",
        "The model of deployment cannot be changed.",
    ),
    KnownFailure(
        "deployment-failed",
        "BadRequest",
        "Azure could not finish this deployment before, and keeps what is left of it",
        "run `harness plan` again: it replaces what has failed",
        "quoted in an issue thread",
        "The deployment '…' is in 'Failed' state, please delete it.",
        pattern="in 'failed' state",
    ),
    KnownFailure(
        "invalid-content-filter",
        "Resource has invalid content filter",
        "the content filter names something that Azure does not have",
        "compare `content_filters` with those that the portal shows for this account",
        "Azure/terraform-azurerm-avm-res-cognitiveservices-account#118 (a code with spaces)",
        "Resource has invalid content filter",
    ),
    KnownFailure(
        "subscription-unfit",
        "SpecialFeatureOrQuotaIdRequired",
        "this kind of subscription may not create such accounts",
        "use another subscription, or ask for access to Azure OpenAI",
        "issue threads of several repositories",
        "The subscription does not have QuotaId/Feature required by SKU 'S0' from kind 'OpenAI'",
    ),
    KnownFailure(
        "region-without-accounts",
        "LocationNotAvailableForResourceType",
        "accounts cannot be created in this region",
        "choose one of the regions that the message lists",
        "ARM documentation, common deployment errors",
        "The provided location '…' is not available for resource type "
        "'Microsoft.CognitiveServices/accounts'. List of available regions for the resource type "
        "is '…'.",
    ),
    # What holds others, or is missing.
    KnownFailure(
        "holds-others",
        "CannotDeleteResource",
        "the resource still holds others, such as projects",
        "delete what the message names first; then run the same command again",
        "recorded of another service of ARM; Azure/terraform-provider-azapi#894",
        "Cannot delete resource while nested resources exist. Some existing nested resource IDs "
        "include: '…'. Please delete all nested resources before deleting this resource.",
    ),
    KnownFailure(
        "locked",
        "ScopeLocked",
        "a lock on the resource or its group forbids this",
        "have the lock removed (`az lock list`), or leave the resource as it is",
        "ARM documentation, locks",
        "The scope '…' cannot perform delete operation because following scope(s) are locked: '…'.",
    ),
    KnownFailure(
        "group-missing",
        "ResourceGroupNotFound",
        "the resource group does not exist",
        "set `resource_group: {name, region, create: true}`, or create it first",
        "recorded, 2023 and later",
        "Resource group '…' could not be found.",
    ),
    KnownFailure(
        "subscription-missing",
        "SubscriptionNotFound",
        "the subscription does not exist, or who is signed in cannot see it",
        "check AZURE_SUBSCRIPTION_ID; `az account list -o table` shows yours",
        "ARM documentation",
        "The subscription '…' could not be found.",
    ),
    KnownFailure(
        "subscription-misspelt",
        "InvalidSubscriptionId",
        "that is not the id of a subscription",
        "check AZURE_SUBSCRIPTION_ID; `az account list -o table` shows yours",
        "ARM documentation",
        "The provided subscription identifier '…' is malformed or invalid.",
    ),
    KnownFailure(
        "provider-not-registered",
        "MissingSubscriptionRegistration",
        "the subscription has never used this kind of resource",
        "run `az provider register --namespace Microsoft.CognitiveServices`",
        "ARM documentation; measured: the SDK's own registration does not work for long-running "
        "operations",
        "The subscription is not registered to use namespace 'Microsoft.CognitiveServices'.",
    ),
)
