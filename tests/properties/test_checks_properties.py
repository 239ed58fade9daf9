from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.checks.registry import CHECKS, check
from harness.checks.subject import Subject
from harness.conversation.transcript import ToolCall, Usage
from harness.spec.model import Assertion

texts = st.text(max_size=80)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
paths = st.none() | st.sampled_from(["$.a", "$..a", "$[*]", "$", "nonsense", "$["])
subjects = st.builds(
    Subject,
    text=texts | json_values.map(str) | st.sampled_from(['{"a": 1}', "[[1]]", "```json\n{}\n```"]),
    latency_s=st.none() | st.floats(0, 100),
    ttft_s=st.none() | st.floats(0, 100),
    cost_usd=st.none() | st.floats(0, 100),
    usage=st.none() | st.builds(Usage, st.integers(0, 99), st.integers(0, 99)),
    finish_reason=st.none() | texts,
    tool_calls=st.lists(st.builds(ToolCall, texts, texts, texts), max_size=2).map(tuple),
    refusal=st.booleans(),
    content_filter=st.lists(st.dictionaries(texts, json_values), max_size=2).map(tuple),
)
names = st.sampled_from(sorted(CHECKS))
values = json_values | st.dictionaries(
    st.sampled_from(["path", "equals", "at_least", "length", "contains", "exists", "min", "max"]),
    json_values | st.just("$.a"),
)
thresholds = st.none() | st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=300, deadline=None)
@given(names, values, thresholds, paths, subjects)
def test_a_check_never_raises_and_always_gives_a_printable_reason(
    name: str, value: Any, threshold: float | None, path: str | None, subject: Subject
) -> None:
    found = check(Assertion(type=name, value=value, threshold=threshold, path=path), subject)
    assert found.outcome in ("passed", "failed", "errored")
    assert (found.score is None) == (found.outcome == "errored")
    assert found.score is None or 0.0 <= found.score <= 1.0
    assert found.reason.encode("utf-8")
    assert found.reason.endswith(".")
    assert "broke off" not in found.reason


@settings(max_examples=300, deadline=None)
@given(names, values, thresholds, subjects)
def test_not_turns_passed_and_failed_around_and_leaves_errors_alone(
    name: str, value: Any, threshold: float | None, subject: Subject
) -> None:
    plain = check(Assertion(type=name, value=value, threshold=threshold), subject)
    turned = check(Assertion(type=name, negated=True, value=value, threshold=threshold), subject)
    around = {"passed": "failed", "failed": "passed", "errored": "errored"}
    assert turned.outcome == around[plain.outcome]
    if plain.score is not None:
        assert turned.score == 1 - plain.score
