"""Transcripts that were made elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from harness.spec.model.base import Text
from harness.spec.model.providers.base import DeclaredProvider, ProviderModel


class RecordedProvider(DeclaredProvider):
    """Transcripts made elsewhere, scored here; nothing is called."""

    label: ClassVar[str] = "recorded transcripts"
    is_called: ClassVar[bool] = False

    type: Literal["recorded"]
    answers: Text
    models: dict[str, ProviderModel]

    def list_models(self) -> Mapping[str, ProviderModel]:
        """Return its models by their handles."""
        return self.models
