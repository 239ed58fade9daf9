"""The table of kinds of resources inside an account, and what follows from a row."""

from __future__ import annotations

import pytest

from harness.plan.identity import CHILD_KINDS, ID_CLASSES, ChildKind
from harness.plan.naming import index_keys
from harness.plan.resources.kinds import DECLARERS, PLANNERS
from harness.spec.model.spec import Account
from tests.unit.plan.worlds import ACCOUNT, MINI, spec_of


@pytest.mark.parametrize("kind", CHILD_KINDS, ids=lambda kind: kind.noun)
def test_each_kind_is_known_wherever_kinds_are_told_apart(kind: ChildKind) -> None:
    assert ID_CLASSES[kind](ACCOUNT, "x").kind is kind
    assert ID_CLASSES[kind](ACCOUNT, "x").path == f"{ACCOUNT.path}/{kind.segment}/x"
    assert kind in PLANNERS
    assert kind in DECLARERS
    assert kind.declared in Account.model_fields


def test_names_tags_and_digests_that_azure_keeps_stay_as_they_are() -> None:
    kept = {kind.segment: (kind.ledger, kind.remembered_as) for kind in CHILD_KINDS}
    assert kept == {
        "deployments": ("harness-spec-deployments", "deployment"),
        "raiPolicies": ("harness-spec-content-filters", "filter"),
        "providers/Microsoft.Authorization/roleAssignments": ("", ""),
    }


def test_declared_resources_are_found_by_azures_name_whatever_their_key() -> None:
    account = spec_of(
        {"mini": {**MINI, "deployment_name": "Mini-1"}}, content_filters={"Strict": {}}
    ).accounts["main"]
    found = [index_keys(account, kind, ACCOUNT, None) for kind in CHILD_KINDS]
    assert found == [{"mini-1": "mini"}, {"strict": "Strict"}, {}]
