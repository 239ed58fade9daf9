"""Errors of Azure Resource Manager: each code with its status, its words, its headers.

One table for both ways to a refusal: what the simulated Azure finds wrong, and what a spec declares
as a fault. ``$words`` are filled in from the request. The first row of a code is what a fault says.

Sources: recorded errors (Azure Service Operator, azure-cli and Azure PowerShell recordings,
2021–2026; of this service or, where it never failed on record, of its neighbours) and messages
quoted in issue threads, named per row. ``assumed``: nobody quoted it.
"""

from __future__ import annotations

from harness.simulator.management.protocol.role_refusals import ROLE_REFUSALS
from harness.simulator.management.protocol.rows import ErrorRow

_POLICY = (
    '[{"policyAssignment":{"name":"Allowed models","id":"/subscriptions/$subscription/providers/'
    'Microsoft.Authorization/policyAssignments/allowed-models"},"policyDefinition":{"name":'
    '"Allowed models","id":"/subscriptions/$subscription/providers/Microsoft.Authorization/'
    'policyDefinitions/allowed-models","version":"1.0.0"}}]'
)
_UNREGISTERED = (
    "The subscription is not registered to use namespace 'Microsoft.CognitiveServices'. See "
    "https://aka.ms/rps-not-found for how to register subscriptions."
)
_DIAGNOSTICS = (
    "Diagnostic information: timestamp '$stamp', subscription id '$subscription', tracking id "
    "'$guid', request correlation id '$guid'."
)

