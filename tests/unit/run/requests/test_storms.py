"""Half an hour at a deployment's limits, on a clock that takes no time."""

from __future__ import annotations

from pathlib import Path

from harness.azure.offers_data import RateLimit
from harness.run.requests.quota import Quota
from harness.store.quota import MachineQuota
from tests.storms.limited_service import LimitedService, Load
from tests.storms.storming import storm

CAPACITY_50 = (RateLimit("request", 50, 60), RateLimit("token", 50_000, 60))
"""gpt-4.1-mini as GlobalStandard: 50 requests and 50,000 tokens a minute."""
HALF_AN_HOUR = Load(CAPACITY_50, calls=1_500, prompt=300, estimated=300, most=500)
SLACK = 1.10


def test_half_an_hour_at_full_quota_is_refused_nothing_and_takes_no_longer_than_it_must(
    tmp_path: Path,
) -> None:
    service = LimitedService(HALF_AN_HOUR)
    assert [(one.trials, one.lost) for one in storm(service, tmp_path)] == [(1_500, 0)]
    assert service.refused_share <= 0.01
    assert 0.9 < service.last_s / service.compute_bound_s() <= SLACK


def test_tokens_that_the_service_counts_otherwise_are_learned(tmp_path: Path) -> None:
    limits = (RateLimit("request", 600, 60), RateLimit("token", 100_000, 60))
    service = LimitedService(Load(limits, calls=600, prompt=1_000, most=800))
    assert [(one.trials, one.lost) for one in storm(service, tmp_path)] == [(600, 0)]
    assert service.refused_share <= 0.01
    assert service.last_s / service.compute_bound_s() <= SLACK


def test_who_waits_learns_from_those_who_were_answered(tmp_path: Path) -> None:
    """Estimated at 2,000 tokens, four fit in a minute; counted at 1,800, five do."""
    limits = (RateLimit("request", 60, 60), RateLimit("token", 10_000, 60))
    service = LimitedService(Load(limits, calls=40, prompt=800, estimated=1_000))
    assert [(one.trials, one.lost) for one in storm(service, tmp_path)] == [(40, 0)]
    assert service.refused == 0
    assert service.last_s / service.compute_bound_s() <= SLACK


def test_a_storm_of_half_an_hour_loses_no_trial(tmp_path: Path) -> None:
    """Nothing is answered for two minutes, others use half, and the limit is halved."""
    service = LimitedService(
        HALF_AN_HOUR,
        change=lambda second: 0.5 if 1_080 <= second < 1_440 else 1.0,
        busy=lambda second: 0.5 if 480 <= second < 840 else 0.0,
        outage=lambda second: 300 <= second < 420,
    )
    assert [(one.trials, one.lost) for one in storm(service, tmp_path)] == [(1_500, 0)]
    assert service.refused_share <= 0.02
    assert service.last_s / service.compute_bound_s() <= 1.2


def test_two_processes_on_one_quota_stay_within_it_together(tmp_path: Path) -> None:
    service = LimitedService(HALF_AN_HOUR)
    place = tmp_path / "one.quota"
    openers = [lambda: MachineQuota(Quota.of(CAPACITY_50), place)] * 2
    both = storm(service, tmp_path, openers)
    assert [(one.trials, one.lost) for one in both] == [(750, 0), (750, 0)]
    assert service.refused_share <= 0.01
    assert service.last_s / service.compute_bound_s() <= SLACK
