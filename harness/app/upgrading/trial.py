"""Declare a successor beside the deployment that it may replace: a spec with one more."""

from __future__ import annotations

import copy
import hashlib
import re
from dataclasses import dataclass, replace
from typing import Any

from harness import address
from harness.address import Address
from harness.app.upgrading.outlook import UpgradedTarget
from harness.plan.preflight.successors import Successor
from harness.spec.load import SpecFile
from harness.spec.model.spec import Deployment, Spec

LONGEST_NAME = 64
"""Characters of a deployment's name. Source: Azure's naming rules, Cognitive Services."""


@dataclass(frozen=True, slots=True)
class UpgradeTrial:
    """A spec that has the successor too.

    Attributes:
        spec_file: the spec, with the deployment beside the old one and without a gate: what is
            asked is which of the two is better.
        old: the target as it is.
        new: the target beside it.
        key: the new deployment's handle and name in Azure.
    """

    spec_file: SpecFile
    old: UpgradedTarget
    new: UpgradedTarget
    key: str

    @property
    def addresses(self) -> tuple[Address, Address]:
        """The addresses of the old deployment and of the new one."""
        old, new = self.old, self.new
        return (
            address.name_deployment(old.owner, old.handle),
            address.name_deployment(new.owner, new.handle),
        )


def declare_beside(
    spec_file: SpecFile,
    target: UpgradedTarget,
    chosen: Successor,
    *,
    allow_simulated: bool = False,
) -> UpgradeTrial:
    """Return the spec with the successor beside the target, under a name that is always the same.

    It has the target's parameters, filter and properties, but not its price, its context and the
    deployment that it spills over to, which are the old model's. With ``allow_simulated`` the
    spec's gate lets a simulated run stand before it.
    """
    spec = spec_file.spec
    account = spec.accounts[target.owner]
    old = account.deployments[target.handle]
    key = name_successor(target.handle, chosen, account.deployments)
    properties = {k: v for k, v in old.properties.items() if k != "spilloverDeploymentName"}
    changes: dict[str, Any] = {
        "model": chosen.model,
        "version": chosen.version,
        "sku": chosen.sku,
        "capacity": chosen.capacity,
        "deployment_name": key,
        "upgrade": "NoAutoUpgrade",
        "policy": "manage",
        "protect": False,
        "properties": properties,
    }
    new = old.model_copy(update={**changes, "price": None, "context": None})
    return UpgradeTrial(
        replace(
            spec_file,
            spec=_add_deployment(spec, target.owner, key, new),
            document=_add_to_document(
                spec_file.document, target, key, changes, allow_simulated=allow_simulated
            ),
            sha256=_hash(spec_file.sha256, key, chosen),
        ),
        target,
        UpgradedTarget(target.owner, key),
        key,
    )


def name_successor(handle: str, chosen: Successor, taken: Any) -> str:
    """Return the name of a successor: ``mini-gpt-5-mini-2025-08-07``, cut where it is too long."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", f"{handle}-{chosen.model}-{chosen.version}")
    if len(name) > LONGEST_NAME or name in taken:
        digest = hashlib.sha256(name.encode()).hexdigest()[:6]
        name = f"{name[: LONGEST_NAME - 7]}-{digest}"
    return name


def _add_deployment(spec: Spec, owner: str, key: str, new: Deployment) -> Spec:
    account = spec.accounts[owner]
    wider = account.model_copy(update={"deployments": {**account.deployments, key: new}})
    evaluation = spec.evaluation.model_copy(update={"gate": None, "targets": ()})
    return spec.model_copy(
        update={"accounts": {**spec.accounts, owner: wider}, "evaluation": evaluation}
    )


def _add_to_document(
    document: Any,
    target: UpgradedTarget,
    key: str,
    changes: dict[str, Any],
    *,
    allow_simulated: bool,
) -> dict[str, Any]:
    """Return what ``spec.json`` holds, with the new deployment as somebody would declare it."""
    wider: dict[str, Any] = copy.deepcopy(dict(document))
    deployments = wider["accounts"][target.owner]["deployments"]
    old = {k: v for k, v in deployments[target.handle].items() if k not in ("price", "context")}
    deployments[key] = {**old, **changes}
    gate = (wider.get("evaluation") or {}).get("gate")
    if gate and allow_simulated:
        gate["allow_simulated"] = True
    return wider


def _hash(sha256: str, key: str, chosen: Successor) -> str:
    return hashlib.sha256(f"{sha256} {key} {chosen.sku} {chosen.capacity}".encode()).hexdigest()
