"""A cassette's documents: exchanges as JSON that people can read, and back.

What is read here was perhaps written by a stranger: every field is looked at, nothing is evaluated,
and whatever is not as it should be is a ``ValueError`` that says where.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, TypeVar

from harness.conversation.ports import Place
from harness.exchange import PlainRequest, PlainResponse
from harness.recording.storage.exchange import CommandSlot, RecordedExchange
from harness.text.numbers import is_number

FORMAT_VERSION: Final = 1
NAMES: Final = ("conversation", "case", "target", "variant")
_WITHIN: Final = ("repeat", "turn", "round", "check")
_MARKS: Final = ("lesson", "restored")
_BODIES: Final = ("json", "lines", "text", "base64")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TargetNotes:
    """Notes on a target in a recording, beside its exchanges.

    Attributes:
        recorded_at: UTC, ISO 8601.
        learned: what its model was found to want, each state that it was in, the last one last.
    """

    target: str
    recorded_at: str
    learned: tuple[Mapping[str, Any], ...] = ()


def dumps(document: Mapping[str, Any]) -> str:
    """Write a document as it is kept: one space a level, a changed word is a changed line."""
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def loads(text: str) -> dict[str, Any]:
    """Return a document of this version.

    Raises:
        ValueError: it is none.
    """
    try:
        document = json.loads(
            text, object_pairs_hook=_refuse_doubles, parse_constant=_refuse_constant
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(document, dict):
        raise ValueError("it is not a JSON object")  # noqa: TRY004 - one kind of wrong
    version = document.get("format_version")
    if version != FORMAT_VERSION or isinstance(version, bool):
        raise ValueError(f"its format_version is {version!r}, and this version reads 1")
    return document


def encode_trials(
    place: Place, exchanges: Iterable[RecordedExchange], errored: Iterable[int] = ()
) -> dict[str, Any]:
    """Return the exchanges of every repeat of a trial.

    Args:
        place: whose they are.
        exchanges: in their order.
        errored: the repeats that ended in an error.
    """
    names = {name: getattr(place, name) for name in NAMES}
    marked = sorted(errored)
    return {
        "format_version": FORMAT_VERSION,
        **names,
        **({"errored": marked} if marked else {}),
        "exchanges": [_encode_exchange(exchange) for exchange in exchanges],
    }


def decode_trials(document: Mapping[str, Any]) -> list[RecordedExchange]:
    """Return the exchanges of a conversation's file.

    Raises:
        ValueError: a field is missing, unknown or not what it should be.
    """
    _require_keys(document, "format_version", *NAMES, "errored", "exchanges")
    case = document.get("case", 0)
    if case is not None and not isinstance(case, str):
        raise ValueError("`case` is neither a text nor null")
    whose = Place(
        target=_require_type(document, "target", str),
        conversation=_require_type(document, "conversation", str),
        case=case,
        variant=_require_type(document, "variant", str),
        repeat=0,
        turn=0,
    )
    return [
        _decode_exchange(one, _iterate_within(whose, one), _WITHIN)
        for one in _require_type(document, "exchanges", list)
    ]


def decode_errored(document: Mapping[str, Any]) -> list[int]:
    """Return the repeats that a conversation's file marks as ended in an error.

    Raises:
        ValueError: they are no numbers.
    """
    marked = document.get("errored", [])
    if not isinstance(marked, list) or not all(type(one) is int and one > 0 for one in marked):
        raise ValueError("`errored` does not hold numbers of repeats")
    return marked


def encode_management(
    exchanges: Iterable[RecordedExchange], recorded_at: str, days: Mapping[str, str]
) -> dict[str, Any]:
    """Return the exchanges of commands that spoke to the management plane.

    ``days`` says by command which day it was in that Azure: what has retired depends on it.
    """
    return {
        "format_version": FORMAT_VERSION,
        "recorded_at": recorded_at,
        "days": dict(days),
        "exchanges": _drop_repetitions([_encode_exchange(exchange) for exchange in exchanges]),
    }


def decode_management(document: Mapping[str, Any]) -> list[RecordedExchange]:
    """Return the exchanges of ``management.json``.

    Raises:
        ValueError: as for ``decode_trials``.
    """
    _require_keys(document, "format_version", "recorded_at", "days", "exchanges")
    _require_type(document, "recorded_at", str)
    decode_days(document)
    return [
        _decode_exchange(one, CommandSlot(_require_type(one, "command", str)), ("command",))
        for one in _restore_repetitions(_require_type(document, "exchanges", list))
    ]


def decode_days(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the day, ISO 8601, on which each command was recorded.

    Raises:
        ValueError: one is no day.
    """
    days = _require_type(document, "days", dict)
    for day in days.values():
        if not isinstance(day, str):
            raise ValueError("`days` does not hold texts")  # noqa: TRY004 - one kind of wrong
        date.fromisoformat(day)
    return days


