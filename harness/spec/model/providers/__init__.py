"""Targets that are not provisioned here: a module a kind of provider, and a row a kind below."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, get_args

from pydantic import Field

from harness.spec.document.located import Node
from harness.spec.model.providers.azure import AzureProvider
from harness.spec.model.providers.base import DeclaredProvider, ProviderModel
from harness.spec.model.providers.command import CommandProvider
from harness.spec.model.providers.compatible import CompatibleProvider
from harness.spec.model.providers.http import HttpProvider
from harness.spec.model.providers.local import LocalModel, LocalProvider
from harness.spec.model.providers.openai import OpenAIProvider
from harness.spec.model.providers.recorded import RecordedProvider

__all__ = [
    "KINDS",
    "AzureProvider",
    "CommandProvider",
    "CompatibleProvider",
    "DeclaredProvider",
    "HttpProvider",
    "LocalModel",
    "LocalProvider",
    "OpenAIProvider",
    "Provider",
    "ProviderModel",
    "RecordedProvider",
    "facts_of",
]

AnyProvider = (
    OpenAIProvider
    | CompatibleProvider
    | AzureProvider
    | HttpProvider
    | RecordedProvider
    | CommandProvider
    | LocalProvider
)
"""The rows: every kind, in the order in which messages name them."""

Provider = Annotated[AnyProvider, Field(discriminator="type")]


def _read_type(kind: type[DeclaredProvider]) -> str:
    """Return what an author writes at ``type``."""
    (name,) = get_args(kind.model_fields["type"].annotation)
    return str(name)


KINDS: Final[Mapping[str, type[DeclaredProvider]]] = MappingProxyType(
    {_read_type(kind): kind for kind in get_args(AnyProvider)}
)
"""Every kind by what an author writes at ``type``."""


def find_kind(written: Node) -> type[DeclaredProvider]:
    """Return the kind of a provider in a document; one of no kind has the facts of the base."""
    kind = written.at("type")
    return KINDS.get(kind.text or "", DeclaredProvider) if kind is not None else DeclaredProvider
