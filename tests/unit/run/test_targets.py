from __future__ import annotations

import pytest

from harness.conversation.transcript import Reply
from harness.errors import RequestError
from harness.run.requests.charge import compute_highest_cost, compute_reply_cost
from harness.run.targets import every_target, select_targets
from harness.spec.model.spec import Spec

DEPLOYMENTS = {
    "mini": {"model": "gpt-4.1-mini", "version": "2025-04-14", "capacity": 50},
    "judge": {"model": "gpt-4.1", "version": "2025-04-14"},
    "embed": {"model": "text-embedding-3-small", "version": "1"},
    "bulk": {"model": "gpt-4.1", "version": "2025-04-14", "sku": "GlobalBatch"},
    "latest": {"model": "gpt-4o", "version": "default", "sku": "ProvisionedManaged"},
}


def spec(**evaluation: object) -> Spec:
    return Spec.model_validate(
        {
            "version": 1,
            "name": "x",
            "accounts": {"sweden": {"region": "swedencentral", "deployments": DEPLOYMENTS}},
            "providers": {
                "openai": {
                    "type": "openai",
                    "api_key": "${OPENAI_API_KEY}",
                    "models": {"gpt-4o": {}},
                },
                "existing": {
                    "type": "azure-openai",
                    "endpoint": "https://contoso.openai.azure.com",
                    "models": {"chat": {"model": "gpt-4o", "version": "2024-11-20"}},
                },
                "app": {
                    "type": "http",
                    "url": "http://127.0.0.1:8000",
                    "body": {},
                    "reply": "$.answer",
                },
            },
            "evaluation": evaluation,
        }
    )


def names(spec: Spec, *patterns: str) -> list[str]:
    return [target.name for target in select_targets(spec, patterns)]


def test_by_default_whatever_chats_and_serves_no_other_role_is_asked() -> None:
    declared = spec(judge={"target": "sweden/judge"}, embeddings={"target": "sweden/embed"})
    assert names(declared) == [
        "sweden/mini",
        "sweden/latest",
        "openai/gpt-4o",
        "existing/chat",
        "app",
    ]


def test_declared_targets_come_in_the_order_of_their_declaration() -> None:
    assert names(spec(targets=["openai/gpt-4o", "sweden/mini"])) == ["openai/gpt-4o", "sweden/mini"]


def test_a_glob_chooses_among_what_would_be_asked_and_a_name_among_all() -> None:
    declared = spec(targets=["sweden/mini", "openai/gpt-4o"])
    assert names(declared, "sweden/*") == ["sweden/mini"]
    assert names(declared, "sweden/judge") == ["sweden/judge"]
    assert names(declared, "*") == ["sweden/mini", "openai/gpt-4o"]


def test_an_unknown_target_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(RequestError) as refused:
        select_targets(spec(), ["sweden/mimi"])
    assert "there is no target 'sweden/mimi'" in str(refused.value)
    assert "did you mean sweden/mini" in str(refused.value)


def test_a_model_that_only_embeds_is_free_and_never_asked_to_talk() -> None:
    here = {"here": {"type": "sentence-transformers", "models": {"mini-lm": {}}}}
    declared = Spec.model_validate({**spec().model_dump(by_alias=True), "providers": here})
    assert "here/mini-lm" not in names(declared)
    (local,) = [target for target in every_target(declared) if target.owner == "here"]
    assert compute_highest_cost(1000, 0, local) == 0.0
    assert compute_reply_cost(Reply(text="[]", finish_reason="stop"), local) == 0.0, (
        "uncounted, yet free"
    )
    with pytest.raises(RequestError, match=r"H609.*here/mini-lm only embeds texts"):
        select_targets(declared, ["here/mini-lm"])


def test_a_glob_that_matches_nothing_is_refused() -> None:
    with pytest.raises(RequestError, match="no target matches 'norway/\\*'"):
        select_targets(spec(), ["norway/*"])


def test_a_target_knows_what_stands_behind_it() -> None:
    mini, latest, openai, existing, app = select_targets(
        spec(), ["sweden/mini", "sweden/latest", "openai/gpt-4o", "existing/chat", "app"]
    )
    assert (mini.model, mini.version, mini.region) == (
        "gpt-4.1-mini",
        "2025-04-14",
        "swedencentral",
    )
    assert (mini.sku, mini.capacity, mini.price_table) == ("GlobalStandard", 50, "azure")
    assert latest.version is None, "`default` is a promise of Azure's, not a version"
    assert latest.price_table is None, "provisioned throughput is not paid by the token"
    assert (openai.model, openai.price_table) == ("gpt-4o", "openai")
    assert (existing.model, existing.price_table) == ("gpt-4o", "azure")
    assert (app.model, app.handle, app.price_table) == (None, "", None)


def test_every_target_has_a_name_of_its_own() -> None:
    found = [target.name for target in every_target(spec())]
    assert len(found) == len(set(found)) == 8
