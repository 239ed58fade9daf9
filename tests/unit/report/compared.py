"""A comparison by hand, of the small run with a base that is not there."""

from __future__ import annotations

from harness.compare.comparison.model import (
    CaseChange,
    CaseShare,
    ChangeKind,
    ComparedSide,
    Comparison,
    Pair,
    RateDifference,
    RunRef,
)
from harness.compare.figures import GateVerdict, Rate
from harness.results.model import TargetInfo
from tests.unit.report.factory import MINI


def compare_with_base(
    conversation: str, kind: ChangeKind, target: TargetInfo = MINI, variant: str = "default"
) -> Comparison:
    """One pair, in which one conversation changed."""
    side = ComparedSide(target, variant, Rate(0.9, 0.8, 0.95), 0.9, 0.9, 0, 0.001, 0.8)
    change = CaseChange(
        conversation, None, kind, CaseShare(1, 1, "passed"), CaseShare(0, 1, "failed"), 0.5, 0.5
    )
    pair = Pair(
        a=side,
        b=side,
        conversations=2,
        repeats=1,
        difference=RateDifference(-0.5, -0.9, -0.1, 0.01, 0.02, "sign flips"),
        verdict="regressed",
        cases=(change,),
    )
    return Comparison(
        base=RunRef("20260801-120000-000000", "sweden", "2026-08-01T12:00:00Z", "main"),
        head=RunRef("20260901-120000-a1b2c3", "sweden", "2026-09-01T12:00:00Z"),
        pairs=(pair,),
        unpaired=(),
        gate=GateVerdict("regressed", (), 1),
    )
