"""Whatever a model says, a result is one line, and read back it is the same result."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.checks.verdict import Verdict
from harness.conversation.transcript import Effort, Exchange, Failure, Reply, ToolCall, Usage
from harness.results.codec import decode_result, encode_result
from harness.results.model import JudgedExchange, Result, TrialId
from harness.results.parts import reply_as_json, reply_from_json

texts = st.text(st.characters(codec=None), max_size=20)
counts = st.integers(0, 10**9)
moments = st.floats(0, 1e6, allow_nan=False).map(lambda value: round(value, 6))
scores = st.none() | st.floats(0, 1).map(lambda value: round(value, 9))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
usages = st.none() | st.builds(Usage, counts, counts, counts, counts)
calls = st.lists(st.builds(ToolCall, texts, texts, texts), max_size=2).map(tuple)
replies = st.builds(
    Reply,
    text=texts,
    finish_reason=st.sampled_from(["stop", "length", "content_filter", "tool_calls"]),
    model=st.none() | texts,
    usage=usages,
    latency_s=moments,
    ttft_s=st.none() | moments,
    request_id=st.none() | texts,
    content_filter=st.none() | st.dictionaries(texts, json_values, min_size=1, max_size=2),
    refusal=st.booleans(),
    notes=st.lists(texts, max_size=2).map(tuple),
)
verdicts = st.builds(
    Verdict,
    type=texts,
    value=json_values,
    outcome=st.sampled_from(["passed", "failed", "errored", "skipped"]),
    score=scores,
    reason=texts,
    weight=st.integers(0, 10).map(float) | st.floats(0, 10),
    metric=st.none() | texts,
)


@st.composite
def results(draw: st.DrawFn) -> Result:
    turns = []
    for number in range(1, draw(st.integers(0, 3)) + 1):
        called = draw(calls)
        reply = draw(replies)
        exchange = Exchange(
            number,
            draw(texts),
            Reply(**{**{n: getattr(reply, n) for n in Reply.__slots__}, "tool_calls": called}),
            Effort(draw(counts), draw(counts), draw(moments)),
            tool_calls=called,
            scripted=draw(st.booleans()),
            dropped=draw(counts),
        )
        checks = tuple(draw(st.lists(verdicts, max_size=2)))
        turns.append(JudgedExchange(exchange, checks, draw(st.none() | moments)))
    return Result(
        trial=TrialId(draw(texts), draw(st.none() | texts), draw(texts), draw(texts), draw(counts)),
        question_sha256=draw(texts),
        outcome=draw(st.sampled_from(["passed", "failed", "blocked", "truncated", "skipped"])),
        score=draw(scores),
        turns=tuple(turns),
        verdicts=tuple(draw(st.lists(verdicts, max_size=2))),
        failure=draw(st.none() | st.builds(Failure, st.just("server"), texts, counts, texts)),
        system=draw(st.none() | texts),
        tags=tuple(draw(st.lists(texts, max_size=2))),
    )


@settings(max_examples=150, deadline=None)
@given(results())
def test_a_result_is_one_line_and_comes_back_whole(result: Result) -> None:
    text = encode_result(result)
    assert b"\n" not in text.encode()
    assert decode_result(text) == result


@settings(max_examples=100, deadline=None)
@given(replies)
def test_a_reply_comes_back_whole_from_the_journal(reply: Reply) -> None:
    assert reply_from_json(reply_as_json(reply)) == reply
