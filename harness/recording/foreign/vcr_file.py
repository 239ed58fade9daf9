"""A plain vcrpy cassette, read as data: no code, no tags, no more than a file may hold.

Read are the layouts of vcrpy 0.x (JSON) to 9.x, by whichever client was recorded: a body is text,
base64, compressed, or decoded already; a status is a number or an object. Of YAML's tags only
``!!binary`` is taken, which is the one that vcrpy writes for bytes.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from harness.errors import Diagnostic, OutsideError
from harness.exchange import PlainRequest, PlainResponse
from harness.recording.diff.request_view import find_api
from harness.source import Span
from harness.spec.formats.limits import LimitError, Limits, check_limits
from harness.text.safe import printable

UNREADABLE: Final = "H827"
LIMITS: Final = Limits(size=128_000_000, nodes=4_000_000, levels=100)
LARGEST_BODY_BYTES: Final = 64 * 1024 * 1024
"""Of one body, its compression undone: a bomb is a few kilobytes until then."""

_BINARY: Final = "tag:yaml.org,2002:binary"
_PORTS: Final = {"https": 443, "http": 80}
_OF_THE_WIRE: Final = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie"}
)
"""Headers that say how a body travelled, or that nobody here has a use for."""

_HINT: Final = (
    "record it again with a current vcrpy; `python -m vcr.migration FILE` mends very old ones"
)


@dataclass(frozen=True, slots=True)
class ForeignExchange:
    """A request to a model with its answer, as another program recorded it.

    ``number`` is its place in the file, from 1, with those counted that were to something else.
    """

    number: int
    sent: PlainRequest
    received: PlainResponse


class _NotACassetteError(Exception):
    """A file, or one interaction of it, is not what vcrpy writes; ``span`` where known."""

    def __init__(self, why: str, span: Span | None = None) -> None:
        super().__init__(why)
        self.span = span


def open_vcr(path: Path) -> tuple[ForeignExchange, ...]:
    """Return the exchanges with models of a file; see ``read_vcr``.

    Raises:
        OutsideError: it cannot be opened; or as ``read_vcr``.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LIMITS.size + 1 if LIMITS.size is not None else -1)
    except OSError as error:
        raise OutsideError(
            Diagnostic(UNREADABLE, f"{path} cannot be opened", error.strerror or str(error))
        ) from error
    return read_vcr(data, str(path))


def read_vcr(data: bytes, file: str) -> tuple[ForeignExchange, ...]:
    """Return the exchanges with models, in the order in which they were recorded.

    Others (management, sign-in, search) are passed over: their bodies are not even decoded.

    Raises:
        OutsideError: it is no vcrpy cassette, holds too much or what is refused, or holds no
            exchange with a model.
    """
    starts: list[int] = []
    try:
        entries = _find_entries(_parse(data, file, starts))
        lines = starts if len(starts) == len(entries) else [1] * len(entries)
        found = [
            exchange
            for number, entry in enumerate(entries, start=1)
            if (exchange := _read_exchange(entry, number, Span(file, lines[number - 1], 1)))
        ]
    except _NotACassetteError as error:
        raise OutsideError(
            Diagnostic(
                UNREADABLE,
                "this is no vcrpy cassette that can be replayed",
                str(error),
                error.span or Span(file, 1, 1),
                _HINT,
            )
        ) from error
    if not found:
        raise OutsideError(
            Diagnostic(
                UNREADABLE,
                "the cassette holds no exchange with a model",
                f"none of its {len(entries)} interactions went to chat/completions, responses "
                "or embeddings",
                Span(file, 1, 1),
            )
        )
    return tuple(found)


