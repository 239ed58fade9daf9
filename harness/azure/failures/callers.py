"""Refusals about who asks: roles, policies, sign-in, keys, networks."""

from __future__ import annotations

from harness.azure.failures.row import KnownFailure

CALLERS = (
    # Who may.
    KnownFailure(
        "may-not-purge",
        "AuthorizationFailed",
        "the account is deleted and not purged: purging needs a role on the subscription",
        "have `Cognitive Services Contributor` granted on the subscription, wait 48 hours, or "
        "choose another account_name",
        "Azure documentation, recover or purge deleted resources; action deletedAccounts/delete",
        "The client '…' with object id '…' does not have authorization to perform action "
        "'Microsoft.CognitiveServices/locations/resourceGroups/deletedAccounts/delete' over scope "
        "'…' or the scope is invalid.",
        pattern="deletedaccounts/delete",
    ),
    KnownFailure(
        "no-role",
        "AuthorizationFailed",
        "who is signed in lacks the role for this",
        "have `Cognitive Services Contributor` granted on the resource group; "
        "if that has just happened, sign in again: it takes some minutes",
        "ARM documentation; words quoted in many threads",
        "The client '…' with object id '…' does not have authorization to perform action "
        "'Microsoft.CognitiveServices/accounts/deployments/write' over scope '…' or the scope is "
        "invalid. If access was recently granted, please refresh your credentials.",
    ),
    KnownFailure(
        "forbidden-by-policy",
        "RequestDisallowedByPolicy",
        "a policy of your organisation forbids this",
        "ask who owns the policy that is named here; it cannot be overridden from here",
        "Azure Policy documentation",
        "Resource 'x' was disallowed by policy. Policy identifiers: '[…]'.",
    ),
    KnownFailure(
        "forbidden-by-azure",
        "RequestDisallowedByAzure",
        "Azure itself forbids this for the subscription, often in a region",
        "choose another region; what the message links to says more",
        "quoted in an issue thread",
        "Resource '…' was disallowed by Azure: This policy maintains a set of best available "
        "regions where your subscription can deploy resources.",
    ),
    KnownFailure(
        "token-refused",
        "InvalidAuthenticationToken",
        "Azure does not accept who is signed in",
        "run `az login` again, for the right tenant and cloud",
        "ARM documentation",
        "The access token is invalid.",
    ),
    KnownFailure(
        "token-expired",
        "ExpiredAuthenticationToken",
        "the sign-in has expired",
        "run `az login` again; a wrong clock does this too (`harness doctor` looks)",
        "ARM documentation",
        "The access token expiry UTC time '…' is earlier than current UTC time '…'.",
    ),
    KnownFailure(
        "operation-cancelled",
        "OperationCancelled",
        "somebody, or Azure, cancelled it",
        "run the same command again",
        "recorded of another service of ARM",
        "The operation has been cancelled by user.",
    ),
    # Calling models: keys, roles, readiness, network.
    KnownFailure(
        "keys-switched-off",
        "BadRequest",
        "the account takes no keys (`local_auth: false`)",
        "sign in with Entra: `az login`, and a role such as Cognitive Services OpenAI User",
        "Azure/terraform-azurerm-avm-res-cognitiveservices-account#130",
        "Failed to list key. disableLocalAuth is set to be true",
        pattern="disablelocalauth",
    ),
    KnownFailure(
        "keys-refused",
        "AuthenticationTypeDisabled",
        "the account takes no keys (`local_auth: false`)",
        "sign in with Entra: `az login`, and a role such as Cognitive Services OpenAI User",
        "recorded, data plane 403",
        "Key based authentication is disabled for this resource.",
    ),
    KnownFailure(
        "deployment-unknown",
        "DeploymentNotFound",
        "the deployment does not answer: it does not exist, or is younger than five minutes",
        "run `harness verify`; a fresh deployment answers within ten minutes",
        "recorded, data plane 404",
        "The API deployment for this resource does not exist. If you created the deployment within "
        "the last 5 minutes, please wait a moment and try again.",
    ),
    KnownFailure(
        "no-data-role",
        "PermissionDenied",
        "who is signed in may not call models here; Owner and Contributor are not enough",
        "write `access: [{principal: me, role: Cognitive Services OpenAI User}]` on the account; "
        "or have that role granted; it takes some five minutes to work",
        "recorded, data plane 401",
        "The principal … lacks the required data action "
        "Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action",
    ),
    KnownFailure(
        "closed-network",
        "403",
        "the account takes no calls from this network",
        "call it from inside its network, or add this address to its network rules",
        "recorded, data plane 403",
        "Access denied due to Virtual Network/Firewall rules.",
        pattern="virtual network|firewall|private endpoint|public access",
    ),
)
