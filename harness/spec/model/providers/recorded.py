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
    """The kind of provider. Example: `recorded`"""
    answers: Text
    """A file of JSON lines with conversations that were held elsewhere.
    Example: `data/answers.jsonl`
    """
    models: dict[str, ProviderModel]
    """The models in it, by their names. Example: `{gpt-4: {version: 1106-Preview}}`"""

    def list_models(self) -> Mapping[str, ProviderModel]:
        """Return its models by their handles."""
        return self.models
