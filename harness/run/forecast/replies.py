"""The length of a reply that nobody has given yet, in tokens."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from harness.azure.models import is_reasoning
from harness.run.forecast.interval import NOTHING, Interval, make_exact
from harness.run.forecast.past import PastReplies, PastTurn, TurnKey
from harness.run.targets import Target

ONE: Final = Interval(3, 150, 900)
"""Tokens of one reply that nothing is known of.

Source: 1,689 replies of gpt-35-turbo, gpt-4 and gpt-4o to questions of AlpacaEval and MT-Bench, and
103 recorded ones, at about their 2nd, 50th and 97th hundredth.
"""
MANY: Final = Interval(8, 150, 500)
"""The same for the mean over very many replies of one spec: specs differ in what they ask for."""
_EFFORTS: Final[Mapping[str, Interval]] = {
    "none": Interval(0, 0, 64),
    "minimal": Interval(0, 0, 128),
    "low": Interval(0, 100, 600),
    "medium": Interval(0, 250, 2_500),
    "high": Interval(64, 1_000, 8_000),
    "xhigh": Interval(64, 2_000, 16_000),
}
"""Tokens of thought by ``reasoning_effort``; recorded ones are 0 to 640, and one of 4,416."""
_SEEN: Final = (0.7, 1.4)
"""Factors of the interval where the same turn was answered before."""
_UNSEEN: Final = (0.4, 2.5)
"""Factors of the interval where only other turns were."""


@dataclass(frozen=True, slots=True)
class ReplyLength:
    """The tokens of a reply: what is said, what is thought, and both, which is what is billed.

    Only what is said is sent again. ``max_output_tokens`` holds both together.
    """

    text: Interval
    thought: Interval
    output: Interval


@dataclass(frozen=True, slots=True)
class ReplyLengths:
    """Foretells the replies of one target.

    Attributes:
        count: how many different replies are foretold: the mean of many varies less than one.
        past: the target's replies in a past run; None where there is none.
    """

    target: Target
    count: int
    past: PastReplies | None = None

    @property
    def reasons(self) -> bool:
        """Tell whether the target thinks before it answers."""
        if self.target.reasoning is not None:
            return self.target.reasoning
        return self.target.model is not None and is_reasoning(
            self.target.model, self.target.version
        )

    def foretell(self, key: TurnKey, parameters: Mapping[str, Any]) -> ReplyLength:
        """Return how long the reply to a turn will be."""
        seen = None if self.past is None else self.past.turns.get(key)
        known = seen or (None if self.past is None else self.past.whole)
        if known is not None:
            text, thought = _remember(known, _SEEN if seen is not None else _UNSEEN)
        else:
            text, thought = self._foretell_text(), self.foretell_thought(parameters)
        most = parameters.get("max_output_tokens")
        if not isinstance(most, int):
            return ReplyLength(text, thought, text + thought)
        if known is not None:  # rounds of a turn may have as many each
            most *= max(1, round(known.requests / max(1, known.plays)))
        return ReplyLength(text.cap(most), thought.cap(most), (text + thought).cap(most))

    def _foretell_text(self) -> Interval:
        share = 1 / math.sqrt(max(1, self.count))

        def between(one: float, many: float) -> float:
            return many * float((one / many) ** share)

        return Interval(between(ONE.low, MANY.low), MANY.typical, between(ONE.high, MANY.high))

    def foretell_thought(self, parameters: Mapping[str, Any]) -> Interval:
        """Return the tokens of thought, by the effort that is asked for, where nothing is known."""
        if not self.reasons:
            return NOTHING
        effort = str(parameters.get("reasoning_effort") or "medium").casefold()
        return _EFFORTS.get(effort, _EFFORTS["medium"])


def _remember(known: PastTurn, factors: tuple[float, float]) -> tuple[Interval, Interval]:
    plays = max(1, known.plays)
    said = known.output_tokens - known.reasoning_tokens
    text, thought = (
        make_exact(count / plays).widen(*factors) for count in (said, known.reasoning_tokens)
    )
    return text + Interval(0, 0, 8), thought
