"""The simulator as a spec declares it, and as a server of its own for ``harness simulate``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import Diagnostic, RequestError
from harness.net import InnerHosts, fold_host
from harness.simulator.embedded import Simulated, serve
from harness.simulator.inference import prepare
from harness.simulator.session import open_session
from harness.spec.check.safety import is_loopback
from harness.wiring.providers.setting import read_host

if TYPE_CHECKING:
    from harness.app.specs.permissions import Permissions
    from harness.spec.load import SpecFile
    from harness.spec.model.spec import Simulator

__all__ = ["Simulated", "check_answers", "serve"]


def read_simulator(spec_file: SpecFile, permissions: Permissions) -> Simulator:
    """Return the simulator's behaviour as the spec declares it, its files by absolute paths.

    A simulator that serves already has a working folder of its own.

    Raises:
        RequestError: its ``upstream`` is in an inner network, and nobody trusts it.
    """
    declared = spec_file.spec.simulator
    named = {"answers": declared.answers, "catalogue": declared.catalogue}
    paths = {key: path for key, path in named.items() if path not in (None, "strict", "open")}
    absolute = {key: str(Path(path).resolve()) for key, path in paths.items()}
    host = read_host(declared.upstream or "")
    trusted = InnerHosts(frozenset(map(fold_host, permissions.hosts)))
    refusal = "" if is_loopback(host) else trusted.find_refusal(host, host)
    if refusal:
        raise RequestError(
            Diagnostic(
                "H465",
                "the simulator's upstream leads into an inner network",
                refusal,
                spec_file.spans.at("simulator", "upstream"),
                f"if you know it: --trust-host {host}",
            )
        )
    return declared.model_copy(update=absolute)


def check_answers(simulator: Simulator) -> None:
    """Refuse wrong answers now, before the first client asks.

    Raises:
        SpecError: naming each bad line.
    """
    if simulator.answers is not None:
        prepare(open_session("", simulator))
