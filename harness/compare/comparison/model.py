"""A comparison as values: what the terminal, the documents and the page show of it.

Side *a* is the base (what was), side *b* the head (what is). The unit is the conversation: each
case is one of its own, and its repeats are averaged before anything is compared. Source: the
contract, section 5, *The verdict*.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from harness.compare.figures import GateVerdict, Rate, VerdictWord
from harness.results.model import Outcome, TargetInfo

ChangeKind = Literal["regressed", "fixed", "flaky", "new", "missing", "errored", "same"]
Changer = Literal["provider", "us"]
ParityWord = Literal["equivalent", "better", "worse", "inconclusive"]


@dataclass(frozen=True, slots=True)
class RateDifference:
    """The mean over conversations of the share that passed, head minus base, in [-1, 1].

    Attributes:
        value: the difference; below 0 the head is worse.
        low: the low end of its interval (two-sided, 1 - 2·alpha), or of the bound that stands for
            one where all differences are equal.
        high: the high end.
        p_value: one-sided: the chance of such a fall where nothing has changed.
        p_adjusted: the same after Holm over all pairs that the gate sees, and over the looks of a
            run that stops when it is settled; None outside a gate.
        test: the name of the test, for a reader.
        confidence: of the interval: 1 - 2·alpha, and nearer to 1 at an early look.
    """

    value: float
    low: float
    high: float
    p_value: float
    p_adjusted: float | None
    test: str
    confidence: float = 0.9


@dataclass(frozen=True, slots=True)
class Ratio:
    """A geometric mean over conversations of head / base: 1.1 is a tenth more.

    ``low`` and ``high`` are its 95 % interval, ``p_value`` is two-sided; all from ``conversations``
    pairs in which both sides are known and above 0.
    """

    value: float
    low: float
    high: float
    p_value: float
    conversations: int


@dataclass(frozen=True, slots=True)
class ComparedSide:
    """One side of a pair, over the conversations that are paired.

    Attributes:
        target: the target, as its run describes it.
        pass_rate: the mean share of repeats that passed, with its 95 % interval.
        passes_every: the share of conversations that passed in every repeat (pass^K).
        passes_any: the share that passed in at least one repeat (pass@K).
        flaky: how many conversations passed in some repeats and not in others.
        cost_usd: per conversation and repeat; None while any of it is unknown.
        latency_s: the median of a turn, in seconds; None where nothing was answered.
    """

    target: TargetInfo
    variant: str
    pass_rate: Rate
    passes_every: float
    passes_any: float
    flaky: int
    cost_usd: float | None
    latency_s: float | None


@dataclass(frozen=True, slots=True)
class CaseShare:
    """The repeats of one conversation on one side: ``passed`` of ``played``; the worst outcome.

    Blocked and truncated repeats are played and not passed; errored and skipped ones are not
    played.
    """

    passed: int
    played: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class CaseChange:
    """One conversation (and case) on both sides; a side is None where it is not there.

    ``p_value`` is two-sided (Fisher's exact test on the repeats), ``q_value`` the same after
    Benjamini and Hochberg over the conversations of the pair; both None where a side is missing.
    A conversation that is ``known_failing`` is shown and counts in no figure of the pair.
    """

    conversation: str
    case: str | None
    kind: ChangeKind
    a: CaseShare | None
    b: CaseShare | None
    p_value: float | None = None
    q_value: float | None = None
    known_failing: bool = False


@dataclass(frozen=True, slots=True)
class Needed:
    """The amount that would settle an inconclusive result; None where it is not known.

    Attributes:
        conversations: as many, at today's repeats.
        repeats: as many of each, at today's conversations; None where no number of them would do.
        usd: the cost of the cheaper of the two.
        minutes: the time that it would take, at the pace of the head.
    """

    conversations: int | None
    repeats: int | None
    usd: float | None = None
    minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """Something that differs between the sides beside the answers: a cause to think of.

    ``who`` is ``provider`` for a model's version, fingerprint, filter policy or tier, and ``us``
    for prompt, parameters, checks, target or variant.
    """

    who: Changer
    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A target × variant of the base against one of the head.

    ``verdict`` is this pair's own word; ``cases`` holds every conversation of either side, those
    that changed first.
    """

    a: ComparedSide
    b: ComparedSide
    conversations: int
    repeats: int
    difference: RateDifference
    verdict: VerdictWord
    needed: Needed | None = None
    changed: tuple[Changed, ...] = ()
    latency: Ratio | None = None
    cost: Ratio | None = None
    cases: tuple[CaseChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Parity:
    """Two targets, or two variants, of one run held against each other; no gate decides on it.

    ``word`` is about side *b*: ``equivalent`` where the whole interval of the difference lies
    within the margin, ``better`` or ``worse`` where it is that beyond chance. The p-value of its
    difference is two-sided, and adjusted over all parities of the run.
    """

    a: ComparedSide
    b: ComparedSide
    conversations: int
    repeats: int
    difference: RateDifference
    word: ParityWord
    latency: Ratio | None = None
    cost: Ratio | None = None


@dataclass(frozen=True, slots=True)
class Unpaired:
    """A conversation or a target that only one side has, and why it finds no partner."""

    side: Literal["base", "head"]
    target: str
    variant: str
    conversation: str | None
    case: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class RunRef:
    """A run that is compared: its id, the baseline's name where it is one, when it began (UTC)."""

    id: str
    spec_name: str
    started_at: str
    baseline: str | None = None
    simulated: bool = False
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs (or one against itself under a map) with everything that differs between them.

    ``notes`` are sentences about the comparison itself: an old baseline, another spec's.
    """

    base: RunRef
    head: RunRef
    pairs: tuple[Pair, ...]
    unpaired: tuple[Unpaired, ...]
    gate: GateVerdict
    notes: tuple[str, ...] = field(default_factory=tuple)
