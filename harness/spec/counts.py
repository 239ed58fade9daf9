"""The numbers of things that a spec declares, for a line that says so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.spec.model.targets import choose_targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.spec.load import SpecFile
    from harness.spec.model.spec import Conversation


@dataclass(frozen=True, slots=True)
class Counts:
    """The numbers of what a spec declares; ``trials`` as in ``harness eval`` without options.

    ``cases`` counts each case of a conversation, and once a conversation that has none.
    """

    accounts: int
    deployments: int
    conversations: int
    cases: int
    trials: int


def count(spec_file: SpecFile) -> Counts:
    """Count what a spec declares; a trial is one case × target × variant × repeat."""
    spec = spec_file.spec
    cases = sum(_count_cases(c, spec_file.case_counts) for c in spec.conversations)
    variants = max(1, len(spec.variants))
    return Counts(
        accounts=len(spec.accounts),
        deployments=sum(len(account.deployments) for account in spec.accounts.values()),
        conversations=len(spec.conversations),
        cases=cases,
        trials=cases * len(choose_targets(spec)) * variants * spec.evaluation.repeats,
    )


def _count_cases(conversation: Conversation, case_counts: Mapping[str, int]) -> int:
    if isinstance(conversation.cases, str):
        return case_counts.get(conversation.cases, 0)
    if conversation.cases is not None:
        return len(conversation.cases)
    return math.prod(len(values) for values in (conversation.matrix or {}).values())
