"""A simulator that is a server of its own, for ``harness simulate``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.simulator.embedded import Simulated, serve
from harness.simulator.inference import prepare
from harness.simulator.session import open_session

if TYPE_CHECKING:
    from harness.spec.model.spec import Simulator

__all__ = ["Simulated", "check_answers", "serve"]


def check_answers(simulator: Simulator) -> None:
    """Refuse wrong answers now, before the first client asks.

    Raises:
        SpecError: naming each bad line.
    """
    if simulator.answers is not None:
        prepare(open_session("", simulator))
