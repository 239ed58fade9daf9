"""Runs whose requests are answered at once: by one process, by shards, by workers of a cluster."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tests.bench.scale import constants as known
from tests.bench.scale.profile import Profile, Quota


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate of one run.

    Attributes:
        wall_s: seconds from the command to its verdict.
        limit: what it waits for.
        processes: machines or processes that are busy for so long.
        notes: other limits that it passes.
    """

    wall_s: float
    limit: str
    processes: int = 1
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Crew:
    """The crew that plays a run.

    Attributes:
        title: what the tables call it.
        processes: that play conversations.
        width: requests in flight of each.
        is_cluster: home keeps the books of all requests; else each has books of its own, and
            what they wrote is merged.
    """

    title: str
    processes: int = 1
    width: int = known.WIDTH
    is_cluster: bool = False


ONE = Crew("one process")
WIDE = Crew(f"one process, `concurrency: {known.WIDEST}`", 1, known.WIDEST)
SHARDS_4 = Crew("4 shards", 4)
SHARDS_16 = Crew("16 shards", 16)
DASK_4 = Crew("Dask, 4 workers", 4, known.WIDTH, is_cluster=True)
CREWS = (ONE, WIDE, SHARDS_4, SHARDS_16, DASK_4)


def compute_quota_s(
    profile: Profile, count: int, quota: Quota, others_s: float
) -> tuple[float, str]:
    """Return the seconds that the windows take, and which of them it is.

    A whole window may be used as the run begins, and the next one a period later: so there is a
    period less than there are windows, and the last of these is used as fast as ``others_s``, the
    seconds that all of the work would take without windows, lets it be.
    """
    needs = {
        "tokens a minute": count * profile.quota_tokens / (known.SHARE * quota.tokens),
        "requests a minute": count * profile.turns / (known.SHARE * quota.requests),
    }
    name = max(needs, key=lambda one: needs[one])
    periods = math.ceil(needs[name]) - 1
    if periods < 1:
        return 0.0, name
    last_s = others_s * (needs[name] - periods) / needs[name]
    return (periods * known.PERIOD_S + min(last_s, known.PERIOD_S)), name


def compute_cpu_s(profile: Profile, count: int) -> float:
    """Return the CPU seconds of so many conversations, in proportion to their turns."""
    return count * known.CPU_S * profile.turns / known.USUAL_TURNS


def estimate_online(crew: Crew, profile: Profile, count: int, quota: Quota) -> Estimate:
    """Return the estimate of a run: what takes longest, and what comes before and after it."""
    requests = count * profile.turns
    in_flight = min(crew.processes * crew.width, count)
    needs = {
        "answers in flight": requests * profile.mean_latency_s / in_flight,
        "CPU": compute_cpu_s(profile, count) / crew.processes,
    }
    start_s = known.START_S
    if crew.is_cluster:
        start_s += known.DASK_START_S
        needs["CPU of home"] = requests * known.DASK_HOME_S
    quota_s, window = compute_quota_s(profile, count, quota, max(needs.values()))
    needs[window] = quota_s
    limit = max(needs, key=lambda one: needs[one])
    last_s = profile.turns * profile.mean_latency_s
    merge_s = 0.0
    if crew.processes > 1 and not crew.is_cluster:
        merge_s = known.START_S + count * known.MERGE_S
    wall_s = start_s + max(needs.values()) + last_s + merge_s
    return Estimate(wall_s, limit, crew.processes, _list_notes(crew, profile, count, wall_s))


def _list_notes(crew: Crew, profile: Profile, count: int, wall_s: float) -> tuple[str, ...]:
    notes = []
    if count * profile.turns > known.PLANNED:
        notes.append("HARNESS_MAX_PLANNED")
    if count * known.RSS_EACH > 8e9:
        notes.append(f"{math.ceil(count * known.RSS_EACH / 1e9)} GB of memory")
    if wall_s > known.HOSTED_JOB_S and not crew.is_cluster:
        notes.append("longer than a hosted job")
    return tuple(notes)
