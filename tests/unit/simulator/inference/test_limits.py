import pytest

from harness.simulator.dataplane import ServedModel
from harness.simulator.inference.limits import Allowance, RateWindow, admit
from harness.simulator.inference.model_profile import ModelProfile, format_reported_name
from harness.simulator.inference.refusals import DataPlaneError

NATURE = ModelProfile("gpt-4.1-mini", "2025-04-14", "x", False, None, None, "Sweden Central")
ASKED = (NATURE, ServedModel("mini", "gpt-4.1-mini", "2025-04-14", "sweden/mini", ()), "2024-10-21")


def refused(allowance: Allowance, estimate: int, now: float) -> DataPlaneError | None:
    try:
        admit(allowance, estimate, now, asked=ASKED)
    except DataPlaneError as error:
        return error
    return None


def test_tokens_of_a_minute_are_counted_together_and_start_again() -> None:
    allowance = Allowance(None, RateWindow(1000, 60))
    assert refused(allowance, 600, 0.0) is None
    full = refused(allowance, 600, 15.5)
    assert full is not None
    assert (full.status, full.headers["Retry-After"]) == (429, "45")
    assert full.headers["retry-after-ms"] == "45000"
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
