"""Content filters, identities and spillover, carried out against the simulator."""

from __future__ import annotations

from typing import Any

from harness.cloud.management import ManagementCloud
from harness.plan.identity import DeploymentId, FilterId
from harness.plan.model import Intent
from tests.simulator.provisioned import (
    ACCOUNT,
    applied,
    azure,
    body,
    carried_out,
    mini,
    planned,
    spec_of,
)

HATE = {"name": "Hate", "source": "Prompt", "severity": "Low", "blocking": True, "enabled": True}
JAILBREAK = {"name": "Jailbreak", "source": "Prompt", "blocking": True, "enabled": True}
WORDS = {"blocklistName": "words", "blocking": True, "source": "Prompt"}


def filtered(policy: dict[str, Any], **more: Any) -> Any:
    return spec_of({"a": mini(content_filter="strict")}, content_filters={"strict": policy}, **more)


def strict(cloud: ManagementCloud) -> dict[str, Any]:
    found = cloud.read_child(FilterId(ACCOUNT, "strict"))
    assert found is not None
    return dict(found)


def test_a_filter_is_made_changed_in_place_and_deleted_after_its_deployment() -> None:
    first = filtered({"mode": "Default", "filters": [HATE, JAILBREAK], "blocklists": [WORDS]})
    with azure(first) as cloud:
        applied(first, cloud)
        made = strict(cloud)
        assert made["tags"]["harness-spec"] == "test"
        assert made["properties"]["customBlocklists"] == [WORDS]
        assert body(cloud, "a")["properties"]["raiPolicyName"] == "strict"
        assert planned(first, cloud).is_empty

        second = filtered({"filters": [{**HATE, "severity": "High"}]})
        [change] = [each for each in planned(second, cloud).changes if each.acts]
        assert change.reasons == ("filters.Hate.Prompt.severity: Low → High",)
        applied(second, cloud)
        properties = strict(cloud)["properties"]
        assert [each["severityThreshold"] for each in properties["contentFilters"][:1]] == ["High"]
        assert [each["name"] for each in properties["contentFilters"]] == ["Hate", "Jailbreak"]
        assert (properties["mode"], properties["customBlocklists"]) == ("Default", [WORDS])

        applied(second, cloud, Intent("destroy"))
        assert cloud.read_account(ACCOUNT) is None


def test_a_filter_that_could_not_be_made_keeps_its_deployment_back() -> None:
    fault = {
        "operation": "policy.put",
        "status": 400,
        "code": "Resource has invalid content filter",
    }
    spec = spec_of(
        {"a": mini(content_filter="strict"), "b": mini()},
        faults=(fault,),
        content_filters={"strict": {"filters": [HATE]}},
    )
    with azure(spec) as cloud:
        outcomes = carried_out(planned(spec, cloud), cloud)
        told = {each.change.address.rpartition(".")[2]: each.status for each in outcomes.outcomes}
        assert told == {
            "rg-test": "done",
            "main": "done",
            "strict": "failed",
            "a": "not attempted",
            "b": "done",
        }


def test_pruning_takes_a_filter_when_nothing_uses_it_any_more() -> None:
    before = filtered({"filters": [HATE]})
    after = spec_of({"a": mini(content_filter="Microsoft.DefaultV2")})
    with azure(before) as cloud:
        applied(before, cloud)
        assert [
            each.action for each in planned(after, cloud).changes if "filter" in each.address
        ] == ["orphan"]
        # As long as the deployment keeps the filter, it stays even then.
        keeping = spec_of({"a": mini()})
        assert planned(keeping, cloud, Intent(prune=True)).is_empty

        applied(after, cloud, Intent(prune=True))
        assert cloud.read_child(FilterId(ACCOUNT, "strict")) is None
        assert planned(after, cloud, Intent(prune=True)).is_empty


def test_a_replaced_account_gets_its_filter_back() -> None:
    before, after = filtered({"filters": [HATE]}), filtered({"filters": [HATE]}, region="eastus2")
    with azure(before) as cloud:
        applied(before, cloud)
        assert planned(after, cloud).summary["replace"] == 3
        applied(after, cloud)
        assert strict(cloud)["properties"]["contentFilters"][0]["severityThreshold"] == "Low"
        assert planned(after, cloud).is_empty


def test_identities_are_given_and_go_when_the_spec_drops_them() -> None:
    plain, system = spec_of({}), spec_of({}, identity="system")
    other = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/x/mine"
    with azure(plain) as cloud:
        applied(plain, cloud)
        applied(system, cloud)
        account = cloud.read_account(ACCOUNT)
        assert account is not None
        principal = account.body["identity"]["principalId"]
        assert planned(system, cloud).is_empty

        both = spec_of({}, identity=["system", other], tags={"team": "a"})
        applied(both, cloud)
        account = cloud.read_account(ACCOUNT)
        assert account is not None
        assert account.body["identity"]["principalId"] == principal
        assert list(account.body["identity"]["userAssignedIdentities"]) == [other]
        assert planned(both, cloud).is_empty

        applied(system, cloud)
        account = cloud.read_account(ACCOUNT)
        assert account is not None
        assert account.body["identity"]["principalId"] == principal
        assert "userAssignedIdentities" not in account.body["identity"]


def test_a_deployment_that_spills_over_is_made_after_and_deleted_before_its_reserve() -> None:
    spec = spec_of({"ptu": {**mini(), "properties": {"spilloverDeploymentName": "a"}}, "a": mini()})
    with azure(spec) as cloud:
        applied(spec, cloud)
        assert body(cloud, "ptu")["properties"]["spilloverDeploymentName"] == "a"
        assert planned(spec, cloud).is_empty
        leaving = planned(spec, cloud, Intent("destroy")).changes
        names = [one.resource.name for one in leaving if isinstance(one.resource, DeploymentId)]
        assert names == ["ptu", "a"]
        applied(spec, cloud, Intent("destroy"))
