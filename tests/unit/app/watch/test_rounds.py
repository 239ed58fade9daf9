"""What a round comes to, and what is otherwise than in the one before."""

from __future__ import annotations

from dataclasses import dataclass

from harness.app.watch.rounds import CellChange, PlayedCell, Round, list_changes, read_round
from harness.cli.watch.page import describe_asked, describe_round
from harness.conversation.ports import Place
from harness.conversation.transcript import Failure
from harness.results.model import Outcome, Result, TrialId

A, B = ("a", None, "r/m", "default"), ("b", "x", "r/m", "default")
GOOD, BAD, STALE = PlayedCell("passed"), PlayedCell("failed", "no"), PlayedCell("stale", "changed")


def played(outcome: Outcome, repeat: int = 1, failure: Failure | None = None) -> Result:
    return Result(TrialId("a", None, "r/m", "default", repeat), "", outcome, None, (), (), failure)


def test_a_cell_is_the_worst_of_its_repeats() -> None:
    found = read_round([played("passed"), played("failed", 2), played("passed", 3)])
    assert {name: one.state for name, one in found.cells.items()} == {A: "failed"}


@dataclass(frozen=True)
class Amiss:
    place: Place | None
    text: str


CHANGED = "turn 1 of a on r/m is not what was recorded: user turn 1 changed"
PLACE = Place(conversation="a", case=None, target="r/m", variant="default", repeat=2, turn=1)


def test_what_is_not_recorded_is_stale_whatever_the_other_repeats_are() -> None:
    results = [played("passed"), played("errored", 2, Failure("stale_recording", CHANGED))]
    amiss = [Amiss(PLACE, f"{CHANGED}\nmore"), Amiss(None, "left over\nmore")]
    found = read_round(results, amiss)
    assert found.cells == {A: PlayedCell("stale", CHANGED)}
    assert found.needs_asking
    assert found.left_over == ("left over",), "what is stale is told once"


def test_a_judge_whose_recording_is_stale_makes_its_cell_stale() -> None:
    judge = Failure("judge", "The judge gave no answer (stale_recording)")
    assert read_round([played("errored", 1, judge)], [Amiss(PLACE, CHANGED)]).stale == {A}


def test_an_error_of_another_kind_is_none_that_asking_would_mend() -> None:
    found = read_round([played("errored", 1, Failure("auth", "no key"))])
    assert not found.needs_asking
    assert found.cells[A] == PlayedCell("errored", "auth: no key")


def test_what_a_recording_holds_too_much_of_is_left_over_and_nothing_to_ask() -> None:
    found = read_round([played("passed")], [Amiss(PLACE, "turn 2 of a on r/m was not asked")])
    assert (found.stale, found.left_over) == (frozenset(), ("turn 2 of a on r/m was not asked",))


def test_only_what_is_otherwise_is_told() -> None:
    before, after = Round({A: GOOD, B: BAD}), Round({A: BAD, B: BAD})
    assert list_changes(before, after) == [CellChange(A, GOOD, BAD)]
    assert list_changes(before, before) == []


def test_another_reason_to_fail_is_a_change() -> None:
    other = PlayedCell("failed", "another")
    assert list_changes(Round({A: BAD}), Round({A: other})) == [CellChange(A, BAD, other)]


def test_what_came_and_what_went_is_told() -> None:
    assert list_changes(Round({A: GOOD}), Round({B: BAD})) == [
        CellChange(B, None, BAD),
        CellChange(A, GOOD, None),
    ]


def test_the_first_round_tells_what_did_not_pass() -> None:
    assert list(describe_round(Round({A: GOOD, B: BAD}), None)) == [
        "1 passed, 1 failed",
        "  failed        b[x] on r/m: no",
    ]


def test_a_later_round_tells_what_changed_and_how_it_was() -> None:
    lines = list(describe_round(Round({A: BAD, B: GOOD}), Round({A: GOOD, B: BAD})))
    assert lines == [
        "1 passed, 1 failed",
        "  failed        a on r/m (before: passed): no",
        "  passed        b[x] on r/m (before: failed)",
    ]
    assert list(describe_round(Round({A: GOOD}), Round({A: GOOD}))) == [
        "1 passed",
        "  nothing is otherwise than before",
    ]


def test_many_changes_are_cut() -> None:
    many = Round({(f"c{number}", None, "r/m", "default"): BAD for number in range(40)})
    assert list(describe_round(many, Round()))[-1] == "  and 25 more"


def test_without_a_recording_nothing_is_claimed() -> None:
    assert list(describe_round(Round(recorded=False), None)) == ["nothing is recorded yet"]
    assert Round(recorded=False).needs_asking


def test_what_was_asked_is_told_with_its_cost_and_whether_it_is_kept() -> None:
    before, asked = Round({A: GOOD, B: STALE}), Round({B: BAD}, cost_usd=0.5)
    first, *rest = describe_asked(asked, before, records=True)
    assert first == "asked live: 1 failed · $0.50 · recorded"
    assert rest == ["  failed        b[x] on r/m (before: not recorded): no"]
    unknown = next(describe_asked(Round({B: BAD}, cost_usd=None), before, records=False))
    assert unknown == (
        "asked live: 1 failed · cost unknown · kept for this session; --record keeps it for good"
    )


def test_what_models_say_cannot_break_a_line() -> None:
    evil = PlayedCell("failed", "x\x1b[2J\ny")
    (_, line) = describe_round(Round({A: evil}), None)
    assert "\x1b" not in line
    assert "\n" not in line
