"""``harness prices``: what a model costs, who says so, and since when."""

from __future__ import annotations

import json
from pathlib import Path

import click

from harness.cli.layout import Command
from harness.cli.options import add_spec_options
from harness.cli.show import find_voice
from harness.wiring import Permissions

EXAMPLES = """\b
Examples:
  harness prices                               every model of OpenAI that Azure offers today
  harness prices gpt-4.1-mini                  its versions, by Azure's table and by OpenAI's
  harness prices gpt-4@1106-Preview            one version alone
  harness prices --provider openai             as OpenAI's own API bills them
  harness prices --spec specs/sweden.yaml      what each target costs, and which entry says so
  harness prices gpt-5-mini --json             for programs

\b
Another price than the table's stands in the spec, for one deployment or for a model:
  price: {input: 0.40, output: 1.60, cached_input: 0.10}
  prices: {gpt-4.1-mini: {input: 0.40, output: 1.60}}       beside `accounts`

\b
Exit codes: 0 a price is known · 1 none is known of that model · 2 the request is wrong
"""


@click.command("prices", cls=Command, epilog=EXAMPLES)
@click.argument("model", metavar="[MODEL[@VERSION]]", required=False)
@click.option(
    "--provider",
    type=click.Choice(["azure", "openai"]),
    help="By this table alone. Default: azure; of one MODEL both.",
)
@click.option(
    "--spec", metavar="SPEC", type=click.Path(path_type=Path), help="The targets of this spec."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@add_spec_options
def command(
    model: str | None,
    permissions: Permissions,
    *,
    provider: str | None,
    spec: Path | None,
    as_json: bool,
) -> int:
    """Show prices in US dollars per million tokens: the table, its date, and what a spec says.

    The table is read from the disk: nothing is asked of anybody. Prices are those of Global
    deployments; what other SKUs make of them, and what costs by the hour, stands below.
    """
    from datetime import date

    from harness.app.costs.prices import list_offered, list_target_prices, look_up
    from harness.cli.project.prices_page import (
        format_prices,
        format_target_prices,
        make_prices_document,
        warn_of_age,
    )
    from harness.wiring import read_spec

    today = date.today()  # noqa: DTZ011 - whose day it is does not matter for a table's age
    if spec is not None:
        if provider is not None:
            raise click.UsageError("--provider is a table's; --spec asks what its targets cost.")
        spec_file = read_spec(spec, permissions)
        targets = list_target_prices(spec_file, model)
        page = format_target_prices(targets)
        document = make_prices_document((), targets, today)
    else:
        name, _, version = (model or "").partition("@")
        tables = ("azure", "openai") if provider is None else (provider,)
        found = look_up(name, version or None, tables) if model else list_offered(tables[0], today)
        page = format_prices(found)
        document = make_prices_document(found, (), today)
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    click.echo(page, nl=False)
    old = warn_of_age(today)
    if old:
        find_voice().say(old)
    return 0
