"""One world per project: owned by one process, joined by others, kept between commands."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from datetime import date
from pathlib import Path
from typing import Any

import portalocker
import pytest

from harness.errors import OutsideError
from harness.simulator.embedded import Simulated, serve, simulate
from harness.spec.model.spec import Simulator

GROUPS = "/subscriptions/any/resourceGroups"
VERSION = "?api-version=2025-04-01"


def ask(simulated: Simulated, method: str, path: str, body: object = None) -> Any:
    request = urllib.request.Request(
        simulated.url + path + VERSION,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {simulated.token}"},
        method=method,
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as response:
        return json.loads(response.read() or "null")


def names(simulated: Simulated) -> list[str]:
    return [row["name"] for row in ask(simulated, "GET", GROUPS)["value"]]


def make(simulated: Simulated, name: str) -> None:
    ask(simulated, "PUT", f"{GROUPS}/{name}", {"location": "swedencentral"})


def test_a_world_in_memory_is_forgotten() -> None:
    for _ in range(2):
        with simulate(None, Simulator(), {}, environment={}) as simulated:
            assert names(simulated) == []
            make(simulated, "rg")


def test_a_world_in_a_folder_is_there_in_the_next_command(tmp_path: Path) -> None:
    with simulate(tmp_path, Simulator(), {}, environment={}) as simulated:
        make(simulated, "rg")
    with simulate(tmp_path, Simulator(), {}, environment={}) as simulated:
        assert not simulated.joined
        assert names(simulated) == ["rg"]
        assert "group.put" in ask(simulated, "GET", "/_simulator/counters")["operations"]


def test_the_files_of_a_world_are_for_their_owner_only(tmp_path: Path) -> None:
    with simulate(tmp_path, Simulator(), {}, environment={}) as simulated:
        make(simulated, "rg")
        for name in ("world.json", "simulator.json"):
            assert (tmp_path / name).stat().st_mode & 0o077 == 0
    assert not (tmp_path / "simulator.json").exists()


def test_a_second_command_joins_the_first_with_a_behaviour_of_its_own(tmp_path: Path) -> None:
    with simulate(tmp_path, Simulator(), {}, environment={}) as first:
        make(first, "rg")
        with simulate(tmp_path, Simulator(date=date(2024, 6, 1)), {}, environment={}) as second:
            assert second.joined
            assert second.url == first.url
            assert second.token != first.token
            assert names(second) == ["rg"]


@pytest.mark.parametrize(
    ("declared", "day"),
    [(Simulator(), date(2024, 6, 1)), (Simulator(date=date(2026, 9, 1)), date(2026, 9, 1))],
    ids=["the server's day", "the spec's own day"],
)
def test_whoever_joins_is_told_the_day_it_is_there(declared: Simulator, day: date) -> None:
    with simulate(None, Simulator(date=date(2024, 6, 1)), {}, environment={}) as server:
        environment = {
            "HARNESS_SIMULATOR_URL": server.url,
            "HARNESS_SIMULATOR_TOKEN": server.token,
        }
        with simulate(None, declared, {}, environment=environment) as joined:
            assert joined.today == day


def test_whoever_joins_is_told_whether_rate_limits_hold_there(tmp_path: Path) -> None:
    enforced = Simulator(limits="enforced")
    with (
        simulate(tmp_path, Simulator(), {}, environment={}) as first,
        simulate(tmp_path, enforced, {}, environment={}) as second,
    ):
        told = (first.enforces_limits, second.joined, second.enforces_limits)
    assert told == (False, True, True)
    with simulate(None, enforced, {}, environment={}) as server:
        environment = {
            "HARNESS_SIMULATOR_URL": server.url,
            "HARNESS_SIMULATOR_TOKEN": server.token,
        }
        with simulate(None, Simulator(), {}, environment=environment) as joined:
            assert joined.enforces_limits, "as the server does what the spec leaves open"


def test_the_first_waits_at_its_end_until_those_who_joined_have_left(tmp_path: Path) -> None:
    said: list[str] = []
    ended = threading.Event()
    joined = threading.Event()

    def first() -> None:
        with simulate(tmp_path, Simulator(), {}, environment={}, say=said.append):
            started.set()
            joined.wait(10)
        ended.set()

    started = threading.Event()
    thread = threading.Thread(target=first)
    thread.start()
    assert started.wait(10)
    with simulate(tmp_path, Simulator(), {}, environment={}) as second:
        joined.set()
        assert not ended.wait(0.3)
        assert names(second) == []
    assert ended.wait(10)
    thread.join()
    assert len(said) == 1
    assert "other commands" in said[0]


def test_a_file_system_without_locks_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise portalocker.LockException("not supported")

    monkeypatch.setattr(portalocker, "lock", refuse)
    with (
        pytest.raises(OutsideError, match="cannot be kept") as caught,
        simulate(tmp_path, Simulator(), {}, environment={}),
    ):
        pass
    assert "no locks" in str(caught.value.diagnostics[0].detail)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(OutsideError, match="cannot be kept") as caught,
        simulate(tmp_path / "file" / "world", Simulator(), {}, environment={}),
    ):
        pass
    assert "--root" in str(caught.value)


OWNER = """
import sys, time
from pathlib import Path
from harness.simulator.embedded import simulate
from harness.spec.model.spec import Simulator
with simulate(Path(sys.argv[1]), Simulator(), {}, environment={}) as simulated:
    print(simulated.url, flush=True)
    time.sleep(60)
