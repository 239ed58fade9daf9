"""Paths of the data plane: the operation and the API that each one names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from harness.simulator.inference.refusals import (
    api_version_error,
    not_implemented_error,
    resource_not_found_error,
)

_DATED = """
    2022-12-01 2023-05-15 2024-02-01 2024-06-01 2024-10-21 2023-03-15-preview 2023-06-01-preview
    2023-07-01-preview 2023-08-01-preview 2023-09-01-preview 2023-10-01-preview 2023-12-01-preview
    2024-02-15-preview 2024-03-01-preview 2024-04-01-preview 2024-05-01-preview 2024-07-01-preview
    2024-08-01-preview 2024-09-01-preview 2024-10-01-preview 2024-12-01-preview 2025-01-01-preview
    2025-02-01-preview 2025-03-01-preview 2025-04-01-preview
"""
DATED_APIS: Final = frozenset(_DATED.split())
"""Source: folders of the API descriptions (azure-rest-api-specs) and versions seen in recordings;
the dated API got no further version after v1 was released."""

OPERATIONS: Final[Mapping[str, str]] = {"chat/completions": "chat", "embeddings": "embeddings"}
RESPONSES: Final = "responses"
MODELS: Final = "models"
"""The service of the model inference API. Source: recorded of services.ai.azure.com, 2026-08."""
INFERENCE_SINCE: Final = "2024-05-01-preview"
"""Its first api-version. Source: Microsoft's reference of the model inference API, 2025."""
BESIDE: Final = frozenset(
    {"api", "agents", "anthropic", "computervision", "contentsafety", "contentunderstanding",
     "customvision", "documentintelligence", "documentmodels", "face", "formrecognizer", "language",
     "luis", "mcp", "metricsadvisor", "personalizer", "providers", "speech", "speechtotext", "sts",
     "text", "texttospeech", "translator", "tts", "video", "vision", "voice-live"}
)  # fmt: skip
"""Services beside ``openai`` that an account of kind AIServices has, and this simulator lacks.

Source: the endpoints of recorded accounts, and Microsoft's references of each service, 2025.
"""
BULK: Final[Mapping[str, str]] = {
    "POST files": "files.create",
    "GET files": "files.list",
    "GET files *": "files.get",
    "GET files * content": "files.content",
    "DELETE files *": "files.delete",
    "POST batches": "batches.create",
    "GET batches": "batches.list",
    "GET batches *": "batches.get",
    "POST batches * cancel": "batches.cancel",
}
"""Operations on files and batches: a method and the parts of a path, ``*`` for an id."""
BATCHES_SINCE: Final = "2024-07-01-preview"
"""The first dated API with batches. Source: azure-ai-docs, 2024-07."""
RESPONSES_SINCE: Final = "2025-03-01-preview"
"""The first dated API with responses. Source: azure-ai-docs, openai/how-to/responses.md (2025)."""


@dataclass(frozen=True, slots=True)
class ModelOperation:
    """One operation.

    Attributes:
        operation: as counters and faults call it: ``chat``, ``responses``,
            ``responses.get``, ``responses.delete``, ``embeddings``, ``models``; ``files.create``,
            ``.list``, ``.get``, ``.content``, ``.delete``; ``batches.create``, ``.list``, ``.get``,
            ``.cancel``.
        deployment: named by the path; empty for v1 and for responses, whose body names it.
        api: the api-version, ``v1`` for the API without one.
        item: the id of a response that was kept, a file or a batch, where one is meant.
    """

    operation: str
    deployment: str
    api: str
    item: str = ""


