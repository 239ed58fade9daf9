"""The work: what a conversation sends and reserves, what a deployment lets through and charges."""

from __future__ import annotations

import math
from dataclasses import dataclass

from harness.azure.catalogue import find_quota_limit
from harness.prices.list_price import find_price


@dataclass(frozen=True, slots=True)
class Profile:
    """A conversation of which every turn sends the whole of what was said before.

    Attributes:
        turns: requests of it, one after the other.
        system: tokens of the system's text.
        user: tokens of what the user says in a turn.
        reply: tokens of a reply that go into the history.
        reasoning: tokens of a reply that are paid and thrown away.
        most: ``max_output_tokens``; a quota counts it, whatever the reply takes.
        latency_s: the median seconds of an answer.
        spread: sigma of the logarithm of an answer's seconds.
    """

    turns: int = 3
    system: int = 500
    user: int = 60
    reply: int = 250
    reasoning: int = 0
    most: int = 500
    latency_s: float = 3.0
    spread: float = 0.4

    def count_prompt(self, turn: int) -> int:
        """Count the tokens that a turn, from 0, sends."""
        return self.system + (turn + 1) * self.user + turn * self.reply

    @property
    def input_tokens(self) -> int:
        """The tokens that a conversation sends."""
        return sum(self.count_prompt(turn) for turn in range(self.turns))

    @property
    def output_tokens(self) -> int:
        """The tokens that it is answered and that are paid."""
        return self.turns * (self.reply + self.reasoning)

    @property
    def quota_tokens(self) -> int:
        """The tokens that it takes of a limit in tokens: what it sends, and the most of replies."""
        return self.input_tokens + self.turns * self.most

    @property
    def mean_latency_s(self) -> float:
        """The mean seconds of an answer."""
        return self.latency_s * math.exp(self.spread**2 / 2)


@dataclass(frozen=True, slots=True)
class Model:
    """A model at its list price; ``batch`` is its SKU for batches, None where it has none."""

    name: str
    version: str
    batch: str | None = None

    def price(self, profile: Profile) -> float:
        """Return the US dollars of a conversation, without caching of prompts.

        Raises:
            LookupError: the table has no price.
        """
        each = find_price(self.name, self.version, "GlobalStandard")
        if each[0] is None or each[1] is None:
            raise LookupError(self.name)
        return (profile.input_tokens * each[0] + profile.output_tokens * each[1]) / 1e6


@dataclass(frozen=True, slots=True)
class Quota:
    """What a deployment lets through; one request a minute for each 1,000 tokens of it."""

    title: str
    capacity: int
    queued: int

    @property
    def tokens(self) -> int:
        """Tokens a minute."""
        return self.capacity * 1_000

    @property
    def requests(self) -> int:
        """Requests a minute (``rates`` of harness/azure/data/skus.tsv for the models here)."""
        return self.capacity


CHAT = Profile()
"""The usual one: an assistant with a page of instructions, and what it said before sent again."""
REASONING = Profile(reasoning=400, most=1_500, latency_s=8.0)
MINI = Model("gpt-4.1-mini", "2025-04-14", "OpenAI.GlobalBatch.gpt-4.1-mini")
FIVE = Model("gpt-5-mini", "2025-08-07")
WORK = ((MINI, CHAT), (FIVE, REASONING))
SIZES = (1_000, 10_000, 100_000, 1_000_000, 10_000_000)


def list_quotas() -> tuple[Quota, ...]:
    """Return three deployments of gpt-4.1-mini: a usual one, a subscription's, an enterprise's.

    The second is recorded (``OpenAI.GlobalStandard.gpt4.1-mini`` of harness/azure/data/quota.tsv).
    The third is **not verified**: 50M tokens a minute, Data Zone, enterprise agreements, January
    2026, and 5B tokens in the queue, as reported of Microsoft's page of quotas.
    """
    whole = int(find_quota_limit("OpenAI.GlobalStandard.gpt4.1-mini").limit)
    queued = int(find_quota_limit(MINI.batch or "").limit) * 1_000
    return (
        Quota("capacity 50", 50, 50_000_000),
        Quota(f"capacity {whole:,}", whole, queued),
        Quota("capacity 50,000", 50_000, 5_000_000_000),
    )
