"""Sends spans and events by OpenTelemetry's SDK, over HTTP, and counts what arrived.

Nothing here may change a run: what cannot be sent is counted and told at the end.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from threading import Thread
from typing import Any

import requests
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs import LoggerProvider, ReadableLogRecord
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor, LogRecordExportResult
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

from harness._version import __version__
from harness.redaction.sent import SentSecrets
from harness.telemetry.span_tree import Attribute, Attributes, EvaluationEvent, TrialSpan

MOST_WAITING = 20_000
"""Spans, and as many events, that wait to be sent; beyond it the oldest are lost, and counted."""

EVERY_MS, BATCH = 1000, 512
"""Milliseconds between two requests, and the most events of one."""

LAST_S = 5.0
"""Seconds that the end of a run waits for what is still to be sent."""

EVENT = "gen_ai.evaluation.result"


class Delivery:
    """A count of what was handed over and what arrived, and the last reason why something did not.

    Attributes:
        made: how many were handed over.
        sent: how many the receiver accepted.
        reason: the last reason why something was not accepted, "" where there is none.
    """

    def __init__(self) -> None:
        self.made = self.sent = 0
        self.reason = ""


class _WatchedSession(requests.Session):
    """Notes why a request failed; a redirect is a failure, for it is not followed."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__()
        self._delivery = delivery

    def request(self, *args: Any, **options: Any) -> requests.Response:
        try:
            response = super().request(*args, **options)
        except requests.RequestException as error:
            self._delivery.reason = _explain(error)
            raise
        if response.status_code >= 300:
            said = " ".join(response.text[:200].split())
            reason = f"HTTP {response.status_code} {response.reason} {said}".strip()
            self._delivery.reason = _hide_sent(reason, response.request.headers)
            if response.status_code < 400:
                raise requests.TooManyRedirects(self._delivery.reason)
        return response


def _hide_sent(text: str, headers: Mapping[str, str | bytes]) -> str:
    """Return what a receiver said without what it was sent: a header may hold its key."""
    sent = SentSecrets()
    for value in headers.values():
        said = value.decode("latin-1") if isinstance(value, bytes) else value
        for word in said.split():
            sent.add(word)
    return sent.hide(text)


def _explain(error: BaseException) -> str:
    """Return what the operating system said at the bottom of an error, else its kind."""
    if isinstance(error, requests.Timeout):
        return "it did not answer in time"
    deepest = error
    while (beneath := deepest.__cause__ or deepest.__context__) is not None:
        deepest = beneath
    said = deepest.strerror if isinstance(deepest, OSError) else ""
    return said or f"{type(error).__name__}: {deepest}"


class _CountedSpans(OTLPSpanExporter):
    def __init__(self, delivery: Delivery) -> None:
        super().__init__(session=_WatchedSession(delivery))
        self._delivery = delivery

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        outcome = super().export(spans)
        if outcome is SpanExportResult.SUCCESS:
            self._delivery.sent += len(spans)
        return outcome


class _CountedEvents(OTLPLogExporter):
    def __init__(self, delivery: Delivery) -> None:
        super().__init__(session=_WatchedSession(delivery))
        self._delivery = delivery

    def export(self, batch: Sequence[ReadableLogRecord]) -> LogRecordExportResult:
        outcome = super().export(batch)
        if outcome is LogRecordExportResult.SUCCESS:
            self._delivery.sent += len(batch)
        return outcome


class _LastReason(logging.Handler):
    """Keeps the last complaint of the SDK, which would else be written across a terminal."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.text = record.getMessage()


class Sender:
    """Sends the spans of trials, from threads of its own.

    Args:
        service: the name of the service, where OpenTelemetry's variables name none.
        now: the time of day.

    Attributes:
        spans: how many spans were made, and how many arrived.
        events: the same of evaluation results.
    """

    def __init__(self, service: str, now: Callable[[], datetime]) -> None:
        self.spans, self.events = Delivery(), Delivery()
        self._now = now
        self._reason = _LastReason()
        log = logging.getLogger("opentelemetry")
        # For good: threads that are still trying when all is said would else write to the terminal.
        log.propagate = False
        log.addHandler(self._reason)
        resource = Resource.create()
        if str(resource.attributes.get("service.name", "")).startswith("unknown_service"):
            resource = resource.merge(Resource({"service.name": service}))
        self._traces = TracerProvider(ALWAYS_ON, resource, shutdown_on_exit=False)
        self._traces.add_span_processor(
            BatchSpanProcessor(_CountedSpans(self.spans), MOST_WAITING, EVERY_MS)
        )
        self._logs = LoggerProvider(resource, shutdown_on_exit=False)
        self._logs.add_log_record_processor(
            BatchLogRecordProcessor(
                _CountedEvents(self.events), EVERY_MS, BATCH, None, MOST_WAITING
            )
        )
        self._tracer = self._traces.get_tracer("harness", __version__)
        self._logger = self._logs.get_logger("harness", __version__)

    @property
    def reason(self) -> str:
        """The last reason why something did not arrive; "" where nothing was complained of."""
        return self.spans.reason or self.events.reason or self._reason.text

    def send(self, trial: TrialSpan) -> None:
        """Hand over a trial that has just ended: its turns lie before now, one after the other."""
        self.spans.made += trial.span_count
        self.events.made += trial.event_count
        end = int(self._now().timestamp() * 1e9)
        begin = end - round(trial.seconds * 1e9)
        whole = self._tracer.start_span(
            trial.name,
            Context(),
            SpanKind.INTERNAL,
            _clean(trial.attributes),
            start_time=begin,
        )
        within = set_span_in_context(whole, Context())
        for turn in trial.turns:
            span = self._tracer.start_span(
                turn.name, within, SpanKind.CLIENT, _clean(turn.attributes), start_time=begin
            )
            begin = min(end, begin + round(turn.seconds * 1e9))
            if turn.error is not None:
                span.set_status(Status(StatusCode.ERROR, turn.error))
            self._tell(turn.evaluations, set_span_in_context(span, Context()), begin)
            span.end(begin)
        if trial.error is not None:
            whole.set_status(Status(StatusCode.ERROR, trial.error))
        self._tell(trial.evaluations, within, end)
        whole.end(end)

    def _tell(self, events: Sequence[EvaluationEvent], within: Context, at: int) -> None:
        for event in events:
            self._logger.emit(
                timestamp=at,
                observed_timestamp=at,
                context=within,
                attributes=_clean(event.attributes),
                event_name=EVENT,
            )

    def close(self) -> None:
        """Send what is left, for ``LAST_S`` seconds at the most; what is not sent then is lost."""
        ends = (self._traces.shutdown, self._logs.shutdown)
        # Threads that a receiver which never answers does not hold this process up with.
        threads = [Thread(target=end, daemon=True) for end in ends]
        for thread in threads:
            thread.start()
        until = self._now().timestamp() + LAST_S
        for thread in threads:
            thread.join(max(0.0, until - self._now().timestamp()))


def _clean(attributes: Attributes) -> Attributes:
    """Return attributes that are UTF-8: one lone surrogate of a reply would lose a whole batch."""
    return {name: _clean_value(value) for name, value in attributes.items()}


def _clean_value(value: Attribute) -> Attribute:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, bool | int | float):
        return value
    return [text.encode("utf-8", "replace").decode("utf-8") for text in value]