def _parse(data: bytes, file: str, starts: list[int]) -> Any:
    """Return the file's value; ``starts`` becomes the lines of what may be its interactions."""
    if LIMITS.size is not None and len(data) > LIMITS.size:
        raise _NotACassetteError(f"it is larger than {LIMITS.size // 1_000_000} MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _NotACassetteError(f"it is not UTF-8: byte 0x{data[error.start]:02x}") from error
    if text[:64].lstrip().startswith(("{", "[")):
        try:
            return json.loads(text)
        except RecursionError as error:
            raise _NotACassetteError("its JSON is nested too deep") from error
        except ValueError:
            pass  # perhaps YAML's own braces, and else YAML says better where it breaks
    return _parse_yaml(text, file, starts)


def _parse_yaml(text: str, file: str, starts: list[int]) -> Any:
    try:
        check_limits(_read_plain_events(text, file, starts), file, LIMITS)
        return yaml.load(text, _make_loader())  # noqa: S506 - nothing but plain values and bytes
    except LimitError as error:
        raise _NotACassetteError(error.problem.summary, error.problem.span) from error
    except yaml.YAMLError as error:
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
        raise _NotACassetteError(printable(str(what)), _find_span(error, file)) from error
    except (ValueError, RecursionError) as error:
        raise _NotACassetteError(
            f"a value cannot be read: {printable(str(error))[:200]}"
        ) from error


def _find_span(error: object, file: str) -> Span | None:
    mark: object = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = getattr(mark, "line", None), getattr(mark, "column", None)
    return Span(file, line + 1, column + 1) if line is not None and column is not None else None


def _find_line(mark: Any) -> int:
    return int(mark.line) + 1


def _read_plain_events(text: str, file: str, starts: list[int]) -> Iterator[Any]:
    """Return the parser's events; a tag other than ``!!binary`` ends them."""
    loader = _choose_base()(text)
    depth = 0
    try:
        while (event := loader.get_event()) is not None:
            tag = getattr(event, "tag", None)
            if tag is not None and tag != _BINARY:
                span = Span(file, event.start_mark.line + 1, event.start_mark.column + 1)
                raise _NotACassetteError(
                    f"a cassette is data, and {printable(tag)} asks for more", span
                )
            if isinstance(event, yaml.MappingStartEvent) and depth == 2:
                starts.append(_find_line(event.start_mark))
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            yield event
    finally:
        loader.dispose()


def _choose_base() -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _make_loader() -> Any:
    """Return a loader that knows values and bytes: no dates, no merge keys, no tags of Python's."""
    known = ("null", "bool", "int", "float", "binary", "str", "seq", "map")
    tags = {f"tag:yaml.org,2002:{name}" for name in known}
    base = _choose_base()
    return type(
        "PlainLoader",
        (base,),
        {
            "yaml_constructors": {
                tag: make for tag, make in base.yaml_constructors.items() if tag in tags
            },
            "yaml_multi_constructors": {},
            "yaml_implicit_resolvers": {
                first: [(tag, pattern) for tag, pattern in resolvers if tag in tags]
                for first, resolvers in base.yaml_implicit_resolvers.items()
            },
        },
    )


def _find_entries(document: Any) -> list[Any]:
    """Return the interactions: under their key, or the whole file as vcrpy wrote it before 1.0."""
    found = document.get("interactions") if isinstance(document, Mapping) else document
    if not isinstance(found, list):
        raise _NotACassetteError("there is no list of `interactions`")
    return found


def _read_exchange(entry: Any, number: int, span: Span) -> ForeignExchange | None:
    try:
        request, response = _read_part(entry, "request"), _read_part(entry, "response")
        url, method = _read_url(request), str(request.get("method") or "").upper()
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
    except _NotACassetteError as error:
        raise _NotACassetteError(f"interaction {number}: {error}", span) from error


def _read_part(entry: Any, name: str) -> Mapping[str, Any]:
    part = entry.get(name) if isinstance(entry, Mapping) else None
    if not isinstance(part, Mapping):
        raise _NotACassetteError(f"it has no `{name}`")
    return part


def _read_url(request: Mapping[str, Any]) -> str:
    url = request.get("uri") or request.get("url")
    if isinstance(url, str):
        return url
    scheme, host, path = (request.get(name) for name in ("protocol", "host", "path"))
    if not isinstance(scheme, str) or not isinstance(host, str):
        raise _NotACassetteError("its request has no `uri`")
    port = request.get("port")
    shown = "" if port is None or port == _PORTS.get(scheme) else f":{port}"
    return f"{scheme}://{host}{shown}{path or ''}"


def _read_status(response: Mapping[str, Any]) -> int:
    status = response.get("status", response.get("status_code", response.get("code")))
    code = status.get("code") if isinstance(status, Mapping) else status
    if isinstance(code, str) and code.isascii() and code.isdigit():
        code = int(code[:9])
    if not isinstance(code, int) or isinstance(code, bool) or not 100 <= code <= 599:
        raise _NotACassetteError("its response has no status between 100 and 599")
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
            raise _NotACassetteError("a body is no base64") from error
    if isinstance(value, Mapping) and "string" in value and value.keys() <= {"string", "encoding"}:
        return _to_bytes(value["string"])
    try:
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    except (TypeError, ValueError, RecursionError) as error:
        raise _NotACassetteError("a body is neither text nor bytes nor JSON") from error


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
                raise _NotACassetteError(
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
        raise _NotACassetteError("a compressed body is damaged") from error
    if inflater.unconsumed_tail:
        raise _NotACassetteError(f"a body is larger than {LARGEST_BODY_BYTES // 2**20} MiB")
    if not inflater.eof:
        raise _NotACassetteError("a compressed body is cut off")
    return whole


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
