"""No sockets during a replay."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable

import pytest

from harness.recording.session.guard import SocketRefusedError, refuse_sockets


def test_a_socket_is_refused_and_allowed_again_afterwards() -> None:
    with refuse_sockets(), pytest.raises(SocketRefusedError):
        socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_an_open_socket_reaches_nobody(family: socket.AddressFamily) -> None:
    with socket.socket(family, socket.SOCK_DGRAM) as before, refuse_sockets():
        address = ("127.0.0.1", 9) if family == socket.AF_INET else ("::1", 9)
        with pytest.raises(SocketRefusedError):
            before.connect(address)
        with pytest.raises(SocketRefusedError):
            before.sendto(b"x", address)


def test_names_are_not_looked_up() -> None:
    with refuse_sockets(), pytest.raises(SocketRefusedError):
        socket.getaddrinfo("localhost", 80)


def test_other_threads_are_held_to_it_too() -> None:
    refused: list[bool] = []

    def reach_out() -> None:
        try:
            socket.create_connection(("127.0.0.1", 9), timeout=1)
        except SocketRefusedError:
            refused.append(True)

    with refuse_sockets():
        thread = threading.Thread(target=reach_out)
        thread.start()
        thread.join()
    assert refused == [True]


def test_event_loops_and_threads_work_as_ever() -> None:
    async def work() -> str:
        return await asyncio.to_thread(lambda: "done")

    with refuse_sockets():
        assert asyncio.run(work()) == "done"


def test_one_replay_inside_another_does_not_end_it() -> None:
    with refuse_sockets():
        with refuse_sockets():
            pass
        with pytest.raises(SocketRefusedError):
            socket.socket()


def test_a_live_task_and_a_live_thread_beside_a_replay_reach_out() -> None:
    opened: list[socket.AddressFamily] = []

    def live() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as made:
            opened.append(made.family)

    async def both() -> None:
        entered = asyncio.Event()

        async def replay() -> None:
            with refuse_sockets():
                entered.set()
                await asyncio.sleep(0.02)
                with pytest.raises(SocketRefusedError):
                    socket.socket()

        async def run() -> None:
            await entered.wait()
            live()
            thread = threading.Thread(target=live)
            thread.start()
            await asyncio.to_thread(thread.join)

        await asyncio.gather(replay(), run())

    asyncio.run(both())
    assert opened == [socket.AF_INET, socket.AF_INET]


def test_a_worker_that_a_replay_started_looks_names_up_for_a_live_task_of_the_same_loop() -> None:
    async def both() -> bool:
        with refuse_sockets():
            await asyncio.to_thread(int)
        found: list[bool] = []

        async def live() -> None:
            found.append(bool(await asyncio.get_running_loop().getaddrinfo("127.0.0.1", 9)))

        async def replay() -> None:
            with refuse_sockets():
                await asyncio.sleep(0.05)

        await asyncio.gather(replay(), live())
        return all(found)

    assert asyncio.run(both())


@pytest.mark.parametrize(
    "look_up",
    [
        lambda: socket.gethostbyname("localhost"),
        lambda: socket.gethostbyaddr("127.0.0.1"),
        lambda: socket.getnameinfo(("127.0.0.1", 80), 0),
    ],
    ids=["gethostbyname", "gethostbyaddr", "getnameinfo"],
)
def test_no_way_of_looking_up_a_name_is_open(look_up: Callable[[], object]) -> None:
    with refuse_sockets(), pytest.raises(SocketRefusedError):
        look_up()
