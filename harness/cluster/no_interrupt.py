"""Let workers that this command started ignore Ctrl-C, which is home's to handle.

A terminal tells every process of the command. Home lets them finish what is in flight.
"""

from __future__ import annotations

import signal


def dask_setup(worker: object) -> None:
    """Ignore Ctrl-C; Dask calls this in each new worker."""
    del worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
