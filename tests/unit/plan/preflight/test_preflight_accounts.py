from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.plan.identity import AccountId
from harness.plan.model import Intent, Problem
from harness.plan.observed import Observed, QuotaUsage
from harness.plan.planner import make_plan
from harness.spec.model.spec import Spec
from tests.unit.plan.worlds import (
    ACCOUNT,
    GROUP,
    MARKET,
    MINI,
    NOTHING,
    account_body,
    azure,
    deployment_body,
    spec_of,
)


def problems(spec: Spec, observed: Observed) -> tuple[Problem, ...]:
    return make_plan(spec, observed, Intent()).preflight


def only(spec: Spec, observed: Observed) -> Problem:
    [problem] = problems(spec, observed)
    return problem


def with_usage(name: str, current: int, limit: int) -> Observed:
    return replace(NOTHING, usages={MARKET: {name.casefold(): QuotaUsage(name, current, limit)}})


# --- may it be created -------------------------------------------------------------------------


def test_an_account_that_the_subscription_may_not_have_is_refused_in_azures_words() -> None:
    observed = replace(NOTHING, refused_skus={(ACCOUNT, "swedencentral"): "not for this QuotaId"})
    problem = only(spec_of(), observed)
    assert (problem.code, problem.severity) == ("sku_refused", "error")
    assert "AIServices S0 cannot be had in swedencentral: not for this QuotaId" in problem.message
    assert "norwayeast" in problem.hint


@pytest.mark.parametrize("name", ["AIServices.S0.AccountCount", "AccountCount"])
def test_accounts_are_counted_against_what_the_subscription_may_have(name: str) -> None:
    problem = only(spec_of(), with_usage(name, 30, 30))
    assert (problem.code, problem.place) == ("accounts_exhausted", ("accounts", "main", "region"))
    assert f"{name} in swedencentral has 0 of 30 left" in problem.message
    assert problems(spec_of(), with_usage(name, 29, 30)) == ()


def test_an_account_that_stands_counts_no_more() -> None:
    observed = azure(deployment_body(), usages=with_usage("AccountCount", 30, 30).usages)
    assert problems(spec_of(), observed) == ()


def test_several_new_accounts_are_counted_together_and_told_once() -> None:
    declared = spec_of().model_dump(exclude_unset=True)
    declared["accounts"]["second"] = {**declared["accounts"]["main"], "account_name": "acc-02"}
    spec = Spec.model_validate(declared)
    problem = only(spec, with_usage("AccountCount", 29, 30))
    assert problem.address == "account.second"
    assert "has 1 of 30 left, and this plan creates 2 more" in problem.message


# --- who may call it ---------------------------------------------------------------------------


def test_a_fresh_account_without_keys_names_the_role_and_the_command_that_grants_it() -> None:
    problem = only(spec_of(local_auth=False), NOTHING)
    assert (problem.code, problem.severity) == ("role_missing", "warning")
    assert "Owner or Contributor is not enough" in problem.message
    assert 'az role assignment create --assignee "$(az ad signed-in-user' in problem.hint
    assert f'--role "Cognitive Services OpenAI User" --scope {ACCOUNT}' in problem.hint


def keyless(**body: Any) -> dict[str, Any]:
    return account_body(properties={"disableLocalAuth": True}, **body)


@pytest.mark.parametrize(
    ("callers", "warned"),
    [({ACCOUNT: True}, False), ({}, False), ({ACCOUNT: False}, True)],
)
def test_an_account_that_stands_warns_only_when_azure_says_that_the_role_is_missing(
    callers: dict[AccountId, bool], warned: bool
) -> None:
    observed = replace(azure(deployment_body(), account=keyless()), callers=callers)
    found = problems(spec_of(local_auth=False), observed)
    assert [each.code for each in found] == ["role_missing"] * warned


def test_a_role_that_is_inherited_from_the_group_is_enough_for_a_fresh_account() -> None:
    observed = replace(NOTHING, callers={AccountId(GROUP, "ACC-01"): True})
    assert problems(spec_of(local_auth=False), observed) == ()


def test_keys_make_a_role_needless() -> None:
    assert problems(spec_of(), replace(NOTHING, callers={ACCOUNT: False})) == ()


# --- can it be reached -------------------------------------------------------------------------


def test_an_account_closed_to_public_networks_is_said_to_be_so() -> None:
    problem = only(spec_of(properties={"publicNetworkAccess": "Disabled"}), NOTHING)
    assert (problem.code, problem.severity) == ("unreachable", "warning")
    assert "acc-01 takes no calls from public networks" in problem.message


def test_what_the_spec_does_not_say_of_the_network_is_read_from_the_account() -> None:
    body = account_body(properties={"publicNetworkAccess": "Disabled"})
    assert only(spec_of(), azure(deployment_body(), account=body)).code == "unreachable"
    spec = spec_of(properties={"publicNetworkAccess": "Enabled"})
    assert problems(spec, azure(deployment_body(), account=body)) == ()


def test_network_rules_are_counted() -> None:
    rules = {"defaultAction": "Deny", "ipRules": [{"value": "1.2.3.4"}, {"value": "5.6.7.8"}]}
    problem = only(spec_of(properties={"networkAcls": rules}), NOTHING)
    assert "2 addresses and 0 networks" in problem.message
    open_to_all = {"defaultAction": "Allow", "ipRules": []}
    assert problems(spec_of(properties={"networkAcls": open_to_all}), NOTHING) == ()


# --- fine-tuned models -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sku", "said"),
    [
        ("Standard", "1.70 USD an hour"),
        ("GlobalStandard", "1,224 USD a month"),
        ("DeveloperTier", "deletes it after 24 hours"),
        ("ProvisionedManaged", "50 PTU by the hour"),
    ],
)
def test_a_fine_tuned_model_warns_of_what_its_hosting_costs(sku: str, said: str) -> None:
    tuned = {**MINI, "model": "gpt-4o-mini-2024-07-18.ft-0e20", "version": "1", "sku": sku}
    problem = only(spec_of({"tuned": tuned}), NOTHING)
    assert (problem.code, problem.severity) == ("fine_tune_hosting", "warning")
    assert said in problem.message
