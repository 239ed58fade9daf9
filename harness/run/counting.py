"""The numbers of a run before anything is spent: questions, trials, requests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from harness.errors import Diagnostic, RequestError
from harness.run.asking.bounds import RAISED_BY
from harness.run.judging.judges import count_choices, count_requests
from harness.run.narrowing import Side
from harness.spec.model.spec import Conversation, Spec
from harness.text.numbers import format_plural

TOO_MANY = "H620"


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
        self._questions = self._turns = self._played = self._asked = 0

    @property
    def questions(self) -> int:
        """The number of questions."""
        return self._questions

    def add(self, conversation: Conversation, sides: Collection[Side] | None) -> None:
        """Count a question that these sides are asked; None where all are, see ``multiply``."""
        self.cases[conversation.id] += 1
        self._questions += 1
        turns = sum(turn.assistant is None for turn in conversation.turns)
        self._turns += turns
        if sides is not None:
            self.plays[conversation.id] += len(sides) * self.repeats
            self._played += len(sides) * self.repeats
            self._asked += len(sides) * turns * self.repeats
            for target, _ in sides:
                self.requests[target] += turns * self.repeats

    def refuse_beyond(self, most: int, sides: int, advice: int = 0) -> None:
        """Refuse what plans more than so many trials or requests, as far as it is counted.

        Called while questions are still being counted, so that a product without an end is refused
        at once.

        Args:
            most: how many there may be.
            sides: by how many targets and variants what is counted will be multiplied.
            advice: requests of checks, where they are known.

        Raises:
            RequestError: there are more, with the numbers that make it so.
        """
        plays = self._played or self._questions * sides * self.repeats
        requests = (self._asked or self._turns * sides * self.repeats) + advice
        if max(plays, requests) <= most:
            return
        number = f"{plays:,} trials" if plays > most else f"{requests:,} requests"
        enough = 10 ** len(str(max(plays, requests)))
        raise RequestError(
            Diagnostic(
                TOO_MANY,
                f"this plans {number} or more; a run plans at most {most:,}",
                f"counted so far: {format_plural(self._questions, 'question')} on "
                f"{format_plural(sides, 'side')} (a target and a variant), "
                f"{format_plural(self.repeats, 'repeat')} each",
                hint="choose a part: -k, -t, --sample N, --repeats N; who means all of it sets "
                f"{RAISED_BY}={enough}",
            )
        )

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
