"""What answered is what costs: by its model and its tier, or else unknown."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Literal

import pytest

from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Message, Reply, Served, Usage
from harness.run.requests.budget import BudgetTracker
from harness.run.requests.charge import compute_highest_cost, compute_reply_cost
from harness.run.requests.spent import EndedBudget
from harness.run.targets import Target
from harness.spec.model.spec import Budget, Price

MILLION = Usage(1_000_000, 0)
MINI = Target(
    "a/mini",
    "deployment",
    "a",
    "mini",
    model="gpt-4.1-mini",
    version="2025-04-14",
    price_table="azure",
)
ROUTER = replace(MINI, handle="auto", model="model-router", version="2025-11-18")
PROVISIONED = replace(MINI, sku="ProvisionedManaged", price_table=None)
DECLARED = Price(input=3.0, output=30.0)


def reply(model: str | None = "gpt-4.1-mini-2025-04-14", **served: str) -> Reply:
    known = Served(**served) if served else None
    return Reply("x", "stop", model=model, usage=MILLION, served=known)


def test_the_declared_model_at_its_usual_tier_costs_what_the_table_says() -> None:
    assert compute_reply_cost(reply(), MINI) == 0.4
    assert compute_reply_cost(reply(tier="default"), MINI) == 0.4
    assert compute_reply_cost(reply(None), MINI) == 0.4


def test_where_azure_chooses_the_version_the_one_that_answered_is_priced() -> None:
    floating = replace(MINI, model="gpt-4", version=None)
    assert compute_reply_cost(reply("gpt-4-0613"), floating) == 30.0
    assert compute_reply_cost(reply("gpt-4-1106-preview"), floating) == 10.0
    assert compute_reply_cost(reply("gpt-4-9999"), floating) is None


def test_a_router_costs_what_it_chose_and_its_own_fee() -> None:
    assert compute_reply_cost(reply("gpt-4.1-2025-04-14"), ROUTER) == pytest.approx(2.14)
    assert compute_reply_cost(reply(), ROUTER) == pytest.approx(0.54)
    assert compute_reply_cost(reply("grok-of-tomorrow"), ROUTER) is None
    assert compute_reply_cost(reply(None), ROUTER) is None
    assert compute_highest_cost(1, 1, ROUTER) is None, "nobody knows beforehand"


def test_the_header_that_names_what_served_wins_over_the_answers_model() -> None:
    served = replace(reply("model-router"), served=Served(model="gpt-4.1-2025-04-14"))
    assert compute_reply_cost(served, ROUTER) == pytest.approx(2.14)


def test_a_spillover_costs_what_took_over_and_not_what_was_asked() -> None:
    spilled = reply(deployment="overflow", spilled_from="mini")
    assert compute_reply_cost(spilled, PROVISIONED) == 0.4
    assert compute_reply_cost(reply(), PROVISIONED) is None, "throughput is paid by the hour"
    other = reply("gpt-4.1-2025-04-14", deployment="overflow", spilled_from="mini")
    assert compute_reply_cost(other, PROVISIONED) == 2.0
    nameless = reply(None, deployment="overflow", spilled_from="mini")
    assert compute_reply_cost(nameless, PROVISIONED) == 0.4
    declared = replace(PROVISIONED, price=DECLARED)
    assert compute_reply_cost(reply(), declared) == 3.0
    assert compute_reply_cost(spilled, declared) == 0.4


@pytest.mark.parametrize(
    ("tier", "table", "model", "dollars"),
    [
        ("priority", "azure", "gpt-4.1-mini-2025-04-14", 0.7),
        ("priority", "openai", "o4-mini-2025-04-16", 2.0),
        ("flex", "openai", "gpt-5-mini-2025-08-07", 0.125),
        ("flex", "azure", "gpt-4.1-mini-2025-04-14", None),
        ("scale", "openai", "gpt-4.1-mini-2025-04-14", None),
        ("Priority", "azure", "gpt-4.1-mini-2025-04-14", 0.7),
    ],
)
def test_a_tier_has_its_own_price_or_an_unknown_one(
    tier: str, table: Literal["azure", "openai"], model: str, dollars: float | None
) -> None:
    name, version = model[:-11], model[-10:]
    target = replace(MINI, model=name, version=version, price_table=table)
    found = compute_reply_cost(reply(model, tier=tier), target)
    assert found == (None if dollars is None else pytest.approx(dollars))


def test_a_declared_price_is_that_of_the_usual_tier() -> None:
    declared = replace(MINI, price=DECLARED)
    assert compute_reply_cost(reply("whatever"), declared) == 3.0
    assert compute_reply_cost(reply(tier="default"), declared) == 3.0
    assert compute_reply_cost(reply(tier="priority"), declared) is None


def test_another_model_than_the_declared_one_is_priced_as_itself_or_not_at_all() -> None:
    assert compute_reply_cost(reply("gpt-4.1-2025-04-14"), MINI) == 2.0
    assert compute_reply_cost(reply("gpt-4.1-mini-2025-04-14.ft-0123"), MINI) is None


def test_a_version_of_tomorrow_costs_what_every_known_version_of_its_model_does() -> None:
    tomorrow = reply("gpt-4.1-mini-2099-01-01")
    assert compute_reply_cost(tomorrow, replace(MINI, version=None)) == 0.4
    assert compute_reply_cost(tomorrow, MINI) is None, "another version was declared"


def test_a_gateway_that_answers_by_the_deployments_name_has_not_changed_the_model() -> None:
    assert compute_reply_cost(reply("mini"), MINI) == 0.4
    assert compute_reply_cost(reply("gpt-4.1-mini"), MINI) == 0.4


def test_azures_spelling_of_a_model_is_the_same_model() -> None:
    old = replace(MINI, model="gpt-35-turbo", version="0125")
    assert compute_reply_cost(reply("gpt-3.5-turbo-0125"), old) == 0.5
    assert compute_reply_cost(reply("gpt-35-turbo-0125"), old) == 0.5


def test_money_is_never_negative() -> None:
    wrong = replace(reply(), usage=Usage(3, 5, cached_tokens=12_304))
    assert compute_reply_cost(wrong, MINI) is None
    assert compute_reply_cost(wrong, replace(MINI, price=DECLARED)) is None


def test_what_a_tier_may_cost_is_set_aside_before_it_is_asked() -> None:
    assert compute_highest_cost(1_000_000, 0, MINI, "priority") == pytest.approx(0.7)
    assert compute_highest_cost(1_000_000, 0, replace(MINI, price=DECLARED), "priority") == 7.5
    assert compute_highest_cost(1_000_000, 0, MINI, "default") == 0.4
    assert compute_highest_cost(1, 1, ROUTER, "priority") is None


def spend(answered: Reply) -> str | None:
    place = Place("a/mini", "c", None, "default", 1, 1)
    request = Request(place, (Message("user", "x"),), {"max_output_tokens": 10_000})

    async def work() -> str | None:
        tracker = BudgetTracker(Budget(usd=0.05))
        for _ in range(10):
            reserved = await asyncio.wait_for(tracker.admit(request, MINI, 0.0), timeout=1)
            if isinstance(reserved, EndedBudget):
                return reserved.said
            tracker.settle(reserved, answered, MINI)
        return None

    return asyncio.run(work())


@pytest.mark.parametrize(
    "answered",
    [
        pytest.param(replace(reply(), usage=None), id="unknown usage"),
        pytest.param(replace(reply(), usage=Usage(3, 5, 12_304)), id="contradictory usage"),
        pytest.param(replace(reply(tier="scale"), usage=Usage(1, 1)), id="unknown price"),
    ],
)
def test_a_budget_never_grows_by_what_nobody_knows(answered: Reply) -> None:
    assert spend(answered) == "usd: 0.05; $0.048 spent, and the next request may cost up to $0.016"


def test_a_budget_takes_what_is_known() -> None:
    assert spend(replace(reply(), usage=Usage(1, 1))) is None
