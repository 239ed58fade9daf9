from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from harness.results.merging import WholeRun, arrange_trials, merge_infos
from harness.results.model import RunInfo, TargetInfo, TrialId

WHOLE = WholeRun(("a", "b"), ("t/1", "t/2"), ("default", "short"), 2)
TRIALS = [
    TrialId(conversation, case, target, variant, repeat)
    for (conversation, case), target, variant, repeat in product(
        [("a", None), ("b", "x"), ("b", "y")], WHOLE.targets, WHOLE.variants, (1, 2)
    )
]


@given(st.lists(st.integers(0, 3), min_size=len(TRIALS), max_size=len(TRIALS)))
def test_however_a_run_is_split_its_parts_make_it_again(places: list[int]) -> None:
    parts = [[t for t, p in zip(TRIALS, places, strict=True) if p == part] for part in range(4)]
    # Cases of a file have no order in the spec: that of the parts, of which the first has all.
    parts.insert(0, [trial for trial in TRIALS if trial.conversation == "b"])
    parts[1:] = [[trial for trial in part if trial.conversation == "a"] for part in parts[1:]]
    merged = arrange_trials(parts, WHOLE)
    assert [parts[part][place] for part, place in merged.places] == TRIALS
    assert (merged.planned, merged.missing, merged.doubled) == (len(TRIALS), (), None)


def test_a_trial_of_two_parts_is_told_with_both() -> None:
    merged = arrange_trials([TRIALS[:3], TRIALS[3:], TRIALS[5:6]], WHOLE)
    assert merged.doubled == (TRIALS[5], 1, 2)


def test_what_no_part_holds_is_counted_and_named() -> None:
    whole = WholeRun(("a", "b", "c"), ("t/1", "t/2", "t/3"), ("default", "short"), 2, {"b": 3})
    merged = arrange_trials([TRIALS[1:]], whole)
    assert merged.planned == (1 + 3 + 1) * 3 * 2 * 2
    assert merged.missing == (
        "No part played the conversation c.",
        "No part played the target t/3.",
        "Of b the parts hold 2 of 3 cases.",
    )


def test_a_missing_repeat_leaves_the_run_short_of_its_plan() -> None:
    merged = arrange_trials([TRIALS[:-1]], WHOLE)
    assert len(merged.places) == merged.planned - 1


def info(number: int, *targets: str) -> RunInfo:
    return RunInfo(
        f"20261122-13000{number}-abcdef", "sweden", "cd", "0.3.0", f"2026-11-22T13:00:0{number}Z",
        tuple(map(TargetInfo, targets)), finished_at=f"2026-11-22T14:00:0{number}Z",
        status="complete", verdict="passed", exit_code=0, selection={"repeats": 2},
    )  # fmt: skip


def test_the_parts_make_one_description_whatever_their_order() -> None:
    parts = [info(1, "t/2"), info(2, "t/1", "t/2")]
    one, other = (merge_infos(some, ("t/1", "t/2"), 8) for some in (parts, parts[::-1]))
    assert one == other
    assert one.id.startswith("20261122-130002-")
    assert one.id not in {part.id for part in parts}
    assert (one.started_at, one.finished_at) == ("2026-11-22T13:00:01Z", "2026-11-22T14:00:02Z")
    assert [target.name for target in one.targets] == ["t/1", "t/2"]
    assert (one.verdict, one.exit_code, one.status, one.planned_trials) == (
        None, None, "partial", 8
    )  # fmt: skip
    assert one.selection["merged"] == [part.id for part in parts]