def encode_target(notes: TargetNotes) -> dict[str, Any]:
    """Encode the notes on a target."""
    return {
        "format_version": FORMAT_VERSION,
        "target": notes.target,
        "recorded_at": notes.recorded_at,
        "learned": [dict(state) for state in notes.learned],
    }


def decode_target(document: Mapping[str, Any]) -> TargetNotes:
    """Decode the notes on a target.

    Raises:
        ValueError: as for ``decode_trials``.
    """
    _require_keys(document, "format_version", "target", "recorded_at", "learned")
    learned = _require_type(document, "learned", list)
    if not all(isinstance(state, dict) for state in learned):
        raise ValueError("`learned` does not hold objects")
    return TargetNotes(
        _require_type(document, "target", str),
        _require_type(document, "recorded_at", str),
        tuple(learned),
    )


def read_exact_json(body: bytes) -> Any:
    """Return the JSON that a body is, where that says everything about it; else None.

    Raises nothing: twice the same key, NaN, half an emoji and the like make it text.
    """
    try:
        document = json.loads(
            body, object_pairs_hook=_refuse_doubles, parse_constant=_refuse_constant
        )
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return None
    return document


def _iterate_within(whose: Place, one: object) -> Place:
    return replace(
        whose,
        repeat=_require_type(one, "repeat", int),
        turn=_require_type(one, "turn", int),
        round=_require_type(one, "round", int),
        check=_read_optional(one, "check", str, ""),
    )


# --- what is said more than once ------------------------------------------------------------------

SAME: Final = "same_json_as"
WORTH_NAMING: Final = 4096
"""Characters; what a region offers is a hundred times that, and every command asks for it."""


