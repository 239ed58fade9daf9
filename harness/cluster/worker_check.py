"""A look at the workers of a cluster before anything is spent: may a run be played there?"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from harness._version import __version__
from harness.errors import Diagnostic, OutsideError, RequestError

NOT_THE_SAME, NOT_SET, OUT_OF_REACH = "H863", "H864", "H865"
REACH_S = 3.0
INSTALL = "pip install 'azure-openai-harness[dask]=={}'"


@dataclass(frozen=True, slots=True)
class WorkerNeeds:
    """The needs of a run on each worker.

    Attributes:
        variables: names of the environment that have a value at home.
        simulator: the address of home's simulator; "" where nothing is simulated.
    """

    variables: tuple[str, ...] = ()
    simulator: str = ""


def describe_worker(variables: Sequence[str], simulator: str) -> dict[str, Any]:
    """Tell of the worker that this runs on: its version, what is not set, what it cannot reach."""
    return {
        "version": __version__,
        "unset": [name for name in variables if not os.environ.get(name)],
        "reaches": not simulator or _is_there(simulator),
    }


def _is_there(address: str) -> bool:
    parts = urlsplit(address)
    try:
        with socket.create_connection((parts.hostname, parts.port), REACH_S):
            return True
    except OSError:
        return False


def check_workers(told: Mapping[str, object], needs: WorkerNeeds) -> None:
    """Refuse to begin where a worker cannot play.

    Args:
        told: what each worker told of itself by its address, or the exception that it met.
        needs: what the run needs.

    Raises:
        RequestError: a worker has another version of harness, or none.
        OutsideError: it lacks a variable of the environment, or does not reach the simulator.
    """
    for address, said in told.items():
        version = said.get("version") if isinstance(said, Mapping) else None
        if version != __version__ or not isinstance(said, Mapping):
            raise _make_version_error(address, version, said)
        if said["unset"]:
            names = ", ".join(said["unset"])
            raise OutsideError(
                Diagnostic(
                    NOT_SET,
                    f"worker {address} lacks variables of the environment: {names}",
                    "they have a value here, and no value is ever sent to a worker",
                    hint="set them where `dask worker` is started, and start it again",
                )
            )
        if not said["reaches"]:
            raise OutsideError(
                Diagnostic(
                    OUT_OF_REACH,
                    f"worker {address} does not reach the simulator of this machine",
                    f"{needs.simulator} serves this machine alone",
                    hint="workers on this machine; or leave --scheduler out, which starts some",
                )
            )


def _make_version_error(address: str, version: object, said: object) -> RequestError:
    found = f"harness {version}" if version else f"no harness ({str(said)[:200]})"
    return RequestError(
        Diagnostic(
            NOT_THE_SAME,
            f"worker {address} has {found}, and here is {__version__}",
            "home and workers say to each other what only the same version understands",
            hint=f"there: {INSTALL.format(__version__)}",
        )
    )
