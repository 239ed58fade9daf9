"""Tell drift from chance: the same spec on another day, where nothing of ours has changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from harness.compare.comparison.model import Changed, Pair
from harness.compare.comparison.wording import count_points, format_p, name_pair
from harness.results.model import RunInfo


def describe_drift(base: RunInfo, head: RunInfo, pairs: Sequence[Pair]) -> Iterator[str]:
    """Say of each pair who changed, where it is not us; nothing of two specs, or of one run."""
    if base.spec_sha256 != head.spec_sha256 or base.id == head.id:
        return
    if base.replayed or head.replayed:  # answers of the day of the recording
        return
    day = base.started_at[:10]
    for pair in pairs:
        if any(one.who == "us" for one in pair.changed):
            continue
        service = [one for one in pair.changed if one.who == "provider"]
        since = f"{name_pair(pair)}: nothing on our side has changed since {day}"
        yield f"{since}; {_explain(pair, service)}"


def _explain(pair: Pair, service: Sequence[Changed]) -> str:
    difference = pair.difference
    changes = [f"{one.name} {one.before or 'none'} → {one.after or 'none'}" for one in service]
    who = f"the service has ({'; '.join(changes)})" if service else "the service says the same"
    if pair.verdict == "regressed":
        p_value = difference.p_value if difference.p_adjusted is None else difference.p_adjusted
        said = f"it is {count_points(difference.value)} worse beyond chance ({format_p(p_value)})"
        hidden = "" if service else ": it has changed without saying so"
        return f"{who}, and {said}{hidden}."
    if difference.low > 0:
        return f"{who}, and it is {count_points(difference.value)} better beyond chance."
    return f"{who}, and the difference of {count_points(difference.value)} may well be chance."
