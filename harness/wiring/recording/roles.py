"""Roles as a recording writes them: object ids, and names that follow from them.

Every GUID of a management plane's answers is hidden. Those that a plan compares must come back in a
replay: the principals of the spec, and the names of their assignments, which hold the scope too.
"""

from __future__ import annotations

from collections.abc import Iterator

from harness.app.specs.cloud_choice import CloudChoice
from harness.azure.roles import STAND_IN, Principal
from harness.plan.resources.grants import list_grants
from harness.plan.scope import make_account_id
from harness.redaction.hiding import replace_guid
from harness.spec.model.resources import ME
from harness.spec.model.spec import Spec


def list_role_names(spec: Spec, caller: Principal | None) -> dict[str, str]:
    """Return the principals of a spec and the names of what gives them roles, with placeholders.

    ``caller`` is who is signed in; None where nobody can tell, or nobody has to. The placeholder of
    a name follows from its place in the spec, which is the same on every machine.
    """
    return dict(_pair(spec, caller))


def find_recorded_caller(spec: Spec, choice: CloudChoice, *, verbose: bool) -> Principal | None:
    """Return who is signed in, where the spec means them; else None, and nobody is asked.

    Raises:
        OutsideError: nobody is signed in.
    """
    meant = any(one.principal == ME for each in spec.accounts.values() for one in each.access)
    if not meant:
        return None
    if choice.simulated or choice.name is None:
        return STAND_IN
    from harness.cloud.whoami import ask_caller

    return ask_caller(choice.name, verbose=verbose)


def _pair(spec: Spec, caller: Principal | None) -> Iterator[tuple[str, str]]:
    for handle, account in spec.accounts.items():
        declared = account.access
        for grant in list_grants(account, make_account_id(spec, account), caller):
            yield grant.name, replace_guid(f"{handle}/access/{grant.place}")
            if declared[int(grant.place)].principal == ME:
                if grant.principal:
                    yield grant.principal, STAND_IN.object_id
            elif grant.principal:
                yield grant.principal, replace_guid(grant.principal)
