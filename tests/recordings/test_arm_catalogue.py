"""The catalogue's tables hold what the recorded lists hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.azure.catalogue import BUILT_IN, OBSERVED, list_models, list_quota_limits
from harness.simulator.management.subscription.catalogue import _render_rows


def recorded(shared_data: Path, name: str) -> list[Any]:
    document = json.loads((shared_data / "catalogue" / name).read_text(encoding="utf-8"))
    return list(document["value"])


def test_every_recorded_model_and_sku_is_in_the_table(shared_data: Path) -> None:
    rows = [row["model"] for row in recorded(shared_data, "models-eastus2.json")]
    # Some SKUs were seen again two months later in eastus2, and that newer list wins.
    ours = {(one.format, one.name, one.version): one for one in list_models("eastus2", OBSERVED)}
    for row in rows:
        found = ours[row["format"], row["name"], row["version"]]
        assert {
            key: value or "" for key, value in row["capabilities"].items() if len(value or "") < 60
        } == dict(found.capabilities)
        theirs = {(s["name"], s["usageName"]): s for s in row["skus"]}
        for sku in found.skus:
            capacity = theirs[sku.name, sku.usage_name]["capacity"]
            assert (sku.minimum, sku.maximum, sku.step, sku.default) == tuple(
                capacity.get(key, 0) for key in ("minimum", "maximum", "step", "default")
            )
        assert len(found.skus) >= len(theirs) - 1
    assert len(ours) == len({(r["format"], r["name"], r["version"]) for r in rows})


def test_every_recorded_quota_is_in_the_table(shared_data: Path) -> None:
    theirs = {
        row["name"]["value"]: (row["limit"], row["name"]["localizedValue"])
        for row in recorded(shared_data, "usages-eastus2.json")
    }
    ours = {name: (one.limit, one.label) for name, one in list_quota_limits().items()}
    assert theirs == {name: limit for name, limit in ours.items() if name in theirs}


def test_the_list_is_served_with_the_recorded_keys(shared_data: Path) -> None:
    theirs = {
        row["name"] + row["kind"]: row for row in recorded(shared_data, "models-eastus2.json")
    }
    ours = json.loads(_render_rows("eastus2", BUILT_IN, OBSERVED, old=False))["value"]
    left_out = {"description", "finetuneCapabilities", "publisher"}
    assert {row["name"] + row["kind"] for row in ours} == set(theirs)
    for row in ours:
        their = theirs[row["name"] + row["kind"]]
        assert list(row) == list(their)
        assert list(row["model"]) == [key for key in their["model"] if key not in left_out]
