"""The targets of a spec: who can be asked, by the names that the author uses.

``sweden/mini`` is a deployment or a provider's model; ``app`` alone is an application.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.azure.tasks import find_task
from harness.spec.document.located import Node
from harness.spec.model.providers import find_kind
from harness.spec.model.spec import Spec


@dataclass(frozen=True, slots=True)
class DeclaredTarget:
    """A name that a conversation can be run on.

    ``model`` is what stands behind it, "" for an application; ``always_batches``: all models of its
    provider are asked in batches as well.
    """

    name: str
    model: str = ""
    sku: str = ""
    only_embeds: bool = False
    always_batches: bool = False

    @property
    def batches(self) -> bool:
        """Say whether it is known to answer conversations in batches."""
        able = is_batch_sku(self.sku) or self.always_batches
        return able and not self.only_embeds and find_task(self.model) == "chat"

    @property
    def chats(self) -> bool:
        """Say whether it answers conversations at once: no embeddings, no media, no batch."""
        if self.only_embeds:
            return False
        return find_task(self.model) == "chat" and not is_batch_sku(self.sku)


def list_targets(spec: Spec) -> tuple[DeclaredTarget, ...]:
    """Return every target that the spec declares, in its order: deployments, then providers."""
    found = [
        DeclaredTarget(f"{handle}/{name}", deployment.model, deployment.sku)
        for handle, account in spec.accounts.items()
        for name, deployment in account.deployments.items()
    ]
    for handle, provider in spec.providers.items():
        found += [
            DeclaredTarget(
                _join(handle, name),
                model.model or name,
                only_embeds=provider.only_embeds,
                always_batches=provider.takes_batches and provider.names_are_models,
            )
            for name, model in provider.list_models().items()
        ]
    return tuple(found)


def is_batch_sku(sku: str) -> bool:
    """Say whether deployments of a SKU answer files, and no single requests."""
    return sku.endswith("Batch")


def list_embedders(spec: Spec) -> frozenset[str]:
    """Return the names of those that only embed texts; nothing is sent to them."""
    return frozenset(target.name for target in list_targets(spec) if target.only_embeds)


def choose_targets(spec: Spec, *, by_batch: bool = False) -> tuple[str, ...]:
    """Return what is evaluated: the declared list, else all that chat and serve no other role.

    Asked in batches are those that are known to answer so, instead.
    """
    if spec.evaluation.targets is not None:
        return spec.evaluation.targets
    roles = {
        role.target
        for role in (spec.evaluation.judge, spec.evaluation.embeddings)
        if role is not None
    }
    return tuple(
        target.name
        for target in list_targets(spec)
        if (target.batches if by_batch else target.chats) and target.name not in roles
    )


def list_written_targets(root: Node) -> tuple[str, ...]:
    """Return the names of targets in a document that may still be wrong elsewhere."""
    names = [
        f"{handle}/{name}"
        for handle, account in _list_items(root, "accounts")
        for name, _ in _list_items(account, "deployments")
    ]
    for handle, provider in _list_items(root, "providers"):
        if find_kind(provider).is_application:
            names.append(handle)
        else:
            names += [f"{handle}/{name}" for name, _ in _list_items(provider, "models")]
    return tuple(names)


def list_written_embedders(root: Node) -> frozenset[str]:
    """Return the same as ``only_embed``, of a document that may still be wrong elsewhere."""
    return frozenset(
        f"{handle}/{name}"
        for handle, provider in _list_items(root, "providers")
        if find_kind(provider).only_embeds
        for name, _ in _list_items(provider, "models")
    )


def _join(owner: str, handle: str) -> str:
    return f"{owner}/{handle}" if handle else owner


def _list_items(node: Node, key: str) -> list[tuple[str, Node]]:
    below = node.at(key)
    return list(below.items.items()) if below is not None else []
