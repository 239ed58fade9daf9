"""Constructs what sends a run elsewhere as telemetry; imported only where that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.errors import HarnessError
from harness.redaction.hiding import Redaction
from harness.run.events import Event, Finished, Started
from harness.run.targets import Target, every_target
from harness.telemetry.destination import (
    Destination,
    find_destination,
    make_package_error,
    wants_content,
)
from harness.telemetry.span_tree import Answerer, make_trial_span
from harness.text.numbers import format_plural
from harness.text.safe import printable

if TYPE_CHECKING:
    from harness.results.model import RunInfo
    from harness.telemetry.sender import Sender
    from harness.wiring.world import SpecWorld

NOT_DELIVERED = "H992"
PROVIDERS = {
    "azure-openai": "azure.ai.openai",
    "openai": "openai",
    "openai-compatible": "openai",
}
"""Names of providers in telemetry by their kinds; of another kind it is the kind's own word."""

STANDS_FOR_NONE = ".invalid"
"""The end of addresses that stand for what has none, such as a program."""


class RunTelemetry:
    """Tells each result of a run as it comes; ``take`` is given the events of the run.

    Args:
        world: the outside of the spec.
        destination: where it goes.
        content: whether what was said is told as well.
    """

    def __init__(self, world: SpecWorld, destination: Destination, *, content: bool) -> None:
        from harness.telemetry.sender import Sender

        self._world = world
        self._destination = destination
        self._hide: Callable[[str], str] | None = Redaction({}).hide_text if content else None
        self._targets = {target.name: target for target in every_target(world.spec_file.spec)}
        self._answerers: dict[str, Answerer] = {}
        self._info: RunInfo | None = None
        self._trouble = ""
        self._sender: Sender = Sender("harness", world.clock.now)

    @property
    def announcement(self) -> str:
        """A line that says where it goes, and what of it."""
        content = (
            "what was said is part of it, without secrets" if self._hide else "no message content"
        )
        return f"telemetry goes to {self._destination.name}: {content}"

    def take(self, event: Event) -> None:
        """Take in what happens in a run; nothing that goes wrong here is the run's concern."""
        try:
            if isinstance(event, Started):
                self._info = self._world.archive.info(event.directory)
            elif isinstance(event, Finished) and self._info is not None:
                answerer = self._find_answerer(event.result.trial.target)
                self._sender.send(make_trial_span(event.result, self._info, answerer, self._hide))
        except Exception as error:  # noqa: BLE001 - whatever an SDK does, the run goes on
            self._trouble = f"{type(error).__name__}: {error}"

    def close(self) -> str:
        """Send what is left, within seconds, and say in one line what arrived."""
        self._sender.close()
        spans, events = self._sender.spans, self._sender.events
        results = format_plural(events.made, "evaluation result")
        made = f"{format_plural(spans.made, 'span')} and {results}"
        if not spans.made and not self._trouble:
            return "telemetry: no conversation was played, so nothing was sent"
        if spans.sent == spans.made and events.sent == events.made and not self._trouble:
            return f"telemetry: {made} sent to {self._destination.name}"
        reason = printable(self._sender.reason or self._trouble).splitlines()
        why = f": {reason[0][:200]}" if reason else ""
        return (
            f"warning[{NOT_DELIVERED}]: of {made}, {spans.sent} and {events.sent} reached "
            f"{self._destination.name}{why} (the run itself is whole)"
        )

    def _find_answerer(self, name: str) -> Answerer:
        if name not in self._answerers:
            self._answerers[name] = self._make_answerer(self._targets.get(name))
        return self._answerers[name]

    def _make_answerer(self, target: Target | None) -> Answerer:
        if target is None:
            return Answerer("harness")
        provider, operation = "azure.ai.openai", "chat"
        if target.kind == "provider":
            declared = self._world.spec_file.spec.providers[target.owner]
            provider = PROVIDERS.get(declared.type, declared.type)
            operation = "invoke_agent" if declared.is_application else "chat"
        try:
            parts = urlsplit(self._world.make_endpoints().of(target).address or "")
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except (HarnessError, ValueError):  # it could not be asked either; its result says why
            return Answerer(provider, operation)
        host = parts.hostname or ""
        if parts.scheme not in {"http", "https"} or not host or host.endswith(STANDS_FOR_NONE):
            return Answerer(provider, operation)
        return Answerer(provider, operation, host, port)


def open_telemetry(world: SpecWorld, *, content: bool) -> RunTelemetry:
    """Make ready to tell a run elsewhere; nothing is sent yet.

    Raises:
        RequestError: OpenTelemetry is not installed, or nobody can tell where to.
    """
    destination = find_destination(world.environment)
    try:
        return RunTelemetry(world, destination, content=content or wants_content(world.environment))
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "opentelemetry":
            raise
        raise make_package_error(error.name or "opentelemetry") from error
