"""The functions of each kind of resource inside an account: how it is planned and imported.

A new kind is a row of ``identity.CHILD_KINDS``, a module with these functions, and its rows here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from harness.plan.identity import ACCESS, CONTENT_FILTER, DEPLOYMENT, ChildKind
from harness.plan.observed import ObservedAccount, ObservedChild
from harness.plan.resources.access import declare_access, plan_access
from harness.plan.resources.deployments import declare_deployment, plan_deployments
from harness.plan.resources.filters import declare_filter, plan_filters
from harness.plan.resources.site import Planned, Site

PLANNERS: Mapping[ChildKind, Callable[[Site], Iterable[Planned]]] = {
    ACCESS: plan_access,
    CONTENT_FILTER: plan_filters,
    DEPLOYMENT: plan_deployments,
}
"""The functions that plan all that is declared of a kind in an account, in the order of writing."""

DECLARERS: Mapping[ChildKind, Callable[[ObservedChild, ObservedAccount], dict[str, Any]]] = {
    ACCESS: declare_access,
    CONTENT_FILTER: declare_filter,
    DEPLOYMENT: declare_deployment,
}
"""The functions that write one that exists as a spec declares it, for ``harness import``."""
