"""What can take a model's place, and in which size."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from harness.plan.observed import OfferedModel, OfferedSku, QuotaUsage
from harness.plan.preflight.successors import (
    Deployed,
    choose_capacity,
    find_asked,
    find_end,
    list_successors,
    split_names,
)

TODAY = date(2027, 3, 1)
OLD = Deployed("OpenAI", "gpt-4o-mini", "2024-07-18", "GlobalStandard", 50, "AIServices")


def sku(name: str = "GlobalStandard", usage: str = "q", **more: Any) -> OfferedSku:
    return OfferedSku(name, usage, **{"maximum": 1000, **more})


def row(name: str, version: str, *skus: OfferedSku, **more: Any) -> OfferedModel:
    ends = more.pop("retires", date(2028, 1, 1))
    kind = more.pop("kind", "AIServices")
    return OfferedModel("OpenAI", name, version, kind, retires=ends, skus=skus or (sku(),), **more)


HERE = row("gpt-4o-mini", "2024-07-18", retires=date(2027, 4, 14))


def found(*rows: OfferedModel, old: Deployed = OLD, left: int = 100) -> list[tuple[str, str, int]]:
    usages = {"q": QuotaUsage("q", 100 - left, 100)}
    return [
        (each.model, each.version, each.capacity)
        for each in list_successors((HERE, *rows), usages, old, TODAY)
        if each.fits
    ]


def test_models_that_differ_in_their_numbers_alone_are_of_its_kind() -> None:
    likes = [row("gpt-5-mini", "1"), row("gpt-4.1-mini", "1")]
    others = [row("gpt-5", "1"), row("gpt-5-nano", "1"), row("gpt-4o-mini-audio", "1")]
    assert {name for name, *_ in found(*likes, *others)} == {"gpt-5-mini", "gpt-4.1-mini"}


def test_what_azure_names_comes_first_then_newer_versions_then_what_lives_longest() -> None:
    rows = [
        row("gpt-5-mini", "1", retires=date(2029, 1, 1)),
        row("gpt-4o-mini", "2025-01-01"),
        row("gpt-4.1-mini", "1", retires=date(2027, 6, 1)),
    ]
    # The catalogue has it that Azure names gpt-4.1-mini as the successor of gpt-4o-mini.
    assert [name for name, *_ in found(*rows)] == ["gpt-4.1-mini", "gpt-4o-mini", "gpt-5-mini"]


def test_what_ends_no_later_than_the_old_one_is_no_successor() -> None:
    rows = [row("gpt-4.1-mini", "1", retires=date(2027, 4, 14))]
    assert found(*rows) == []
    assert found(row("gpt-4.1-mini", "1", retires=date(2027, 4, 15))) == [("gpt-4.1-mini", "1", 50)]


def test_another_kind_of_account_and_the_version_itself_are_left_out() -> None:
    assert found(row("gpt-5-mini", "1", kind="OpenAI")) == []
    assert found() == []


@pytest.mark.parametrize(("left", "size"), [(100, 50), (12, 12)])
def test_the_size_is_the_old_ones_or_what_quota_leaves(left: int, size: int) -> None:
    assert found(row("gpt-5-mini", "1"), left=left) == [("gpt-5-mini", "1", size)]


def test_without_quota_nothing_fits_and_the_reason_is_told() -> None:
    usages = {"q": QuotaUsage("q", 100, 100)}
    [only] = list_successors((HERE, row("gpt-5-mini", "1")), usages, OLD, TODAY)
    assert only.obstacles == ("quota_exceeded",)


def test_a_sku_that_processes_data_more_widely_is_not_taken() -> None:
    regional = Deployed("OpenAI", "gpt-4o-mini", "2024-07-18", "Standard", 50, "AIServices")
    assert found(row("gpt-5-mini", "1"), old=regional) == []
    both = row("gpt-5-mini", "1", sku(), sku("DataZoneStandard"), sku("Standard"))
    [one] = list_successors((HERE, both), {}, regional, TODAY)
    assert (one.sku, one.fits) == ("Standard", True)


def test_a_sku_that_is_paid_for_otherwise_is_never_taken() -> None:
    assert found(row("gpt-5-mini", "1", sku("GlobalProvisionedManaged"))) == []
    assert found(row("gpt-5-mini", "1", sku("GlobalBatch"))) == []


def test_a_name_without_a_version_means_azures_default_else_the_newest() -> None:
    rows = (row("m", "1"), row("m", "3"), row("m", "2", default=True))
    asked = find_asked(rows, {}, OLD, TODAY, "M", None)
    assert [each.version for each in asked] == ["2", "3", "1"]
    assert [each.version for each in find_asked(rows, {}, OLD, TODAY, "m", "1")] == ["1"]


@pytest.mark.parametrize(
    ("minimum", "step", "maximum", "wanted", "left", "size"),
    [
        (1, None, None, 50, None, 50),
        (1, None, 40, 50, None, 40),
        (15, 5, None, 33, None, 30),
        (15, 5, None, 5, None, 15),
        (15, 5, None, 60, 27, 25),
        (0, None, None, 50, 0, 1),
    ],
)
def test_a_size_is_one_that_the_sku_sells(
    minimum: int, step: int | None, maximum: int | None, wanted: int, left: int | None, size: int
) -> None:
    sold = OfferedSku("S", "q", minimum, maximum, step)
    assert choose_capacity(sold, wanted, left) == size


def test_successors_are_read_as_azure_writes_them() -> None:
    assert split_names("sora-2@2025-12-08") == (("sora-2", "2025-12-08"),)
    assert split_names("a,B") == (("a", ""), ("b", ""))
    assert split_names("") == ()


def test_a_day_far_ahead_is_no_day() -> None:
    assert find_end(row("m", "1", retires=date(2099, 12, 31)), None) is None
