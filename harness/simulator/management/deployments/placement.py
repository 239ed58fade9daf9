"""Checks that a deployment is possible: model, version, SKU, capacity, retirement, quota.

Codes and texts: facts on management, failure table, and the exchanges quoted from issue trackers
(2023–2026); their HTTP status is 400 throughout. What has no source is said to be so in the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from harness.azure.catalogue import ModelOffer, SkuOffer, select_versions
from harness.simulator.management.protocol.call import ArmCall, ArmError
from harness.simulator.management.protocol.failures import arm_error
from harness.simulator.world import Body

DEFAULT_SKU = "Standard"
DEFAULT_CAPACITY = 1
SKUS = frozenset(
    f"{reach}{kind}"
    for reach in ("", "Global", "DataZone")
    for kind in ("Standard", "ProvisionedManaged", "Batch")
) - {"Batch"} | {"DeveloperTier"}
_REFERENCE = "eastus2"
_PROVIDER_DATA = ("industry", "organizationName", "countryCode")


@dataclass(frozen=True, slots=True)
class RequestedDeployment:
    """A deployment as it is requested, with defaults filled in."""

    format: str
    model: str
    version: str
    sku: str
    capacity: int


def read_requested(call: ArmCall, body: Body, location: str) -> RequestedDeployment:
    """Read a deployment's body; without a version Azure takes the model's default.

    Raises:
        ArmError: no model is named, or SKU and capacity are not what they should be.
    """
    model = (body.get("properties") or {}).get("model") or {}
    # Before 2023-05 the capacity stood in scaleSettings, whose scaleType was no SKU of today's.
    scale = (body.get("properties") or {}).get("scaleSettings") or {}
    sku = body.get("sku") or {"capacity": scale.get("capacity", DEFAULT_CAPACITY)}
    if not model.get("name"):
        raise ArmError(400, "InvalidResourceProperties", "The model of deployment is required.")
    capacity = sku.get("capacity", DEFAULT_CAPACITY)
    if not isinstance(capacity, int) or isinstance(capacity, bool):
        raise ArmError(400, "InvalidCapacity", f"The specified capacity '{capacity}' is no number.")
    format_ = str(model.get("format") or "OpenAI")
    version = str(model.get("version") or "")
    if not version:
        offers = _list_versions(call, location, str(model["name"]), format_)
        version = next((offer.version for offer in offers if offer.default), "1")
    return RequestedDeployment(
        format_, str(model["name"]), version, str(sku.get("name") or DEFAULT_SKU), capacity
    )


def find_offer(call: ArmCall, want: RequestedDeployment, location: str) -> ModelOffer | None:
    """Return the catalogue's offer of a model and version in a region today."""
    for offer in _list_versions(call, location, want.model, want.format):
        if offer.version == want.version:
            return offer
    return None


def _list_versions(call: ArmCall, location: str, name: str, format_: str) -> tuple[ModelOffer, ...]:
    listed = call.session.catalogue.list_models(location, call.session.today)
    return select_versions(listed, name, format_)


def check_change(want: RequestedDeployment, there: Body) -> None:
    """Refuse changes that are impossible in place.

    Raises:
        ArmError: 400 CannotChangeDeploymentModel.
    """
    model, sku = there["properties"]["model"], there["sku"]
    if (want.format, want.model.lower()) != (model["format"], model["name"].lower()):
        raise arm_error("CannotChangeDeploymentModel")
    if want.version != model["version"] and want.capacity != sku.get("capacity"):
        # The code of this text was not quoted; Source: Azure-Samples/azure-search-openai-demo#1154.
        raise ArmError(
            400,
            "CannotChangeDeploymentModel",
            "Cannot change capacity and model at the same time for deployment.",
        )


def check_provider_data(want: RequestedDeployment, wish: Body) -> None:
    """Check that a deployment of a partner's model says what its publisher asks for.

    Raises:
        ArmError: 400 InvalidModelProviderData.
    """
    data = (wish.get("properties") or {}).get("modelProviderData") or {}
    if want.format == "Anthropic" and not all(data.get(key) for key in _PROVIDER_DATA):
        raise arm_error("InvalidModelProviderData", format=want.format)


