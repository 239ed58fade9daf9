"""The cost of a target's answers."""

from __future__ import annotations

from harness.conversation.transcript import EmbeddingReply, Reply, Usage
from harness.prices import compute_cost
from harness.run.targets import FREE, Target


def compute_reply_cost(reply: Reply | EmbeddingReply, target: Target) -> float | None:
    """Return US dollars for a reply, None when nobody knows.

    A deployment whose version Azure chooses is priced by the model that says it answered.
    """
    if reply.usage is None:
        return 0.0 if target.price == FREE else None
    dollars = None
    if target.version is None and target.price_table is not None and reply.model:
        dollars = compute_cost(
            reply.usage, reply.model, override=target.price, table=target.price_table
        )
    return _compute_declared_cost(reply.usage, target) if dollars is None else dollars


def compute_highest_cost(input_tokens: int, output_tokens: int, target: Target) -> float | None:
    """Return US dollars for so many tokens, nothing cached, None when nobody knows beforehand."""
    return _compute_declared_cost(Usage(input_tokens, output_tokens), target)


def _compute_declared_cost(usage: Usage, target: Target) -> float | None:
    return compute_cost(
        usage, target.model, target.version, override=target.price, table=target.price_table
    )
