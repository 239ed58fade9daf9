"""Answers that are none, or hardly: the kinds that a fault names by ``malform``, a row each.

Source: the shapes that services, gateways and proxies were seen to send (facts on the data plane,
1.3 and the matrix of faults); what is only torn comes with the connection, see ``outgoing``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final

from harness.simulator.outgoing import DataPlaneAnswer
from harness.spec.model.spec import Fault, MalformedKind

HUGE_BYTES: Final = 50 * 1024 * 1024
SHORT_BY: Final = 100
"""Bytes that an answer's length promises and that never come."""

_PADDING: Final = b" " * 65_536
_PAGE: Final = b"<html><title>%d from the gateway</title><body>It has a bad day.</body></html>"
_DONE: Final = b"data: [DONE]\n\n"
_ERROR: Final = (
    b'data: {"error":{"message":"The server had an error while processing your request.",'
    b'"type":"server_error","param":null,"code":"server_error"}}\n\n'
)
_NUMBER: Final = re.compile(r"(?<=[:\[,])\s*(-?\d+(?:\.\d+)?)(?=\s*[,\]}])")
_TEXTS: Final = ("content", "text", "embedding")
"""Keys of what an answer says, in the three APIs."""

Change = Callable[[DataPlaneAnswer], DataPlaneAnswer]


@dataclass(frozen=True, slots=True)
class Malformation:
    """A kind of broken answer.

    Attributes:
        change: makes it of a good one.
        of_stream: it is of events: a request for a whole answer is never struck. False: of whole
            answers, which a request for a stream gets, too. None: of either.
    """

    change: Change
    of_stream: bool | None = False


def is_of_stream(fault: Fault) -> bool:
    """Return whether a fault breaks events, so that nothing but a stream can be struck."""
    return fault.malform is not None and KINDS[fault.malform].of_stream is True


def is_of_body(fault: Fault | None) -> bool:
    """Return whether a fault breaks a whole answer, so that who asks for a stream gets one."""
    if fault is None or fault.malform is None:
        return False
    return KINDS[fault.malform].of_stream is False


def spoil(answer: DataPlaneAnswer, fault: Fault | None, now: datetime) -> DataPlaneAnswer:
    """Return the answer with what a fault does to its headers and its body.

    Args:
        answer: as it would be sent.
        fault: what strikes; None leaves the answer as it is.
        now: the time, which the clock of the fault is ahead of.
    """
    if fault is None:
        return answer
    headers = {**answer.headers, **_tell_time(fault, now), **fault.headers}
    answer = replace(answer, headers=headers)
    return answer if fault.malform is None else KINDS[fault.malform].change(answer)


def _tell_time(fault: Fault, now: datetime) -> dict[str, str]:
    """Return the headers that tell a clock's time; Retry-After is a moment on that clock."""
    if fault.clock_s is None:
        return {}
    there = now + timedelta(seconds=fault.clock_s)
    told = {"Date": format_datetime(there, usegmt=True)}
    if fault.retry_after_s is not None:
        until = there + timedelta(seconds=fault.retry_after_s)
        told["Retry-After"] = format_datetime(until, usegmt=True)
        told["retry-after-ms"] = "0"  # as recorded beside a Retry-After that counts
    return told


def _replace_body(body: bytes, **headers: str) -> Change:
    def change(answer: DataPlaneAnswer) -> DataPlaneAnswer:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return replace(answer, parts=(body,), headers={**answer.headers, **named})

    return change


def _show_page(answer: DataPlaneAnswer) -> DataPlaneAnswer:
    headers = {**answer.headers, "Content-Type": "text/html"}
    return replace(answer, parts=(_PAGE % answer.status,), headers=headers)


def _change_text(change: Callable[[str], str]) -> Change:
    """Return what changes the body's text."""

    def rewrite(answer: DataPlaneAnswer) -> DataPlaneAnswer:
        text = answer.parts[0].decode("utf-8", "surrogatepass")
        return replace(answer, parts=(change(text).encode("utf-8", "surrogatepass"),))

    return rewrite


def _write(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False)


def _change_document(change: Callable[[Any], Any], write: Callable[[Any], str] = _write) -> Change:
    """Return what changes the body's JSON, or writes it otherwise."""

    def rewrite(text: str) -> str:
        try:
            document = json.loads(text)
        except ValueError:
            return text  # broken already, by the fault's own body
        return write(change(document))

    return _change_text(rewrite)


def _map_said(document: Any, change: Callable[[Any], Any]) -> Any:
    """Return a document in which whatever an answer says is changed."""
    if isinstance(document, list):
        return [_map_said(one, change) for one in document]
    if not isinstance(document, Mapping):
        return document
    return {
        name: change(inner)
        if name in _TEXTS and not isinstance(inner, Mapping | list)
        else _map_said(inner, change)
        for name, inner in document.items()
    }


def _empty_lists(document: Any) -> Any:
    lists = ("choices", "output", "data")
    if not isinstance(document, Mapping):
        return document
    return {name: [] if name in lists else inner for name, inner in document.items()}


def _double_keys(document: Any) -> str:
    """Write everything twice, and the second time say something else."""
    other = json.dumps(_map_said(document, lambda _: "Something else."))
    return f"{json.dumps(document)[:-1]},{other[1:]}"


def _add_nan(text: str) -> str:
    return _NUMBER.sub(" NaN", text)


def _write_numbers_as_text(text: str) -> str:
    return _NUMBER.sub(lambda found: f'"{found[1]}"', text)


def _halve_character(answer: DataPlaneAnswer) -> DataPlaneAnswer:
    """Put the first half of a character into what is said."""
    marked = _change_document(lambda found: _map_said(found, lambda said: f"{said}\u20ac"))(answer)
    broken = marked.parts[0].replace("\u20ac".encode(), "\u20ac".encode()[:2])
    return replace(marked, parts=(broken,))


