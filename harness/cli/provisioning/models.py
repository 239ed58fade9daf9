"""``harness models``: where a model can be deployed, and what is left of the quota for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.layout import Command
from harness.cli.options import spec_options
from harness.cli.show import voice
from harness.errors import Exit
from harness.wiring import Permissions

if TYPE_CHECKING:
    from harness.errors import Diagnostic
    from harness.plan.identity import Market
    from harness.plan.observed import Survey
    from harness.plan.preflight.offering import Assumed, Search
    from harness.provision.ports import Cloud
    from harness.spec.load import SpecFile
    from harness.wiring.world import SpecWorld

EXAMPLES = """\b
Examples:
  harness models                                        every model, in one line each
  harness models --model gpt-4.1 --capacity 50          where 50,000 tokens a minute can be had
  harness models --model gpt-4o --region "East US"      its versions and SKUs in one region
  harness models specs/sweden.yaml --model gpt-4.1      as that spec's cloud and subscription see it
  AZURE_SUBSCRIPTION_ID=… harness models --cloud azure --model gpt-4.1 --json

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
@spec_options
def command(
    spec: Path | None,
    permissions: Permissions,
    *,
    regions: tuple[str, ...],
    model: str | None,
    sku: str | None,
    capacity: int | None,
    as_json: bool,
) -> int:
    """Show where a model can be deployed: regions, versions, SKUs, quota left, retirement, price.

    What fits comes first, the nearest of it first; it is what preflight of `plan` accepts too.
    Without SPEC, HARNESS_CLOUD and AZURE_SUBSCRIPTION_ID say whom to ask.
    """
    from harness.cli.provisioning.models_page import document, overview, table
    from harness.plan.preflight.offering import Search, find_nearest_models, list_offerings
    from harness.wiring import open_world, read_spec
    from harness.wiring.default_spec import make_default_spec

    spec_file = read_spec(spec, permissions) if spec is not None else make_default_spec(permissions)
    if spec_file.spec.cloud is None and not spec_file.spec.accounts:
        # A spec of providers alone says nothing of Azure: the environment does.
        spec_file = make_default_spec(permissions)
    with open_world(spec_file, permissions, say=voice().say, verbose=voice().verbose) as world:
        asked = markets(spec_file, world.cloud(), regions)
        kind = _kind(spec_file)
        search = Search(model, None, sku, capacity, kind, _near(spec_file, asked, regions))
        survey = world.cloud().survey(asked)
        today = world.today
        found = list_offerings(survey, search, today, _assumed(world, asked))
    _tell_silence(asked, survey)
    if as_json:
        click.echo(json.dumps(document(search, found, today), ensure_ascii=False, indent=2))
    elif found:
        click.echo(table(found) if model is not None else overview(found), nl=False)
    if any(each.fits for each in found):
        return int(Exit.OK)
    close = find_nearest_models(survey, model) if model and not found else ()
    click.echo(_nothing(search, asked, close, offered=bool(found)), err=True)
    return int(Exit.NO)


def markets(spec_file: SpecFile, cloud: Cloud, regions: Sequence[str]) -> tuple[Market, ...]:
    """The regions to ask: those named, else all where this subscription can have accounts.

    Raises:
        RequestError: a region is none, or none where accounts can be created.
    """
    from harness.azure.regions import OPENAI_NAMES, fold, is_known
    from harness.errors import RequestError
    from harness.plan.identity import Market

    subscription = subscription_of(spec_file)
    there = cloud.list_account_regions(subscription)
    names = [fold(region) for region in regions]
    problems = [
        _no_region(region, there or OPENAI_NAMES)
        for region, name in zip(regions, names, strict=True)
        if name not in there and (there or not is_known(name))
    ]
    if problems:
        raise RequestError(*problems)
    chosen = names or sorted(there or OPENAI_NAMES)
    return tuple(Market(subscription, name) for name in dict.fromkeys(chosen))


def subscription_of(spec_file: SpecFile) -> str:
    """The subscription that a spec works in; the simulator accepts any."""
    from harness.plan.scope import NO_SUBSCRIPTION, make_account_id

    spec = spec_file.spec
    if any(each.path == ("subscription",) for each in spec_file.unset):
        return NO_SUBSCRIPTION
    if spec.subscription is None and spec.accounts:
        return make_account_id(spec, next(iter(spec.accounts.values()))).group.subscription
    return spec.subscription or NO_SUBSCRIPTION


def _no_region(region: str, candidates: Iterable[str]) -> Diagnostic:
    from harness.azure.regions import fold, is_known, sort_nearest_first
    from harness.errors import Diagnostic
    from harness.plan.preflight.offers import find_nearest_words, join_names

    close = find_nearest_words(fold(region), candidates) or sort_nearest_first(region, candidates)
    what = "has no Azure OpenAI for this subscription" if is_known(region) else "is not a region"
    return Diagnostic("H920", f"{region} {what}", hint=f"the nearest: {join_names(close)}")


def _near(spec_file: SpecFile, asked: Sequence[Market], regions: Sequence[str]) -> str | None:
    """The region that the person is in, as far as anybody says."""
    accounts = spec_file.spec.accounts.values()
    if regions:
        return asked[0].region
    return next((account.region for account in accounts), None)


def _kind(spec_file: SpecFile) -> str:
    """The kind of account that models are looked for; a spec's own, when it has but one."""
    kinds = {account.kind for account in spec_file.spec.accounts.values()}
    return kinds.pop() if len(kinds) == 1 else "AIServices"


def _assumed(world: SpecWorld, asked: Sequence[Market]) -> Assumed:
    """List what the simulated Azure has no recorded list for."""
    from harness.azure.catalogue import list_models

    if not world.simulated:
        return frozenset()
    return frozenset(
        (market.region, offer.name, offer.version)
        for market in asked
        for offer in list_models(market.region, world.today)
        if offer.assumed
    )


def _tell_silence(asked: Sequence[Market], survey: Survey) -> None:
    silent = [market.region for market in asked if not survey.offers.get(market)]
    if silent:
        voice().say(f"nothing is known of {', '.join(silent)}: Azure did not say")


def _nothing(
    search: Search, asked: Sequence[Market], close: Sequence[str], *, offered: bool
) -> str:
    where = asked[0].region if len(asked) == 1 else f"{len(asked)} regions"
    what = " ".join(
        [
            search.model or "anything",
            *([f"as {search.sku}"] if search.sku else []),
            *([f"with capacity {search.capacity}"] if search.capacity else []),
        ]
    )
    said = f"nothing that fits: {what} in {where}" if offered else f"{where}: nobody offers {what}"
    hint = f"\n  hint: did you mean {' or '.join(close)}?" if close else ""
    return said + hint
