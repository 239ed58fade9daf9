"""Connectors of each kind of provider: a module a kind, and a row a kind below."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from harness.spec.model.spec import (
    AzureProvider,
    CommandProvider,
    CompatibleProvider,
    DeclaredProvider,
    HttpProvider,
    LocalProvider,
    OpenAIProvider,
    RecordedProvider,
)
from harness.wiring.providers.azure import AzureConnector
from harness.wiring.providers.command import CommandConnector
from harness.wiring.providers.connector import Connector
from harness.wiring.providers.http import HttpConnector
from harness.wiring.providers.local import LocalConnector
from harness.wiring.providers.openai import OpenAIConnector
from harness.wiring.providers.recorded import RecordedConnector

CONNECTORS: Final[Mapping[type[DeclaredProvider], type[Connector[Any]]]] = MappingProxyType(
    {
        AzureProvider: AzureConnector,
        CommandProvider: CommandConnector,
        CompatibleProvider: OpenAIConnector,
        HttpProvider: HttpConnector,
        LocalProvider: LocalConnector,
        OpenAIProvider: OpenAIConnector,
        RecordedProvider: RecordedConnector,
    }
)
"""The connector of each kind."""
