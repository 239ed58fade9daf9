"""The validation of an input file: its lines, or why the batch fails.

Source of the codes: azure-ai-docs, how-to-batch-content.md (2026-03), which has the text of
``empty_file`` alone; the words of ``token_limit_exceeded`` are quoted in 2025, those of a file with
a byte-order mark are the documentation's. The other texts are assumed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from harness.simulator.dataplane import ServedModel
from harness.simulator.inference.refusals import Dialect

MOST_LINES: Final = {"azure": 100_000, "openai": 50_000}
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class BatchTask:
    """A line of an input file."""

    custom_id: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class InvalidFileError(Exception):
    """The file is no input; ``line`` counts from 1, None where all of it is meant."""

    code: str
    message: str
    line: int | None = None

    def describe(self) -> dict[str, Any]:
        """Return the entry of the batch's ``errors``."""
        return {"code": self.code, "message": self.message, "line": self.line, "param": None}


def fold_endpoint(url: str) -> str:
    """Return an endpoint as Azure writes it: without the ``/v1`` that it was named with."""
    return url.removeprefix("/v1")


def validate(
    content: bytes, endpoint: str, dialect: Dialect, find: Callable[[str], ServedModel | None]
) -> tuple[ServedModel, list[BatchTask]]:
    """Return the model that the lines name, and the lines.

    Raises:
        InvalidFileError: the batch fails with this.
    """
    if content.startswith(_BOM):
        raise InvalidFileError(
            "invalid_request",
            "Validation failed: A valid model deployment name couldn't be extracted from the input "
            "file. Please ensure that each row in the input file has a valid deployment name "
            "specified in the 'model' field, and that the deployment name is consistent across all "
            "rows.",
        )
    raw = [line for line in content.splitlines() if line.strip()]
    if not raw:
        raise InvalidFileError(
            "empty_file",
            "The input file is empty. Please ensure that the batch contains at least one request.",
        )
    most = MOST_LINES[dialect]
    if len(raw) > most:
        raise InvalidFileError(
            "too_many_tasks", f"The number of requests in the input file exceeds {most:,}."
        )
    tasks, seen, named = list[BatchTask](), set[str](), ""
    for number, text in enumerate(raw, start=1):
        task, model = _read_line(text, number, endpoint)
        if task.custom_id in seen:
            raise InvalidFileError(
                "duplicate_custom_id",
                f"The custom_id '{task.custom_id}' is a duplicate of another request's.",
                number,
            )
        seen.add(task.custom_id)
        if named and model != named:
            raise InvalidFileError(
                "model_mismatch",
                f"The model '{model}' doesn't match the rest of the file ('{named}').",
                number,
            )
        named = model
        tasks.append(task)
    served = find(named)
    if served is None:
        raise InvalidFileError("model_not_found", f"The provided model '{named}' was not found.", 1)
    if served.body is not None and "batch" not in str(served.body["sku"]["name"]).lower():
        raise InvalidFileError(
            "invalid_request",
            f"The deployment '{named}' has the SKU {served.body['sku']['name']}: batch requests "
            "take a deployment whose SKU is globalbatch or datazonebatch.",
        )
    return served, tasks


def _read_line(text: bytes, number: int, endpoint: str) -> tuple[BatchTask, str]:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidFileError(
            "invalid_json_line", "The line could not be parsed as valid JSON.", number
        ) from None
    custom_id = line.get("custom_id") if isinstance(line, dict) else None
    body = line.get("body") if isinstance(line, dict) else None
    if not isinstance(custom_id, str) or not isinstance(body, dict) or line.get("method") != "POST":
        raise InvalidFileError(
            "invalid_request", "The line lacks custom_id, method POST or body.", number
        )
    if fold_endpoint(str(line.get("url"))) != fold_endpoint(endpoint):
        raise InvalidFileError(
            "url_mismatch",
            f"The URL '{line.get('url')}' doesn't match the batch's endpoint '{endpoint}'.",
            number,
        )
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise InvalidFileError("invalid_request", "The body names no model.", number)
    return BatchTask(custom_id, body), model
