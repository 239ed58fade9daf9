"""The subject of a check: a turn, or a conversation seen as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from harness.conversation.transcript import Exchange, ToolCall, Usage

BLOCKED = "content_filter"


@dataclass(frozen=True, slots=True)
class Found:
    """A value that ``path`` found in the reply; wrapped, since null can be found as well."""

    value: Any


@dataclass(frozen=True, slots=True)
class ReplyContext:
    """The surroundings of a reply: for those who judge it as a person would.

    Attributes:
        exchanges: the turns before the reply; of a conversation all of them.
        variables: the case's, by name.
        seed: whose trial this is; the same trial gives the same marks around what is quoted.
    """

    exchanges: tuple[Exchange, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    seed: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A reply with what is known about it; None means unknown and never zero.

    A check that needs what is unknown is *errored*, neither passed nor failed.

    Attributes:
        text: the reply, or the replies of a conversation joined by a blank line.
        user: what was asked, "" for a conversation.
        latency_s: seconds; of a conversation the sum over its turns.
        ttft_s: seconds to the first token; of a conversation the slowest turn's.
        cost_usd: US dollars; of a conversation the sum.
        usage: tokens; of a conversation the sum.
        finish_reason: how the reply ended; of a conversation how its last reply did.
        tool_calls: every call that the model asked for, in order.
        tools: what it could call, as the conversation declares it.
        refusal: whether the model used the protocol's own field for refusing.
        content_filter: Azure's annotations as they came, one a turn.
        logprobs: the log-probability of each token of a reply that came with them; of a
            conversation those of all its replies.
        notes: what was sent otherwise than asked, as the model wanted it.
        found: set while a check with ``path`` looks at a value inside the reply.
        setting: what judges see beside the reply; None for checks that look at nothing else.
        whole: whether this is a conversation and not one turn of it.
        is_timed: False where it came in a batch, so that its times say nothing.
    """

    text: str
    user: str = ""
    latency_s: float | None = None
    ttft_s: float | None = None
    cost_usd: float | None = None
    usage: Usage | None = None
    finish_reason: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    tools: tuple[Any, ...] = ()
    refusal: bool = False
    content_filter: tuple[Mapping[str, Any], ...] = ()
    logprobs: tuple[float, ...] | None = None
    notes: tuple[str, ...] = ()
    found: Found | None = None
    setting: ReplyContext | None = None
    whole: bool = False
    is_timed: bool = True

    @classmethod
    def of_turn(
        cls, exchange: Exchange, cost_usd: float | None = None, tools: tuple[Any, ...] = ()
    ) -> Self:
        """Make the subject of a turn; a refused prompt has no text and ended ``content_filter``."""
        reply, failure = exchange.reply, exchange.failure
        if reply is None:
            blocked = failure is not None and failure.kind == "content_filter"
            return cls(
                text="",
                user=exchange.asked,
                cost_usd=cost_usd,
                finish_reason=BLOCKED if blocked else None,
                tool_calls=exchange.tool_calls,
                tools=tools,
                content_filter=_drop_unknown([failure.content_filter if failure else None]),
            )
        return cls(
            text=reply.text,
            user=exchange.asked,
            latency_s=reply.took_s,
            ttft_s=reply.ttft_s,
            cost_usd=cost_usd,
            usage=reply.usage,
            finish_reason=reply.finish_reason,
            tool_calls=exchange.tool_calls or reply.tool_calls,
            tools=tools,
            refusal=reply.refusal,
            content_filter=_drop_unknown([reply.content_filter]),
            logprobs=reply.logprobs,
            notes=reply.notes,
        )

    @classmethod
    def of_conversation(cls, exchanges: Sequence[Exchange], cost_usd: float | None = None) -> Self:
        """Make the subject of a whole conversation; scripted turns are history and left out."""
        turns = [cls.of_turn(exchange) for exchange in exchanges if not exchange.scripted]
        answered = [e.reply for e in exchanges if e.reply is not None and not e.scripted]
        usages = [reply.usage for reply in answered]
        known = [usage for usage in usages if usage is not None]
        likely = [reply.logprobs for reply in answered if reply.logprobs is not None]
        waits = [reply.ttft_s for reply in answered if reply.ttft_s is not None]
        return cls(
            text="\n\n".join(reply.text for reply in answered),
            latency_s=sum(reply.latency_s for reply in answered) or None,
            ttft_s=max(waits) if waits and len(waits) == len(answered) else None,
            cost_usd=cost_usd,
            usage=sum(known, Usage(0, 0)) if known and len(known) == len(usages) else None,
            finish_reason=turns[-1].finish_reason if turns else None,
            tool_calls=tuple(call for turn in turns for call in turn.tool_calls),
            refusal=any(turn.refusal for turn in turns),
            content_filter=tuple(note for turn in turns for note in turn.content_filter),
            logprobs=(
                tuple(one for some in likely for one in some)
                if likely and len(likely) == len(answered)
                else None
            ),
            notes=tuple(dict.fromkeys(note for reply in answered for note in reply.notes)),
            whole=True,
        )


def _drop_unknown(annotations: Iterable[Mapping[str, Any] | None]) -> tuple[Mapping[str, Any], ...]:
    return tuple(annotation for annotation in annotations if annotation)
