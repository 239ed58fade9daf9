"""Spans and log records of OpenTelemetry as JSON, whoever wrote it, as one plain shape.

OTLP keeps an attribute as ``{"key", "value": {"stringValue": …}}``; SDKs that print spans keep a
mapping. Source: opentelemetry-proto, common.proto, trace.proto, logs.proto; its JSON mapping.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_SCALARS = ("stringValue", "string_value", "boolValue", "bool_value", "doubleValue", "double_value")
_INTEGERS = ("intValue", "int_value")
_INTEGER = re.compile(r"-?\d{1,20}")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event on a span."""

    name: str
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """A span with its events, or a log record, which is an event of the span it names."""

    name: str
    attributes: Mapping[str, Any]
    span_id: str = ""
    events: tuple[Occurrence, ...] = ()
    body: Any = None
    is_log: bool = False


def list_records(document: Mapping[str, Any]) -> Iterator[Record]:
    """Yield the spans and log records of a document."""
    groups = {"resourceSpans", "resource_spans", "resourceLogs", "resource_logs"} & document.keys()
    if not groups:
        is_log = "event_name" in document or "eventName" in document or "body" in document
        yield _read_log(document) if is_log else _read_span(document)
        return
    for resource in _list(document, "resourceSpans", "resource_spans"):
        for scope in _list(resource, "scopeSpans", "scope_spans", "instrumentationLibrarySpans"):
            yield from map(_read_span, _list(scope, "spans"))
    for resource in _list(document, "resourceLogs", "resource_logs"):
        for scope in _list(resource, "scopeLogs", "scope_logs"):
            yield from map(_read_log, _list(scope, "logRecords", "log_records"))


def _read_span(span: Mapping[str, Any]) -> Record:
    events = tuple(
        Occurrence(str(event.get("name") or ""), read_attributes(event.get("attributes")))
        for event in _list(span, "events")
    )
    attributes = read_attributes(span.get("attributes"))
    return Record(str(span.get("name") or ""), attributes, _find_span_id(span), events)


def _read_log(record: Mapping[str, Any]) -> Record:
    attributes = read_attributes(record.get("attributes"))
    name = record.get("eventName") or record.get("event_name") or attributes.get("event.name")
    body = record.get("body")
    return Record(
        name=str(name or ""),
        attributes=attributes,
        span_id=_find_span_id(record),
        body=read_value(body) if _is_wrapped(body) else body,
        is_log=True,
    )


def _find_span_id(record: Mapping[str, Any]) -> str:
    context = record.get("context")
    held = context if isinstance(context, Mapping) else record
    found = held.get("spanId") or held.get("span_id") or ""
    trace = held.get("traceId") or held.get("trace_id") or ""
    return f"{trace}/{found}"


def read_attributes(written: object) -> dict[str, Any]:
    """Return attributes as a mapping of plain values, however they were written."""
    if isinstance(written, Mapping):
        return {str(key): read_value(value) for key, value in written.items()}
    found: dict[str, Any] = {}
    for one in written if isinstance(written, list) else ():
        if isinstance(one, Mapping) and "key" in one:
            found[str(one["key"])] = read_value(one.get("value"))
    return found


def _is_wrapped(value: object) -> bool:
    return isinstance(value, Mapping) and any(
        key in value
        for key in (
            *_SCALARS,
            *_INTEGERS,
            "arrayValue",
            "array_value",
            "kvlistValue",
            "kvlist_value",
        )
    )


def read_value(value: Any) -> Any:
    """Return a value of an attribute without the wrapping that says of what kind it is."""
    if not _is_wrapped(value):
        return value
    for key in _SCALARS:
        if key in value:
            return value[key]
    for key in _INTEGERS:
        if key in value:
            return _read_integer(value[key])
    held = value.get("arrayValue") or value.get("array_value")
    if isinstance(held, Mapping):
        return [read_value(one) for one in _list(held, "values")]
    held = value.get("kvlistValue") or value.get("kvlist_value") or {}
    return read_attributes(held.get("values") if isinstance(held, Mapping) else None)


def _read_integer(written: object) -> Any:
    """Return an integer, which OTLP writes as text, as JSON has no 64 bits; else what is there."""
    is_digits = isinstance(written, str) and _INTEGER.fullmatch(written)
    return int(str(written)) if is_digits else written


def _list(holder: Mapping[str, Any], *names: str) -> list[Any]:
    for name in names:
        found = holder.get(name)
        if isinstance(found, list):
            return [one for one in found if isinstance(one, Mapping)] if name != "values" else found
    return []
