"""Others' things survive every command, or a line of the plan named them and a flag consented.

Whatever kind of thing it is: what lies in an account beside what the spec declares, and what others
decided about the account, a deployment or a filter. Commands are planned, carried out, and killed.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from azure.core.rest import HttpRequest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from harness.app.keeping.replacements import KeptBodies
from harness.plan.identity import AccountId, GroupId
from harness.plan.importing import write_spec
from harness.plan.model import Intent, Plan
from harness.plan.observed import ObservedAccount
from harness.plan.rendering.plans import format_plan
from harness.provision.applying import apply_plan
from harness.provision.patience import Pace
from harness.provision.planning import observe_and_plan
from harness.spec.model.spec import Spec
from tests.properties.mortal_cloud import NUMBERS, QUICK, KilledError, Quick, open_server
from tests.properties.others_things import MARKS, THINGS, Mark
from tests.simulator.provisioned import TODAY

API = "2025-09-01"
HARD = ("project ", "y", "content filter tight")
"""What no flag consents to: projects, and what is another spec's."""

wishes = st.fixed_dictionaries(
    {
        "region": st.sampled_from(["swedencentral", "eastus2", ["norwayeast", "swedencentral"]]),
        "kind": st.sampled_from(["AIServices", "AIServices", "OpenAI"]),
        "sku": st.sampled_from(["GlobalStandard", "DataZoneStandard"]),
        "capacity": st.integers(1, 3),
        "names": st.sampled_from([["a"], ["a", "b"], ["a", "z"], ["b"]]),
        "filters": st.booleans(),
        "on_soft_deleted": st.sampled_from(["purge", "restore"]),
    }
)
intents = st.builds(
    Intent,
    adopt=st.booleans(),
    prune=st.booleans(),
    accept_loss=st.booleans(),
)


