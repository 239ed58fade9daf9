"""The targets of a spec: who can be asked, by the names that the author uses.

``sweden/mini`` is a deployment or a provider's model; ``app`` alone is an application.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.spec.located import Node
from harness.spec.model import (
    AzureProvider,
    CompatibleProvider,
    LocalProvider,
    OpenAIProvider,
    RecordedProvider,
    Spec,
)

TargetKind = Literal["deployment", "provider_model", "application", "local_model"]

LOCAL = "sentence-transformers"
"""The type of providers whose models do nothing but embed texts, on this machine."""

NOT_CHAT = ("embedding", "whisper", "tts", "transcribe", "dall-e", "gpt-image", "sora", "realtime")
"""Parts of model names that do not answer conversations.

Source: Azure OpenAI models page, 2026-09 (facts/azure-inference).
"""


@dataclass(frozen=True, slots=True)
class Target:
    """A name that a conversation can be run on.

    ``model`` is what stands behind it, "" for an application.
    """

    name: str
    kind: TargetKind
    model: str = ""
    sku: str = ""

    @property
    def chats(self) -> bool:
        """Whether it answers conversations at once: no embeddings, no media, no batch."""
        if self.kind == "local_model":
            return False
        media = any(part in self.model.lower() for part in NOT_CHAT)
        return not media and not self.sku.endswith("Batch")


def targets(spec: Spec) -> tuple[Target, ...]:
    """Every target that the spec declares, in its order: deployments, then providers."""
    found = [
        Target(f"{handle}/{name}", "deployment", deployment.model, deployment.sku)
        for handle, account in spec.accounts.items()
        for name, deployment in account.deployments.items()
    ]
    for handle, provider in spec.providers.items():
        match provider:
            case OpenAIProvider() | CompatibleProvider() | AzureProvider() | RecordedProvider():
                found += [
                    Target(f"{handle}/{name}", "provider_model", model.model or name)
                    for name, model in provider.models.items()
                ]
            case LocalProvider():
                found += [
                    Target(f"{handle}/{name}", "local_model", name) for name in provider.models
                ]
            case _:
                found.append(Target(handle, "application"))
    return tuple(found)


def only_embed(spec: Spec) -> frozenset[str]:
    """The names of those that embed texts and do nothing else; nothing is sent to them."""
    return frozenset(target.name for target in targets(spec) if target.kind == "local_model")


def default_targets(spec: Spec) -> tuple[str, ...]:
    """What is evaluated: the declared list, else everything that chats and serves no other role."""
    if spec.evaluation.targets is not None:
        return spec.evaluation.targets
    roles = {
        role.target
        for role in (spec.evaluation.judge, spec.evaluation.embeddings)
        if role is not None
    }
    return tuple(
        target.name for target in targets(spec) if target.chats and target.name not in roles
    )


def written_targets(root: Node) -> tuple[str, ...]:
    """The names of targets in a document that may still be wrong elsewhere."""
    names = [
        f"{handle}/{name}"
        for handle, account in _items(root, "accounts")
        for name, _ in _items(account, "deployments")
    ]
    for handle, provider in _items(root, "providers"):
        kind = provider.at("type")
        if kind is not None and kind.text in ("http", "command"):
            names.append(handle)
        else:
            names += [f"{handle}/{name}" for name, _ in _items(provider, "models")]
    return tuple(names)


def written_only_embed(root: Node) -> frozenset[str]:
    """As ``only_embed``, of a document that may still be wrong elsewhere."""
    return frozenset(
        f"{handle}/{name}"
        for handle, provider in _items(root, "providers")
        if (kind := provider.at("type")) is not None and kind.text == LOCAL
        for name, _ in _items(provider, "models")
    )


def _items(node: Node, key: str) -> list[tuple[str, Node]]:
    below = node.at(key)
    return list(below.items.items()) if below is not None else []
