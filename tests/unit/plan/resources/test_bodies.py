from __future__ import annotations

from harness.plan.resources.bodies import drop_read_only, merge


def test_a_patch_keeps_what_it_does_not_name() -> None:
    body = {"sku": {"name": "S0", "tier": "x"}, "properties": {"a": {"b": 1, "c": [1, 2]}}}
    patch = {"sku": {"name": "S1"}, "properties": {"a": {"c": [3]}}}
    assert merge(body, patch) == {
        "sku": {"name": "S1", "tier": "x"},
        "properties": {"a": {"b": 1, "c": [3]}},
    }


def test_tags_keep_the_spelling_that_is_there() -> None:
    body = {"tags": {"Team": "a", "other": "b"}}
    assert merge(body, {"tags": {"team": "c"}}) == {"tags": {"Team": "c", "other": "b"}}


def test_what_azure_alone_writes_is_not_sent_back() -> None:
    body = {
        "id": "x",
        "etag": "y",
        "location": "swedencentral",
        "properties": {"provisioningState": "Succeeded", "rateLimits": [], "raiPolicyName": "p"},
    }
    assert drop_read_only(body) == {
        "location": "swedencentral",
        "properties": {"raiPolicyName": "p"},
    }
