"""One interaction of somebody else's cassette, in whichever shape its recorder writes it.

A body is text, base64, compressed, or decoded already; a status is a number, a text that begins
with one, or an object; headers are a mapping, of texts or of lists, or a list of pairs.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from harness.exchange import PlainRequest, PlainResponse
from harness.recording.diff.request_view import find_api
from harness.source import Span
from harness.text.safe import printable

LARGEST_BODY_BYTES: Final = 64 * 1024 * 1024
"""Of one body, its compression undone: a bomb is a few kilobytes until then."""

_PORTS: Final = {"https": 443, "http": 80}
_OF_THE_WIRE: Final = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie"}
)
"""Headers that say how a body travelled, or that nobody here has a use for."""


_OF_A_BODY: Final = frozenset({"string", "encoding", "file"})
"""Keys of a body that is written as an object; ``file`` is R's, which says that it is none."""


@dataclass(frozen=True, slots=True)
class ForeignExchange:
    """A request to a model with its answer, as another program recorded it.

    ``number`` is its place in the file, from 1, with those counted that were to something else.
    """

    number: int
    sent: PlainRequest
    received: PlainResponse


class ForeignFormatError(Exception):
    """A file, or one interaction of it, is not what a recorder writes; ``span`` where known."""

    def __init__(self, why: str, span: Span | None = None) -> None:
        super().__init__(why)
        self.span = span


def read_interaction(entry: Any, number: int, span: Span) -> ForeignExchange | None:
    """Return an interaction, or None where it was to something else than a model.

    Args:
        entry: a request and its response, in any of the shapes that recorders write.
        number: its place in the file, from 1.
        span: where it begins.

    Raises:
        ForeignFormatError: it is no interaction, or a body is damaged or too large.
    """
    try:
        request, response = _read_part(entry, "request"), _read_part(entry, "response")
        url, method = _read_url(request), str(request.get("method") or "").lstrip(":").upper()
        if method != "POST" or find_api(url) is None:
            return None
        asked_headers, headers = _read_headers(request), _read_headers(response)
        asked = _decode(_read_body(request, "body", "parsed_body"), asked_headers)
        answer = _decode(_read_body(response, "body", "content", "parsed_body"), headers)
        return ForeignExchange(
            number,
            PlainRequest(method, url, _drop_wire_headers(asked_headers), asked),
            PlainResponse(_read_status(response), _drop_wire_headers(headers), answer),
        )
    except ForeignFormatError as error:
        raise ForeignFormatError(f"interaction {number}: {error}", span) from error


def _read_part(entry: Any, name: str) -> Mapping[str, Any]:
    part = entry.get(name) if isinstance(entry, Mapping) else None
    if not isinstance(part, Mapping):
        raise ForeignFormatError(f"it has no `{name}`")
    return part


def _read_url(request: Mapping[str, Any]) -> str:
    url = request.get("uri") or request.get("url")
    if isinstance(url, str):
        return url
    scheme, host, path = (request.get(name) for name in ("protocol", "host", "path"))
    if not isinstance(scheme, str) or not isinstance(host, str):
        raise ForeignFormatError("its request has no `uri`")
    port = request.get("port")
    shown = "" if port is None or port == _PORTS.get(scheme) else f":{port}"
    return f"{scheme}://{host}{shown}{path or ''}"


def _read_status(response: Mapping[str, Any]) -> int:
    status = response.get("status", response.get("status_code", response.get("code")))
    code = status.get("code") if isinstance(status, Mapping) else status
    first = code.split(maxsplit=1)[:1] if isinstance(code, str) else []
    if first and first[0].isascii() and first[0].isdigit():  # go-vcr writes `200 OK`
        code = int(first[0][:9])
    if not isinstance(code, int) or isinstance(code, bool) or not 100 <= code <= 599:
        raise ForeignFormatError("its response has no status between 100 and 599")
    return code


def _read_headers(part: Mapping[str, Any]) -> dict[str, str]:
    """Return header names in lower case, several values of one joined."""
    given = part.get("headers")
    pairs: Iterable[tuple[Any, Any]] = ()
    if isinstance(given, Mapping):
        pairs = given.items()
    elif isinstance(given, list):
        pairs = (_split_header(one) for one in given)
    return {str(name).lower(): _join(value) for name, value in pairs}


def _split_header(header: Any) -> tuple[Any, Any]:
    """Return ``["Name", "value"]``, or ``"Name: value"`` as vcrpy wrote it before 1.0."""
    if isinstance(header, list) and len(header) == 2:
        return header[0], header[1]
    name, _, value = str(header).partition(":")
    return name.strip(), value.strip()


def _join(value: Any) -> str:
    values = value if isinstance(value, list) else [value]
    text = ", ".join(
        one.decode("latin-1") if isinstance(one, bytes) else str(one) for one in values
    )
    return text.replace("\r", " ").replace("\n", " ")


def _drop_wire_headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name not in _OF_THE_WIRE}


def _read_body(part: Mapping[str, Any], *names: str) -> bytes:
    value = next((part[name] for name in names if part.get(name) is not None), None)
    return _to_bytes(value)


def _to_bytes(value: Any) -> bytes:
    """Return a body in any of its shapes; what was decoded already becomes JSON again."""
    if value is None:
        return b""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    if isinstance(value, Mapping) and "base64_string" in value:
        try:
            return base64.b64decode(str(value["base64_string"]))
        except (binascii.Error, ValueError) as error:
            raise ForeignFormatError("a body is no base64") from error
    if isinstance(value, Mapping) and "string" in value and value.keys() <= _OF_A_BODY:
        return _to_bytes(value["string"])
    try:
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    except (TypeError, ValueError, RecursionError) as error:
        raise ForeignFormatError("a body is neither text nor bytes nor JSON") from error


def _decode(body: bytes, headers: Mapping[str, str]) -> bytes:
    """Undo a body's content coding; recorders often undo that and leave the header."""
    for coding in reversed(headers.get("content-encoding", "").lower().split(",")):
        match coding.strip():
            case "gzip" | "x-gzip" if body.startswith(b"\x1f\x8b"):
                body = _inflate(body, zlib.MAX_WBITS | 16)
            case "deflate" if not _is_text(body):
                raw = not body.startswith((b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda"))
                body = _inflate(body, -zlib.MAX_WBITS if raw else zlib.MAX_WBITS)
            case other if not _is_text(body):
                raise ForeignFormatError(
                    f"a body is compressed with {printable(other)[:20] or 'what?'}"
                )
            case _:
                pass
    return body


def _inflate(body: bytes, window: int) -> bytes:
    try:
        inflater = zlib.decompressobj(window)
        whole = inflater.decompress(body, LARGEST_BODY_BYTES)
    except zlib.error as error:
        raise ForeignFormatError("a compressed body is damaged") from error
    if inflater.unconsumed_tail:
        raise ForeignFormatError(f"a body is larger than {LARGEST_BODY_BYTES // 2**20} MiB")
    if not inflater.eof:
        raise ForeignFormatError("a compressed body is cut off")
    return whole


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
