"""Rate limits of a deployment: what Azure lists of its SKU, else what it documents.

Source: the ``rates`` of skus.tsv; where they are empty, azure-ai-docs, openai/includes/quota-2.md
and quota-tier/tier-1.md (2026-08); for provisioned throughput, azure-ai-docs,
foundry/openai/how-to/provisioned-throughput-onboarding.md (2026-04).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from harness.azure.offers_data import RateLimit, read_models
from harness.azure.tasks import find_task

TOKENS_A_UNIT: Final = 1_000
"""Tokens a minute of a unit of capacity."""
REQUESTS_A_UNIT: Final = 6
"""Requests a minute of a unit, for chat models before gpt-5 that do not reason."""
_BEFORE_GPT_5 = re.compile(r"gpt-(3\.?5|4)")


@dataclass(frozen=True, slots=True)
class DeployedLimits:
    """The rate limits of a deployment; none where it has none, or nobody knows them.

    Attributes:
        windows: how much of what (``token``, ``request``) in how many seconds.
        source: who says so, in words.
    """

    windows: tuple[RateLimit, ...] = ()
    source: str = ""

    def describe(self) -> str:
        """Return them in words: ``50,000 tokens and 50 requests a minute``."""
        said = [
            f"{each.count * 60 // each.period_s:,} {each.key}s"
            for each in sorted(self.windows, key=lambda one: one.key, reverse=True)
        ]
        return f"{' and '.join(said)} a minute" if said else ""


@dataclass(frozen=True, slots=True)
class Throughput:
    """The work of one provisioned throughput unit.

    Attributes:
        tokens_a_minute: of input.
        output_weight: tokens of input that a token of output counts as.
    """

    tokens_a_minute: int
    output_weight: int


_THROUGHPUTS: Final[Mapping[str, Throughput]] = {
    "gpt-5.4": Throughput(2_400, 6),
    "gpt-5.3-codex": Throughput(3_400, 8),
    "gpt-5.2": Throughput(3_400, 8),
    "gpt-5.2-codex": Throughput(3_400, 8),
    "gpt-5.1": Throughput(4_750, 8),
    "gpt-5.1-codex": Throughput(4_750, 8),
    "gpt-5": Throughput(4_750, 8),
    "gpt-5-mini": Throughput(23_750, 8),
    "gpt-4.1": Throughput(3_000, 4),
    "gpt-4.1-mini": Throughput(14_900, 4),
    "gpt-4.1-nano": Throughput(59_400, 4),
    "gpt-4o": Throughput(2_500, 4),
    "gpt-4o-mini": Throughput(37_000, 4),
    "o1": Throughput(230, 4),
    "o3": Throughput(3_000, 4),
    "o3-mini": Throughput(2_500, 4),
    "o4-mini": Throughput(5_400, 4),
    "Llama-3.3-70B-Instruct": Throughput(8_450, 4),
    "DeepSeek-R1": Throughput(4_000, 4),
    "DeepSeek-V3-0324": Throughput(4_000, 4),
}


def find_throughput(model: str) -> Throughput | None:
    """Return what one unit of a provisioned deployment does; None where no page says."""
    return _THROUGHPUTS.get(model)


def find_listed_limits(
    publisher: str, model: str, version: str, sku: str, capacity: int
) -> DeployedLimits:
    """Return the limits of a deployment by its SKU and capacity.

    Args:
        publisher: as a deployment's ``format`` is spelt.
        model: the model's name.
        version: its version, "" where nobody says.
        sku: its name; only standard ones have such limits.
        capacity: in units of the SKU.
    """
    if "Standard" not in sku:
        return DeployedLimits()
    offer = read_models().get((publisher, model, version))
    listed = None if offer is None else offer.sku(sku)
    if listed is not None and listed.rates:
        scaled = (RateLimit(one.key, one.count * capacity, one.period_s) for one in listed.rates)
        return DeployedLimits(tuple(scaled), "as Azure lists its SKU")
    if publisher != "OpenAI":
        return DeployedLimits()
    tokens = RateLimit("token", TOKENS_A_UNIT * capacity, 60)
    if find_task(model) == "chat" and _BEFORE_GPT_5.match(model):
        requests = RateLimit("request", REQUESTS_A_UNIT * capacity, 60)
        return DeployedLimits((requests, tokens), "by its capacity, as Azure documents")
    return DeployedLimits((tokens,), "by its capacity; how many requests is unknown")
