"""Write what was recorded as vcrpy cassettes, which an application's own tests can play."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from harness.recording.maintenance.audit import read_exchanges
from harness.recording.storage.exchange import RecordedExchange
from harness.recording.storage.folder import BrokenFileError, Folder, make_changed_error, write_text
from harness.recording.storage.naming import CONVERSATIONS
from harness.recording.storage.no_answer import NO_ANSWER

_NO_HTTP: Final = "RUN"
"""The method that stands for the start of a program."""


def export(folder: Folder, output: Path) -> tuple[Path, ...]:
    """Write a vcrpy file for each conversation's file, at the same place beneath ``output``.

    Left out are what is no HTTP, and requests that got no answer. What recording replaced stays
    replaced: nothing that was hidden comes back.

    Raises:
        OutsideError: a file was changed after it was recorded, or the disk refused.
    """
    documents = dict(
        _make_documents(folder)
    )  # read and checked as a whole, before anything is written
    for path, text in documents.items():
        write_text(output / path, text)
    return tuple(output / path for path in documents)


def _make_documents(folder: Folder) -> Iterator[tuple[Path, str]]:
    for name in sorted(folder.manifest.files):
        if not name.startswith(f"{CONVERSATIONS}/"):
            continue
        try:
            document = folder.read(name)
            exchanges = read_exchanges(name, document) if document is not None else []
        except (BrokenFileError, ValueError) as error:
            hint = f"`harness cassettes audit {folder.path}` says what else is amiss"
            raise make_changed_error(f"{folder.path}: {error}", hint) from error
        kept = [one for one in exchanges if _is_http(one)]
        if kept:
            inside = Path(name).relative_to(CONVERSATIONS)
            yield inside.with_name(f"{inside.name.removesuffix('.json')}.yaml"), write_vcr(kept)


def _is_http(exchange: RecordedExchange) -> bool:
    return exchange.received.status != NO_ANSWER and exchange.sent.method != _NO_HTTP


def write_vcr(exchanges: Iterable[RecordedExchange]) -> str:
    """Return exchanges as the text of a cassette, by vcrpy's own serializer."""
    from vcr.request import Request  # type: ignore[import-untyped]
    from vcr.serialize import serialize  # type: ignore[import-untyped]
    from vcr.serializers import yamlserializer  # type: ignore[import-untyped]

    requests, responses = [], []
    for one in exchanges:
        sent = one.sent
        requests.append(Request(sent.method, sent.url, sent.body, dict(sent.headers)))
        responses.append(_make_response(one))
    text: str = serialize({"requests": requests, "responses": responses}, yamlserializer)
    return text


def _make_response(exchange: RecordedExchange) -> dict[str, Any]:
    received = exchange.received
    try:
        reason = HTTPStatus(received.status).phrase
    except ValueError:
        reason = ""
    return {
        "status": {"code": received.status, "message": reason},
        "headers": {name: [value] for name, value in received.headers.items()},
        "body": {"string": received.body},
    }
