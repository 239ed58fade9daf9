"""``harness doctor``: look at everything that a run stands on, and say what to do."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.layout import Command
from harness.cli.options import spec_options
from harness.cli.show import voice
from harness.errors import Exit
from harness.wiring import Permissions

if TYPE_CHECKING:
    from harness.cli.provisioning.doctor.findings import DoctorFinding
    from harness.cli.provisioning.doctor.there import Surroundings
    from harness.spec.load import SpecFile
    from harness.wiring.world import SpecWorld

EXAMPLES = """\b
Examples:
  harness doctor                             this machine, and the cloud of HARNESS_CLOUD
  harness doctor specs/sweden.yaml           and what that spec needs
  HARNESS_CLOUD=azure harness doctor --json  for a pipeline

\b
Exit codes: 0 no problem · 2 the request is wrong · 3 there is one
"""


@click.command("doctor", cls=Command, epilog=EXAMPLES)
@click.argument("spec", metavar="[SPEC]", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@spec_options
def command(spec: Path | None, permissions: Permissions, *, as_json: bool) -> int:
    """Look at versions, settings, network, clock, sign-in, subscription and roles.

    Each line is ok, a problem or unknown, with what to do. Secrets are never shown. On the
    simulator no network is needed.
    """
    from harness.cli.provisioning.doctor.findings import format_findings, make_document
    from harness.wiring import read_spec
    from harness.wiring.default_spec import make_default_spec

    spec_file = read_spec(spec, permissions) if spec is not None else make_default_spec(permissions)
    findings = list(_look(spec_file, permissions, named=spec is not None))
    if as_json:
        click.echo(json.dumps(make_document(findings), ensure_ascii=False, indent=2))
    else:
        click.echo(format_findings(findings), nl=False)
    problem = any(each.state == "problem" for each in findings)
    return int(Exit.OUTSIDE_FAILED if problem else Exit.OK)


def _look(spec_file: SpecFile, permissions: Permissions, *, named: bool) -> Iterator[DoctorFinding]:
    """Yield findings in the order in which they would stand in the way."""
    from harness.cli.provisioning.doctor import here
    from harness.cli.provisioning.doctor.findings import DoctorFinding
    from harness.errors import HarnessError
    from harness.wiring import open_world

    yield from here.check_machine()
    yield from here.check_environment(os.environ)
    try:
        with open_world(spec_file, permissions, say=voice().tell, verbose=voice().verbose) as world:
            yield DoctorFinding("cloud", "ok", str(world.choice).removeprefix("cloud: "))
            if named:
                yield from _check_variables(spec_file, simulated=world.simulated)
            yield from _look_outside(spec_file, world)
    except HarnessError as error:
        problem = error.diagnostics[0]
        yield DoctorFinding("cloud", "problem", problem.summary, problem.hint)


def _check_variables(spec_file: SpecFile, *, simulated: bool) -> Iterator[DoctorFinding]:
    """Name variables of the spec that nobody has set; the simulator needs none of them."""
    from harness.cli.provisioning.doctor.findings import DoctorFinding

    unset = sorted({each.name for each in spec_file.unset})
    if not unset:
        yield DoctorFinding("variables", "ok", f"every variable that {spec_file.path} names is set")
    elif simulated:
        yield DoctorFinding("variables", "ok", f"not set, nor needed here: {', '.join(unset)}")
    else:
        hint = "; ".join(f"export {name}=…" for name in unset)
        yield DoctorFinding("variables", "problem", f"not set: {', '.join(unset)}", hint)


def _look_outside(spec_file: SpecFile, world: SpecWorld) -> Iterator[DoctorFinding]:
    from harness.cli.provisioning.doctor import there
    from harness.cli.provisioning.doctor.findings import DoctorFinding
    from harness.wiring.checkup import measure_reach

    if world.simulated_at is not None:
        url = world.simulated_at.url
        found = measure_reach(url, simulated=True)
        said = f"answers at {url}" if not found.trouble else f"{url}: {found.said}"
        yield DoctorFinding("simulator", "problem" if found.trouble else "ok", said)
        yield DoctorFinding("day", "ok", f"it is {world.today} in the simulated Azure")
    elif world.choice.name is None:
        return
    else:
        yield from there.check_roads(world.choice.name, world.clock.now)
    from harness.wiring.checkup import open_checkup

    checkup = open_checkup(world)
    try:
        signed = list(there.check_identity(checkup))
        yield from signed
        if any(each.state == "problem" for each in signed):
            return
        around = _find_surroundings(spec_file, world)
        if around is None:
            hint = "export AZURE_SUBSCRIPTION_ID=…; `az account list -o table` shows yours"
            yield DoctorFinding("subscription", "problem", "none is named", hint)
            return
        yield from there.check_subscription(checkup, around)
        yield from there.check_roles(checkup, around)
    finally:
        checkup.close()


def _find_surroundings(spec_file: SpecFile, world: SpecWorld) -> Surroundings | None:
    """Return groups and accounts that are there; None where nobody names a subscription."""
    from harness.cli.provisioning.doctor.there import Surroundings
    from harness.cli.provisioning.models import subscription_of
    from harness.errors import HarnessError
    from harness.plan.scope import NO_SUBSCRIPTION, derive_scope

    subscription = subscription_of(spec_file)
    if subscription == NO_SUBSCRIPTION and not world.simulated:
        return None
    scope = derive_scope(spec_file.spec)
    if not scope.accounts:
        return Surroundings(subscription, (), ())
    cloud = world.cloud()
    try:
        groups = [at for at in scope.groups if cloud.read_group(at) is not None]
        accounts = [at for at in scope.accounts if cloud.read_account(at) is not None]
    except HarnessError:
        # What stands in the way of reading them is told by the questions that follow.
        return Surroundings(subscription, (), ())
    return Surroundings(subscription, tuple(groups), tuple(accounts))
