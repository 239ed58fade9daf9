"""Minutes at the limits of a deployment."""

from __future__ import annotations

from dataclasses import replace

from harness.azure.offers_data import RateLimit
from harness.azure.quota.limits import DeployedLimits
from harness.run.forecast.interval import Interval, make_exact
from harness.run.forecast.limits import compute_duration, find_limits
from harness.run.forecast.volumes import Volume
from harness.run.targets import Target

MINI = Target(
    "acc/mini", "deployment", "acc", "mini",
    model="gpt-4.1-mini", version="2025-04-14", sku="GlobalStandard", capacity=50,
)  # fmt: skip


def make_volume(requests: int, tokens: int) -> Volume:
    return Volume(
        make_exact(requests), make_exact(tokens), Interval(), make_exact(0), Interval(),
        make_exact(tokens), make_exact(1), make_exact(10),
    )  # fmt: skip


def test_a_skus_own_limits_are_taken_by_the_unit_of_capacity() -> None:
    limits = find_limits(MINI)
    assert limits.describe() == "50,000 tokens and 50 requests a minute"
    embedding = replace(MINI, model="text-embedding-3-small", version="1", capacity=2)
    assert find_limits(embedding).describe() == "2,000 tokens and 12 requests a minute"


def test_a_version_that_no_list_has_is_limited_by_its_capacity_alone() -> None:
    limits = find_limits(replace(MINI, version="2030-01-01"))
    assert limits.describe() == "50,000 tokens and 300 requests a minute"
    assert limits.source == "by its capacity, as Azure documents"
    newer = find_limits(replace(MINI, model="gpt-5.6-sol", version="2030-01-01"))
    assert newer.describe() == "50,000 tokens a minute"
    assert newer.source == "by its capacity; how many requests is unknown"


def test_units_of_throughput_and_providers_have_no_such_limit() -> None:
    assert find_limits(replace(MINI, sku="GlobalProvisionedManaged")) == DeployedLimits()
    assert find_limits(replace(MINI, kind="provider", sku=None)).describe() == ""


def test_what_azure_says_of_a_deployment_is_taken_as_it_is() -> None:
    rates = (RateLimit("request", 8, 10), RateLimit("token", 8_000, 60))
    assert find_limits(MINI, rates).describe() == "8,000 tokens and 48 requests a minute"


def test_what_fits_into_the_first_window_waits_for_nothing() -> None:
    limits = DeployedLimits((RateLimit("token", 50_000, 60),))
    assert compute_duration(make_volume(10, 47_500), limits, 32, None).typical < 10
    assert compute_duration(make_volume(10, 47_501), limits, 32, None).typical == 60


def test_azure_sets_aside_all_that_may_come_back() -> None:
    limits = DeployedLimits((RateLimit("token", 50_000, 60),))
    volume = replace(make_volume(10, 20_000), reserved=make_exact(120_000))
    duration = compute_duration(volume, limits, 32, None)
    assert duration.low < 10
    assert duration.typical == 120


def test_turns_of_one_conversation_follow_one_another() -> None:
    volume = replace(make_volume(40, 1_000), longest_requests=make_exact(13))
    assert compute_duration(volume, DeployedLimits(), 32, (2.0, 4.0)).typical == 26.0


def test_requests_wait_for_windows_of_their_own() -> None:
    limits = DeployedLimits((RateLimit("request", 10, 10), RateLimit("token", 10**9, 60)))
    assert compute_duration(make_volume(100, 1_000), limits, 32, None).typical == 100


def test_without_a_limit_the_answers_themselves_take_time() -> None:
    volume = make_volume(320, 1_000)
    one = compute_duration(volume, DeployedLimits(), 1, None).typical
    many = compute_duration(volume, DeployedLimits(), 32, None).typical
    assert one > 20 * many


def test_a_measured_latency_wins_over_an_assumed_one() -> None:
    duration = compute_duration(make_volume(100, 1_000), DeployedLimits(), 10, (3.0, 9.0))
    assert (duration.typical, duration.high) == (30.0, 90.0)
