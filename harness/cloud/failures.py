"""What Azure says when it says no: what it means, whether to try again, what to do.

Sources: Azure's own messages as quoted in the threads named per row, and the recorded errors;
``retry`` says whether the very same request may succeed later.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.errors import Diagnostic
from harness.plan.text import printable
from harness.provision.ports import CloudError


@dataclass(frozen=True, slots=True)
class Failure:
    """A code of Azure's: its meaning and what a person does about it."""

    code: str
    meaning: str
    hint: str
    retry: bool = False


FAILURES = (
    # hashicorp/terraform-provider-azurerm#22607, #22939; it occurs even when writes are serial
    # (Azure/terraform-azurerm-avm-res-cognitiveservices-account#125).
    Failure(
        "RequestConflict",
        "another operation on the account is still running",
        "wait for the other operation; then run the same command again",
        retry=True,
    ),
    # hashicorp/terraform-provider-azurerm#31712: the account's own GET can already say Succeeded.
    Failure(
        "AccountProvisioningStateInvalid",
        "the account is not ready for changes yet",
        "wait a few minutes; then run the same command again",
        retry=True,
    ),
    Failure(
        "TooManyRequests",
        "the subscription sends more management requests than Azure allows",
        "wait a few minutes; then run the same command again",
        retry=True,
    ),
    # Azure/azure-cli#18146.
    Failure(
        "FlagMustBeSetForRestore",
        "a soft-deleted account still holds this name",
        "set `on_soft_deleted: purge` on the account, or choose another account_name",
    ),
    # Free again 48 hours after the deletion, or after a purge.
    Failure(
        "CustomDomainInUse",
        "the subdomain belongs to another account, or to one deleted in the last 48 hours",
        "choose another `subdomain`, or purge the deleted account",
    ),
    Failure(
        "InsufficientQuota",
        "the subscription has too little quota for this SKU in this region",
        "lower `capacity`, or ask for more quota at https://aka.ms/oai/stuquotarequest",
    ),
    Failure(
        "InvalidCapacity",
        "the SKU cannot be bought in this size",
        "run `harness plan`: preflight names the smallest, largest and step",
    ),
    Failure(
        "DeploymentModelNotSupported",
        "the region does not offer this model and version",
        "run `harness plan`: preflight names where it is offered",
    ),
    # Azure/bicep#16642.
    Failure(
        "InvalidResourceProperties",
        "the SKU, model and region do not go together",
        "run `harness plan`: preflight names the combinations that work",
    ),
    Failure(
        "ServiceModelDeprecated",
        "the model has retired",
        "choose a newer version; `harness plan` names them",
    ),
    Failure(
        "ServiceModelDeprecating",
        "the model is about to retire and takes no new deployments",
        "choose a newer version; `harness plan` names them",
    ),
    # Azure-Samples/azure-search-openai-demo#1154.
    Failure(
        "CannotChangeDeploymentModel",
        "a deployment keeps its model for life",
        "run `harness plan` again: it plans a replacement",
    ),
    Failure(
        "SpecialFeatureOrQuotaIdRequired",
        "this kind of subscription may not create such accounts",
        "use another subscription, or ask for access to Azure OpenAI",
    ),
    # Accounts that still hold projects or deployments.
    Failure(
        "CannotDeleteResource",
        "the resource still holds others, such as projects",
        "delete what it holds first; the message names it",
    ),
    Failure(
        "MissingSubscriptionRegistration",
        "the subscription has never used this kind of resource",
        "run `az provider register --namespace Microsoft.CognitiveServices`",
    ),
    Failure(
        "AuthorizationFailed",
        "who is signed in lacks the role for this",
        "have `Cognitive Services Contributor` granted on the resource group; "
        "if that has just happened, sign in again",
    ),
    Failure(
        "RequestDisallowedByPolicy",
        "a policy of your organisation forbids this",
        "ask who owns the policy named in the message; it cannot be overridden from here",
    ),
    Failure(
        "LocationNotAvailableForResourceType",
        "accounts cannot be created in this region",
        "choose one of the regions that the message lists",
    ),
    Failure(
        "InvalidResourceLocation",
        "a resource of this name lives in another region",
        "choose another account_name, or the region that the message names",
    ),
    Failure(
        "ResourceGroupNotFound",
        "the resource group does not exist",
        "set `resource_group: {name, region, create: true}`, or create it first",
    ),
    Failure(
        "SubscriptionNotFound",
        "the subscription does not exist, or who is signed in cannot see it",
        "check AZURE_SUBSCRIPTION_ID; `az account list -o table` shows yours",
    ),
    Failure(
        "InvalidSubscriptionId",
        "that is not the id of a subscription",
        "check AZURE_SUBSCRIPTION_ID; `az account list -o table` shows yours",
    ),
)

_BY_CODE = {failure.code.casefold(): failure for failure in FAILURES}
_UNKNOWN = Failure("", "", "run the same command again; if it stays, quote the request id to Azure")
_RETRYABLE_STATUSES = frozenset({408, 429, 500, 502, 503, 504})


def refusal(
    *,
    status: int,
    code: str,
    message: str,
    request_id: str | None = None,
    retry_after_s: float | None = None,
) -> CloudError:
    """What Azure answered, explained; a code without a row is passed on as Azure said it."""
    known = _BY_CODE.get(code.casefold(), _UNKNOWN)
    said = printable(message.strip()) or "nothing more"
    lines = [f"Azure said: {said}"]
    if known.meaning:
        lines.append(f"that is: {known.meaning}")
    if request_id:
        lines.append(f"request id: {printable(request_id)}")
    summary = f"Azure answered {status} {printable(code)}".rstrip()
    return CloudError(
        Diagnostic("H901", summary, "\n".join(lines), hint=known.hint),
        code=code,
        status=status,
        retryable=known.retry or status in _RETRYABLE_STATUSES,
        retry_after_s=retry_after_s,
        request_id=request_id,
    )


def unreachable(host: str, message: str) -> CloudError:
    """Nobody answered at all: worth trying again, a few times."""
    return CloudError(
        Diagnostic(
            "H903",
            f"{host} cannot be reached",
            printable(message),
            hint="check the network and HTTPS_PROXY; then run the same command again",
        ),
        retryable=True,
    )
