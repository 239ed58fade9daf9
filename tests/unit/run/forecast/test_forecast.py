"""A whole forecast: who is asked, what it costs, whether the budget is enough, and its words."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

import pytest

from harness.run.forecast.forecast import Forecast, make_forecast
from harness.run.forecast.interval import Interval
from harness.run.forecast.past import PastReplies, PastTurn, TurnKey
from harness.run.forecast.wording import (
    format_forecast,
    make_forecast_document,
    say_duration,
    say_excess,
    say_forecast,
)
from harness.run.matrix import Selection, expand
from harness.run.requests.limiters import Widths
from harness.run.targets import Target, select_targets
from harness.spec.model.spec import Budget
from harness.wiring import Permissions, read_spec

SPEC = """\
version: 1
name: bill
cloud: simulator
subscription: 00000000-0000-0000-0000-000000000000
resource_group: {name: rg, region: swedencentral, create: true}
accounts:
  acc:
    region: swedencentral
    deployments:
      mini: {model: gpt-4.1-mini, version: "2025-04-14", sku: GlobalStandard, capacity: 10}
      zone: {model: gpt-4.1-mini, version: "2025-04-14", sku: DataZoneStandard, capacity: 10}
      what: {model: gpt-9, version: "1", sku: GlobalStandard, capacity: 10}
      units: {model: gpt-4.1, version: "2025-04-14", sku: GlobalProvisionedManaged, capacity: 15}
      judge: {model: gpt-4.1, version: "2025-04-14", sku: GlobalStandard, capacity: 20}
      embed: {model: text-embedding-3-small, version: "1", sku: GlobalStandard, capacity: 20}
providers:
  made: {type: recorded, answers: answers.jsonl, models: {gpt-4: {version: "0613"}}}
evaluation:
  judge: {target: acc/judge}
  embeddings: {target: acc/embed}
  repeats: 2
conversations:
  - id: one
    turns:
      - {user: "What is the capital of Sweden?", assert: [llm-rubric: polite, {similar: Stockholm}]}
      - {user: And of Norway?}
