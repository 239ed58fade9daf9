"""Answers of judges that list points, each of which holds or does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.checks.finding import CannotCheck, Finding, quote
from harness.checks.referred.judged.judged_check import Read
from harness.checks.referred.judged.prompt import TEXT, YES_OR_NO, make_schema
from harness.checks.referred.judged.replies import ROUNDING, hold_to_threshold, read_judgement
from harness.spec.model.spec import Assertion

POINTS = make_schema(
    points={"type": "array", "items": make_schema(point=TEXT, holds=YES_OR_NO)}, reason=TEXT
)
POINTS_SHAPE = '{"points": [{"point": "…", "holds": true or false}, …], "reason": "one sentence"}'


def read_points(*, empty: float | None = None) -> Read:
    """Make a reader of the share of points that hold.

    Without a threshold the check only measures, as in promptfoo. ``empty`` is the score where the
    judge finds no point; None where that decides nothing.
    """

    def read(assertion: Assertion, reply: str) -> Finding:
        judgement = read_judgement(reply, "points")
        points = judgement.fields.get("points")
        if points is None:
            return hold_to_threshold(judgement, assertion.threshold)
        if not isinstance(points, list) or not all(map(_is_point, points)):
            raise CannotCheck(f"The judge's points are not what was asked for: {quote(points)}")
        if not points and empty is None:
            raise CannotCheck("The judge found nothing that could be counted")
        held = sum(point["holds"] for point in points)
        score = held / len(points) if points else empty or 0.0
        limit = assertion.threshold or 0.0
        missing = next((point["point"] for point in points if not point["holds"]), None)
        example = f"; not, for one: {quote(missing)}" if missing is not None else judgement.quoted
        share = f"{held} of {len(points)} points hold, {score:.2f}"
        fact = f"{share}; wanted: at least {limit:g}{example}"
        return Finding(score >= limit - ROUNDING, fact, score)

    return read


def _is_point(point: Any) -> bool:
    return (
        isinstance(point, Mapping)
        and isinstance(point.get("holds"), bool)
        and isinstance(point.get("point", ""), str)
    )
