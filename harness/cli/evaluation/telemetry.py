"""Options that send a run elsewhere as telemetry, and the lines that say what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import click

from harness.cli.show import find_voice

if TYPE_CHECKING:
    from harness.app.recording import Recording
    from harness.run.events import Event
    from harness.wiring import SpecWorld

Otel = Literal["", "figures", "content"]
"""The part of a run that goes elsewhere: nothing, its figures, or what was said as well."""

_MEANT = "harness.cli.evaluation.telemetry"


def _note(context: click.Context, option: click.Parameter, given: bool) -> None:
    """Keep what an option says in click's context, where ``tell_elsewhere`` finds it."""
    context.meta.setdefault(_MEANT, set()).update({option.name} if given else ())


OTEL_OPTIONS = (
    click.option("--otel", is_flag=True, expose_value=False, callback=_note,
                 help="Also send the run as OpenTelemetry spans: docs/telemetry.md."),
    click.option("--otel-content", is_flag=True, expose_value=False, callback=_note,
                 help="With --otel: what was said as well, without what looks like a secret."),
)  # fmt: skip


def read_otel() -> Otel:
    """Return what the options of the command that is running ask for.

    Raises:
        click.UsageError: content is asked for, and nothing that would carry it.
    """
    given = click.get_current_context().meta.get(_MEANT, set())
    if given == {"otel_content"}:
        raise click.UsageError("--otel-content says what goes along with --otel; give both.")
    return "content" if "otel_content" in given else "figures" if given else ""


def refuse_sockets(recording: Recording | None) -> None:
    """Refuse telemetry of a replay, which opens no sockets.

    Raises:
        click.UsageError: both are asked for.
    """
    if read_otel() and recording is not None and recording.replays:
        raise click.UsageError(
            "--otel sends over the network, and --replay opens no sockets. "
            "Leave one out; a run that is recorded can be sent with --record --otel."
        )


@contextmanager
def tell_elsewhere(world: SpecWorld) -> Iterator[Callable[[Event], None]]:
    """Yield what takes the events of a run, and say at the end what was delivered.

    Raises:
        RequestError: OpenTelemetry is not installed, or nobody can tell where to.
    """
    otel = read_otel()
    if not otel:
        yield lambda _: None
        return
    from harness.wiring.telemetry import open_telemetry

    telemetry = open_telemetry(world, content=otel == "content")
    find_voice().say(telemetry.announcement)
    try:
        yield telemetry.take
    finally:
        said = telemetry.close()
        if said.startswith("warning"):
            click.echo(said, err=True)
        else:
            find_voice().say(said)
