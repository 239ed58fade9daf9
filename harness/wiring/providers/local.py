"""Models on this machine: found before anything is spent, loaded later."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import Diagnostic, RequestError
from harness.run.targets import cannot_answer_error
from harness.spec.model.spec import LocalProvider
from harness.wiring.providers.connector import Connector

if TYPE_CHECKING:
    from harness.providers import ApiKey, EmbeddingEndpoint, Endpoint
    from harness.run.targets import Target
    from harness.source import Span

LIBRARY = "sentence-transformers"
OLDEST = 6
"""The first release that runs no code out of a model's folder unless it is told to."""
INSTALL = "pip install 'azure-openai-harness[local]'"


class LocalConnector(Connector[LocalProvider]):
    """Finds a model of sentence-transformers, which holds no conversation."""

    __slots__ = ()

    def real(self) -> Endpoint:
        """Refuse: it only embeds."""
        raise cannot_answer_error(self.target.name)

    def at(self, url: str, key: ApiKey) -> Endpoint:
        """Refuse: it only embeds."""
        del url, key
        raise cannot_answer_error(self.target.name)

    def embeddings(self) -> EmbeddingEndpoint:
        """Return the model's folder.

        Raises:
            RequestError: the library is not installed, or is too old; the model is not there.
        """
        from harness.providers.local import LocalEndpoint

        spec_file, target = self.setting.spec_file, self.target
        at = ("providers", target.owner, "models", target.handle)
        span = spec_file.spans.at(*at)
        _require_library(target, span)
        path = self.declared.models[target.handle].path
        if path is None:
            return LocalEndpoint(str(_find_cached(target, span)), target.handle)
        folder = _find_in_project(
            target, path, Path(spec_file.root), spec_file.spans.at(*at, "path")
        )
        return LocalEndpoint(str(folder), target.handle)


def _require_library(target: Target, span: Span) -> None:
    try:
        installed = version(LIBRARY)
    except PackageNotFoundError:
        installed = None
    if installed is not None and int(installed.partition(".")[0]) >= OLDEST:
        return
    is_there = "is not installed" if installed is None else f"is too old: {installed}"
    raise RequestError(
        Diagnostic(
            "H433",
            f"target {target.name} needs {LIBRARY}, which {is_there}",
            "models on this machine are an extra: they bring PyTorch",
            span,
            INSTALL,
        )
    )


def _find_cached(target: Target, span: Span) -> Path:
    from harness.providers.local import find_cached_folder

    folder = find_cached_folder(target.handle)
    if folder is not None:
        return folder
    name = target.handle if "/" in target.handle else f"{LIBRARY}/{target.handle}"
    raise _missing_model_error(
        target,
        "Hugging Face's cache on this machine does not have it, and nothing is downloaded",
        span,
        f"hf download {name}; or name the folder that it is in: path: models/{target.handle}",
    )


def _find_in_project(target: Target, path: str, root: Path, span: Span) -> Path:
    from harness.providers.local import is_model

    folder = Path(path).resolve()
    if not is_model(folder):
        why = f"{path} holds neither modules.json nor config.json"
        raise _missing_model_error(
            target, why, span, "name the folder that SentenceTransformer.save() made"
        )
    for above, _, names in os.walk(folder):
        for name in names:
            file = Path(above) / name
            if not file.resolve().is_relative_to(root):
                why = f"{file} is a link that leads out of the project"
                raise _missing_model_error(target, why, span, "copy the file to where the link is")
    return folder


def _missing_model_error(target: Target, why: str, span: Span, hint: str) -> RequestError:
    summary = f"the model of target {target.name} is not there"
    return RequestError(Diagnostic("H434", summary, why, span, hint))
