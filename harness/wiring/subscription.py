"""The subscription that a real cloud is asked for."""

from __future__ import annotations

from harness.errors import Diagnostic, RequestError
from harness.plan.scope import NO_SUBSCRIPTION
from harness.spec.load import SpecFile, require


def require_subscription(spec_file: SpecFile) -> None:
    """Refuse to ask a real cloud about nobody's subscription.

    Specs that run on the simulator without any settings default to a subscription of zeros: on a
    real cloud that is a variable which was forgotten, and Azure's answer would not say so.

    Raises:
        RequestError: a variable that a resource's id needs is not set, or an account has no
            subscription.
    """
    require(spec_file, ("subscription",), ("resource_group",), ("accounts",))
    spec = spec_file.spec
    for handle, account in spec.accounts.items():
        if (account.subscription or spec.subscription or NO_SUBSCRIPTION) != NO_SUBSCRIPTION:
            continue
        path = ("accounts", handle, "subscription") if account.subscription else ("subscription",)
        written = account.subscription or spec.subscription
        raise RequestError(
            Diagnostic(
                "H912",
                "a real cloud needs a subscription",
                "the spec names none" if written is None else "this one is all zeros",
                spec_file.spans.at(*path),
                'write `subscription: "${AZURE_SUBSCRIPTION_ID}"` and export that variable; '
                "`az account list -o table` shows yours",
            )
        )