def _drop_repetitions(exchanges: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep each long answer once: where it comes again stands the number of its exchange."""
    first: dict[str, int] = {}
    for number, one in enumerate(exchanges, start=1):
        said = json.dumps(one["response"].get("json"), sort_keys=True)
        if len(said) < WORTH_NAMING:
            continue
        if first.setdefault(said, number) != number:
            del one["response"]["json"]
            one["response"][SAME] = first[said]
    return exchanges


def _restore_repetitions(exchanges: list[Any]) -> list[Any]:
    """Return exchanges with every answer where it belongs.

    Raises:
        ValueError: one refers to an answer that is not there.
    """
    for number, one in enumerate(exchanges, start=1):
        response = one.get("response") if isinstance(one, dict) else None
        if not isinstance(response, dict) or SAME not in response:
            continue
        other = _require_type(response, SAME, int)
        if not 1 <= other < number or "json" not in exchanges[other - 1]["response"]:
            raise ValueError(f"`{SAME}` names no answer before it")
        if any(name in response for name in _BODIES):
            raise ValueError(f"a message has both `{SAME}` and a body")
        response["json"] = exchanges[other - 1]["response"]["json"]
        del response[SAME]
    return exchanges


# --- one exchange -----------------------------------------------------------------------------


def _encode_exchange(exchange: RecordedExchange) -> dict[str, Any]:
    slot = exchange.slot
    written: dict[str, Any]
    if isinstance(slot, CommandSlot):
        written = {"command": slot.name}
    else:
        written = {name: getattr(slot, name) for name in _WITHIN if getattr(slot, name) != ""}
    for mark in _MARKS:
        if getattr(exchange, mark):
            written[mark] = True
    sent, received = exchange.sent, exchange.received
    request = {"method": sent.method, "url": sent.url}
    response = {"status": received.status}
    return {
        **written,
        "latency_s": exchange.latency_s,
        "request": {
            **request, **_encode_headers(sent.headers), **_encode_body(sent.body, sent.headers)
        },
        "response": {
            **response, **_encode_headers(received.headers),
            **_encode_body(received.body, received.headers),
        },
    }  # fmt: skip


def _decode_exchange(one: Any, slot: Place | CommandSlot, own: Sequence[str]) -> RecordedExchange:
    _require_keys(one, *own, *_MARKS, "latency_s", "request", "response")
    request, response = _require_type(one, "request", dict), _require_type(one, "response", dict)
    _require_keys(request, "method", "url", "headers", *_BODIES)
    _require_keys(response, "status", "headers", *_BODIES)
    return RecordedExchange(
        slot=slot,
        sent=PlainRequest(
            _require_type(request, "method", str),
            _require_type(request, "url", str),
            _decode_headers(request),
            _decode_body(request),
        ),
        received=PlainResponse(
            _require_type(response, "status", int),
            _decode_headers(response),
            _decode_body(response),
        ),
        latency_s=_read_seconds(one, "latency_s"),
        lesson=_read_optional(one, "lesson", bool, False),
        restored=_read_optional(one, "restored", bool, False),
    )


def _encode_headers(headers: Mapping[str, str]) -> dict[str, Any]:
    return {"headers": dict(headers)} if headers else {}


def _decode_headers(message: Mapping[str, Any]) -> dict[str, str]:
    headers = _read_optional(message, "headers", dict, {})
    if not all(isinstance(value, str) for value in headers.values()):
        raise ValueError("a header's value is not a text")
    return headers


def _encode_body(body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return a body as what people read best, provided that it comes back as it was."""
    if not body:
        return {}
    if "event-stream" not in headers.get("content-type", ""):
        document = read_exact_json(body)
        if document is not None:
            return {"json": document}
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}
    return {"lines": text.split("\n")} if "\n" in text else {"text": text}


def _decode_body(message: Mapping[str, Any]) -> bytes:
    given = [name for name in _BODIES if name in message]
    if len(given) > 1:
        raise ValueError(f"a message has both `{given[0]}` and `{given[1]}`")
    match given:
        case ["json"]:
            return json.dumps(message["json"], ensure_ascii=False).encode()
        case ["lines"]:
            lines = _require_type(message, "lines", list)
            if not all(isinstance(line, str) for line in lines):
                raise ValueError("`lines` does not hold texts")
            return "\n".join(lines).encode()
        case ["text"]:
            return _require_type(message, "text", str).encode()
        case ["base64"]:
            return base64.b64decode(_require_type(message, "base64", str), validate=True)
        case _:
            return b""


# --- looking at what was read ------------------------------------------------------------------


def _refuse_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key is there twice")
    return found


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _require_keys(mapping: Mapping[str, Any], *names: str) -> None:
    for name in mapping:
        if name not in names:
            raise ValueError(f"`{name}` is not known here")


def _require_type(mapping: object, name: str, wanted: type[T] | tuple[type[T], ...]) -> T:
    if not isinstance(mapping, Mapping) or name not in mapping:
        raise ValueError(f"`{name}` is missing")
    value = mapping[name]
    if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
        raise ValueError(f"`{name}` is not what it should be")
    return value


def _read_seconds(mapping: object, name: str) -> float:
    value = _require_type(mapping, name, (int, float))
    if not is_number(value):
        raise ValueError(f"`{name}` is not what it should be")
    return float(value)


def _read_optional(mapping: object, name: str, wanted: type[T], default: T) -> T:
    given = isinstance(mapping, Mapping) and name in mapping
    return _require_type(mapping, name, wanted) if given else default
