"""Plans as people read them: files that are reviewed as prose.

To rewrite them after a change that is meant: ``UPDATE_GOLDEN=1 pytest tests/golden/plan``.
"""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from harness.plan.identity import Market
from harness.plan.model import Intent, Plan
from harness.plan.observed import OfferedSku, Survey
from harness.plan.planner import make_plan
from harness.plan.rendering.plans import format_plan
from harness.plan.rendering.verification import format_drift
from harness.source import Span
from tests.unit.plan.worlds import (
    MINI,
    NOTHING,
    SUBSCRIPTION,
    account_body,
    azure,
    deployment_body,
    offered,
    spec_of,
    usage,
)

HERE = Path(__file__).parent


def refused() -> Plan:
    spec = spec_of(
        {
            "mini": {**MINI, "sku": "Standard"},
            "typo": {**MINI, "model": "gpt-4.1-minni"},
            "old": {**MINI, "model": "gpt-4o", "version": "2024-05-13"},
            "soon": {**MINI, "model": "gpt-4o", "version": "2024-11-20", "capacity": 10},
            "ptu": {**MINI, "sku": "ProvisionedManaged", "capacity": 30},
            "much": {**MINI, "capacity": 100},
        }
    )
    standard = OfferedSku("Standard", "OpenAI.Standard.gpt4.1-mini", maximum=1000)
    row = (offered("gpt-4.1-mini", "2025-04-14", standard),)
    observed = replace(
        NOTHING, usages=usage("OpenAI.GlobalStandard.gpt4.1-mini", 20, 50)
    ).add_survey(Survey({Market(SUBSCRIPTION, name): row for name in ("eastus2", "norwayeast")}))
    return make_plan(spec, observed, Intent())


def mixed() -> Plan:
    spec = spec_of(
        {
            "mini": {**MINI, "capacity": 20},
            "large": {**MINI, "model": "gpt-4o", "version": "2024-11-20"},
            "fresh": MINI,
            "same": MINI,
        },
        tags={"team": "platform"},
    )
    observed = azure(
        deployment_body("mini"),
        deployment_body("large"),
        deployment_body("same"),
        deployment_body("left"),
        deployment_body("theirs", tags={}),
        account=account_body(tags={"harness-spec": "test", "team": "research"}),
    )
    return make_plan(spec, observed, Intent())


def destroyed() -> Plan:
    observed = azure(deployment_body("mini"), deployment_body("theirs", tags={}))
    return make_plan(spec_of(), observed, Intent("destroy"))


def adopted() -> Plan:
    observed = azure(deployment_body(tags={}, capacity=10), account=account_body(tags={}))
    return make_plan(spec_of(), observed, Intent(adopt=True))


def hostile() -> Plan:
    """Text from Azure that would move the cursor, were it obeyed."""
    observed = azure(deployment_body(version="1\x1b[2J\n2\u202e"))
    return make_plan(spec_of(), observed, Intent())


def places(path: tuple[str, ...]) -> Span | None:
    return Span("specs/test.yaml", 10 + len(path), 9) if path else None


TEXTS = {
    "create": format_plan(make_plan(spec_of(), NOTHING, Intent())),
    "unchanged": format_plan(make_plan(spec_of(), azure(deployment_body()), Intent())),
    "mixed": format_plan(mixed()),
    "refused": format_plan(refused(), places),
    "destroy": format_plan(destroyed()),
    "adopt": format_plan(adopted()),
    "hostile": format_plan(hostile()),
    "drift": format_drift(mixed()),
    "no-drift": format_drift(make_plan(spec_of(), azure(deployment_body()), Intent())),
}


@pytest.mark.parametrize("name", TEXTS)
def test_the_plan_reads_as_reviewed(name: str) -> None:
    golden = HERE / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(TEXTS[name], encoding="utf-8")
    assert TEXTS[name] == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", TEXTS)
def test_no_plan_commands_the_terminal(name: str) -> None:
    assert all(character.isprintable() or character == "\n" for character in TEXTS[name])
