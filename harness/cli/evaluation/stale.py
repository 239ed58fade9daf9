"""Advise on a recording that is not what was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from harness.app.recording import name_default_folder, write_record_command
from harness.text.safe import printable

if TYPE_CHECKING:
    from harness.app.ports import StaleEntry

MOST_SHOWN = 5
MOST_NAMED = 3
"""Conversations, or targets, that a command names; of more it is everything that is recorded."""


def describe_stale(
    stale: Iterable[StaleEntry], spec: str, folder: Path, repeats: int | None
) -> str:
    """Name the first few things that are amiss, and the command that records them again.

    Args:
        stale: what is amiss.
        spec: where the spec is.
        folder: where its recording is.
        repeats: how many were asked for instead of what the spec says.
    """
    every = list(stale)
    lines = ["the recording is stale:"]
    for one in every[:MOST_SHOWN]:
        lines += [f"  {line}" for line in one.text.splitlines()]
    if len(every) > MOST_SHOWN:
        lines.append(f"  and {len(every) - MOST_SHOWN} more")
    if folder.is_file():  # other people's, which nothing is recorded into
        own = write_record_command("eval", spec, name_default_folder(Path(spec)))
        lines += ["record one of your own:", f"  {own}"]
    elif any(one.place is not None for one in every):
        command = write_command_again(every, spec, folder, repeats)
        lines += ["record again what changed:", f"  {command}"]
    return "\n".join(map(printable, lines))


def advise_on_errors(
    errors: Iterable[StaleEntry], spec: str, folder: Path, repeats: int | None, *, replayed: bool
) -> str:
    """Say which recordings are errors, and the command that asks again for what they lack.

    Args:
        errors: the trials, each with what became of it.
        spec: where the spec is.
        folder: where its recording is.
        repeats: how many were asked for instead of what the spec says.
        replayed: the errors were played; otherwise they came while recording.
    """
    every = list(errors)
    lines = [
        "the recording holds errors in place of answers:"
        if replayed
        else "an error never replaces an answer, and counts as missing:"
    ]
    lines += [f"  {one.text}" for one in every[:MOST_SHOWN]]
    if len(every) > MOST_SHOWN:
        lines.append(f"  and {len(every) - MOST_SHOWN} more")
    command = write_command_again(
        every, spec, folder, repeats, options=("--record-mode", "missing")
    )
    lines += ["once the cause is gone, record what is missing:", f"  {command}"]
    return "\n".join(map(printable, lines))


def write_command_again(
    stale: Iterable[StaleEntry],
    spec: str,
    folder: Path,
    repeats: int | None = None,
    *,
    options: tuple[str, ...] = (),
) -> str:
    """Write ``harness eval SPEC --record`` for as little as can be said in a line."""
    places = [one.place for one in stale if one.place is not None]
    conversations = list(dict.fromkeys(place.conversation for place in places))
    targets = list(dict.fromkeys(place.target for place in places))
    words = list(options)
    if len(conversations) <= MOST_NAMED and all(map(_is_keyword, conversations)):
        words += ["-k", " or ".join(conversations)]
    if len(targets) <= MOST_NAMED:
        words += [part for target in targets for part in ("-t", target)]
    if repeats is not None:
        words += ["--repeats", str(repeats)]
    return write_record_command("eval", spec, folder, *words)


def _is_keyword(name: str) -> bool:
    """Return whether ``-k`` takes a name as it stands."""
    plain = name.replace("-", "").replace("_", "").replace(".", "").isalnum()
    return plain and name not in ("and", "or", "not")
