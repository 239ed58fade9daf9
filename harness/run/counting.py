"""The numbers of a run before anything is spent: questions, trials, requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from harness.run.judging.judges import count_choices, count_requests
from harness.run.narrowing import Side
from harness.spec.model.spec import Conversation, Spec


class TrialTally:
    """The numbers of a run, counted question by question.

    Attributes:
        cases: questions by conversation.
        plays: trials by conversation.
        requests: requests by target.
    """

    def __init__(self, repeats: int) -> None:
        self.repeats = repeats
        self.cases: Counter[str] = Counter()
        self.plays: Counter[str] = Counter()
        self.requests: Counter[str] = Counter()
        self._turns = 0

    @property
    def questions(self) -> int:
        """The number of questions."""
        return self.cases.total()

    def add(self, conversation: Conversation, sides: Collection[Side] | None) -> None:
        """Count a question that these sides are asked; None where all are, see ``multiply``."""
        self.cases[conversation.id] += 1
        turns = sum(turn.assistant is None for turn in conversation.turns)
        self._turns += turns
        if sides is not None:
            self.plays[conversation.id] += len(sides) * self.repeats
            for target, _ in sides:
                self.requests[target] += turns * self.repeats

    def multiply(self, targets: Sequence[str], variants: int) -> None:
        """Count what was added for each of these targets and so many variants."""
        self.requests.update(dict.fromkeys(targets, self._turns * variants * self.repeats))
        for name, number in self.cases.items():
            self.plays[name] = number * len(targets) * variants * self.repeats

    def count_judge_requests(self, spec: Spec) -> dict[str, int]:
        """Count the requests of checks, by the target asked."""
        total: Counter[str] = Counter()
        for conversation in spec.conversations:
            for name, count in count_requests(spec, conversation).items():
                total[name] += count * self.plays[conversation.id]
            for name, count in count_choices(spec, conversation).items():
                total[name] += count * self.cases[conversation.id] * self.repeats
        return {name: count for name, count in total.items() if count}
