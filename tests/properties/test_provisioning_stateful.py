"""Whatever happens to a spec and to Azure, provisioning keeps its promises.

Worlds that begin with other people's resources, some of them named as the spec's; random specs,
edits by hand, refusals, and commands that die after any number of writes. The real SDK talks to the
real simulator; only the lists of models are left unread, which makes every model possible.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from harness.plan.identity import ID_CLASSES, AccountId, DeploymentId, FilterId, GroupId
from harness.plan.model import Intent, Plan
from harness.plan.observed import OWNER_TAG, find_tag
from harness.plan.scope import make_account_id
from harness.provision.applying import apply_plan
from harness.provision.events import Outcomes
from harness.provision.patience import Pace
from harness.provision.planning import observe_and_plan
from harness.spec.model.spec import Spec
from tests.properties.mortal_cloud import NUMBERS, QUICK, KilledError, Quick, open_server
from tests.simulator.provisioned import TODAY

MODELS = {"gpt-4.1-mini": "2025-04-14", "gpt-4.1": "2025-04-14"}

deployments = st.fixed_dictionaries(
    {"model": st.sampled_from(sorted(MODELS)), "capacity": st.integers(1, 3)},
    optional={"content_filter": st.sampled_from(["Microsoft.Default", "strict"])},
)
accounts = st.fixed_dictionaries(
    {
        "region": st.sampled_from(["swedencentral", "swedencentral", "eastus2"]),
        "deployments": st.dictionaries(st.sampled_from(["a", "b"]), deployments, min_size=1),
        "severity": st.sampled_from([None, "Low", "High"]),
        "on_soft_deleted": st.sampled_from(["purge", "restore"]),
    },
    optional={"tags": st.dictionaries(st.sampled_from(["x", "y"]), st.just("1"), max_size=2)},
)
wishes = st.dictionaries(st.sampled_from(["one", "two"]), accounts, min_size=1, max_size=2)
refusals = st.sampled_from(
    [
        (),
        ({"operation": "deployment.put", "status": 409, "code": "RequestConflict", "times": 1},),
        ({"operation": "deployment.put", "status": 400, "code": "InsufficientQuota", "times": 1},),
        ({"operation": "policy.put", "status": 400, "code": "BadRequest", "times": 1},),
        ({"operation": "account.put", "status": 503, "code": "ServiceUnavailable", "times": 1},),
        (
            {
                "operation": "account.delete",
                "status": 409,
                "code": "CannotDeleteResource",
                "times": 1,
            },
        ),
        ({"operation": "deleted.purge", "status": 409, "code": "RequestConflict", "times": 2},),
    ]
)


def deployment_body(owner: str | None, **changes: Any) -> dict[str, Any]:
    return {
        "sku": {"name": "GlobalStandard", "capacity": changes.get("capacity", 3)},
        **({} if owner is None else {"tags": {OWNER_TAG: owner}}),
        "properties": {
            "model": {"format": "OpenAI", "name": "gpt-4.1", "version": "2025-04-14"},
            "raiPolicyName": "Microsoft.Default",
        },
    }


def filter_body(owner: str | None) -> dict[str, Any]:
    tags = {} if owner is None else {"tags": {OWNER_TAG: owner}}
    return {**tags, "properties": {"basePolicyName": "Microsoft.Default", "contentFilters": []}}


class Provisioning(RuleBasedStateMachine):
    """A spec, an Azure, and what may happen between them."""

    def __init__(self) -> None:
        super().__init__()
        self.number = next(NUMBERS)
        self.cloud = open_server().cloud()
        self.group = GroupId(f"subscription-{self.number}", "rg")
        self.theirs: dict[Any, str] = {}
        self.declared: set[Any] = set()
        self.wish: dict[str, Any] = {}
        self.spec = self.spec_of({})

    def teardown(self) -> None:
        self.cloud.close()

    def account(self, handle: str) -> AccountId:
        return AccountId(self.group, f"{handle}-{self.number}")

    def spec_of(self, wish: Mapping[str, Any]) -> Spec:
        """The spec of a wish; a filter is declared where it has a severity, or is used."""
        declared: dict[str, Any] = {}
        for handle, one in wish.items():
            one = dict(one)  # noqa: PLW2901 - a copy, to take things from
            severity = one.pop("severity")
            inside = {
                key: {**each, "version": MODELS[each["model"]]}
                for key, each in one.pop("deployments").items()
            }
            used = any(each.get("content_filter") == "strict" for each in inside.values())
            rules = [{"name": "Hate", "source": "Prompt", "severity": severity or "Medium"}]
            filters = {"strict": {"filters": rules}} if severity or used else {}
            declared[handle] = {
                "account_name": f"{handle}-{self.number}",
                "deployments": inside,
                "content_filters": filters,
                **one,
            }
        spec = Spec.model_validate(
            {
                "version": 1,
                "name": "mine",
                "subscription": self.group.subscription,
                "resource_group": {"name": "rg", "region": "swedencentral", "create": True},
                "accounts": declared,
            }
        )
        for account in spec.accounts.values():
            at = make_account_id(spec, account)
            names = [each.deployment_name for each in account.deployments.values()]
            self.declared |= {at, *(DeploymentId(at, name) for name in names)}
            self.declared |= {FilterId(at, name) for name in account.content_filters}
        return spec

    def body_of(self, at: Any) -> str:
        """What ARM says of a resource, as it says it."""
        match at:
            case AccountId():
                found = self.cloud.read_account(at)
                return "" if found is None else str(found.body)
            case _:
                return str(self.cloud.read_child(at) or "")

    # --- other people --------------------------------------------------------------------------

    @initialize(
        owner=st.sampled_from([None, "theirs"]),
        handle=st.sampled_from(["none", "one", "three"]),
        names=st.sets(st.sampled_from(["a", "z"])),
    )
    def other_people_were_here_first(self, owner: str | None, handle: str, names: set[str]) -> None:
        if handle == "none":
            return
        at = self.account(handle)
        self.cloud.put_group(self.group, {"location": "swedencentral"})
        tags = {} if owner is None else {"tags": {OWNER_TAG: owner}}
        body = {"location": "swedencentral", "kind": "AIServices", "sku": {"name": "S0"}, **tags}
        subdomain = {"customSubDomainName": at.name}
        self.cloud.put_account(at, {**body, "properties": subdomain}, lambda _: None)
        self.theirs[at] = ""
        for name in sorted(names):
            self.put_theirs(DeploymentId(at, name), owner)
        self.theirs[at] = self.body_of(at)

    def put_theirs(self, at: DeploymentId | FilterId, owner: str | None) -> None:
        body = filter_body(owner) if isinstance(at, FilterId) else deployment_body(owner)
        self.cloud.put_child(at, body, lambda _: None)
        self.theirs[at] = self.body_of(at)

    @rule(
        handle=st.sampled_from(["one", "two"]),
        name=st.sampled_from(["a", "y"]),
        kind=st.sampled_from([DeploymentId, FilterId]),
        owner=st.sampled_from([None, "theirs"]),
    )
    def somebody_puts_something_into_our_account(
        self, handle: str, name: str, kind: type[Any], owner: str | None
    ) -> None:
        at = kind(self.account(handle), name)
        account = self.cloud.read_account(at.account)
        if account is not None and account.owner == "mine" and not self.body_of(at):
            self.put_theirs(at, owner)

    @rule(data=st.data())
    def somebody_edits_or_deletes_what_is_ours(self, data: st.DataObject) -> None:
        ours = [at for at in self.owned() if isinstance(at, DeploymentId)]
        if not ours:
            return
        at = data.draw(st.sampled_from(sorted(ours, key=str)))
        if data.draw(st.booleans()):
            self.cloud.delete_child(at, lambda _: None)
            return
        body = dict(self.cloud.read_child(at) or {})
        body["sku"] = {**body["sku"], "capacity": 42}
        self.cloud.put_child(at, body, lambda _: None)

    # --- the spec ------------------------------------------------------------------------------

    @rule(wish=wishes, prune=st.booleans())
    def another_spec_is_applied(self, wish: dict[str, Any], *, prune: bool) -> None:
        self.declare(wish)
        self.converge(Intent(prune=prune))

    @rule(data=st.data(), prune=st.booleans())
    def one_thing_is_edited_and_applied(self, data: st.DataObject, *, prune: bool) -> None:
        self.edit(data)
        self.converge(Intent(prune=prune))

    def declare(self, wish: dict[str, Any]) -> None:
        self.wish = wish
        self.spec = self.spec_of(wish)

    def edit(self, data: st.DataObject) -> None:
        """One account is declared otherwise, or one thing of it, or no longer."""
        handle = data.draw(st.sampled_from(["one", "two"]))
        other = data.draw(accounts)
        there = self.wish.get(handle)
        if there is None:
            self.declare({**self.wish, handle: other})
            return
        key = data.draw(st.sampled_from(["deployments", "region", "severity", "all"]))
        if key == "all":
            self.declare({name: one for name, one in self.wish.items() if name != handle})
        else:
            self.declare({**self.wish, handle: {**there, key: other[key]}})

    @rule(data=st.data(), faults=refusals, dies=st.none() | st.integers(0, 6), late=st.booleans())
    def something_goes_wrong_and_the_command_is_run_again(
        self, data: st.DataObject, faults: tuple[Any, ...], dies: int | None, *, late: bool
    ) -> None:
        self.edit(data)
        with open_server().cloud(*faults) as cloud:
            plan = self.planned(cloud, Intent(prune=True))
            if plan.errors:
                return
            cloud.writes_left, cloud.dies_after_the_write = dies, late
            with suppress(KilledError):
                self.carried_out(plan, cloud)
        self.converge(Intent(prune=True))

    @rule(purge=st.booleans(), dies=st.none() | st.integers(0, 4))
    def the_spec_is_destroyed(self, *, purge: bool, dies: int | None) -> None:
        intent = Intent("destroy", purge=purge)
        with open_server().cloud() as cloud:
            plan = self.planned(cloud, intent)
            assert not plan.errors
            cloud.writes_left = dies
            with suppress(KilledError):
                self.carried_out(plan, cloud)
        assert self.carried_out(self.planned(self.cloud, intent), self.cloud).complete
        assert self.planned(self.cloud, intent).is_empty
        self.nothing_of_ours_is_left_but_what_holds_others()

    def converge(self, intent: Intent) -> None:
        """Applied once without trouble, a spec leaves nothing to apply, unless it may not."""
        plan = self.planned(self.cloud, intent)
        if plan.errors:
            # The last one: what is restored comes back where it was, not where it is wanted now.
            codes = {problem.code for problem in plan.errors}
            assert codes <= {"not_owned", "owned_by_other", "foreign_children", "soft_deleted"}
            return
        outcomes = self.carried_out(plan, self.cloud)
        assert outcomes.complete, outcomes
        after = self.planned(self.cloud, intent)
        assert after.is_empty, [change for change in after.changes if change.acts]
        assert not after.drift

    def planned(self, cloud: Quick, intent: Intent) -> Plan:
        return observe_and_plan(self.spec, cloud, intent, TODAY, open_catalogue=True)

    def carried_out(self, plan: Plan, cloud: Quick) -> Outcomes:
        pace = Pace(time.monotonic, lambda: 0.5, threading.Event(), QUICK)
        return apply_plan(plan, cloud, pace, lambda _: None)

    # --- promises ------------------------------------------------------------------------------

    @invariant()
    def nothing_of_other_people_is_touched(self) -> None:
        for at, before in self.theirs.items():
            assert self.body_of(at) == before, at

    @invariant()
    def what_is_ours_was_declared(self) -> None:
        assert set(self.owned()) <= self.declared

    def owned(self) -> list[Any]:
        """Ids of everything that carries our tag; each is listed once."""
        found: list[Any] = []
        for body in self.cloud.list_accounts(self.group):
            at = AccountId(self.group, body["name"])
            rows: list[tuple[Any, Any]] = [(at, body)]
            for kind, made in ID_CLASSES.items():
                rows += [(made(at, one["name"]), one) for one in self.cloud.list_children(kind, at)]
            found += [
                one for one, inner in rows if find_tag(inner.get("tags") or {}, OWNER_TAG) == "mine"
            ]
        assert len(found) == len(set(found))
        return found

    def nothing_of_ours_is_left_but_what_holds_others(self) -> None:
        """What destroy leaves is declared no longer, or holds what is not ours."""
        held = {at.account for at in self.theirs if isinstance(at, DeploymentId | FilterId)}
        for at in self.owned():
            assert isinstance(at, AccountId), at
            assert at in held, at


TestProvisioning = Provisioning.TestCase
TestProvisioning.settings = settings(
    max_examples=20,
    stateful_step_count=6,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
