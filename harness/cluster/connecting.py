"""Find a cluster, or start one of this machine's cores."""

from __future__ import annotations

import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING

from harness.errors import Diagnostic, OutsideError, RequestError

if TYPE_CHECKING:
    from distributed import Client

NO_DASK, NOBODY_THERE = "H860", "H861"
CONNECT_S = 5.0


def require_dask() -> None:
    """Refuse to go on without Dask.

    Raises:
        RequestError: it is not installed.
    """
    if find_spec("distributed") is None:
        raise RequestError(
            Diagnostic(
                NO_DASK,
                "--engine dask needs Dask, which is not installed",
                hint="pip install 'azure-openai-harness[dask]'",
            )
        )


@asynccontextmanager
async def open_cluster(scheduler: str | None) -> AsyncIterator[Client]:
    """Connect to a scheduler; without an address, start it and as many workers as cores.

    Dask's own configuration says how: timeouts, certificates for ``tls://`` addresses.

    Raises:
        OutsideError: nobody answers at that address.
    """
    from distributed import Client, LocalCluster

    with _keep_quiet():
        if scheduler is None:
            count = os.cpu_count() or 1
            async with (
                LocalCluster(
                    n_workers=count,
                    threads_per_worker=1,
                    asynchronous=True,
                    dashboard_address=None,
                    silence_logs=logging.CRITICAL,
                    preload="harness.cluster.no_interrupt",
                ) as cluster,
                Client(cluster, asynchronous=True, set_as_default=False) as client,
            ):
                yield client
            return
        found: Client | None = None
        try:
            client = found = Client(
                scheduler, asynchronous=True, set_as_default=False, timeout=CONNECT_S
            )
            await client
        except Exception as error:  # whatever Dask meets: an address that is none, a stranger there
            with suppress(Exception):  # or it warns of being left open, after the command's end
                if found is not None:
                    await found.close()
            raise _make_unreachable_error(scheduler, error) from error
        try:
            yield client
        finally:
            await client.close()


def _make_unreachable_error(scheduler: str, error: Exception) -> OutsideError:
    first = (str(error) or type(error).__name__).splitlines()[0]
    return OutsideError(
        Diagnostic(
            NOBODY_THERE,
            f"no scheduler of Dask answers at {scheduler}",
            first[:300],
            hint="`dask scheduler` starts one and says its address: tcp://HOST:8786",
        )
    )


@contextmanager
def _keep_quiet() -> Iterator[None]:
    """Keep Dask from telling on stderr what the run tells: that a worker is lost, for example."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    loggers = [logging.getLogger(name) for name in ("asyncio", "distributed", *names)]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
