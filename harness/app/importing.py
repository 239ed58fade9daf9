"""Import an account that exists: as the document of a spec that plans to no change."""

from __future__ import annotations

from typing import Any

from harness.app.ports import World
from harness.errors import Diagnostic, OutsideError, RequestError
from harness.plan.identity import AccountId
from harness.plan.importing import KINDS, write_spec


def import_account(world: World, at: AccountId) -> dict[str, Any]:
    """Return the document of a spec that declares an account as it is; nothing is written.

    Raises:
        OutsideError: there is no such account, or Azure cannot be read.
        RequestError: it is of a kind that holds no deployments.
    """
    found = world.cloud().read_account(at)
    if found is None:
        raise OutsideError(
            Diagnostic(
                "H921",
                f"there is no account {at.name} in resource group {at.group.name}",
                "or who is signed in cannot see it",
                hint="`az cognitiveservices account list --query [].id -o tsv` shows yours",
            )
        )
    kind = str(found.body.get("kind") or "")
    if kind not in KINDS:
        raise RequestError(
            Diagnostic(
                "H922",
                f"{at.name} is an account of kind {kind}, which holds no deployments of models",
                hint=f"harness declares accounts of kind {' and '.join(KINDS)}",
            )
        )
    return write_spec(at, found, world.cloud_name or "azure")