REFUSALS = (
    *ROLE_REFUSALS,
    # Who may do it.
    ErrorRow(
        "AuthorizationFailed",
        403,
        "The client 'user@example.com' with object id '00000000-0000-0000-0000-000000000000' does "
        "not have authorization to perform action '$action' over scope '$id' or the scope is "
        "invalid. If access was recently granted, please refresh your credentials.",
        "recorded (azure-cli 2021)",
        "gateway",
    ),
    ErrorRow(
        "RequestDisallowedByPolicy",
        403,
        f"Resource '$name' was disallowed by policy. Policy identifiers: '{_POLICY}'.",
        "microsoft/foundry-dev-tools#671",
        "gateway",
        more={"target": "$name", "additionalInfo": [{"type": "PolicyViolation", "info": {}}]},
    ),
    ErrorRow(
        "RequestDisallowedByAzure",
        403,
        "Resource '$name' was disallowed by Azure: This policy maintains a set of best available "
        "regions where your subscription can deploy resources. The objective of this policy is to "
        "ensure that your subscription has full access to Azure services with optimal performance. "
        "Should you need additional or different regions, contact support..",
        "issue thread",
        "gateway",
        more={"target": "$name"},
    ),
    ErrorRow(
        "MissingSubscriptionRegistration",
        409,
        _UNREGISTERED,
        "issue thread",
        "gateway",
        more={
            "details": [
                {
                    "code": "MissingSubscriptionRegistration",
                    "target": "Microsoft.CognitiveServices",
                    "message": _UNREGISTERED,
                }
            ]
        },
    ),
    ErrorRow(
        "SpecialFeatureOrQuotaIdRequired",
        400,
        "The subscription does not have QuotaId/Feature required by SKU '$sku' from kind '$kind' "
        "or contains blocked QuotaId/Feature.",
        "issue thread",
    ),
    ErrorRow(
        "SubscriptionNotFound",
        404,
        "The subscription '$subscription' could not be found.",
        "documented",
        "gateway",
    ),
    ErrorRow(
        "InvalidAuthenticationToken",
        401,
        "The access token is invalid.",
        "documented",
        "gateway",
    ),
    ErrorRow(
        "ExpiredAuthenticationToken",
        401,
        "The access token expiry UTC time '$stamp' is earlier than current UTC time '$stamp'.",
        "documented",
        "gateway",
    ),
    ErrorRow(
        "ScopeLocked",
        409,
        "The scope '$id' cannot perform write operation because following scope(s) are locked: "
        "'$group_id'. Please remove the lock and try again.",
        "documented",
        "gateway",
    ),
    # What is in the way.
    ErrorRow(
        "RequestConflict",
        409,
        "Another operation is being performed on the parent resource '$account_id'. Please try "
        "again later.",
        "hashicorp/terraform-provider-azurerm#22607",
    ),
    ErrorRow(
        "AccountProvisioningStateInvalid",
        400,
        "Call to Microsoft.CognitiveServices/accounts failed. Error message: Account $account_id "
        "in state Accepted",
        "hashicorp/terraform-provider-azurerm#31712; status reported there",
    ),
    ErrorRow(
        "FlagMustBeSetForRestore",
        409,
        "An existing resource with ID '$account_id' has been soft-deleted. To restore the "
        "resource, you must specify 'restore' to be 'true' in the property. If you don't want to "
        "restore existing resource, please purge it first.",
        "Azure/azure-cli#18146",
    ),
    ErrorRow(
        "CustomDomainInUse",
        409,
        "Please pick a different name. The subdomain name '$subdomain' is not available as it's "
        "already used by a resource. If the resource using the name was deleted in the last 48 "
        "hours, you may need to purge the deleted resource. Learn more at "
        '"https://go.microsoft.com/fwlink/?linkid=2215493"',
        "issue thread",
    ),
    ErrorRow(
        "UpdatingCustomDomainNotAllowed",
        400,
        "Updating or disabling sub domain is not supported.",
        "public deployment notes, 2023 to 2026",
    ),
    ErrorRow(
        "CanNotRestoreANonExistingResource",
        400,
        "Could not locate a resource to restore. The resource with ID '$account_id' doesn't exist "
        "or it is already purged.",
        "microsoft/OpenAIWorkshop#50; status assumed",
    ),
    ErrorRow(
        "CannotDeleteResource",
        409,
        "Cannot delete resource while nested resources exist. Some existing nested resource IDs "
        "include: '$nested'. Please delete all nested resources before deleting this resource.",
        "recorded (Azure Service Operator); Azure/terraform-provider-azapi#894",
        "gateway",
    ),
    ErrorRow(
        "InvalidResourceLocation",
        409,
        "The resource '$name' already exists in location '$there' in resource group '$group'. A "
        "resource with the same name cannot be created in location '$location'. Please select a "
        "new resource name.",
        "documented; status assumed",
        "gateway",
    ),
    ErrorRow(
        "Conflict",
        409,
        "The request failed due to conflict with a concurrent request. To resolve it, please "
        "refer to https://aka.ms/activitylog to get more details on the conflicting requests.",
        "recorded of another service",
    ),
    # What cannot be had.
    ErrorRow(
        "EncryptionScopeNotSupported",
        400,
        "Encryption scope is not supported for this API or in this region.",
        "recorded (Azure PowerShell 2024)",
    ),
    ErrorRow(
        "InsufficientQuota",
        400,
        "This operation require $needed new capacity in quota $quota, which is bigger than the "
        "current available capacity $available. The current quota usage is $used and the quota "
        "limit is $limit for quota $quota.",
        "issue threads (Azure's grammar)",
    ),
    ErrorRow(
        "715-123420",
        400,
        "An error occurred. Please reach out to support for additional assistance.",
        "microsoft/foundry-dev-tools#428: where a subscription has no quota for it",
    ),
    ErrorRow(
        "InvalidModelProviderData",
        400,
        "ModelProviderData is required for $format model deployments but was not provided. Please "
        "provide all required fields: industry, organizationName, and countryCode.",
        "issue thread (foundry for VS Code)",
    ),
    ErrorRow(
        "InvalidCapacity",
        400,
        "The specified capacity '$capacity' of account deployment should be at least $least and "
        "no more than $most.",
        "issue thread; status reported there",
    ),
    ErrorRow(
        "DeploymentModelNotSupported",
        400,
        "The model 'Format: $format, Name: $model, Version: $version, Source: ' of account "
        "deployment is not supported.",
        "issue threads",
    ),
    ErrorRow(
        "InvalidResourceProperties",
        400,
        "The specified SKU '$sku' for model '$model $version' is not supported in this region "
        "'$location'.",
        "issue threads",
    ),
    ErrorRow(
        "ServiceModelDeprecated",
        400,
        "The model 'Publisher: , Format: $format, Name: $model, Version: $version, Source: , "
        "SourceAccount: ' has been deprecated since $since 00:00:00.",
        "issue thread",
    ),
    ErrorRow(
        "ServiceModelDeprecating",
        400,
        "The model 'Publisher:,Format:$format,Name:$model,Version:$version' is in deprecating "
        "state and cannot be used for new deployments.",
        "issue thread",
    ),
    ErrorRow(
        "CannotChangeDeploymentModel",
        400,
        "The model of deployment cannot be changed.",
        "hashicorp/terraform-provider-azurerm, cognitive_deployment; status assumed",
    ),
    ErrorRow(
        "LocationNotAvailableForResourceType",
        400,
        "The provided location '$location' is not available for resource type "
        "'Microsoft.CognitiveServices/accounts'. List of available regions for the resource type "
        "is '$regions'.",
        "documented",
        "gateway",
    ),
    ErrorRow(
        "LocationNotAvailableForResourceGroup",
        400,
        "The provided location '$location' is not available for resource group. List of available "
        "regions is '$regions'.",
        "recorded (Azure Service Operator)",
        "gateway",
    ),
    ErrorRow(
        "BadRequest",
        400,
        "Failed to list key. disableLocalAuth is set to be true",
        "Azure/terraform-azurerm-avm-res-cognitiveservices-account#130",
    ),
    # What is not there.
    ErrorRow(
        "ResourceGroupNotFound",
        404,
        "Resource group '$group' could not be found.",
        "recorded",
        "gateway",
    ),
    ErrorRow(
        "ResourceNotFound",
        404,
        "The Resource 'Microsoft.CognitiveServices/accounts/$account' under resource group "
        "'$group' was not found. For more details please go to "
        "https://aka.ms/ARMResourceNotFoundFix",
        "recorded",
        "gateway",
    ),
    ErrorRow("NotFound", 404, "Specified resource '$id' cannot be found.", "recorded"),
    # Not now.
    ErrorRow(
        "TooManyRequests",
        429,
        "Number of requests for subscription '$subscription' and operation '$action' exceeded the "
        "limit. Please try again after '$seconds' seconds.",
        "assumed from SubscriptionRequestsThrottled; this service was never recorded",
        retry_after_s=5,
    ),
    ErrorRow(
        "429",
        429,
        "Request is temporarily throttled because subscription $subscription has issued too many "
        "requests. Retry after $seconds seconds.",
        "recorded of another service",
        retry_after_s=2,
    ),
    ErrorRow(
        "SubscriptionRequestsThrottled",
        429,
        "Number of requests for subscription '$subscription' and operation '$action' exceeded the "
        "backend storage limit. Please try again after '6' seconds.",
        "recorded of another service: no Retry-After",
    ),
    ErrorRow(
        "ResourceRequestsThrottled",
        429,
        "Number of requests for action '$action' exceeded the limit of '150' for time interval "
        "'01:00:00'. Please try again after '324' seconds.",
        "recorded of another service: no Retry-After",
        "gateway",
    ),
    ErrorRow(
        "RetryableError",
        429,
        "A retryable error occurred.",
        "recorded of another service",
        retry_after_s=14,
        more={
            "details": [
                {
                    "code": "RetryableErrorDueToAnotherOperation",
                    "message": "Operation ($guid) is updating resource $id. The call can be "
                    "retried in $seconds seconds.",
                }
            ]
        },
    ),
    ErrorRow(
        "InternalServerError",
        500,
        f"Encountered internal server error. {_DIAGNOSTICS}",
        "recorded of another service",
        "gateway",
    ),
    ErrorRow(
        "BadGatewayConnection",
        502,
        "The network connectivity issue encountered for 'Microsoft.CognitiveServices'; cannot "
        "fulfill the request.",
        "recorded of another service",
        "service",
    ),
    ErrorRow(
        "ServiceUnavailable",
        503,
        "The service is unavailable now. Please retry the request later.",
        "recorded of another service",
        "service",
    ),
    ErrorRow(
        "ServerTimeout",
        503,
        f"The request timed out. {_DIAGNOSTICS}",
        "recorded of another service",
        "gateway",
    ),
    ErrorRow(
        "GatewayTimeout",
        504,
        "The gateway did not receive a response from 'Microsoft.CognitiveServices' within the "
        "specified time period.",
        "recorded of another service",
        "service",
    ),
    # Where an operation may end (status 200 around it).
    ErrorRow(
        "OperationCancelled",
        409,
        "The operation has been cancelled by user.",
        "recorded of another service",
    ),
)
