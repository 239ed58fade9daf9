"""Models on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final, Literal

from harness.spec.model.base import Declared, Text
from harness.spec.model.providers.base import DeclaredProvider, ProviderModel
from harness.spec.model.resources import Price

FREE: Final = ProviderModel(price=Price(input=0.0, output=0.0))


class LocalModel(Declared):
    """A model on this machine: a folder of the project, or else a name in Hugging Face's cache."""

    path: Text | None = None
    """A folder of the project with the model's files. Example: `models/minilm`"""


class LocalProvider(DeclaredProvider):
    """Models of sentence-transformers, which embed texts on this machine; nothing is called."""

    label: ClassVar[str] = "on this machine"
    only_embeds: ClassVar[bool] = True
    is_called: ClassVar[bool] = False

    type: Literal["sentence-transformers"]
    """The kind of provider. Example: `sentence-transformers`"""
    models: dict[str, LocalModel]
    """The models, by handles of your own, or by their names in Hugging Face's cache.
    Example: `{minilm: {path: models/minilm}}`
    """

    def list_models(self) -> Mapping[str, ProviderModel]:
        """Return its models by their handles; computing here costs nothing."""
        return dict.fromkeys(self.models, FREE)