def check_offer(
    call: ArmCall, want: RequestedDeployment, offer: ModelOffer | None, location: str
) -> SkuOffer:
    """Return the SKU that a new deployment would be served as.

    Raises:
        ArmError: 400, saying which of model, version, SKU and retirement is in the way.
    """
    today = call.session.today
    if want.sku not in SKUS:
        raise ArmError(
            400, "InvalidResourceProperties", f"The deployment sku name '{want.sku}' is invalid."
        )
    if offer is None:
        raise arm_error(
            "DeploymentModelNotSupported",
            format=want.format,
            model=want.model,
            version=want.version,
        )
    _check_lifecycle(want, offer, offer.ends, today)
    sku = offer.sku(want.sku)
    if sku is None:
        raise ArmError(400, "InvalidResourceProperties", _explain_missing_sku(call, want, location))
    _check_lifecycle(want, offer, sku.ends, today)
    return sku


def check_capacity(want: RequestedDeployment, sku: SkuOffer) -> None:
    """Check that the SKU takes that capacity.

    Raises:
        ArmError: 400 InvalidCapacity.
    """
    least, most = max(sku.minimum, 1), sku.maximum
    if want.capacity < least or (most and want.capacity > most):
        raise arm_error("InvalidCapacity", capacity=want.capacity, least=least, most=most)
    if sku.step and (want.capacity - sku.minimum) % sku.step:
        # No text of this case was ever quoted.
        raise ArmError(
            400,
            "InvalidCapacity",
            f"The specified capacity '{want.capacity}' of account deployment should be a multiple "
            f"of {sku.step} from {least}.",
        )


def check_quota(want: RequestedDeployment, label: str, used: int, mine: int, limit: int) -> None:
    """Check that the quota has room.

    Args:
        want: what is asked for.
        label: the name of the quota for people.
        used: what all deployments under that quota use now.
        mine: what the deployment that is changed uses of it now.
        limit: the quota.

    Raises:
        ArmError: 400 InsufficientQuota, with Azure's grammar.
    """
    needed = want.capacity - mine
    if needed <= 0 or used + needed <= limit:
        return
    raise arm_error(
        "InsufficientQuota",
        needed=needed,
        quota=label,
        available=max(limit - used, 0),
        used=used,
        limit=limit,
    )


def find_usage_name(call: ArmCall, body: Body, location: str) -> str | None:
    """Return the quota that a deployment counts against; None for an open list's inventions."""
    model = body["properties"]["model"]
    for offer in _list_versions(call, location, model["name"], model["format"]):
        if offer.version == model["version"]:
            sku = offer.sku(body["sku"]["name"])
            return sku.usage_name if sku else None
    return None


def _check_lifecycle(
    want: RequestedDeployment, offer: ModelOffer, ends: date | None, today: date
) -> None:
    words = {"format": want.format, "model": want.model, "version": want.version}
    if ends is not None and today >= ends:
        raise arm_error("ServiceModelDeprecated", **words, since=f"{ends:%m/%d/%Y}")
    if offer.lifecycle == "Deprecating":
        raise arm_error("ServiceModelDeprecating", **words)


def _explain_missing_sku(call: ArmCall, want: RequestedDeployment, location: str) -> str:
    elsewhere = any(
        offer.name == want.model and offer.version == want.version and offer.sku(want.sku)
        for offer in call.session.catalogue.list_models(_REFERENCE, call.session.today)
    )
    if elsewhere:
        return (
            f"The specified SKU '{want.sku}' for model '{want.model} {want.version}' is not "
            f"supported in this region '{location}'."
        )
    return (
        f"The specified SKU '{want.sku}' of account deployment is not supported by the model "
        f"'{want.model}' version: '{want.version}'."
    )
