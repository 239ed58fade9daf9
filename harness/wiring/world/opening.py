"""Open a spec's outside: a real cloud, the simulator or a recording."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from harness.app.recording import Recording
from harness.app.specs.cloud_choice import choose_cloud
from harness.app.specs.permissions import Permissions
from harness.wiring.world.spec_world import SpecWorld

if TYPE_CHECKING:
    from harness.recording.foreign.transcripts import ForeignConversations
    from harness.spec.load import SpecFile

WORLD_FOLDER = ".harness"


@contextmanager
def open_world(
    spec_file: SpecFile,
    permissions: Permissions,
    *,
    say: Callable[[str], None],
    verbose: bool = False,
    recording: Recording | None = None,
) -> Iterator[SpecWorld]:
    """Open the outside of a spec for as long as the block runs.

    Args:
        spec_file: a valid spec.
        permissions: what the person at the keyboard allows.
        say: gets lines for stderr, the first of which names the cloud and who chose it.
        verbose: whether failures to sign in tell everything that was tried.
        recording: record everything into a cassette, or replay one, with nothing outside at all.

    Raises:
        OutsideError: the simulator cannot be started or joined; there is no recording to replay,
            or it was changed.
        RequestError: the recording is another cloud's.
    """
    if recording is not None and recording.replays:
        with _open_replayed_world(spec_file, permissions, recording, say) as world:
            yield world
        return
    with _open_live_world(spec_file, permissions, say=say, verbose=verbose) as world:
        if recording is None:
            yield world
            return
        from harness.wiring.recording.cassette import find_machine_names, open_record, run_session
        from harness.wiring.recording.roles import find_recorded_caller

        url = None if world.simulated_at is None else world.simulated_at.url
        caller = find_recorded_caller(spec_file.spec, world.choice, verbose=verbose)
        known = find_machine_names(spec_file, permissions, url, caller)
        world.recording = recording
        world.session = open_record(spec_file, world.choice, recording, known)
        if world.session.library.folder.replaces:
            say(f"replacing what was recorded on another cloud in {recording.folder}")
        with run_session(world.session):
            yield world


@contextmanager
def _open_replayed_world(
    spec_file: SpecFile, permissions: Permissions, recording: Recording, say: Callable[[str], None]
) -> Iterator[SpecWorld]:
    """Put a recording in the place of everything outside; the environment is not looked at."""
    from harness.wiring.recording.cassette import open_replay, run_session

    replay = open_replay(spec_file, permissions, recording)
    say(replay.line)
    world = SpecWorld(
        spec_file=spec_file,
        permissions=permissions,
        environment={},
        choice=replay.choice,
        recording=recording,
        session=replay.session,
        foreign=replay.foreign,
    )
    with run_session(replay.session):
        try:
            yield world
            for note in _note_source(replay.foreign):
                say(f"note: {note}")
        finally:
            world.close()


def _note_source(foreign: ForeignConversations | None) -> Sequence[str]:
    if foreign is None:
        return ()
    from harness.recording.foreign.foreign_model import note_source

    return note_source(foreign)


@contextmanager
def _open_live_world(
    spec_file: SpecFile, permissions: Permissions, *, say: Callable[[str], None], verbose: bool
) -> Iterator[SpecWorld]:
    choice = choose_cloud(spec_file, permissions, os.environ)
    say(str(choice))
    world = SpecWorld(
        spec_file=spec_file,
        permissions=permissions,
        environment=os.environ,
        choice=choice,
        verbose=verbose,
        say=say if verbose else lambda _: None,
    )
    try:
        if not choice.simulated:
            yield world
            return
        from harness.simulator.embedded import simulate
        from harness.wiring.naming import list_provider_models, map_names
        from harness.wiring.simulation import read_simulator

        with simulate(
            world.root / WORLD_FOLDER,
            read_simulator(spec_file, permissions),
            list_provider_models(spec_file),
            environment=os.environ,
            names=map_names(spec_file),
            say=say,
        ) as simulated:
            world.simulated_at = simulated
            yield world
    finally:
        world.close()
