"""Tell what an evaluation is about to send and cost, before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Callable

import click

from harness.app.evaluation import forecast
from harness.app.ports import World
from harness.cli.show import find_voice
from harness.run.forecast.forecast import Forecast
from harness.run.forecast.wording import (
    format_forecast,
    make_forecast_document,
    say_excess,
    say_forecast,
)
from harness.run.preparation import EvalOptions, PreparedRun
from harness.run.requests.budget import find_unpriced
from harness.run.requests.spent import advise_more, find_ended, say_spent
from harness.run.targets import every_target
from harness.text.numbers import format_money, format_plural

NOT_COUNTED = "Retries are not counted. docs/costs.md: how far off a forecast may be."


def say_what_it_costs(expected: Forecast) -> None:
    """Say in a line what the run is about to cost, and whether the budget is enough for it."""
    say = find_voice().say
    say(say_forecast(expected))
    excess = say_excess(expected)
    if excess is not None:
        say(excess)


def show_what_would_run(
    world: World,
    options: EvalOptions,
    on_ready: Callable[[PreparedRun], None],
    *,
    as_json: bool,
) -> None:
    """Print what an evaluation would send and cost; nothing is sent and nothing is written.

    ``on_ready`` gets what would be run, before its figures are printed.
    """
    expected = forecast(world, options, on_ready=on_ready)
    trials, requests, in_flight = expected.trials, expected.requests, expected.in_flight
    if as_json:
        document = {
            "trials": trials,
            "requests": requests,
            "requests_per_target": dict(expected.requests_per_target),
            "concurrency": in_flight,
            **({"looks": expected.looks} if expected.looks else {}),
            "forecast": {**make_forecast_document(expected), "replayed": world.replays},
        }
        click.echo(json.dumps(document, ensure_ascii=False))
        return
    click.echo(f"{format_plural(trials, 'trial')}, {format_plural(requests, 'request')} at least")
    if expected.looks:
        click.echo(f"fewer, if one of {expected.looks} looks settles the gate before the end")
    for line in format_forecast(expected):
        click.echo(line)
    if not all(one.waves for one in expected.targets):
        click.echo(f"up to {format_plural(in_flight, 'request')} in flight")
    if world.replays:
        click.echo("a replay sends nothing and costs nothing: this is what recording it would take")
    click.echo(say_forecast(expected))
    excess = say_excess(expected)
    if excess is not None:
        click.echo(excess)
    click.echo(NOT_COUNTED)
    click.echo("nothing was sent")


def warn_of_unknown_prices(prepared: PreparedRun) -> None:
    """Warn that a limit in dollars does not hold what nobody knows the price of."""
    matrix = prepared.matrix
    asked = {target.name: target for target in matrix.targets}
    asked |= {one.name: one for one in every_target(matrix.spec) if one.name in matrix.advice}
    names = find_unpriced(asked.values())
    if names and prepared.config.budget.usd is not None:
        find_voice().say(
            f"warning: nobody knows what {', '.join(names)} costs, so the limit of "
            f"${prepared.config.budget.usd:g} does not hold it; `price` in the spec says"
        )


def say_what_is_left(prepared: PreparedRun) -> None:
    """Say what earlier processes of a resumed run spent, and what it takes to go on at all."""
    budget, spent = prepared.config.budget, prepared.config.spent
    if prepared.config.by_default:
        find_voice().say(
            f"in a pipeline (CI is set) a run for which nobody set a budget has one: "
            f"{format_money(budget.usd)} and {budget.requests or 0:,} requests; "
            "`evaluation.budget` in the spec, or --max-usd, sets another"
        )
    if prepared.resumed is None or not (said := say_spent(budget, spent)):
        return
    find_voice().say(said)
    for limit in find_ended(budget, spent):
        more = advise_more(limit, budget)
        option = f": {more.option}" if more.option else ""
        find_voice().say(
            f"warning: nothing is left of the budget's {limit}, and nothing more is sent; "
            f"to go on give it {more.advice}{option}"
        )
