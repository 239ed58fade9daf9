"""Watch a spec: replay it whenever it is saved, and ask live what is stale where that is meant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from harness.app.recording import Recording, name_default_folder
from harness.app.specs.noting import NamedFiles
from harness.app.watch.rounds import Round
from harness.app.watch.session import InterruptedRoundError, WatchSession, open_session
from harness.cli.evaluation.progress import describe_pause
from harness.cli.outside import open_outside
from harness.cli.show import find_voice, shorten_path
from harness.cli.watch.keys import END, Keyboard
from harness.cli.watch.page import describe_asked, describe_round
from harness.errors import Exit, HarnessError
from harness.run.events import Event, Paused, Stopped
from harness.text.numbers import format_plural
from harness.text.safe import printable
from harness.wiring import read_spec, read_spec_noting
from harness.wiring.watching import stamp_files, wait_for_save

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from harness.app.ports import World
    from harness.run.preparation import EvalOptions
    from harness.spec.load import SpecFile
    from harness.wiring import Permissions
    from harness.wiring.watching import Stamps

Next = Literal["saved", "live", "again", "end"]
KEYS: dict[str, Next] = {"l": "live", "r": "again", "q": "end", END: "end"}


@dataclass(frozen=True, slots=True)
class Watched:
    """The spec that is watched, and what its watcher allows.

    Attributes:
        live: ask what is stale after each save, without waiting for a key.
        replays: never ask anybody.
        records: keep what is asked in the cassette.
    """

    path: Path
    permissions: Permissions
    live: bool = False
    replays: bool = False
    records: bool = False


def watch(
    path: Path,
    permissions: Permissions,
    options: EvalOptions,
    recording: Recording | None,
    *,
    live: bool,
) -> int:
    """Play rounds until somebody ends it: ``q`` or Ctrl-D with 0, Ctrl-C with 130.

    Raises:
        SpecError: there is no such file.
    """
    if not path.is_file():
        read_spec(path, permissions)  # which says what is wrong: nothing there will be saved
    watched = Watched(
        path,
        permissions,
        live=live,
        replays=recording is not None and recording.replays,
        records=recording is not None and not recording.replays,
    )
    folder = recording.folder if recording is not None else name_default_folder(path)

    def open_world(spec_file: SpecFile, chosen: Recording | None) -> AbstractContextManager[World]:
        asks = chosen is not None and not chosen.replays
        say = find_voice().say if asks else _say_nothing
        return open_outside(spec_file, permissions, chosen, say=say)

    with open_session(
        open_world, folder, options, find_voice().say, records=watched.records
    ) as session:
        try:
            _Loop(watched, session).run()
        except InterruptedRoundError as error:
            click.echo("interrupted" if error.code == Exit.INTERRUPTED else "terminated", err=True)
            return error.code
    return int(Exit.OK)


def _say_nothing(line: str) -> None:
    del line


class _Loop:
    """The rounds, one after the other; each tells what is otherwise than in the one before."""

    def __init__(self, watched: Watched, session: WatchSession) -> None:
        self._watched = watched
        self._session = session
        self._keyboard = Keyboard()
        self._named = NamedFiles()
        self._stamps: Stamps = {}
        self._last: Round | None = None
        self._begun = False

    def run(self) -> None:
        """Play until somebody ends it."""
        following: Next = "saved"
        while following != "end":
            if following == "live":
                self._ask()
            else:
                self._replay()
                if self._watched.live and self._can_ask():
                    self._ask()
            following = self._wait()

    def _replay(self) -> None:
        before = stamp_files(self._named)
        spec_file, named = read_spec_noting(self._watched.path, self._watched.permissions)
        broken = isinstance(spec_file, HarnessError)
        self._named = self._named.join(named) if broken else named
        # What was known before it was read, so that a save meanwhile is seen; the rest as it is.
        known = {path: stamp for path, stamp in before.items() if self._named.has(path)}
        self._stamps = {**stamp_files(self._named), **known}
        self._say_hello(len(named.files))
        if isinstance(spec_file, HarnessError):
            click.echo(str(spec_file), err=True)
            click.echo("nothing is played until it is mended", err=True)
            return
        self._try(lambda: self._show(self._session.replay(spec_file)))

    def _show(self, played: Round) -> None:
        for line in describe_round(played, self._last):
            click.echo(printable(line))
        self._last = played

    def _ask(self) -> None:
        last = self._last
        if last is None or not self._can_ask():
            find_voice().say("there is nothing to ask live")
            return

        def ask() -> None:
            find_voice().say("asking live what is not recorded")
            spec_file = read_spec(self._watched.path, self._watched.permissions)
            asked = self._session.ask(spec_file, last.stale, _tell_trouble)
            for line in describe_asked(asked, last, records=self._watched.records):
                click.echo(printable(line))
            self._last = last.update(asked)

        self._try(ask)

    def _can_ask(self) -> bool:
        return not self._watched.replays and self._last is not None and self._last.needs_asking

    def _try(self, work: Callable[[], None]) -> None:
        """Do the work; what is refused is told, and waits for the next save."""
        try:
            work()
        except HarnessError as error:
            click.echo(str(error), err=True)

    def _say_hello(self, files: int) -> None:
        if self._begun:
            return
        self._begun = True
        others = f" and {format_plural(files - 1, 'file')} that it names" if files > 1 else ""
        find_voice().say(f"watching {shorten_path(self._watched.path)}{others}")

    def _wait(self) -> Next:
        """Wait for a save or a key, and say which keys there are."""
        pressed: list[Next] = []

        def is_waited() -> bool:
            if (key := self._keyboard.read()) in KEYS:
                pressed.append(KEYS[key])
            return not pressed

        with self._keyboard.listening():
            self._say_what_may_be_done()
            saved = wait_for_save(self._named, self._stamps, is_waited)
        if saved:
            names = ", ".join(shorten_path(Path(one)) for one in saved[:3])
            more = f" and {len(saved) - 3} more" if len(saved) > 3 else ""
            click.echo(f"\n{printable(names)}{more} saved")
            return "saved"
        return pressed[-1] if pressed else "end"

    def _say_what_may_be_done(self) -> None:
        asks = ""
        if self._can_ask():
            asks = "l asks live what is not recorded, " if self._keyboard.is_there else ""
            if not self._keyboard.is_there and not self._watched.live:
                find_voice().say("--live asks live what is not recorded")
        keys = f"{asks}r plays it again, q ends" if self._keyboard.is_there else "Ctrl-C ends"
        find_voice().say(f"waiting for a save; {keys}")


def _tell_trouble(event: Event) -> None:
    """Say why nothing seems to happen while models are asked."""
    if isinstance(event, Paused):
        find_voice().say(describe_pause(event))
    elif isinstance(event, Stopped):
        find_voice().say(printable(f"{event.target} does not answer"))