class Others(RuleBasedStateMachine):
    """A spec, others, and what each of them does."""

    def __init__(self) -> None:
        super().__init__()
        self.number = next(NUMBERS)
        self.cloud = open_server().cloud()
        self.group = GroupId(f"subscription-{self.number}", "rg")
        self.at = AccountId(self.group, f"shared-{self.number}")
        self.neighbour = AccountId(self.group, f"theirs-{self.number}")
        self.kept = KeptBodies(Path(tempfile.mkdtemp(prefix="kept-")), "mine")
        self.things: dict[str, dict[str, Any]] = {}
        self.marks: set[int] = set()
        self.before: ObservedAccount | None = None
        self.spec = self.spec_of(
            {
                "region": "swedencentral",
                "kind": "AIServices",
                "sku": "GlobalStandard",
                "capacity": 1,
                "names": ["a"],
                "filters": True,
                "on_soft_deleted": "purge",
            }
        )
        self.carry_out(Intent())
        body = {"location": "eastus2", "kind": "AIServices", "sku": {"name": "S0"}}
        domain = {"customSubDomainName": self.neighbour.name}
        self.cloud.put_account(self.neighbour, {**body, "properties": domain}, lambda _: None)
        self.before = self.cloud.read_account(self.neighbour)

    def teardown(self) -> None:
        self.cloud.close()
        shutil.rmtree(self.kept.folder, ignore_errors=True)

    def spec_of(self, wish: Mapping[str, Any]) -> Spec:
        deployments = {
            name: {
                "model": "gpt-4.1",
                "version": "2025-04-14",
                "sku": wish["sku"],
                "capacity": wish["capacity"],
            }
            for name in wish["names"]
        }
        rules = [{"name": "Hate", "source": "Prompt", "severity": "Medium"}]
        account = {
            "account_name": self.at.name,
            "region": wish["region"],
            "kind": wish["kind"],
            "on_soft_deleted": wish["on_soft_deleted"],
            "deployments": deployments,
            "content_filters": {"strict": {"filters": rules}} if wish["filters"] else {},
        }
        return Spec.model_validate(
            {
                "version": 1,
                "name": "mine",
                "subscription": self.group.subscription,
                "resource_group": {"name": "rg", "region": "swedencentral", "create": True},
                "accounts": {"main": account},
            }
        )

    # --- others --------------------------------------------------------------------------------

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        at = f"{self.at.path}/{path}".rstrip("/")
        api = "2022-04-01" if "Microsoft.Authorization" in path else API
        request = HttpRequest(method, f"{at}?api-version={api}", json=body)
        clients = self.cloud._clients.groups(self.group.subscription)
        answer = clients.send_request(request)
        return answer.status_code, answer.json() if answer.text() else {}

    @rule(chosen=st.sets(st.integers(0, len(THINGS) - 1), min_size=1, max_size=3))
    def somebody_puts_things_into_the_account(self, chosen: set[int]) -> None:
        if self.cloud.read_account(self.at) is None:
            return
        for number in sorted(chosen):
            thing = THINGS[number]
            parent, own = thing.parent, thing.path
            if (parent and parent not in self.things) or own in self.things:
                continue
            if not thing.setting and self.ask("GET", own)[0] == 200:
                continue
            status, said = self.ask("PUT", own, dict(thing.body))
            assert status < 300, said
            self.things[own] = {}
        # A list is stamped anew when something is put into it.
        self.things = {path: self.ask("GET", path)[1] for path in self.things}

    @rule(number=st.integers(0, len(MARKS) - 1))
    def somebody_decides_about_something_of_ours(self, number: int) -> None:
        mark = MARKS[number]
        status, body = self.ask("GET", mark.path)
        ours = (body.get("tags") or {}).get("harness-spec") == "mine" if status == 200 else False
        if not ours or (mark.name == "raiPolicyName" and "raiPolicies/loose" not in self.things):
            return
        mark.lay(body)
        body.pop("systemData", None)
        status, said = self.ask("PUT", mark.path, body)
        assert status < 300, said
        assert mark.holds(self.ask("GET", mark.path)[1]), mark.name
        self.marks.add(number)

    # --- commands ------------------------------------------------------------------------------

    @rule(wish=wishes, intent=intents)
    def the_spec_is_edited_and_applied(self, wish: Mapping[str, Any], intent: Intent) -> None:
        self.spec = self.spec_of(wish)
        self.carry_out(intent)

    @rule(wish=wishes, intent=intents, dies=st.integers(0, 6), late=st.booleans())
    def an_apply_is_killed_and_run_again(
        self, wish: Mapping[str, Any], intent: Intent, dies: int, *, late: bool
    ) -> None:
        self.spec = self.spec_of(wish)
        with open_server().cloud() as mortal:
            mortal.writes_left, mortal.dies_after_the_write = dies, late
            first = self.carry_out(intent, mortal)
        self.carry_out(intent, after=first)

    @rule(purge=st.booleans(), accept_loss=st.booleans())
    def the_spec_is_destroyed(self, *, purge: bool, accept_loss: bool) -> None:
        self.carry_out(Intent("destroy", purge=purge, accept_loss=accept_loss))

    @rule(wish=wishes)
    def somebody_only_looks(self, wish: Mapping[str, Any]) -> None:
        kept, self.spec = self.spec, self.spec_of(wish)
        before = self.cloud.read_account(self.at)
        format_plan(self.planned(Intent(prune=True, adopt=True, accept_loss=True)))
        self.planned(Intent("destroy", purge=True))
        self.planned(Intent(skip=frozenset({"all"})))
        if before is not None:
            write_spec(self.at, before, "simulator")
        assert self.cloud.read_account(self.at) == before
        self.spec = kept
        self.check([], Intent())

    def planned(self, intent: Intent, cloud: Quick | None = None) -> Plan:
        return observe_and_plan(
            self.spec,
            cloud or self.cloud,
            intent,
            TODAY,
            open_catalogue=True,
            kept=self.kept.read(),
        )

    def carry_out(
        self, intent: Intent, mortal: Quick | None = None, after: Plan | None = None
    ) -> Plan:
        """Apply as `apply` does, and look at what is left; return the plan.

        ``after`` is the plan of the attempt that died before this one: it too has said something.
        """
        cloud = mortal or self.cloud
        plan = self.planned(intent, cloud)
        if not plan.errors:
            pace = Pace(time.monotonic, lambda: 0.5, threading.Event(), QUICK)
            with suppress(KilledError):
                done = apply_plan(plan, cloud, pace, lambda _: None, self.kept)
                if done.complete:
                    self.kept.forget_all()
        if mortal is None:
            self.check([plan] if after is None else [after, plan], intent)
        return plan

    # --- the promise ---------------------------------------------------------------------------

    def check(self, plans: Sequence[Plan], intent: Intent) -> None:
        said = "".join(map(format_plan, plans))
        assert self.cloud.read_account(self.neighbour) == self.before
        account = self.cloud.read_account(self.at)
        by_path = {thing.path: thing for thing in THINGS}
        changes = [change for plan in plans for change in plan.changes]
        adopted = {c.resource.path for c in changes if c.action == "adopt"}
        for path, before in list(self.things.items()):
            thing = by_path[path]
            status, now = self.ask("GET", path)
            if f"{self.at.path}/{path}" in adopted and intent.adopt:
                del self.things[path]
                continue
            if status == 200 and now == before:
                continue
            if thing.setting and account is None:
                # It means nothing without the account, whose deletion the plan has named.
                assert "account.main" in said
            else:
                assert intent.accept_loss, (path, status, now, before, said)
                assert thing.word in said, (path, said)
                assert not thing.word.startswith(HARD) or thing.word == "z", (path, said)
            del self.things[path]
        for number in sorted(self.marks):
            self._check_mark(number, MARKS[number], said)

    def _check_mark(self, number: int, mark: Mark, said: str) -> None:
        status, body = self.ask("GET", mark.path)
        if status == 200 and mark.holds(body):
            return
        self.marks.discard(number)
        if status == 200:
            lost = [line for line in said.splitlines() if "loses" in line or "would_lose" in line]
            told = any(word in line for word in mark.words for line in lost)
            assert told, (mark.path, mark.name, body, said)
        else:
            assert " delete" in said or "replace" in said, (mark.path, mark.name, said)


TestOthers = Others.TestCase
TestOthers.settings = settings(
    max_examples=15,
    stateful_step_count=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
