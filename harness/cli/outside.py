"""Open the outside of a spec the way every command does: it speaks as the person wants it to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from harness.cli.entry.signals import note_opened
from harness.cli.show import find_voice

if TYPE_CHECKING:
    from harness.app.recording import Recording
    from harness.spec.load import SpecFile
    from harness.wiring import Permissions, SpecWorld


def open_outside(
    spec_file: SpecFile,
    permissions: Permissions,
    recording: Recording | None = None,
    *,
    say: Callable[[str], None] | None = None,
) -> AbstractContextManager[SpecWorld]:
    """Open the outside of a spec for as long as the block runs.

    Args:
        spec_file: a valid spec.
        permissions: what the person at the keyboard allows.
        recording: record everything, or replay, with nothing outside at all.
        say: gets the lines about it, the first of which names the cloud; None: the usual voice.

    Raises:
        HarnessError: it cannot be opened, for a reason that it says.
    """
    from harness.wiring import open_world

    voice = find_voice()
    note_opened()
    return open_world(
        spec_file, permissions, say=say or voice.say, verbose=voice.verbose, recording=recording
    )
