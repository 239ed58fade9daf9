"""The targets that a run talks to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any, Literal

from harness.azure.standing.rates import find_batch_factor
from harness.errors import Diagnostic, RequestError
from harness.run.engines.names import EngineName
from harness.spec.model.spec import Deployment, Price, ProviderModel, Spec
from harness.spec.model.targets import choose_targets, is_batch_sku, list_embedders

UNKNOWN_TARGET = "H601"
NOTHING_SELECTED = "H602"
ONLY_EMBEDS = "H609"
NO_BATCHES = "H612"

FREE = Price(input=0.0, output=0.0)

BATCH_FACTOR = 0.5
"""The share of the usual price that a batch costs. Source: Azure's and OpenAI's documentation."""


@dataclass(frozen=True, slots=True)
class Target:
    """A deployment or a provider's model, as the spec names it.

    Attributes:
        name: ``sweden/mini``; an application is named by its provider alone.
        owner: the handle of the account or provider.
        handle: the handle of the deployment or model, "" for an application.
        model: the model's name, None where nobody says.
        version: the declared version, None for ``default`` and where nobody says.
        region: the account's; None where it may be in several, and only Azure knows which.
        capacity: in the SKU's unit: thousands of tokens a minute, or throughput units.
        parameters: the target's own, by the contract's names.
        price: the spec's price, which overrides the table.
        price_table: whose table prices it; None when tokens are not what is paid for.
        context: tokens that fit into one request, where the spec says.
        price_factor: what the price table's price is multiplied by; the spec's own is as it is.
        takes_batches: it can be asked in batches; of an endpoint that exists already nobody knows.
        by_batch: it is, in this run.
    """

    name: str
    kind: Literal["deployment", "provider"]
    owner: str
    handle: str = ""
    model: str | None = None
    version: str | None = None
    region: str | None = None
    sku: str | None = None
    capacity: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    price: Price | None = None
    price_table: Literal["azure", "openai"] | None = None
    context: int | None = None
    reasoning: bool | None = None
    price_factor: float = 1.0
    takes_batches: bool = False
    by_batch: bool = False

    @property
    def is_batch_deployment(self) -> bool:
        """Say whether it is asked in batches, and in no other way."""
        return self.kind == "deployment" and self.takes_batches


def every_target(spec: Spec) -> tuple[Target, ...]:
    """Return everything that the spec names, in its order: deployments first, then providers."""
    return (*_deployments(spec), *_provider_models(spec))


def select_targets(
    spec: Spec, patterns: Sequence[str] = (), engine: EngineName = "local"
) -> tuple[Target, ...]:
    """Return the targets of a run once each, in the order of the spec or ``evaluation.targets``.

    Without patterns these are the declared ones; without any declared, whatever can chat except
    the judge, the embeddings and batch deployments. A pattern is a target's name, whichever it is,
    or a glob over what would have been selected. Asked in batches are what can be, and nothing
    else is selected.

    Raises:
        RequestError: a name that is no target (with the nearest ones), one that only embeds, one
            that takes no batches and is to be asked so, or nothing selected.
    """
    known = {target.name: target for target in every_target(spec)}
    usual = _matching(choose_targets(spec, by_batch=engine == "batch"), list(known.values()), known)
    if engine == "batch" and spec.evaluation.targets is not None:
        usual = [target for target in usual if target.takes_batches]
    chosen = _matching(patterns, usual, known) if patterns else usual
    for name in list_embedders(spec).intersection(target.name for target in chosen):
        raise cannot_answer_error(name)
    if engine == "batch":
        if stranger := next((one for one in chosen if not one.takes_batches), None):
            raise _no_batches_error(f"target {stranger.name} takes no batches", known)
        if not chosen:
            raise _no_batches_error("the spec has no target that is asked in batches", known)
        return tuple(map(_ask_by_batch, chosen))
    if not chosen:
        raise RequestError(
            Diagnostic(
                NOTHING_SELECTED,
                "the spec has no target that can hold a conversation",
                hint="declare a deployment under accounts, or a model under providers",
            )
        )
    return tuple(chosen)


def _ask_by_batch(target: Target) -> Target:
    factor = target.price_factor
    if target.kind == "provider":
        factor = BATCH_FACTOR
    return replace(target, by_batch=True, price_factor=factor)


def _no_batches_error(summary: str, known: Mapping[str, Target]) -> RequestError:
    able = [target.name for target in known.values() if target.takes_batches]
    return RequestError(
        Diagnostic(
            NO_BATCHES,
            summary,
            "deployments of the SKUs GlobalBatch and DataZoneBatch do, and OpenAI's own models",
            hint=f"-t {able[0]}"
            if able
            else "declare one: `sku: GlobalBatch`; or leave --engine out",
        )
    )


def cannot_answer_error(name: str) -> RequestError:
    """Make the error for a model that only embeds texts and is to hold a conversation."""
    return RequestError(
        Diagnostic(
            ONLY_EMBEDS,
            f"target {name} only embeds texts: it cannot hold a conversation",
            hint=f"evaluation: {{embeddings: {{target: {name}}}}} lets `similar` ask it",
        )
    )


def _matching(
    patterns: Sequence[str], usual: Sequence[Target], known: Mapping[str, Target]
) -> list[Target]:
    chosen: dict[str, Target] = {}
    for pattern in patterns:
        if pattern in known:
            chosen[pattern] = known[pattern]
            continue
        found = [target for target in usual if fnmatchcase(target.name, pattern)]
        if not found:
            raise _unknown_target_error(pattern, known)
        chosen.update((target.name, target) for target in found)
    return list(chosen.values())


def _unknown_target_error(pattern: str, known: Mapping[str, Target]) -> RequestError:
    near = get_close_matches(pattern, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"targets: {', '.join(known)}"
    glob = any(mark in pattern for mark in "*?[")
    summary = f"no target matches '{pattern}'" if glob else f"there is no target '{pattern}'"
    return RequestError(Diagnostic(UNKNOWN_TARGET, summary, hint=hint))


def _deployments(spec: Spec) -> Iterator[Target]:
    for owner, account in spec.accounts.items():
        for handle, deployment in account.deployments.items():
            by_token = not deployment.sku.endswith("ProvisionedManaged")
            own = deployment.price or (_find_price(spec, deployment) if by_token else None)
            yield Target(
                name=f"{owner}/{handle}",
                kind="deployment",
                owner=owner,
                handle=handle,
                model=deployment.model,
                version=_read_version(deployment.version),
                region=account.home if len(account.regions) == 1 else None,
                sku=deployment.sku,
                capacity=deployment.capacity,
                parameters=deployment.parameters.to_dict(),
                price=own,
                price_table="azure" if by_token else None,
                context=deployment.context,
                price_factor=find_batch_factor(deployment.sku),
                takes_batches=is_batch_sku(deployment.sku),
            )


def _provider_models(spec: Spec) -> Iterator[Target]:
    for owner, provider in spec.providers.items():
        for handle, model in provider.list_models().items():
            yield Target(
                name=f"{owner}/{handle}" if handle else owner,
                kind="provider",
                owner=owner,
                handle=handle,
                model=model.model or handle or None,
                version=_read_version(model.version),
                parameters=model.parameters.to_dict(),
                price=model.price or _find_price(spec, model, handle),
                price_table=provider.price_table,
                context=model.context,
                reasoning=model.reasoning,
                takes_batches=provider.takes_batches,
            )


def _find_price(spec: Spec, declared: Deployment | ProviderModel, handle: str = "") -> Price | None:
    """Return what ``prices`` says of a model: of its version before that of its name."""
    model = declared.model or handle
    return spec.prices.get(f"{model}@{declared.version}") or spec.prices.get(model)


def _read_version(version: str | None) -> str | None:
    return None if version in {None, "", "default"} else version
