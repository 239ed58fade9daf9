"""Rate limits from end to end, in simulated time: what is refused, lost and waited."""

from __future__ import annotations

import math

import pytest

from harness.azure.offers_data import RateLimit
from harness.conversation.transcript import Failure
from harness.providers.failures import ServiceError, classify
from harness.run.events import HeldUp, Paused
from tests.unit.run.requests.drill import CountedWindow, Drill, Service

BEGINS = 1_000.0
"""The drill's clock when it begins."""
HUNDRED_K = {"mini": (RateLimit("token", 100_000, 60), RateLimit("request", 100, 10))}


def make_service(**more: object) -> Service:
    tokens, requests = CountedWindow(100_000, 60, phase=17.0), CountedWindow(100, 10, phase=3.0)
    return Service(tokens, requests, **more)  # type: ignore[arg-type]


def test_at_a_deployments_real_limits_nothing_is_refused_and_little_time_is_lost() -> None:
    service = make_service(takes=lambda number: 0.5 + number % 7 / 4)
    drill = Drill({"mini": service}, HUNDRED_K, count=1_000, most_tokens=460).run()
    assert (drill.lost, service.refused) == ([], [])
    bound = 1_000 * 500 / (100_000 / 60)
    assert drill.ended["mini"] <= 1.10 * bound


def test_a_service_that_counts_more_tokens_than_we_do_is_learned_from() -> None:
    service = make_service(prompt_tokens=400, tells=False)
    drill = Drill({"mini": service}, HUNDRED_K, count=800, most_tokens=100).run()
    assert drill.lost == []
    assert service.share_refused() <= 0.01


def test_what_others_take_of_the_deployment_is_taken_as_taken() -> None:
    service = make_service()

    def others(now: float) -> Failure | None:
        tokens = service.tokens
        assert tokens is not None
        tokens.admit(500, now)  # as much again as each of ours
        return None

    service.refuse = others
    drill = Drill({"mini": service}, HUNDRED_K, count=600, most_tokens=460).run()
    assert drill.lost == []
    assert service.share_refused() <= 0.03


@pytest.mark.parametrize("tells", [True, False])
def test_a_limit_that_is_silently_halved_is_kept_to_within_two_windows(tells: bool) -> None:
    service = make_service(tells=tells)
    halved_at = BEGINS + 240.0

    def halve(now: float) -> Failure | None:
        assert service.tokens is not None
        if now >= halved_at:
            service.tokens.limit = 50_000
        return None

    service.refuse = halve
    drill = Drill({"mini": service}, HUNDRED_K, count=2_000, most_tokens=460).run()
    assert drill.lost == []
    assert service.share_refused(halved_at + 120.0) <= 0.02