def _halve_pair(answer: DataPlaneAnswer) -> DataPlaneAnswer:
    """Put the first half of an emoji, escaped, into what is said."""
    marked = _change_document(lambda found: _map_said(found, lambda said: f"{said}\u20ac"))(answer)
    return replace(marked, parts=(marked.parts[0].replace("\u20ac".encode(), b"\\ud83d"),))


def _fail_filter(document: Any) -> Any:
    """Put the filter's own error where its findings stand. Source: azure-ai-docs (2026)."""
    if isinstance(document, list):
        return [_fail_filter(one) for one in document]
    if not isinstance(document, Mapping):
        return document
    error = {"code": "content_filter_error", "message": "The contents are not filtered"}
    return {
        name: {"error": error} if name == "content_filter_results" else _fail_filter(inner)
        for name, inner in document.items()
    }


def _grow(answer: DataPlaneAnswer) -> DataPlaneAnswer:
    body = answer.parts[0].rstrip()
    return replace(answer, parts=(body + b" " * (HUGE_BYTES - len(body)),))


def _go_on(answer: DataPlaneAnswer) -> DataPlaneAnswer:
    """Never end: a stream says its first words again and again, and both are padded."""
    if not answer.streamed:
        return replace(answer, endless=_PADDING)
    said = next((part for part in answer.parts if b'"content":' in part), answer.parts[0])
    unfinished = tuple(part for part in answer.parts if not _ends(part))
    return replace(answer, parts=unfinished, endless=said + b":" + _PADDING + b"\n\n")


def _ends(event: bytes) -> bool:
    """Return whether an event says that the answer is over."""
    if event == _DONE:
        return True
    return b"response.completed" in event or bool(re.search(rb'"finish_reason":\s*"', event))


def _drop_end(answer: DataPlaneAnswer) -> DataPlaneAnswer:
    return replace(answer, parts=tuple(part for part in answer.parts if not _ends(part)))


def _cut_event(answer: DataPlaneAnswer) -> DataPlaneAnswer:
    """End in the middle of an event that follows the first words."""
    said = [part for part in answer.parts if not _ends(part)]
    return replace(answer, parts=(*said[:-1], said[-1][: len(said[-1]) // 2]))


def _say_error(answer: DataPlaneAnswer) -> DataPlaneAnswer:
    return replace(answer, parts=(*_drop_end(answer).parts[:-1], _ERROR))


def _drop_done(answer: DataPlaneAnswer) -> DataPlaneAnswer:
    return replace(answer, parts=tuple(part for part in answer.parts if part != _DONE))


def _say_more(answer: DataPlaneAnswer) -> DataPlaneAnswer:
    """Go on after the end: with a choice that says nothing, as Azure's late filter does."""
    late = b'data: {"id":"","object":"","created":0,"model":"","choices":[{"index":0}]}\n\n'
    before, after = answer.parts[:-1], answer.parts[-1]
    return replace(answer, parts=(*before, late, after, b": still here\n\n", late))


def _change_events(change: Callable[[bytes], bytes]) -> Change:
    return lambda answer: replace(answer, parts=tuple(map(change, answer.parts)))


def _cut_bytes(answer: DataPlaneAnswer) -> DataPlaneAnswer:
    """Send each byte in a chunk of its own, so that characters and events are cut anywhere."""
    whole = b"".join(answer.parts)
    return replace(answer, parts=tuple(whole[at : at + 1] for at in range(len(whole))))


KINDS: Final[Mapping[MalformedKind, Malformation]] = {
    "cut-json": Malformation(
        lambda answer: replace(answer, parts=(answer.parts[0][: len(answer.parts[0]) // 2],))
    ),
    "html": Malformation(_show_page),
    "empty": Malformation(_replace_body(b"")),
    "json-null": Malformation(_replace_body(b"null")),
    "empty-object": Malformation(_replace_body(b"{}")),
    "no-choices": Malformation(_change_document(_empty_lists)),
    "null-content": Malformation(_change_document(lambda found: _map_said(found, lambda _: None))),
    "wrong-types": Malformation(_change_document(lambda found: _map_said(found, lambda _: 7))),
    "text-numbers": Malformation(_change_text(_write_numbers_as_text)),
    "double-keys": Malformation(_change_document(lambda found: found, _double_keys)),
    "nan": Malformation(_change_text(_add_nan)),
    "split-utf8": Malformation(_halve_character),
    "lone-surrogate": Malformation(_halve_pair),
    "filter-error": Malformation(_change_document(_fail_filter)),
    "huge": Malformation(_grow),
    "short-body": Malformation(lambda answer: replace(answer, missing=SHORT_BY)),
    "endless": Malformation(_go_on, of_stream=None),
    "no-finish": Malformation(_drop_end, of_stream=True),
    "half-event": Malformation(_cut_event, of_stream=True),
    "error-event": Malformation(_say_error, of_stream=True),
    "no-done": Malformation(_drop_done, of_stream=True),
    "after-end": Malformation(_say_more, of_stream=True),
    "crlf": Malformation(_change_events(lambda part: part.replace(b"\n", b"\r\n")), of_stream=True),
    "byte-chunks": Malformation(_cut_bytes, of_stream=True),
    "comments": Malformation(
        _change_events(lambda part: b": keep-alive\n\n" + part), of_stream=True
    ),
    "no-space": Malformation(
        _change_events(lambda part: part.replace(b"data: ", b"data:")), of_stream=True
    ),
}
"""Every kind; ``MalformedKind`` names the same ones."""
