"""The subscription that a cloud is asked for."""

from __future__ import annotations

from harness.errors import Diagnostic, RequestError
from harness.plan.scope import NO_SUBSCRIPTION, make_account_id
from harness.spec.load import SpecFile, require


def require_subscription(spec_file: SpecFile) -> None:
    """Refuse to ask a real cloud about nobody's subscription.

    A subscription of zeros, which specs default to for the simulator's sake, is Azure's to refuse:
    whoever meets it has to sign in first, and is told of both one after the other.

    Raises:
        RequestError: a variable that a resource's id needs is not set, or an account has no
            subscription.
    """
    require(spec_file, ("subscription",), ("resource_group",), ("accounts",))
    spec = spec_file.spec
    if spec.subscription is None and any(a.subscription is None for a in spec.accounts.values()):
        raise RequestError(
            Diagnostic(
                "H912",
                "the spec names no subscription, and a real cloud needs one",
                span=spec_file.spans.at("accounts"),
                hint='add `subscription: "${AZURE_SUBSCRIPTION_ID}"`; '
                "`az account list -o table` shows yours",
            )
        )


def find_subscription(spec_file: SpecFile) -> str:
    """Return the subscription that a spec works in; the simulator accepts any."""
    spec = spec_file.spec
    if any(each.path == ("subscription",) for each in spec_file.unset):
        return NO_SUBSCRIPTION
    if spec.subscription is None and spec.accounts:
        return make_account_id(spec, next(iter(spec.accounts.values()))).group.subscription
    return spec.subscription or NO_SUBSCRIPTION
