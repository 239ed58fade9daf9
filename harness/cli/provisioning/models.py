"""``harness models``: where a model can be deployed, and what is left of the quota for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.layout import Command
from harness.cli.options import add_spec_options
from harness.cli.outside import open_outside
from harness.cli.show import find_voice
from harness.cli.specs import read_any_spec
from harness.errors import Exit
from harness.wiring import Permissions

if TYPE_CHECKING:
    from harness.app.models import FoundModels
    from harness.app.ports import World

EXAMPLES = """\b
Examples:
  harness models                                        every model, in one line each
  harness models --model gpt-4.1 --capacity 50          where 50,000 tokens a minute can be had
  harness models --model gpt-4o --region "East US"      its versions and SKUs in one region
  harness models specs/sweden.yaml --model gpt-4.1      as that spec's cloud and subscription see it
  AZURE_SUBSCRIPTION_ID=… harness models --cloud azure --model gpt-4.1 --json
  AZURE_SUBSCRIPTION_ID=… harness models --cloud azure --save azure.json    for the simulator

\b
Exit codes: 0 something fits · 1 nothing does · 2 the request is wrong · 3 Azure cannot be read
"""


@click.command("models", cls=Command, epilog=EXAMPLES)
@click.argument("spec", metavar="[SPEC]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--region", "regions", metavar="R", multiple=True, help="Only there. May be repeated."
)
@click.option("--model", metavar="M", help="Only this model, with every version and SKU.")
@click.option("--sku", metavar="S", help="Only this SKU, such as GlobalStandard.")
@click.option(
    "--capacity",
    type=click.IntRange(1),
    metavar="N",
    help="Thousands of tokens a minute, or PTU. Default: the least that each SKU sells.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option(
    "--save",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write what the subscription offers, for `simulator: {catalogue: FILE}`; no ids.",
)
@add_spec_options
def command(
    spec: Path | None,
    permissions: Permissions,
    *,
    regions: tuple[str, ...],
    model: str | None,
    sku: str | None,
    capacity: int | None,
    as_json: bool,
    file: Path | None,
) -> int:
    """Show where a model can be deployed: regions, versions, SKUs, quota left, retirement, price.

    What fits comes first, the nearest of it first; it is what preflight of `plan` accepts too.
    Without SPEC it is the only one of the project; where there is none, or several, HARNESS_CLOUD
    and AZURE_SUBSCRIPTION_ID say whom to ask.
    """
    from harness.app.models import ModelQuery, search_models
    from harness.cli.provisioning.models_page import (
        format_overview,
        format_table,
        make_models_document,
    )
    from harness.wiring import read_default_spec

    spec_file, _ = read_any_spec(spec, permissions)
    if spec_file.spec.cloud is None and not spec_file.spec.accounts:
        # A spec of providers alone says nothing of Azure: the environment does.
        spec_file = read_default_spec(permissions)
    with open_outside(spec_file, permissions) as world:
        if file is not None:
            return _save(world, regions, file)
        found = search_models(world, ModelQuery(regions, model, sku, capacity))
    if found.silent:
        find_voice().say(f"nothing is known of {', '.join(found.silent)}: Azure did not say")
    if as_json:
        page = make_models_document(found.search, found.offerings, found.today)
        click.echo(json.dumps(page, ensure_ascii=False, indent=2))
    elif found.offerings:
        rows = found.offerings
        click.echo(format_table(rows) if model is not None else format_overview(rows), nl=False)
    if found.fits:
        return int(Exit.OK)
    click.echo(_describe_nothing(found), err=True)
    return int(Exit.NO)


def _save(world: World, regions: tuple[str, ...], file: Path) -> int:
    from harness.app.models import save_catalogue

    document = save_catalogue(world, regions)
    world.archive.write(file, [json.dumps(document, ensure_ascii=False, indent=1), "\n"])
    count = len(document["regions"])
    who = "1 region offers" if count == 1 else f"{count} regions offer"
    find_voice().say(f"{file}: what {who} on {document['observed']}")
    return int(Exit.OK)


def _describe_nothing(found: FoundModels) -> str:
    search, asked = found.search, found.asked
    where = asked[0].region if len(asked) == 1 else f"{len(asked)} regions"
    what = " ".join(
        [
            search.model or "anything",
            *([f"as {search.sku}"] if search.sku else []),
            *([f"with capacity {search.capacity}"] if search.capacity else []),
        ]
    )
    said = f"{where}: nobody offers {what}"
    if found.offerings:
        said = f"nothing that fits: {what} in {where}"
    if found.unknown_since is not None:
        said = (
            f"{search.model} is unknown to the simulator's catalogue ({found.unknown_since}): "
            "Azure may offer it since"
        )
    *others, last = found.similar or ("",)
    names = f"{', '.join(others)} or {last}" if others else last
    hint = f"\n  hint: did you mean {names}?" if last else ""
    return said + hint