"""


def test_a_killed_owner_is_no_obstacle(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with simulate(tmp_path, Simulator(), {}, environment={}) as joined:
            assert joined.joined
            make(joined, "rg")
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    assert (tmp_path / "simulator.json").exists()
    with simulate(tmp_path, Simulator(), {}, environment={}) as simulated:
        assert not simulated.joined
        assert names(simulated) == ["rg"]


def test_a_server_that_is_named_is_used(tmp_path: Path) -> None:
    with serve(None, Simulator()) as server:
        environment = {"HARNESS_SIMULATOR_URL": server.url, "HARNESS_SIMULATOR_TOKEN": server.token}
        with simulate(tmp_path, Simulator(), {}, environment=environment) as simulated:
            assert simulated.joined
            assert simulated.url == server.url
            make(simulated, "rg")
        assert names(server) == ["rg"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://10.0.0.1:1", "only ever on this machine"),
        ("http://evil.example", "only ever on this machine"),
        ("http://127.0.0.1:1", "refused"),
    ],
)
def test_a_server_that_cannot_be_used_is_said_to_be_so(url: str, text: str) -> None:
    environment = {"HARNESS_SIMULATOR_URL": url, "HARNESS_SIMULATOR_TOKEN": "x"}
    with (
        pytest.raises(OutsideError, match=text) as caught,
        simulate(None, Simulator(), {}, environment=environment),
    ):
        pass
    assert "harness simulate" in str(caught.value)


def test_a_wrong_token_is_said_to_be_wrong() -> None:
    with serve(None, Simulator()) as server:
        environment = {"HARNESS_SIMULATOR_URL": server.url, "HARNESS_SIMULATOR_TOKEN": "x"}
        with (
            pytest.raises(OutsideError, match="does not know the token"),
            simulate(None, Simulator(), {}, environment=environment),
        ):
            pass


def test_two_servers_do_not_share_a_world(tmp_path: Path) -> None:
    with (
        serve(tmp_path, Simulator()),
        pytest.raises(OutsideError, match="another command holds the world"),
        serve(tmp_path, Simulator()),
    ):
        pass


def test_a_damaged_world_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "world.json").write_text("{", encoding="utf-8")
    with (
        pytest.raises(OutsideError, match=r"world\.json") as caught,
        simulate(tmp_path, Simulator(), {}, environment={}),
    ):
        pass
    assert "remove" in str(caught.value)


def harness(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "harness", "simulate", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_simulate_prints_one_line_serves_and_ends_cleanly(
    tmp_path: Path, number: int, code: int
) -> None:
    with harness("--json", "--world", str(tmp_path)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        ready = json.loads(process.stdout.readline())
        server = Simulated(ready["url"], ready["token"], joined=True)
        make(server, "rg")
        with simulate(tmp_path, Simulator(), {}, environment={}) as command:
            assert command.joined
            assert names(command) == ["rg"]
        process.send_signal(number)
        assert process.wait(10) == code
        assert process.stdout.read() == ""
        assert process.stderr.read() == ""
    assert "rg" in (tmp_path / "world.json").read_text(encoding="utf-8")


def test_simulate_says_so_when_the_port_is_taken() -> None:
    with serve(None, Simulator()) as server:
        port = server.url.rpartition(":")[2]
        with harness("--port", port) as process:
            _, error = process.communicate(timeout=20)
        assert process.returncode == 3
    assert f"port {port} is in use" in error
    assert "Traceback" not in error


def test_simulate_reads_faults_from_a_file_and_names_what_is_wrong_with_them(
    tmp_path: Path,
) -> None:
    file = tmp_path / "faults.yaml"
    file.write_text("- {operation: chat, statsu: 429}\n", encoding="utf-8")
    with harness("--faults", str(file)) as process:
        _, error = process.communicate(timeout=20)
    assert process.returncode == 2
    assert "statsu" in error
    assert "Traceback" not in error
