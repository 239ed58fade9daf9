"""Find the regions of accounts that may be in several: where they are, only Azure knows."""

from __future__ import annotations

from collections.abc import Mapping

from harness.app.ports import World
from harness.errors import HarnessError
from harness.plan.scope import make_account_id


def find_regions(world: World) -> Mapping[str, str]:
    """Return them by the account's handle, as far as Azure can be asked; read only.

    All are asked, whatever is evaluated, so that a replay of less asks the same.
    """
    spec = world.spec_file.spec
    several = {h: account for h, account in spec.accounts.items() if len(account.regions) > 1}
    found: dict[str, str] = {}
    if not several:
        return found
    try:
        with world.record_as("eval"):
            for handle, account in several.items():
                there = world.cloud().read_account(make_account_id(spec, account))
                if there is not None:
                    found[handle] = there.region
    except HarnessError:
        # Whoever may call models need not be allowed to look at accounts.
        return {}
    return found