def find_operation(
    method: str, service: str, path: str, query: Mapping[str, str]
) -> ModelOperation:
    """Return the operation that a request asks for.

    Args:
        method: of HTTP.
        service: the first part of the path, ``openai`` or what stands beside it.
        path: what follows.
        query: with the ``api-version``, where the service wants one.

    Raises:
        DataPlaneError: 404 for what Azure does not serve either, 501 for what only this does not.
    """
    if service == MODELS:
        return _find_inference(method, path, query.get("api-version"))
    if service != "openai":
        if service in BESIDE:
            raise not_implemented_error(f"{method} /{service}/{path}".rstrip("/"))
        raise resource_not_found_error()
    parts = path.strip("/").split("/")
    if parts[0] == "v1":
        return _find_v1(method, "/".join(parts[1:]))
    if parts[0] == "deployments" and len(parts) > 2:
        operation = OPERATIONS.get("/".join(parts[2:]))
        version = query.get("api-version")
        if version is None or (method != "POST" and operation):
            raise resource_not_found_error()
        if version not in DATED_APIS:
            raise api_version_error()
        if operation is None:
            raise not_implemented_error(f"{method} {path}")
        return ModelOperation(operation, parts[1], version)
    if (kept := _find_bulk(method, parts)) is not None:
        return replace(kept, api=_require_version(query.get("api-version"), BATCHES_SINCE))
    return _find_unversioned(method, path, parts, query)


def _find_unversioned(
    method: str, path: str, parts: list[str], query: Mapping[str, str]
) -> ModelOperation:
    """Find an operation of the dated API that is of no deployment."""
    if parts[0] == RESPONSES and len(parts) <= 2:
        return _find_dated_responses(method, parts[1:], query.get("api-version"))
    if "/".join(parts) in OPERATIONS:
        # Recorded, 2026: neither `v1` nor a deployment in the path.
        raise resource_not_found_error()
    raise not_implemented_error(f"{method} {path}")


def _find_inference(method: str, path: str, version: str | None) -> ModelOperation:
    """Find an operation of the model inference API, which names the model in the body."""
    operation = OPERATIONS.get(path)
    if operation is None or method != "POST":
        if path in ("info", "images/embeddings"):
            raise not_implemented_error(f"{method} /{MODELS}/{path}")
        raise resource_not_found_error()
    if version is None:
        raise resource_not_found_error()
    if version < INFERENCE_SINCE:
        raise api_version_error()
    return ModelOperation(operation, "", version)


def _require_version(version: str | None, since: str) -> str:
    if version is None:
        raise resource_not_found_error()
    if version not in DATED_APIS:
        raise api_version_error()
    if version < since:
        raise resource_not_found_error()
    return version


def _find_dated_responses(method: str, items: list[str], asked: str | None) -> ModelOperation:
    if asked is None or (method != "POST" and not items):
        raise resource_not_found_error()
    version = _require_version(asked, RESPONSES_SINCE)
    return (
        _find_kept(method, items[0], version) if items else ModelOperation(RESPONSES, "", version)
    )


def _find_kept(method: str, item: str, api: str) -> ModelOperation:
    """Find what is done to a response that was kept."""
    if method not in ("GET", "DELETE"):
        raise resource_not_found_error()
    return ModelOperation(f"{RESPONSES}.{method.lower()}", "", api, item)


def _find_bulk(method: str, parts: list[str]) -> ModelOperation | None:
    """Find an operation on files or batches; None where the path is of something else."""
    for pattern, operation in BULK.items():
        verb, *wanted = pattern.split()
        if verb != method or len(wanted) != len(parts):
            continue
        pairs = list(zip(wanted, parts, strict=True))
        if all(name in ("*", part) for name, part in pairs):
            item = next((part for name, part in pairs if name == "*"), "")
            return ModelOperation(operation, "", "v1", item)
    return None


def _find_v1(method: str, rest: str) -> ModelOperation:
    if (kept := _find_bulk(method, rest.split("/"))) is not None:
        return kept
    if rest == "models" and method == "GET":
        return ModelOperation("models", "", "v1")
    service, _, item = rest.partition("/")
    if service == RESPONSES and item and "/" not in item:
        return _find_kept(method, item, "v1")
    operation = RESPONSES if rest == RESPONSES else OPERATIONS.get(rest)
    if operation is None:
        raise not_implemented_error(f"{method} v1/{rest}")
    if method != "POST":
        raise resource_not_found_error()
    return ModelOperation(operation, "", "v1")