"""

Foretell = Callable[..., Forecast]


@pytest.fixture
def foretell(tmp_path: Path) -> Foretell:
    (tmp_path / "bill.yaml").write_text(SPEC)
    (tmp_path / "answers.jsonl").write_text("")
    spec = read_spec(tmp_path / "bill.yaml", Permissions()).spec

    def make(
        *targets: str,
        budget: Budget | None = None,
        simulated: Collection[str] | bool = False,
        past: PastReplies | None = None,
        looks: int = 0,
        left: float = 1.0,
    ) -> Forecast:
        matrix = expand(spec, select_targets(spec, targets), Selection(), lambda _: ())
        return make_forecast(
            matrix,
            Widths.of("auto", len(targets)),
            budget or Budget(),
            simulated=lambda one: (
                simulated if isinstance(simulated, bool) else one.name in simulated
            ),
            past=lambda _: past,
            looks=looks,
            left=left,
        )

    return make


def find_usd(forecast: Forecast, name: str) -> Interval | None:
    return next(one.usd for one in forecast.targets if one.name == name)


def test_judges_and_embeddings_are_counted_in_deployments_of_their_own(foretell: Foretell) -> None:
    expected = foretell("acc/mini")
    assert expected.requests_per_target == {"acc/mini": 4, "acc/judge": 2, "acc/embed": 2}
    assert expected.requests == 8
    roles = {one.name: one.roles for one in expected.targets}
    assert roles == {
        "acc/mini": ("target",), "acc/judge": ("judge",), "acc/embed": ("embeddings",)
    }  # fmt: skip
    limits = {one.name: one.limits.describe() for one in expected.targets}
    assert limits["acc/judge"] == "20,000 tokens and 20 requests a minute"


def test_a_target_that_judges_as_well_is_one_deployment(foretell: Foretell) -> None:
    expected = foretell("acc/judge")
    assert expected.requests_per_target["acc/judge"] == 6
    assert [one.roles for one in expected.targets if one.name == "acc/judge"] == [
        ("target", "judge")
    ]


def test_a_known_price_gives_money_with_an_interval(foretell: Foretell) -> None:
    usd = find_usd(foretell("acc/mini"), "acc/mini")
    assert usd is not None
    assert 0 < usd.low < usd.typical < usd.high < 0.02


def test_a_data_zone_may_cost_a_tenth_more_and_no_less(foretell: Foretell) -> None:
    world, zone = (find_usd(foretell(name), name) for name in ("acc/mini", "acc/zone"))
    assert world is not None
    assert zone is not None
    assert (zone.low, zone.typical) == (world.low, world.typical)
    assert zone.high == pytest.approx(1.1 * world.high)


def test_an_unknown_price_is_unknown_and_the_rest_is_said_to_be_without_it(
    foretell: Foretell,
) -> None:
    alone = foretell("acc/what")
    assert find_usd(alone, "acc/what") is None
    assert alone.unpriced == ("acc/what",)
    both = say_forecast(foretell("acc/mini", "acc/what"))
    assert "; without acc/what, whose price is unknown" in both


def test_units_of_throughput_are_paid_by_the_hour(foretell: Foretell) -> None:
    expected = foretell("acc/units")
    assert expected.paid_by_hour == ("acc/units",)
    assert expected.unpriced == ()
    assert "; without the hours of acc/units" in say_forecast(expected)


def test_transcripts_made_elsewhere_cost_nothing(foretell: Foretell) -> None:
    usd = find_usd(foretell("made/gpt-4"), "made/gpt-4")
    assert usd == Interval(0, 0, 0)


def test_the_replies_of_a_past_run_narrow_the_interval_and_are_named(foretell: Foretell) -> None:
    turn = PastTurn(1, 1, 40, 50)
    known: dict[TurnKey, PastTurn] = {("one", None, "default", n): turn for n in (1, 2)}
    past = PastReplies("run 20260101-000000-aaaaaa", False, known, turn, {})
    blind, knowing = foretell("acc/mini"), foretell("acc/mini", past=past)
    one, other = (find_usd(each, "acc/mini") for each in (blind, knowing))
    assert one is not None
    assert other is not None
    assert other.high - other.low < (one.high - one.low) / 4
    page = "\n".join(format_forecast(knowing))
    assert "replies as long as in run 20260101-000000-aaaaaa" in page
    assert "no past run or recording: the length of replies is assumed" in "\n".join(
        format_forecast(blind)
    )


def test_a_latency_of_the_simulator_says_nothing_of_azure(foretell: Foretell) -> None:
    turn = PastTurn(1, 1, 40, 50)
    known: dict[TurnKey, PastTurn] = {("one", None, "default", n): turn for n in (1, 2)}

    def take(*, simulated: bool) -> Interval:
        past = PastReplies("run x", simulated, known, turn, {}, latency_s=(500.0, 900.0))
        return foretell("acc/mini", past=past).seconds

    assert take(simulated=False).typical == 1000.0
    assert take(simulated=True).typical < 60


def test_a_run_is_told_in_one_line_with_its_budget(foretell: Foretell) -> None:
    line = say_forecast(foretell("acc/mini", budget=Budget(usd=2.0)))
    assert line.startswith("8 requests: about $0.0")
    assert line.endswith("; budget $2.00")


def test_a_simulated_run_costs_nothing_and_says_what_azure_would_cost(foretell: Foretell) -> None:
    line = say_forecast(foretell("acc/mini", simulated=True))
    assert line.startswith("simulated: costs nothing; on Azure it would be about $0.0")


def test_beside_what_is_real_the_simulator_is_free_and_named(foretell: Foretell) -> None:
    line = say_forecast(foretell("acc/mini", simulated={"acc/judge", "acc/embed"}))
    assert line.startswith("8 requests: about $0.0")
    assert line.endswith("; simulated, and free: acc/judge, acc/embed")
    alone = find_usd(foretell("acc/mini"), "acc/mini")
    assert foretell("acc/mini", simulated={"acc/judge", "acc/embed"}).usd == alone


def test_a_judge_that_reasons_thinks_before_its_verdict(foretell: Foretell, tmp_path: Path) -> None:
    plain = next(one for one in foretell("acc/mini").targets if one.name == "acc/judge")
    assert plain.volume.reasoning.high == 0
    text = SPEC.replace(
        'judge: {model: gpt-4.1, version: "2025-04-14"',
        'judge: {model: gpt-5-mini, version: "2025-08-07"',
    )
    assert text != SPEC
    (tmp_path / "bill.yaml").write_text(text, encoding="utf-8")
    spec = read_spec(tmp_path / "bill.yaml", Permissions()).spec
    matrix = expand(spec, select_targets(spec, ["acc/mini"]), Selection(), lambda _: ())
    expected = make_forecast(matrix, Widths.of("auto", 1), Budget(), simulated=_never)
    judge = next(one for one in expected.targets if one.name == "acc/judge")
    assert judge.volume.reasoning.high == 2 * 2_500


def test_a_judge_may_take_as_long_as_its_longest_verdicts_are_set_aside(
    foretell: Foretell, tmp_path: Path
) -> None:
    plain = next(one for one in foretell("acc/mini").targets if one.name == "acc/judge")
    assert plain.seconds.high >= 3 * 60  # two of 32,768 tokens, at 20,000 a minute
    text = SPEC.replace(
        "GlobalStandard, capacity: 20}\n      embed",
        "GlobalStandard, capacity: 20, parameters: {max_output_tokens: 200}}\n      embed",
    )
    assert text != SPEC
    (tmp_path / "bill.yaml").write_text(text, encoding="utf-8")
    spec = read_spec(tmp_path / "bill.yaml", Permissions()).spec
    matrix = expand(spec, select_targets(spec, ["acc/mini"]), Selection(), lambda _: ())
    expected = make_forecast(matrix, Widths.of("auto", 1), Budget(), simulated=_never)
    judge = next(one for one in expected.targets if one.name == "acc/judge")
    assert judge.volume.reserved.high == judge.volume.input.high + 2 * 200
    assert judge.seconds.high <= 60


def test_a_run_that_may_end_earlier_says_so(foretell: Foretell) -> None:
    assert ", or less" in say_forecast(foretell("acc/mini", looks=4))


def test_a_run_that_is_gone_on_with_costs_what_is_left(foretell: Foretell) -> None:
    whole, half = foretell("acc/mini").usd, foretell("acc/mini", left=0.5)
    assert whole is not None
    assert half.usd is not None
    assert half.usd.typical == pytest.approx(whole.typical / 2)
    assert say_forecast(half).startswith("about 4 requests left: about $0.0")


def test_a_budget_that_is_too_small_is_told_before_anything_is_sent(foretell: Foretell) -> None:
    assert say_excess(foretell("acc/mini", budget=Budget(usd=5.0, requests=100))) is None
    assert say_excess(foretell("acc/mini", budget=Budget(usd=5.0, requests=4))) == (
        "warning: the budget is too small (8 requests of 4): requests beyond it are not sent, and "
        "the run ends incomplete (exit code 4)"
    )
    tiny = foretell("acc/mini", budget=Budget(usd=0.0001))
    dear = say_excess(replace(tiny, first=()))
    assert dear is not None
    assert dear.startswith("warning: the budget is too small (up to $0.")
    assert " of $0.0001)" in dear
    near = foretell("acc/mini").usd
    assert near is not None
    between = foretell("acc/mini", budget=Budget(usd=(near.typical + near.high) / 2))
    perhaps = say_excess(replace(between, first=()))
    assert perhaps is not None
    assert perhaps.startswith("the budget may be too small")


def test_a_budget_that_is_too_small_for_one_request_is_told_so(foretell: Foretell) -> None:
    small = say_excess(foretell("acc/mini", budget=Budget(usd=0.0001)))
    assert small is not None
    assert small.startswith(
        "warning: the budget is too small for one request (up to $0.00656 of $0.0001): nothing is "
        "sent, and the run ends incomplete (exit code 4)"
    )
    few = say_excess(foretell("acc/mini", budget=Budget(tokens=100)))
    assert few is not None
    assert "of 100)" in few


def test_the_document_has_null_for_unknown(foretell: Foretell) -> None:
    document = make_forecast_document(foretell("acc/what"))
    named = {one["name"]: one for one in document["targets"]}
    assert named["acc/what"]["usd"] is None
    assert named["acc/what"]["billing"] == "unknown"
    assert document["unpriced"] == ["acc/what"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (Interval(1, 5, 60), "under a minute"),
        (Interval(1, 5, 61), "up to 1 minute"),
        (Interval(60, 120, 300), "1 to 5 minutes"),
        (Interval(180, 180, 180), "3 minutes"),
        (Interval(3600, 9000, 18000), "1 to 5 hours"),
    ],
)
def test_durations_are_told_in_minutes_and_hours(seconds: Interval, words: str) -> None:
    assert say_duration(seconds) == words


def test_very_many_conversations_are_foretold_by_some_of_them(tmp_path: Path) -> None:
    (tmp_path / "bill.yaml").write_text(SPEC.replace("- id: one", "- id: one\n    cases: many.csv"))
    (tmp_path / "answers.jsonl").write_text("")
    (tmp_path / "many.csv").write_text("x\n" + "1\n" * 5000)
    spec = read_spec(tmp_path / "bill.yaml", Permissions()).spec

    def foretell_cases(count: int) -> Forecast:
        matrix = expand(
            spec, select_targets(spec, ["acc/mini"]), Selection(), lambda _: [{"x": 1}] * count
        )
        return make_forecast(
            matrix, Widths.of("auto", 1), Budget(), simulated=_never, past=lambda _: None
        )

    few, many = foretell_cases(500), foretell_cases(50_000)
    assert many.requests == 100 * few.requests
    assert many.targets[0].volume.input.typical == pytest.approx(
        100 * few.targets[0].volume.input.typical
    )


def _never(_: Target) -> bool:
    return False
