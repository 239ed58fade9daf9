"""Declared faults, decided per request, counted and seeded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase

from harness.spec.model.spec import Fault


class FaultSelector:
    """A chooser of requests that fail; it counts how often each fault was met and has struck.

    A fault with ``rate`` strikes by a hash of seed, fault and key, where the key is the
    caller's (so that the same request fares alike in every run) or else the number of matching
    requests so far. ``after`` spares the first that match, ``times`` caps the strikes. The first
    fault that strikes wins.
    """

    def __init__(self, faults: Sequence[Fault], seed: int) -> None:
        self._faults = tuple(faults)
        self._seed = seed
        self._met = [0] * len(self._faults)
        self._struck = [0] * len(self._faults)

    def select(
        self,
        operation: str,
        names: Iterable[str] = (),
        *,
        key: str = "",
        fits: Callable[[Fault], bool] = lambda _: True,
    ) -> Fault | None:
        """Return the fault that strikes this request, if any, its delay as long as it has grown.

        Args:
            operation: ``chat``, ``deployment.put`` … compared as a glob.
            names: what the target may be called: ``account/deployment`` by Azure's names and
                by the spec's handles; any of them may match. Without any, only ``*`` matches.
            key: makes ``rate`` a function of the request instead of its turn in the queue.
            fits: whether a fault has any effect on such a request; else it is not met either.
        """
        called = tuple(names) or ("",)
        for number, fault in enumerate(self._faults):
            if not fnmatchcase(operation, fault.operation):
                continue
            if fault.target != "*" and not any(fnmatchcase(name, fault.target) for name in called):
                continue
            if not fits(fault):
                continue
            self._met[number] += 1
            if self._met[number] <= fault.after:
                continue
            if fault.times is not None and self._struck[number] >= fault.times:
                continue
            if fault.rate is not None and not self._is_drawn(number, fault.rate, key):
                continue
            self._struck[number] += 1
            return _grow_delay(fault, self._struck[number])
        return None

    def count_strikes(self) -> list[dict[str, object]]:
        """Count the requests that each fault has changed, in the order of the spec."""
        return [
            {"operation": fault.operation, "target": fault.target, "met": met, "struck": struck}
            for fault, met, struck in zip(self._faults, self._met, self._struck, strict=True)
        ]

    def _is_drawn(self, number: int, rate: float, key: str) -> bool:
        turn = key or str(self._met[number])
        digest = hashlib.sha256(f"{self._seed}|{number}|{turn}".encode()).digest()
        return int.from_bytes(digest[:8], "big") / 2**64 < rate


def _grow_delay(fault: Fault, struck: int) -> Fault:
    if not fault.grow_s:
        return fault
    return fault.model_copy(update={"delay_s": (fault.delay_s or 0.0) + fault.grow_s * struck})
