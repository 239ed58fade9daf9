"""Estimate what a request takes of a token limit, and learn from how the service counts.

Azure admits a request by an estimate of its own: the prompt, by its characters, and all that the
reply may have; a model's own maximum where no limit is asked for. Source: azure-ai-docs,
openai/includes/quota-2.md (2026-09), facts on the data plane, 1.4.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.azure.offers_data import read_models
from harness.conversation.limits import LimitHeaders
from harness.conversation.ports import ASSUMED_OUTPUT_TOKENS, EmbeddingRequest, Request
from harness.conversation.transcript import Usage
from harness.run.targets import Target

WEIGHT = 0.2
"""The weight of the newest answer in what is learned."""
LEAST_RATIO, MOST_RATIO = 0.1, 20.0
"""Bounds of what is learned: pictures are counted in many ways."""
SURE = 2
"""Answers in a row that have to tell the same before a reply's reservation is lowered."""


@dataclass(frozen=True, slots=True)
class TokenDemand:
    """The tokens of one request, by what is known of its target now: while it waits, others teach.

    Attributes:
        raw: the prompt's, by its characters alone.
        limit: what the request limits the reply to; None where it does not.
        estimate: what was learned of the target.
    """

    raw: int
    limit: int | None
    estimate: TokenEstimate

    @property
    def prompt(self) -> int:
        """Return the prompt's tokens."""
        return max(1, round(self.raw * self.estimate.ratio))

    def count(self) -> int:
        """Count what the request takes of the limit: its prompt, and what the reply may have."""
        return self.prompt + (self.estimate.unasked if self.limit is None else self.limit)


@dataclass(slots=True)
class TokenEstimate:
    """Estimates for one target, better with every answer.

    Attributes:
        unasked: tokens of a reply whose request does not limit it.
        ratio: tokens that the service counts for each one estimated by characters.
    """

    unasked: int
    ratio: float = 1.0
    _most: int = 0
    _less: int = 0
    _answers: int = 0

    @classmethod
    def of(cls, target: Target) -> TokenEstimate:
        """Return the estimate for a target of which nothing is learned yet."""
        most = find_most_output(target)
        return cls(most, _most=most)

    def measure(self, request: Request | EmbeddingRequest) -> TokenDemand:
        """Estimate the tokens of a request."""
        raw, _ = request.most_tokens
        asked: int | None = 0
        if isinstance(request, Request):
            asked = request.parameters.get("max_output_tokens")
        return TokenDemand(raw, asked, self)

    def learn(self, demand: TokenDemand, usage: Usage | None, limits: LimitHeaders | None) -> None:
        """Learn from an answer: from its usage, and from what is left of the limit."""
        if usage is not None and usage.input_tokens > 0 and demand.raw > 0:
            self._answers += 1
            seen = min(MOST_RATIO, max(LEAST_RATIO, usage.input_tokens / demand.raw))
            # The first answers count for more, as there is nothing yet to be steady about.
            self.ratio += max(WEIGHT, 1 / self._answers) * (seen - self.ratio)
        if limits is None or demand.limit is not None:
            return
        tokens = limits.tokens
        if tokens.limit and tokens.remaining is not None:
            self._learn_unasked(demand, tokens.limit - tokens.remaining)

    def learn_refusal(self) -> None:
        """Return to the model's own maximum: what was learned of replies let too much through."""
        self.unasked, self._less = self._most, 0

    def _learn_unasked(self, demand: TokenDemand, used: int) -> None:
        """Lower the reservation where all that is used is less than it would have taken.

        A counter may just have begun again, so that it has to be seen more than once.
        """
        if used >= demand.prompt + self.unasked:
            self._less = 0
            return
        self._less += 1
        if self._less >= SURE:
            self.unasked = max(0, used - demand.prompt)
            self._less = 0


def find_most_output(target: Target) -> int:
    """Find the most tokens that a reply of this target may have, by the catalogue."""
    offers = read_models()
    if target.version is not None:
        offer = offers.get(("OpenAI", target.model or "", target.version))
        if offer is not None and offer.output:
            return offer.output
    known = [
        offer.output
        for (_, name, _), offer in offers.items()
        if name == target.model and offer.output
    ]
    return max(known, default=ASSUMED_OUTPUT_TOKENS)
