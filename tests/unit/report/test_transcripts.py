"""The answers side by side."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.conversation.transcript import Served
from harness.report.conversations import ConversationView
from harness.report.view import view_page
from tests.unit.report.factory import FIVE, MINI, result, run_of, small_run, summary_of, turn


def conversation(name: str, case: str = "") -> ConversationView:
    run = small_run()
    shown = view_page(run, summary_of(run), None).conversations
    return next(c for c in shown if (c.name, c.case) == (name, case))


def test_a_user_turn_that_every_target_got_stands_once() -> None:
    first, second = conversation("founders").turns
    assert first.user
    assert first.user.text == "Who were the founders of Microsoft?"
    assert [answer.user for answer in first.answers] == [None, None]
    assert second.number == 2


def test_a_failing_repeat_is_shown_first_and_identical_ones_are_counted() -> None:
    mini, five = conversation("founders").sides
    assert (mini.tally, mini.shown, mini.others) == (
        "3/3",
        "repeats 1, 2, 3: 3 identical answers",
        (),
    )
    assert (five.tally, five.shown, five.outcome) == ("2/3", "repeat 2", "failed")
    (others,) = five.others
    assert (others.label, others.outcome) == ("repeats 1, 3: 2 identical answers", "passed")
    said = [answer.reply.text for answer in others.turns if answer.reply]
    assert said == ["Bill Gates and Paul Allen founded Microsoft.", "1975."]


def test_the_system_prompt_stands_once_where_it_is_shared_and_per_target_where_it_is_not() -> None:
    founders = conversation("founders")
    assert founders.system
    assert founders.system.text == "Assistant is a large language model trained by OpenAI."
    run = run_of(
        [
            result("a", MINI, "passed", turn(1, "Hi", "Hello"), system="Be brief."),
            result("a", FIVE, "passed", turn(1, "Hi", "Hello"), system=None),
        ],
        [MINI, FIVE],
    )
    (only,) = view_page(run, summary_of(run), None).conversations
    assert only.system is None
    assert [side.system.text if side.system else None for side in only.sides] == ["Be brief.", None]


def test_an_answer_carries_its_ending_time_tokens_cost_and_model() -> None:
    answer = conversation("founders").turns[1].answers[0]
    assert answer.facts == (
        "stop",
        "830 ms",
        "240 (20 cached) → 34 tokens",
        "$0.000124",
    )
    assert conversation("founders").sides[0].model == "gpt-4.1-mini-2025-04-14"
    assert answer.notes == ("2 earlier messages were not sent: the history is trimmed",)


def test_retries_and_waiting_are_told() -> None:
    answer = conversation("weather").turns[0].answers[0]
    assert answer.tool_calls == ('get_weather({"city": "Malmö"})',)
    assert answer.facts[-2:] == ("3 attempts", "queued 1.25 s")


def test_an_error_has_its_kind_status_and_message_and_no_reply() -> None:
    answer = conversation("weather").turns[0].answers[1]
    assert answer.reply is None
    assert answer.failure
    assert answer.failure.title == "rate_limit, HTTP 429, 429"
    assert answer.failure.message.text == "Requests exceed the limit of this deployment."


def test_a_blocked_prompt_names_the_filter_that_refused_it() -> None:
    secrets = conversation("secrets")
    answer = secrets.turns[0].answers[0]
    assert answer.notes == ("jailbreak: filtered",)
    assert secrets.sides[0].failure is None, "told once, at its turn"
    assert secrets.turns[0].answers[1].refusal


def test_a_scripted_turn_is_history_and_no_call() -> None:
    first, second = conversation("greeting").turns
    assert first.scripted
    assert first.scripted.text == "Hello Ada."
    assert second.scripted is None


def test_bidirectional_controls_in_a_reply_are_made_visible() -> None:
    reply = conversation("greeting").turns[1].answers[0].reply
    assert reply
    assert reply.text == '{"greeting": "Hello ⟨U+202E⟩adA⟨U+202C⟩", "words": 2}'


def test_an_assert_set_shows_its_parts() -> None:
    (check,) = conversation("greeting").turns[1].answers[0].checks
    assert (check.type, check.outcome, check.notes) == ("assert-set", "failed", "score 0.5")
    assert [(part.type, part.outcome) for part in check.parts] == [
        ("is-json", "passed"),
        ("equals", "failed"),
    ]


def test_a_turn_that_only_one_target_reached_says_so_for_the_other() -> None:
    run = run_of(
        [
            result("a", MINI, "passed", turn(1, "One?", "1"), turn(2, "Two?", "2")),
            result("a", FIVE, "failed", turn(1, "One?", "?")),
        ],
        [MINI, FIVE],
    )
    (only,) = view_page(run, summary_of(run), None).conversations
    assert [answer.reached for answer in only.turns[1].answers] == [True, False]
    assert only.turns[1].user
    assert only.turns[1].user.text == "Two?"


def test_every_cell_that_is_no_pass_says_why_in_a_line() -> None:
    run = small_run()
    shown = view_page(run, summary_of(run), None).conversations
    reasons = {(c.name, c.case, cell.outcome): cell.reason for c in shown for cell in c.cells}
    assert reasons["founders", "", "failed"] == 'turn 1: "Bill Gates" is not in the reply'
    assert reasons["capitals", "china", "truncated"] == "the reply was cut off before it came to it"
    assert reasons["weather", "", "errored"].startswith("rate_limit: ")
    assert reasons["secrets", "", "blocked"].startswith("content_filter: The response was filtered")
    assert reasons["founders", "", "passed"] == ""


def test_a_reply_of_another_model_than_the_first_says_so() -> None:
    second = turn(2, "And now?", "Later")
    assert second.exchange.reply
    other = replace(second.exchange.reply, model="gpt-4.1-mini-2026-01-01")
    held = result("a", MINI, "passed", turn(1, "Hi", "Hello"),
                  replace(second, exchange=replace(second.exchange, reply=other)))  # fmt: skip
    run = run_of([held], [MINI])
    (only,) = view_page(run, summary_of(run), None).conversations
    assert "gpt-4.1-mini-2026-01-01" not in only.turns[0].answers[0].facts
    assert "gpt-4.1-mini-2026-01-01" in only.turns[1].answers[0].facts


@pytest.mark.parametrize(
    ("served", "notes"),
    [
        (Served("gpt-4.1-mini-2025-04-14", "mini"), ()),
        (Served("gpt-4.1-2025-04-14", "mini"), ("served by gpt-4.1-2025-04-14",)),
        (
            Served("gpt-4.1-mini-2025-04-14", "mini-payg", "mini"),
            ("spilled over: answered by mini-payg, for mini",),
        ),
    ],
)
def test_what_really_answered_is_told_where_the_target_says_otherwise(
    served: Served, notes: tuple[str, ...]
) -> None:
    judged = turn(1, "Hi", "Hello")
    assert judged.exchange.reply is not None
    reply = replace(judged.exchange.reply, served=served)
    judged = replace(judged, exchange=replace(judged.exchange, reply=reply))
    run = run_of([result("a", MINI, "passed", judged)], [MINI])
    (only,) = view_page(run, summary_of(run), None).conversations
    assert only.turns[0].answers[0].notes == notes
