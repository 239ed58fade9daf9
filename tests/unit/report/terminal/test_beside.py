"""Two transcripts beside each other, and one by itself, as a terminal shows them."""

from __future__ import annotations

import pytest

from harness.conversation.transcript import Failure
from harness.report.terminal.beside import show_beside
from harness.report.terminal.listing import list_run
from harness.report.terminal.transcript import show_transcript, title_trial
from harness.results.model import Result
from harness.text.tables import count_columns
from tests.unit.report.factory import (
    FIVE,
    MINI,
    result,
    run_of,
    small_run,
    summary_of,
    turn,
    verdict,
)


def shown(one: str, other: str, *, width: int = 80) -> list[str]:
    a = result("faq", MINI, "passed", turn(1, "Who?", one, verdict()))
    b = result("faq", FIVE, "failed", turn(1, "Who?", other, verdict("failed", reason="not found")))
    return list(show_beside(a, b, ("left", "right"), width=width))


def test_what_is_the_same_stands_once_and_what_differs_beside_each_other_with_marks() -> None:
    assert shown("It was Bill Gates.", "It was Paul Allen.") == [
        "faq",
        "left                                   | right",
        "-" * 79,
        "system",
        "You are a helpful assistant.",
        "turn 1, user",
        "Who?",
        "turn 1, assistant",
        "It was [-Bill Gates-].                 | It was {+Paul Allen+}.",
        "  ✓ icontains: found at character 4    |   ✗ icontains: not found",
    ]


def test_in_a_narrow_terminal_they_stand_above_each_other() -> None:
    said = shown("It was Bill Gates.", "It was Paul Allen.", width=40)
    assert said[1:3] == ["A: left", "B: right"]
    assert "A: It was [-Bill Gates-]." in said
    assert "B: It was {+Paul Allen+}." in said


@pytest.mark.parametrize("width", [51, 60, 80, 133])
@pytest.mark.parametrize(
    "text",
    ["中国的首都是北京。" * 30, "word " * 80, "x" * 300, "e\u0301" * 200, "a\n\n  indented\n", ""],
)
def test_no_line_is_wider_than_the_terminal_and_the_bars_stand_in_line(
    text: str, width: int
) -> None:
    said = shown(text + "left", "right " + text, width=width)
    bars = [line for line in said if " | " in line or line.endswith(" |")]
    assert bars
    room = (width - 3) // 2
    for line in bars:
        assert count_columns(line) <= width
        assert count_columns(line[: _find_bar(line, room)]) == room


def _find_bar(line: str, room: int) -> int:
    used = 0
    for index, letter in enumerate(line):
        if used >= room and count_columns(letter):
            assert line[index : index + 2].strip() == "|"
            return index
        used += count_columns(letter)
    return len(line)


def test_marks_are_painted_and_nothing_else_of_a_reply_is() -> None:
    painted: list[tuple[str, str]] = []

    def paint(text: str, kind: str) -> str:
        painted.append((text, kind))
        return text

    a = result("faq", MINI, "passed", turn(1, "Who?", "It was me"))
    b = result("faq", FIVE, "passed", turn(1, "Who?", "It was you"))
    list(show_beside(a, b, ("a", "b"), width=80, paint=paint))
    assert [one for one in painted if one[1] != "heading"] == [
        ("[-me-]", "removed"),
        ("{+you+}", "added"),
    ]


def test_a_turn_that_only_one_side_has_is_not_marked_as_changed() -> None:
    a = result("faq", MINI, "passed", turn(1, "Who?", "I."), turn(2, "When?", "Now."))
    b = result("faq", FIVE, "passed", turn(1, "Who?", "I."))
    said = list(show_beside(a, b, ("a", "b"), width=80))
    assert said[-1].rstrip(" |") == "Now."


@pytest.mark.parametrize("hostile", ["\x1b[2J", "\u202e", "\r", "\x9b31m", "\x00"])
def test_no_text_of_others_moves_the_cursor(hostile: str) -> None:
    evil = f"a{hostile}b"
    on = result(evil, MINI, "failed", turn(1, evil, evil, verdict("failed", evil, reason=evil)))
    other = result(evil, FIVE, "failed", turn(1, "?", "!"), system=evil)
    refused = Failure("bad_request", evil, code=evil)
    third = result(evil, MINI, "errored", turn(1, evil, None, failure=refused), failure=refused)
    run = run_of([on, other], [MINI, FIVE], spec_name=evil)
    summary = summary_of(run, sentence=evil)
    cell = summary.cells[0]
    said = [
        *show_beside(on, other, (title_trial(cell, on), evil), width=80),
        *show_beside(on, third, (evil, evil), width=80),
        *show_transcript(cell, on),
        *show_transcript(cell, third),
        *list_run(run.info, summary, summary.cells, width=80),
    ]
    assert hostile not in "\n".join(said)


def test_a_transcript_is_read_with_its_system_text_its_turns_and_every_check() -> None:
    run = small_run()
    summary = summary_of(run)
    cell = next(one for one in summary.cells if one.target == FIVE.name)
    found: Result = run.results[cell.results[1]]
    said = list(show_transcript(cell, found))
    title = "founders on sweden/five, repeat 2 of 3: failed, 2 of 3 passed, score 0.5, 1.66 s"
    assert said[0] == f"{title}, $0.000248"
    assert said[2:5] == [
        "system",
        "  Assistant is a large language model trained by OpenAI.",
        "turn 1",
    ]
    assert '  ✗ icontains: "Bill Gates" is not in the reply' in said
    assert "  ✓ icontains: found at character 4" in said
    assert said[-2:] == ["the whole conversation", "  ✓ not-icontains: not in the replies"]


def test_a_run_is_listed_with_what_did_not_pass_first_and_where() -> None:
    run = small_run()
    summary = summary_of(run)
    said = list(list_run(run.info, summary, summary.cells, width=100))
    assert said[0] == (
        "run 20260901-120000-a1b2c3: sweden · 1 September 2026, 12:00 UTC · complete · simulated"
    )
    begin = said.index("conversations, those that did not pass first:")
    assert said[begin + 1 :] == [
        "  errored   weather           1 of 2 passed; not on sweden/five 0/1",
        "  blocked   secrets           1 of 2 passed; not on sweden/mini 0/1",
        "  truncated capitals (china)  1 of 2 passed; not on sweden/five 0/1",
        "  failed    founders          5 of 6 passed; not on sweden/five 2/3",
        "  failed    greeting          0 of 2 passed, 1 skipped; not on sweden/mini 0/1",
        "  passed    capitals (chile)  2 of 2 passed",
    ]
    part = list(list_run(run.info, summary, summary.cells[:2], width=100, most=0))
    assert part[-2:] == [
        "conversations that were selected, those that did not pass first:",
        "  and 1 more: -k and -t choose, -v lists all",
    ]
