import pytest

from harness.simulator.dataplane import ServedModel
from harness.simulator.inference.limits import Allowance, RateWindow, Utilisation, count_request
from harness.simulator.inference.model_profile import ModelProfile, format_reported_name
from harness.simulator.inference.refusals import DataPlaneError

NATURE = ModelProfile("gpt-4.1-mini", "2025-04-14", "x", False, None, None, "Sweden Central")
ASKED = (NATURE, ServedModel("mini", "gpt-4.1-mini", "2025-04-14", "sweden/mini", ()), "2024-10-21")


def refused(allowance: Allowance, estimate: int, now: float) -> DataPlaneError | None:
    return count_request(allowance, estimate, 0, now, asked=ASKED)


def test_tokens_of_a_minute_are_counted_together_and_start_again() -> None:
    allowance = Allowance(None, RateWindow(1000, 60))
    assert refused(allowance, 600, 0.0) is None
    full = refused(allowance, 600, 15.5)
    assert full is not None
    assert (full.status, full.headers["Retry-After"]) == (429, "45")
    assert full.headers["retry-after-ms"] == "44500"
    assert full.headers["x-ratelimit-remaining-tokens"] == "0"
    assert full.headers["x-ratelimit-reset-tokens"] == "44500"
    assert "token rate limit" in full.message
    assert "Please retry after 45 seconds." in full.message
    assert refused(allowance, 600, 60.0) is None


def test_a_refused_call_counts_as_well() -> None:
    allowance = Allowance(RateWindow(2, 10), None)
    assert [refused(allowance, 1, now) is None for now in (0, 1, 2, 9.9, 10)] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert allowance.requests is not None
    assert allowance.requests.used == 1


def test_periods_follow_one_another_and_do_not_begin_with_a_request() -> None:
    window = RateWindow(1, 10)
    assert [window.count(1, now) for now in (0, 19, 20)] == [True, True, True]


def test_a_full_provisioned_deployment_refuses_until_its_units_have_caught_up() -> None:
    allowance = Allowance(None, None, Utilisation(6_000, 4))
    # 5,999 of 6,000: not full, so that the next one is taken and fills it.
    assert count_request(allowance, 1_999, 1_000, 0.0, asked=ASKED) is None
    assert count_request(allowance, 1, 1, 0.0, asked=ASKED) is None
    full = count_request(allowance, 1, 1, 0.0, asked=ASKED)
    assert full is not None
    assert (full.headers["retry-after-ms"], full.headers["Retry-After"]) == ("40", "1")
    assert not any(name.startswith("x-ratelimit") for name in full.headers)
    assert count_request(allowance, 1, 1, 0.041, asked=ASKED) is None


def test_an_answer_shorter_than_its_limit_gives_back_what_it_did_not_use() -> None:
    work = Utilisation(6_000, 4)
    assert work.count(100, 2_000, 0.0)
    work.correct(2_000, 10)
    assert work.level == 140


def test_a_request_that_can_never_fit_waits_a_day() -> None:
    never = refused(Allowance(RateWindow(9, 60), RateWindow(1000, 60)), 1001, 0.0)
    assert never is not None
    assert never.headers["Retry-After"] == "86400"


@pytest.mark.parametrize(
    ("model", "version", "reported"),
    [
        ("gpt-4.1-mini", "2025-04-14", "gpt-4.1-mini-2025-04-14"),
        ("gpt-4", "turbo-2024-04-09", "gpt-4-turbo-2024-04-09"),
        ("gpt-4", "1106-Preview", "gpt-4"),
        ("gpt-35-turbo", "0613", "gpt-35-turbo"),
        ("gpt-4o", None, "gpt-4o"),
    ],
)
def test_an_answer_names_the_dated_model(model: str, version: str | None, reported: str) -> None:
    assert format_reported_name(model, version) == reported
