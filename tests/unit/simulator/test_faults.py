"""Which request a fault fails."""

from __future__ import annotations

from typing import Any

import pytest

from harness.simulator.faults import FaultSelector
from harness.spec.model.spec import Fault


def make_selector(*faults: dict[str, Any], seed: int = 7) -> FaultSelector:
    return FaultSelector([Fault.model_validate(fault) for fault in faults], seed)


@pytest.mark.parametrize(
    ("declared", "operation", "names", "strikes"),
    [
        ({"operation": "chat"}, "chat", ("a/b",), True),
        ({"operation": "chat"}, "embeddings", ("a/b",), False),
        ({"operation": "deployment.*"}, "deployment.put", ("a/b",), True),
        ({"operation": "*"}, "group.get", (), True),
        ({"operation": "chat", "target": "sweden/*"}, "chat", ("acc/mini", "sweden/mini"), True),
        ({"operation": "chat", "target": "acc/*"}, "chat", ("acc/mini", "sweden/mini"), True),
        ({"operation": "chat", "target": "sweden/five"}, "chat", ("acc/mini",), False),
        ({"operation": "chat", "target": "sweden/*"}, "chat", (), False),
        ({"operation": "chat", "rate": 0.0}, "chat", (), False),
        ({"operation": "chat", "rate": 1.0}, "chat", (), True),
    ],
)
def test_operation_target_and_rate(
    declared: dict[str, Any], operation: str, names: tuple[str, ...], strikes: bool
) -> None:
    assert (make_selector(declared).select(operation, names) is not None) is strikes


def test_times_caps_the_strikes() -> None:
    one = make_selector({"operation": "chat", "times": 2})
    assert [one.select("chat") is not None for _ in range(4)] == [True, True, False, False]


def test_the_first_requests_may_be_spared() -> None:
    one = make_selector({"operation": "chat", "after": 2, "times": 1})
    assert [one.select("chat") is not None for _ in range(4)] == [False, False, True, False]
    assert one.count_strikes() == [{"operation": "chat", "target": "*", "met": 4, "struck": 1}]


def test_a_delay_may_grow_with_each_strike() -> None:
    one = make_selector({"operation": "chat", "delay_s": 1, "grow_s": 0.5})
    assert [fault.delay_s for _ in range(3) if (fault := one.select("chat"))] == [1.5, 2.0, 2.5]


def test_what_would_have_no_effect_is_not_met() -> None:
    one = make_selector({"operation": "chat", "malform": "no-done"})
    assert one.select("chat", fits=lambda fault: fault.malform is None) is None
    assert one.count_strikes() == [{"operation": "chat", "target": "*", "met": 0, "struck": 0}]


def test_the_first_fault_that_strikes_wins() -> None:
    both = make_selector(
        {"operation": "chat", "code": "a", "times": 1}, {"operation": "*", "code": "b"}
    )
    codes = [fault.code for _ in range(3) if (fault := both.select("chat"))]
    assert codes == ["a", "b", "b"]


def test_a_rate_strikes_its_share_and_the_same_ones_every_time() -> None:
    def strikes() -> list[bool]:
        one = make_selector({"operation": "chat", "rate": 0.2})
        return [one.select("chat", key=str(number)) is not None for number in range(1000)]

    first = strikes()
    assert first == strikes()
    assert 160 < sum(first) < 240
    other = make_selector({"operation": "chat", "rate": 0.2}, seed=8)
    assert first != [other.select("chat", key=str(number)) is not None for number in range(1000)]


def test_a_key_makes_the_decision_independent_of_the_order() -> None:
    keys = [str(number) for number in range(50)]
    forwards = make_selector({"operation": "chat", "rate": 0.5})
    backwards = make_selector({"operation": "chat", "rate": 0.5})
    one = {key: forwards.select("chat", key=key) is not None for key in keys}
    two = {key: backwards.select("chat", key=key) is not None for key in reversed(keys)}
    assert one == two


def test_every_occurrence_is_counted() -> None:
    one = make_selector({"operation": "chat", "times": 1})
    for _ in range(3):
        one.select("chat")
    one.select("group.get")
    assert one.count_strikes() == [{"operation": "chat", "target": "*", "met": 3, "struck": 1}]
