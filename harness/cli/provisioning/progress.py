"""A line per resource on stderr while a plan is carried out."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable

from harness.address import Address
from harness.provision.events import ChangeStarted, Ended, Event, Retrying, Stopping, Waiting
from harness.provision.rendering import DOING, format_outcome
from harness.text.safe import flatten

STILL_S = 10.0
"""Between two lines about one resource where there is no terminal."""


class ProvisioningProgress:
    """Draws events; safe to call from several threads.

    Attributes:
        live: whether stderr is a terminal: what is under way is redrawn in place there, and
            elsewhere every line stands, with the seconds it took.
        write: gets text for stderr, its newlines included.
    """

    def __init__(self, *, live: bool, write: Callable[[str], None]) -> None:
        self.live = live
        self.write = write
        self._lock = threading.Lock()
        self._under_way: dict[Address, str] = {}
        self._said: dict[Address, float] = {}
        self._drawn = 0

    def __call__(self, event: Event) -> None:
        """Take an event in."""
        with self._lock:
            match event:
                case ChangeStarted(change):
                    line = f"{change.address}: {DOING[change.action]}"
                    self._now(change.address, line, stands=True)
                case Waiting(change, state, seconds):
                    line = (
                        f"{change.address}: {DOING[change.action]}, {seconds:.0f} s"
                        f" ({flatten(state)})"
                    )
                    self._now(change.address, line, stands=self._is_time(change.address, seconds))
                case Retrying(change, reason, wait_s, seconds):
                    line = (
                        f"{change.address}: {DOING[change.action]}, {seconds:.0f} s; "
                        f"Azure says {flatten(reason)}, again in {wait_s:.1f} s"
                    )
                    self._now(change.address, line, stands=True)
                case Stopping():
                    self._stand("stopping: what is running is finished, nothing more is begun")
                case Ended(outcome):
                    self._under_way.pop(outcome.change.address, None)
                    self._stand(format_outcome(outcome))

    def close(self) -> None:
        """Leave the terminal as it should be."""
        with self._lock:
            self._under_way.clear()
            if self.live:
                self._redraw("")

    def _now(self, address: Address, line: str, *, stands: bool) -> None:
        self._under_way[address] = line
        if self.live:
            self._redraw("")
        elif stands:
            self.write(f"{line}\n")

    def _is_time(self, address: Address, seconds: float) -> bool:
        if seconds - self._said.get(address, 0.0) < STILL_S:
            return False
        self._said[address] = seconds
        return True

    def _stand(self, line: str) -> None:
        if self.live:
            self._redraw(f"{line}\n")
        else:
            self.write(f"{line}\n")

    def _redraw(self, standing: str) -> None:
        """Wipe what is under way, write what stands, and draw what is under way beneath it."""
        width = max(20, shutil.get_terminal_size().columns - 1)
        wipe = f"\x1b[{self._drawn}A\x1b[J" if self._drawn else ""
        lines = [line[:width] for line in self._under_way.values()]
        self._drawn = len(lines)
        self.write(wipe + standing + "".join(f"{line}\n" for line in lines))
