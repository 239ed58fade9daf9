"""Look at everything that a run stands on, in the order in which it would stand in the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from harness.app.doctor import here, there
from harness.app.doctor.findings import DoctorFinding
from harness.app.specs.subscription import find_subscription
from harness.errors import HarnessError
from harness.plan.observed import find
from harness.plan.scope import NO_SUBSCRIPTION, derive_scope

if TYPE_CHECKING:
    from harness.app.ports import World
    from harness.spec.load import SpecFile


def look_around(
    opening: AbstractContextManager[World],
    spec_file: SpecFile,
    environment: Mapping[str, str],
    *,
    named: bool,
) -> Iterator[DoctorFinding]:
    """Yield what is found, one by one.

    Args:
        opening: opens the outside of the spec; that it cannot be opened is a finding too.
        spec_file: the spec.
        environment: the variables of this process; their values are never shown.
        named: whether the person named the spec, whose variables are then looked at.
    """
    yield from here.check_machine()
    yield from here.check_environment(environment)
    try:
        with opening as world:
            yield DoctorFinding("cloud", "ok", str(world.choice).removeprefix("cloud: "))
            if named:
                yield from _check_variables(spec_file, simulated=world.simulated)
            if world.cloud_name is not None:
                yield from _check_outside(world)
    except HarnessError as error:
        problem = error.diagnostics[0]
        yield DoctorFinding("cloud", "problem", problem.summary, problem.hint)


def _check_variables(spec_file: SpecFile, *, simulated: bool) -> Iterator[DoctorFinding]:
    """Name the variables that nobody has set; the simulator needs none of them."""
    unset = sorted({each.name for each in spec_file.unset})
    if not unset:
        yield DoctorFinding("variables", "ok", f"every variable that {spec_file.path} names is set")
    elif simulated:
        yield DoctorFinding("variables", "ok", f"not set, nor needed here: {', '.join(unset)}")
    else:
        hint = "; ".join(f"export {name}=…" for name in unset)
        yield DoctorFinding("variables", "problem", f"not set: {', '.join(unset)}", hint)


def _check_outside(world: World) -> Iterator[DoctorFinding]:
    checkup = world.open_checkup()
    try:
        if world.simulator_url is not None:
            found = checkup.reach(world.simulator_url)
            yield there.describe_simulator(world.simulator_url, found)
            yield DoctorFinding("day", "ok", f"it is {world.today} in the simulated Azure")
        else:
            yield from there.check_hosts(world.cloud_name or "", checkup, world.clock.now)
        signed = list(there.check_identity(checkup))
        yield from signed
        if any(each.state == "problem" for each in signed):
            return
        around = _find_surroundings(world)
        if around is None:
            hint = "export AZURE_SUBSCRIPTION_ID=…; `az account list -o table` shows yours"
            yield DoctorFinding("subscription", "problem", "none is named", hint)
            return
        yield from there.check_subscription(checkup, around)
        yield from there.check_roles(checkup, around)
    finally:
        checkup.close()


def _find_surroundings(world: World) -> there.Surroundings | None:
    """Find the groups and accounts that are there; None where nobody names a subscription."""
    spec_file = world.spec_file
    subscription = find_subscription(spec_file)
    if subscription == NO_SUBSCRIPTION and not world.simulated:
        return None
    scope = derive_scope(spec_file.spec)
    if not scope.accounts:
        return there.Surroundings(subscription)
    cloud = world.cloud()
    try:
        groups = [at for at in scope.groups if cloud.read_group(at) is not None]
        found = {at: cloud.read_account(at) for at in scope.accounts}
    except HarnessError:
        # What stands in the way of reading them is told by the questions that follow.
        return there.Surroundings(subscription)
    accounts = {at: account.body for at, account in found.items() if account is not None}
    keyless = [
        at
        for at, body in accounts.items()
        if find(body, ("properties", "disableLocalAuth")) is True
    ]
    return there.Surroundings(subscription, tuple(groups), tuple(accounts), frozenset(keyless))
