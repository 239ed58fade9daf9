"""Specs, and an Azure to provision them in: the engine and the real SDK over the simulator."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from harness.cloud import make_simulator_endpoint
from harness.cloud.management import ManagementCloud, open_cloud
from harness.plan.identity import AccountId, DeploymentId, GroupId
from harness.plan.model import Intent, Plan
from harness.provision.applying import apply_plan
from harness.provision.events import Event, Outcomes
from harness.provision.patience import Pace, Patience
from harness.provision.planning import observe_and_plan
from harness.simulator.embedded import simulate
from harness.spec.model.spec import Spec

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
GROUP = GroupId(SUBSCRIPTION, "rg-test")
ACCOUNT = AccountId(GROUP, "acc-01")
TODAY = date(2026, 9, 1)
QUICK = Patience(first_s=0.01, most_s=0.05, deadline_s=60.0, unreachable_s=0.2)
"""Long enough for a machine that is busy with other things."""
IMPATIENT = replace(QUICK, deadline_s=0.5)
"""For what never ends."""


def spec_of(
    deployments: dict[str, Any], *, name: str = "test", faults: tuple[Any, ...] = (), **account: Any
) -> Spec:
    return Spec.model_validate(
        {
            "version": 1,
            "name": name,
            "resource_group": {"name": "rg-test", "region": "swedencentral", "create": True},
            "simulator": {"date": TODAY, "faults": list(faults)},
            "accounts": {
                "main": {
                    "account_name": "acc-01",
                    "region": "swedencentral",
                    "deployments": deployments,
                    **account,
                }
            },
        }
    )


def mini(**changes: Any) -> dict[str, Any]:
    return {"model": "gpt-4.1-mini", "version": "2025-04-14", "capacity": 10, **changes}


@contextmanager
def azure(spec: Spec) -> Iterator[ManagementCloud]:
    """A fresh simulated Azure that behaves as the spec says."""
    with (
        simulate(None, spec.simulator, {}, environment={}) as there,
        open_cloud(make_simulator_endpoint(there.url, there.token)) as cloud,
    ):
        yield cloud


def planned(spec: Spec, cloud: ManagementCloud, intent: Intent | None = None) -> Plan:
    return observe_and_plan(spec, cloud, intent or Intent(), TODAY, open_catalogue=False)


def carried_out(
    plan: Plan,
    cloud: ManagementCloud,
    on_event: Callable[[Event], None] = lambda _: None,
    halt: threading.Event | None = None,
    patience: Patience = QUICK,
) -> Outcomes:
    assert not plan.errors, plan.errors
    pace = Pace(time.monotonic, lambda: 0.5, halt or threading.Event(), patience)
    return apply_plan(plan, cloud, pace, on_event)


def applied(spec: Spec, cloud: ManagementCloud, intent: Intent | None = None) -> Outcomes:
    outcomes = carried_out(planned(spec, cloud, intent), cloud)
    assert outcomes.complete, outcomes
    return outcomes


def body(cloud: ManagementCloud, name: str) -> dict[str, Any]:
    found = cloud.read_child(DeploymentId(ACCOUNT, name))
    assert found is not None
    return dict(found)
