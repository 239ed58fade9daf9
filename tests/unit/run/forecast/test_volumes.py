"""The tokens that conversations send: the history again each turn, as far as it is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.conversation.play import Line, Script, ToolAnswer
from harness.conversation.ports import Place
from harness.run.forecast.past import PastReplies, PastTurn, TurnKey
from harness.run.forecast.replies import ReplyLengths
from harness.run.forecast.tokens import estimate_tokens
from harness.run.forecast.volumes import measure_script
from harness.run.targets import Target

PLACE = Place("acc/mini", "talk", None, "default", 1, 0)
MINI = Target("acc/mini", "deployment", "acc", "mini", model="gpt-4.1-mini", version="2025-04-14")
FIVE = replace(MINI, model="gpt-5-mini")
WORDS = "one two three four five six seven eight nine ten"


def make_script(turns: int, **given: object) -> Script:
    return replace(Script(PLACE, tuple(Line(WORDS) for _ in range(turns))), **given)  # type: ignore[arg-type]


def make_past(
    output: int, *, input_tokens: int = 0, thought: int = 0, turns: int = 5
) -> PastReplies:
    turn = PastTurn(2, 2, 2 * input_tokens, 2 * output, 2 * thought)
    known: dict[TurnKey, PastTurn] = {
        ("talk", None, "default", number): turn for number in range(1, turns + 1)
    }
    asked: dict[tuple[str, str | None, str], tuple[str | None, str]] = {
        ("talk", None, "default"): ("Be kind.", "the question")
    }
    return PastReplies("run 20260101-000000-aaaaaa", False, known, turn, asked)


def test_each_turn_sends_all_that_was_said_before_again() -> None:
    lengths = ReplyLengths(MINI, 3, make_past(100))
    one, three = (measure_script(make_script(n), lengths, "").input.typical for n in (1, 3))
    said = 10 + 4
    assert one == said + 3
    assert three == 3 * one + (1 + 2) * (said + 100 + 4)


def test_the_history_is_sent_only_as_far_as_it_is_kept() -> None:
    lengths = ReplyLengths(MINI, 3, make_past(100))
    whole = measure_script(make_script(5), lengths, "").input.typical
    alone = measure_script(make_script(5, max_turns=0), lengths, "").input.typical
    two = measure_script(make_script(5, max_turns=2), lengths, "").input.typical
    fits = measure_script(make_script(5, max_tokens=14 + 118), lengths, "").input.typical
    assert alone == 5 * 17
    assert two == alone + (1 + 2 + 2 + 2) * 118
    assert fits == alone + 4 * 118
    assert whole == alone + (1 + 2 + 3 + 4) * 118


def test_system_text_tools_and_pictures_are_sent_each_time() -> None:
    lengths = ReplyLengths(MINI, 2, make_past(100))
    plain = measure_script(make_script(2), lengths, "").input
    told = measure_script(make_script(2, system=WORDS), lengths, "").input
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": {}}}
    able = measure_script(make_script(2, tools=(tool,)), lengths, "").input
    shown = Script(PLACE, (Line(WORDS, images=("data:image/png;base64,AA",)),))
    assert told.typical == plain.typical + 2 * 14
    assert able.typical > plain.typical + 20
    assert measure_script(shown, lengths, "").input.typical > 700


def test_a_scripted_turn_is_history_and_no_request() -> None:
    script = Script(PLACE, (Line(WORDS, assistant=WORDS), Line(WORDS)))
    volume = measure_script(script, ReplyLengths(MINI, 1, make_past(100)), "")
    assert volume.requests.typical == 1
    assert volume.input.typical == 3 + 14 + 14 + 14


def test_tools_whose_results_are_declared_likely_take_a_second_request() -> None:
    line = Line(WORDS, tool_answers=(ToolAnswer("get_weather", "sun"),))
    volume = measure_script(Script(PLACE, (line,)), ReplyLengths(MINI, 1), "")
    requests = volume.requests
    assert (requests.low, requests.typical, requests.high) == (1, 2, 3)
    assert volume.input.typical > 2 * 17


def test_what_was_asked_before_with_the_same_text_is_sent_as_long_as_it_was() -> None:
    past = make_past(100, input_tokens=5_000, turns=1)
    script = make_script(1, system="Be kind.")
    same = measure_script(script, ReplyLengths(MINI, 1, past), "the question")
    changed = measure_script(replace(script, system="Be brief."), ReplyLengths(MINI, 1, past), "")
    assert same.input.typical == 5_000
    assert changed.input.typical < 50


def test_max_output_tokens_is_the_upper_end_of_a_reply() -> None:
    script = Script(PLACE, (Line(WORDS, parameters={"max_output_tokens": 120}),))
    volume = measure_script(script, ReplyLengths(MINI, 1), "")
    assert volume.output.high == volume.output.typical == 120
    assert volume.reserved.typical == volume.input.typical + 120


def test_without_max_output_tokens_a_models_own_maximum_may_be_set_aside() -> None:
    volume = measure_script(Script(PLACE, (Line(WORDS),)), ReplyLengths(MINI, 1), "")
    assert volume.reserved.high == volume.input.high + 32_768
    assert volume.reserved.typical == volume.input.typical + volume.output.typical


@pytest.mark.parametrize(("effort", "most"), [("none", 64), ("low", 600), ("high", 8_000)])
def test_a_model_that_reasons_takes_thought_by_its_effort(effort: str, most: int) -> None:
    script = Script(PLACE, (Line(WORDS, parameters={"reasoning_effort": effort}),))
    assert measure_script(script, ReplyLengths(FIVE, 1), "").reasoning.high == most
    assert measure_script(script, ReplyLengths(MINI, 1), "").reasoning.high == 0


def test_thought_is_billed_and_never_sent_again() -> None:
    past = make_past(1_000, thought=900)
    two = measure_script(make_script(2), ReplyLengths(FIVE, 2, past), "")
    assert two.output.typical == 2_000
    assert two.input.typical == 2 * 17 + 14 + 100 + 4


def test_a_limit_on_thought_and_text_together_leaves_the_interval_in_order() -> None:
    line = Line(WORDS, parameters={"max_output_tokens": 400})
    volume = measure_script(Script(PLACE, (line, line)), ReplyLengths(FIVE, 2), "")
    for estimate in (volume.input, volume.output, volume.reasoning):
        assert estimate.low <= estimate.typical <= estimate.high
    assert volume.output.high == 800


def test_a_long_beginning_may_be_cached_and_a_short_one_is_not() -> None:
    short = measure_script(make_script(3), ReplyLengths(MINI, 3, make_past(100)), "")
    long = measure_script(
        make_script(3, system=" ".join([WORDS] * 200)), ReplyLengths(MINI, 3, make_past(100)), ""
    )
    assert short.cached.high == 0
    assert (long.cached.low, long.cached.typical) == (0, 0)
    assert 3_000 < long.cached.high < long.input.low


def test_turns_of_others_tell_less_than_the_same_turn() -> None:
    past = make_past(100, turns=1)
    seen = ReplyLengths(MINI, 1, past).foretell(("talk", None, "default", 1), {}).output
    other = ReplyLengths(MINI, 1, past).foretell(("talk", None, "default", 9), {}).output
    assert seen.typical == other.typical == 100
    assert other.low < seen.low < seen.high < other.high


def test_the_mean_of_many_replies_varies_less_than_one() -> None:
    one = ReplyLengths(MINI, 1).foretell(("talk", None, "default", 1), {}).output
    many = ReplyLengths(MINI, 1000).foretell(("talk", None, "default", 1), {}).output
    assert one.low < many.low < many.high < one.high


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("", 0, 0),
        ("What is the capital of Sweden?", 6, 9),
        ("诺贝尔奖在那里哪一天颁发？", 7, 15),
        ("Vad heter Sveriges största sjö, och hur djup är den?", 11, 20),
        ('{"city": "Malmö", "celsius": 4}', 10, 18),
    ],
)
def test_tokens_are_estimated_in_any_script(text: str, least: int, most: int) -> None:
    estimate = estimate_tokens(text)
    assert least <= estimate.typical <= most
    assert estimate.low <= estimate.typical <= estimate.high
