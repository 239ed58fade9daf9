"""The function in a program that trims the past keeps what eval keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from harness.codegen.call import CallTurn, Json, ModelCall, Service
from harness.codegen.lines import write_now
from harness.codegen.python.memory import write_limits
from harness.conversation.chat_form import write_message
from harness.conversation.history import remember
from harness.conversation.transcript import Message, ToolCall

TEXTS = st.text(st.sampled_from("ab é爱🙂 "), max_size=40)
CALLS = st.lists(st.builds(ToolCall, st.just("c1"), st.just("get_weather"), TEXTS), max_size=2).map(
    tuple
)
ANSWERS = st.builds(Message, st.just("assistant"), TEXTS, CALLS)
IMAGES = st.lists(st.just("data:image/png;base64,AA"), max_size=2).map(tuple)
SHOWN = st.builds(Message, st.just("user"), TEXTS, images=IMAGES)
PAST = st.lists(st.tuples(SHOWN, ANSWERS), max_size=6)


def define(call: ModelCall) -> Callable[..., list[Json]]:
    names: dict[str, Any] = {}
    exec(write_now(write_limits(call)), names)
    recall: Callable[..., list[Json]] = names["recall"]
    return recall


@given(PAST, st.none() | st.integers(1, 4), st.none() | st.integers(1, 900), TEXTS)
def test_a_program_remembers_what_eval_remembers(
    past: list[tuple[Message, ...]], max_turns: int | None, max_tokens: int | None, asked: str
) -> None:
    if max_turns is None and max_tokens is None:
        return
    question = Message("user", asked)
    shown = {"role": "user", "content": [{"type": "text", "text": "x"}]}
    call = ModelCall(
        title="",
        service=Service("v1", "mini"),
        api="chat",
        turns=(CallTurn((shown,)), CallTurn((write_message(question),))),
        tools=({"type": "function"},),
        max_turns=max_turns,
        max_tokens=max_tokens,
    )
    recall = define(call)
    sent = [[write_message(message) for message in turn] for turn in past]
    beside = [] if max_tokens is None else [[write_message(question)]]
    kept = remember(past, max_turns=max_turns, max_tokens=max_tokens, beside=[question])
    assert recall(sent, *beside) == [write_message(message) for message in kept.messages]
