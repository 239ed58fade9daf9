"""The wrappers that recorders put around their interactions: all hold requests and responses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from harness.recording.foreign.interactions import ForeignFormatError
from harness.text.safe import printable

Document = Mapping[str, Any]
_DEFAULT_PORT: Final = re.compile(r"(?::443|:80)$")


def find_interactions(document: Any) -> list[Any]:
    """Return a file's interactions, each with its ``request`` and ``response``.

    Known are vcrpy's and go-vcr's ``interactions``, ``http_interactions`` of VCR in Ruby and R and
    of betamax, a HAR file (Polly.js, browsers), nock's list, and a list of interactions as PHP-VCR
    and vcrpy before 1.0 write it.

    Raises:
        ForeignFormatError: it is none of these.
    """
    for find, convert in _WRAPPERS:
        found = find(document)
        if isinstance(found, list):
            return [convert(one) if isinstance(one, Mapping) else one for one in found]
    keys = list(document)[:5] if isinstance(document, Mapping) else []
    held = ", ".join(f"`{printable(str(key))[:40]}`" for key in keys)
    what = "there is no list of `interactions` or `http_interactions`"
    raise ForeignFormatError(f"{what}; it holds {held}" if held else what)


def _find_har(document: Any) -> Any:
    log = document.get("log") if isinstance(document, Mapping) else None
    return log.get("entries") if isinstance(log, Mapping) else None


def _find_nock(document: Any) -> Any:
    first = document[0] if isinstance(document, list) and document else None
    return document if isinstance(first, Mapping) and "scope" in first else None


def _find_list(document: Any) -> Any:
    return document


def _find_under(name: str) -> Callable[[Any], Any]:
    return lambda document: document.get(name) if isinstance(document, Mapping) else None


def _keep(entry: Document) -> Document:
    return entry


def _convert_har(entry: Document) -> Document:
    """Source: HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/."""
    request, response = entry.get("request"), entry.get("response")
    if not isinstance(request, Mapping) or not isinstance(response, Mapping):
        return entry
    posted, content = request.get("postData"), response.get("content")
    said = content if isinstance(content, Mapping) else {}
    text = said.get("text")
    return {
        "request": {
            **request,
            "headers": _list_pairs(request.get("headers")),
            "body": posted.get("text") if isinstance(posted, Mapping) else None,
        },
        "response": {
            **response,
            "headers": _list_pairs(response.get("headers")),
            "body": {"base64_string": text} if said.get("encoding") == "base64" else text,
            "content": None,
        },
    }


def _convert_nock(entry: Document) -> Document:
    """Source: nock's README, "Recording" with ``output_objects``."""
    scope = str(entry.get("scope") or "")
    pairs, body = entry.get("rawHeaders"), entry.get("response")
    flat = pairs if isinstance(pairs, list) else []
    return {
        "request": {
            "method": entry.get("method"),
            "url": f"{_DEFAULT_PORT.sub('', scope)}{entry.get('path') or ''}",
            "headers": entry.get("reqheaders"),
            "body": entry.get("body"),
        },
        "response": {
            "status": entry.get("status"),
            "headers": [list(pair) for pair in zip(flat[::2], flat[1::2], strict=False)],
            "body": _join_hex(body) if isinstance(body, list) else body,
        },
    }


def _join_hex(pieces: list[Any]) -> Any:
    """Return the bytes of a body that nock wrote as pieces in hexadecimal: a compressed one."""
    try:
        return bytes.fromhex("".join(pieces))
    except (TypeError, ValueError):
        return pieces


def _list_pairs(headers: Any) -> Any:
    if not isinstance(headers, list):
        return headers
    return [
        [one.get("name"), one.get("value")] if isinstance(one, Mapping) else one for one in headers
    ]


_WRAPPERS: Final[tuple[tuple[Callable[[Any], Any], Callable[[Document], Document]], ...]] = (
    (_find_under("interactions"), _keep),
    (_find_under("http_interactions"), _keep),
    (_find_har, _convert_har),
    (_find_nock, _convert_nock),
    (_find_list, _keep),
)
