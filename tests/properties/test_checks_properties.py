from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.checks.deterministic.html import split_pieces
from harness.checks.measures.meteor import meteor
from harness.checks.measures.ngrams import bleu, gleu, rouge
from harness.checks.registry import COMPUTED, check
from harness.checks.subject import Subject
from harness.conversation.transcript import ToolCall, Usage
from harness.spec.model.spec import Assertion

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
names = st.sampled_from(sorted(COMPUTED))
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


# A reply without the value that json-path looks for has failed, negated or not.
negatable = st.sampled_from(sorted(COMPUTED - {"json-path"}))


@settings(max_examples=300, deadline=None)
@given(negatable, values, thresholds, subjects)
def test_not_turns_passed_and_failed_around_and_leaves_errors_alone(
    name: str, value: Any, threshold: float | None, subject: Subject
) -> None:
    plain = check(Assertion(type=name, value=value, threshold=threshold), subject)
    turned = check(Assertion(type=name, negated=True, value=value, threshold=threshold), subject)
    around = {"passed": "failed", "failed": "passed", "errored": "errored"}
    assert turned.outcome == around[plain.outcome]
    if plain.score is not None:
        assert turned.score == 1 - plain.score


sentences = st.lists(
    st.sampled_from(["a", "b", "c", "the", "cat.", "東京", "Ä1", "..."]), max_size=12
).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(sentences, sentences)
def test_likeness_is_a_share_and_of_equal_texts_the_greatest(left: str, right: str) -> None:
    for score_of in (bleu, gleu, meteor):
        score = score_of(left, [right])
        assert 0.0 <= score <= 1.0 + 1e-9
        assert score <= score_of(right, [right]) + 1e-9
    assert rouge(left, right) == rouge(right, left)
    assert gleu(left, [right]) == gleu(right, [left])


@settings(max_examples=200, deadline=None)
@given(sentences, st.lists(sentences, min_size=1, max_size=3))
def test_another_reference_never_makes_a_reply_less_alike(text: str, references: list[str]) -> None:
    for score_of in (gleu, meteor):
        assert score_of(text, references) == max(score_of(text, [one]) for one in references)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="<>/!-? ab='\"&;pbrdiv\n", max_size=60))
def test_any_text_can_be_read_as_html(text: str) -> None:
    for piece in split_pieces(text):
        assert piece.name == piece.name.lower()


@settings(max_examples=200, deadline=None)
@given(st.recursive(st.just(""), lambda inner: st.lists(inner, max_size=3).map(
    lambda parts: "".join(f"<div>{part}x</div>" for part in parts)), max_leaves=8))  # fmt: skip
def test_elements_that_are_all_closed_are_html(text: str) -> None:
    found = check(Assertion(type="is-html"), Subject(text=text))
    assert found.outcome == ("passed" if text else "failed")
    xml = check(Assertion(type="is-xml"), Subject(text=f"<r>{text}</r>"))
    assert xml.outcome == "passed"
