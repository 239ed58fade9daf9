"""The cost of a target's answers: what answered is what costs."""

from __future__ import annotations

import re

from harness.conversation.transcript import EmbeddingReply, Reply, Served, Usage
from harness.prices import compute_cost
from harness.prices.tiers import HIGHEST_FACTOR, ROUTER, ROUTER_FEE, STANDARD
from harness.run.targets import FREE, Target

_NOBODY = Served()


def compute_reply_cost(reply: Reply | EmbeddingReply, target: Target) -> float | None:
    """Return US dollars for a reply, None when nobody knows.

    A router, a spillover and a version that Azure chose are priced by the model that answered, a
    tier by the tier that served. The spec's own price is that of the declared target at its usual
    tier: it says nothing of a deployment that took over.
    """
    if reply.usage is None:
        return 0.0 if target.price == FREE else None
    served = (reply.served if isinstance(reply, Reply) else None) or _NOBODY
    answered = served.model or reply.model
    if served.spilled_from is not None:
        model = answered or target.model
        return compute_cost(reply.usage, model, table="azure", tier=served.tier)
    if target.price is not None or target.price_table is None or not answered:
        return _compute_declared_cost(reply.usage, target, served.tier)
    dollars = _compute_answered_cost(reply.usage, answered, served.tier, target)
    return _reduce(dollars, target)


def _compute_answered_cost(
    usage: Usage, answered: str, tier: str | None, target: Target
) -> float | None:
    """Compute the cost by the table, for the model that answered."""
    is_declared, is_router = is_declared_model(answered, target), _is_router(target)
    if is_declared and target.version is not None and not is_router:
        return _compute_listed_cost(usage, target, tier)
    dollars = compute_cost(usage, answered, table=target.price_table, tier=tier)
    if is_router:
        return None if dollars is None else round(dollars + _compute_router_fee(usage), 12)
    if dollars is None and is_declared:
        return _compute_listed_cost(usage, target, tier)
    return dollars


def compute_highest_cost(
    input_tokens: int, output_tokens: int, target: Target, tier: str | None = None
) -> float | None:
    """Return US dollars for so many tokens, nothing cached, None when nobody knows beforehand.

    ``tier`` is what the request asks for; where its price is unknown it is the highest of any.
    """
    usage = Usage(input_tokens, output_tokens)
    usual = _compute_declared_cost(usage, target, None)
    if usual is None or (tier or "").lower() in STANDARD:
        return usual
    dollars = _compute_declared_cost(usage, target, tier)
    return HIGHEST_FACTOR * usual if dollars is None else dollars


def _compute_declared_cost(usage: Usage, target: Target, tier: str | None) -> float | None:
    dollars = _compute_listed_cost(usage, target, tier)
    return dollars if target.price is not None else _reduce(dollars, target)


def _reduce(dollars: float | None, target: Target) -> float | None:
    """Return what a batch costs where the table says another price."""
    return None if dollars is None else round(dollars * target.price_factor, 12)


def _compute_listed_cost(usage: Usage, target: Target, tier: str | None) -> float | None:
    return compute_cost(
        usage,
        target.model,
        target.version,
        override=target.price,
        table=target.price_table,
        tier=tier,
    )


def _is_router(target: Target) -> bool:
    return target.price_table == "azure" and (target.model or "").lower() == ROUTER


def _compute_router_fee(usage: Usage) -> float:
    return usage.input_tokens * ROUTER_FEE / 1_000_000


def is_declared_model(answered: str, target: Target) -> bool:
    """Tell whether this name is the target's model, or the name that the target itself goes by."""
    if target.model is None:
        return False
    name, model = (_spell(one) for one in (answered, target.model))
    if name in (model, target.handle.lower()):
        return True
    if target.version is not None:
        return name == f"{model}-{target.version.lower()}"
    return re.fullmatch(re.escape(model) + r"-\d[\w.-]*", name) is not None


def _spell(name: str) -> str:
    return re.sub(r"^gpt-35-", "gpt-3.5-", name.lower())
