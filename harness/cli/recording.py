"""The options of every command that may be recorded or replayed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from harness.app.recording import Recording, name_default_folder
from harness.cli.layout import add_all

R = TypeVar("R")


RECORDING_OPTIONS = (
    click.option("--record", is_flag=True, help="Keep every exchange in the cassette."),
    click.option(
        "--record-mode",
        type=click.Choice(["missing", "all"]),
        help="With --record: what is new or changed, or everything that is run (default). Given, "
        "`all` also replaces what was recorded on another cloud.",
    ),
    click.option(
        "--replay",
        is_flag=True,
        help="Answer from the cassette: no credentials, no network.",
    ),
    click.option(
        "--cassette",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="The cassette; default: SPEC's name with .cassette, beside it.",
    ),
)


def add_recording_options(function: Callable[..., R]) -> Callable[..., R]:
    """Add ``--record``, ``--replay`` and theirs; they arrive as ``recording``, None for neither.

    The command has an argument ``spec``, beside which a cassette stands by default.
    """

    @wraps(function)
    def with_recording(
        *args: Any,
        record: bool,
        record_mode: str | None,
        replay: bool,
        cassette: Path | None,
        **given: Any,
    ) -> R:
        recording = _choose_recording(
            given["spec"], record=record, mode=record_mode, replay=replay, cassette=cassette
        )
        return function(*args, recording=recording, **given)

    return add_all(RECORDING_OPTIONS, with_recording)


def _choose_recording(
    spec: Path, *, record: bool, mode: str | None, replay: bool, cassette: Path | None
) -> Recording | None:
    if record and replay:
        raise click.UsageError("--record and --replay exclude each other.")
    if mode is not None and not record:
        raise click.UsageError("--record-mode says how to record: it needs --record.")
    if cassette is not None and not (record or replay):
        raise click.UsageError("--cassette says where: it needs --record or --replay.")
    folder = cassette or name_default_folder(spec)
    if replay:
        return Recording("replay", folder, click.get_current_context().info_name or "eval")
    if record:
        return Recording("missing" if mode == "missing" else "all", folder, replaces=mode == "all")
    return None
