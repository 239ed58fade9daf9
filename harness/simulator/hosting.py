"""An application on a loopback port, in a thread of this process."""

from __future__ import annotations

import asyncio
import errno
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from harness.errors import Diagnostic, OutsideError

SHUTDOWN_S = 0.5


@contextmanager
def host(app: web.Application, port: int = 0) -> Iterator[str]:
    """Serve until the block ends; yields the base URL, ``http://127.0.0.1:PORT``.

    Args:
        app: what answers; answers that still run at the end get half a second.
        port: 0 takes a free one.

    Raises:
        OutsideError: the port is taken or may not be used.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="simulator", daemon=True)
    thread.start()
    try:
        runner, bound = asyncio.run_coroutine_threadsafe(_start(app, port), loop).result()
    except OSError as error:
        _end(loop, thread)
        raise _binding_error(port, error) from error
    try:
        yield f"http://127.0.0.1:{bound}"
    finally:
        asyncio.run_coroutine_threadsafe(_clean_up(runner), loop).result()
        _end(loop, thread)


async def _start(app: web.Application, port: int) -> tuple[web.AppRunner, int]:
    runner = web.AppRunner(app, access_log=None, logger=_open_log(), shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        # Never any other interface: the world behind it has no real protection.
        await web.TCPSite(runner, "127.0.0.1", port).start()
    except OSError:
        await runner.cleanup()
        raise
    return runner, int(runner.addresses[0][1])


def _open_log() -> logging.Logger:
    """Return a log for mistakes of our own; of bytes that are no HTTP the answer is enough.

    What a client sent stands in what would be logged of those, a key among it.
    """
    log = logging.getLogger("harness.simulator.hosting")
    log.addFilter(_is_our_own)
    return log


def _is_our_own(record: logging.LogRecord) -> bool:
    cause = record.exc_info[1] if record.exc_info else None
    return not isinstance(cause, HttpProcessingError)


async def _clean_up(runner: web.AppRunner) -> None:
    """Stop serving; an answer that nobody waits for any more is given up without a word."""
    await runner.cleanup()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _end(loop: asyncio.AbstractEventLoop, thread: threading.Thread) -> None:
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def _binding_error(port: int, error: OSError) -> OutsideError:
    taken = error.errno == errno.EADDRINUSE
    return OutsideError(
        Diagnostic(
            code="H411",
            summary=f"port {port} is in use" if taken else f"port {port} cannot be used",
            detail=str(error),
            hint="choose another with --port, or --port 0 for a free one",
        )
    )
