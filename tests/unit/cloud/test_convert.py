from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from harness.cloud.convert import convert_deleted_accounts, convert_models, convert_usages
from harness.plan.preflight.offers import Wanted, find_rows, find_sku, find_version


def test_a_real_catalogue_reads_as_models_with_skus(shared_data: Path) -> None:
    listed = json.loads((shared_data / "catalogue" / "models-eastus2.json").read_text("utf-8"))
    models = convert_models(listed["value"])
    assert len(models) == len(listed["value"])
    want = Wanted("OpenAI", "gpt-4o-mini", "2024-07-18", "Standard", "AIServices")
    row = find_version(find_rows(models, want), want.version)
    assert row is not None
    assert row.default
    standard, everywhere = find_sku(row, "Standard"), find_sku(row, "GlobalStandard")
    assert standard is not None
    assert everywhere is not None
    assert standard.usage_name == "OpenAI.Standard.gpt-4o-mini"
    assert (standard.retires, everywhere.retires) == (date(2026, 3, 31), date(2026, 10, 1))


def test_a_real_list_of_quota_reads_by_name_whatever_its_case(shared_data: Path) -> None:
    listed = json.loads((shared_data / "catalogue" / "usages-eastus2.json").read_text("utf-8"))
    found = convert_usages(listed["value"])
    assert found["openai.globalprovisionedmanaged"].limit == 0
    assert all(name == name.casefold() for name in found)


def test_a_deleted_account_says_its_group_only_in_its_id() -> None:
    prefix = "/subscriptions/s/providers/Microsoft.CognitiveServices/locations/westus"
    [twin] = convert_deleted_accounts(
        [
            {
                "id": f"{prefix}/resourceGroups/rg/deletedAccounts/acc",
                "name": "acc",
                "location": "westus",
                "properties": {"scheduledPurgeDate": "2026-09-03T00:00:00Z"},
            },
            {"id": "/nonsense"},
        ]
    )
    assert twin.account.path.endswith(
        "/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/acc"
    )
    assert (twin.region, twin.purge_date[:10]) == ("westus", "2026-09-03")


def test_a_sparse_row_is_read_for_what_it_says() -> None:
    [model] = convert_models([{"model": {"name": "m", "skus": [{"name": "Standard"}]}}, {}])
    assert (model.kind, model.version, model.skus[0].minimum) == ("", "", 1)
    assert model.skus[0].maximum is None