STORM_S = 300.0
FORMS: dict[str, dict[str, str]] = {
    "20": {"retry-after": "20"},
    "ms": {"retry-after-ms": "20000"},
    "0": {"retry-after": "0"},
    "-5": {"retry-after": "-5"},
    "nan": {"retry-after": "nan"},
    "past": {
        "retry-after": "Sat, 28 Nov 2026 19:00:00 GMT", "date": "Sat, 28 Nov 2026 20:00:00 GMT",
    },
    "date": {
        "retry-after": "Sat, 28 Nov 2026 20:00:20 GMT", "date": "Sat, 28 Nov 2026 20:00:00 GMT",
    },
    "reset": {"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "20000"},
    "missing": {},
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("limits", [HUNDRED_K, {}], ids=["known", "unknown"])
def test_a_storm_loses_nothing_and_is_asked_at_most_twice_a_pause(
    form: str, limits: dict[str, tuple[RateLimit, ...]]
) -> None:
    def storm(now: float) -> Failure | None:
        if not BEGINS + 3.0 <= now < BEGINS + 3.0 + STORM_S:
            return None
        return classify(429, FORMS[form], ServiceError("429", "slow down"))

    service = Service(refuse=storm)
    drill = Drill({"mini": service}, limits, count=300).run()
    assert drill.lost == []
    pauses = [event for event in drill.events if isinstance(event, Paused)]
    # Those in flight when it began belong to its first pause.
    began = service.refused[0] + 1.0
    assert sum(at > began for at in service.refused) <= 2 * len(pauses)
    assert len(pauses) <= 40, "no pause is so short that it is no pause"


def test_a_wait_of_a_day_means_never_and_is_said_at_once() -> None:
    never = classify(
        429, {"retry-after": "86400"}, ServiceError("429", "exceeded the token rate limit")
    )
    service = Service(refuse=lambda _: never)
    drill = Drill({"mini": service}, HUNDRED_K, count=3).run()
    said = "the request can never fit the token limit of mini"
    assert [each.message[: len(said)] for each in drill.lost] == [said] * 3
    assert drill.ended["mini"] < 2.0


def test_what_never_fits_is_found_out_once_and_nobody_waits_to_hear_it_again() -> None:
    words = ServiceError("429", "exceeded the token rate limit")
    never = classify(429, {"retry-after": "86400"}, words)
    service = Service(refuse=lambda _: never)
    drill = Drill({"mini": service}, HUNDRED_K, count=50, most_tokens=200_000).run()
    assert len(drill.lost) == 50
    assert len(service.asked) == 1
    assert drill.ended["mini"] < 2.0


def test_a_region_at_its_capacity_costs_patience_and_nothing_of_the_rate() -> None:
    words = "The system is currently experiencing high demand. Please retry after 20 seconds."
    full = classify(429, {}, ServiceError("429", words))
    service = Service(refuse=lambda now: full if now < BEGINS + 100 else None)
    drill = Drill({"mini": service}, HUNDRED_K, count=100).run()
    assert drill.lost == []
    assert drill.quotas["mini"].seen.factor == 1.0
    assert {event.kind for event in drill.events if isinstance(event, Paused)} == {"capacity"}


def test_a_slow_target_takes_no_more_than_its_share_of_a_common_width() -> None:
    slow, fast = Service(takes=lambda _: 30.0), Service(takes=lambda _: 0.5)
    drill = Drill({"slow": slow, "fast": fast}, concurrency=8, count=100).run()
    assert drill.ended["fast"] <= 100 / 4 * 0.5 * 1.2, "half of the places are the fast one's"
    assert drill.ended["slow"] <= 100 / 8 * 30.0 * 1.2, "and then they are the slow one's"


def test_a_paused_target_holds_no_place_of_a_common_width() -> None:
    pause = classify(429, {"retry-after": "100"}, ServiceError("429", "slow down"))
    paused = Service(refuse=lambda now: pause if now < BEGINS + 300 else None)
    fast = Service(takes=lambda _: 0.5)
    drill = Drill({"paused": paused, "fast": fast}, concurrency=4, count=100).run()
    assert drill.lost == []
    assert drill.ended["fast"] <= 100 / 4 * 0.5 * 1.3


def test_a_target_that_waits_for_its_quota_holds_no_place_of_a_common_width() -> None:
    mini, fast = Service(takes=lambda _: 0.5), Service(takes=lambda _: 0.5)
    limits = {"mini": (RateLimit("request", 5, 60),)}
    drill = Drill({"mini": mini, "fast": fast}, limits, concurrency=4, count=40).run()
    assert drill.ended["mini"] > 400
    assert drill.ended["fast"] <= 40 / 4 * 0.5 * 1.5


def test_waiting_is_told_apart_from_latency_and_said_where_it_is_most() -> None:
    service = Service(takes=lambda _: 0.5)
    drill = Drill({"mini": service}, {"mini": (RateLimit("request", 20, 60),)}, count=60).run()
    assert service.refused == []
    ends = [event for event in drill.events if isinstance(event, HeldUp) and event.ended]
    assert [(event.kind, event.limits) for event in ends] == [("requests", "20 requests a minute")]
    assert drill.queued_s["mini"] > 0


def test_the_width_is_found_by_littles_law_where_the_rate_is_known() -> None:
    service = Service(takes=lambda _: 3.0)
    Drill({"mini": service}, {"mini": (RateLimit("request", 600, 60),)}, count=400).run()
    assert service.most <= math.ceil(10 * 0.95 * 3.0 * 1.5)
    assert service.most >= 10 * 0.95 * 3.0


def test_the_width_is_found_by_trying_where_nothing_is_known() -> None:
    service = Service(takes=lambda _: 2.0)
    drill = Drill({"mini": service}, count=2_000).run()
    assert service.most == 128
    assert drill.ended["mini"] <= 1.35 * 2_000 / 128 * 2.0


def test_a_server_that_is_no_faster_for_more_at_once_is_not_asked_for_more() -> None:
    service = Service()
    # Eight at a time, as a model on this machine: what is more waits in the server.
    service.takes = lambda _: 0.5 * max(1.0, service.in_flight / 8)
    drill = Drill({"mini": service}, count=1_000).run()
    assert drill.ended["mini"] <= 1.3 * 1_000 / 8 * 0.5
    assert service.most <= 64
