"""The simulator, seen from a web page, from another machine and by another user of this one."""

from __future__ import annotations

import json
import os
import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from harness.cli.main import run
from harness.simulator.embedded import Simulated, simulate
from harness.spec.model.spec import Simulator
from harness.wiring.project import DiskArchive

posix = pytest.mark.skipif(sys.platform == "win32", reason="permissions of other users")


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulated]:
    world = tmp_path_factory.mktemp("world")
    with simulate(world, Simulator(), {}, environment={}) as simulated:
        yield simulated


def send(simulated: Simulated, raw: str) -> str:
    """Send bytes as they are; all that comes back until the server closes or says nothing more."""
    port = urlsplit(simulated.url).port or 0
    with closing(socket.create_connection(("127.0.0.1", port), timeout=5)) as connection:
        connection.sendall(raw.replace("TOKEN", simulated.token).encode())
        connection.settimeout(0.3)
        heard = b""
        try:
            while piece := connection.recv(65536):
                heard += piece
        except TimeoutError:
            pass
    return heard.decode("latin-1")


GET = "GET /subscriptions/a/resourceGroups?api-version=2025-04-01 HTTP/1.1\r\n"
ALLOWED = "Host: 127.0.0.1\r\nAuthorization: Bearer TOKEN\r\n"


@pytest.mark.parametrize(
    ("request_line", "headers"),
    [
        pytest.param(
            GET, "Host: rebound.example\r\nAuthorization: Bearer TOKEN\r\n", id="rebinding"
        ),
        pytest.param(GET, "Authorization: Bearer TOKEN\r\n", id="no host"),
        pytest.param(GET, f"{ALLOWED}Origin: https://evil.example\r\n", id="a page"),
        pytest.param(GET, f"{ALLOWED}Origin: null\r\n", id="a page in a frame"),
        pytest.param(GET, f"{ALLOWED}Sec-Fetch-Site: same-site\r\n", id="a page, fetching"),
        pytest.param(GET, f"{ALLOWED}Sec-Fetch-Site: same-origin\r\n", id="a page of our own"),
        pytest.param(GET.replace("GET", "OPTIONS"), f"{ALLOWED}Origin: null\r\n", id="a preflight"),
    ],
)
def test_a_page_of_a_browser_is_refused_and_told_of_no_origin_that_may(
    simulated: Simulated, request_line: str, headers: str
) -> None:
    heard = send(simulated, f"{request_line}{headers}\r\n")
    assert heard.split(" ")[1] in {"400", "403"}
    assert "access-control-allow" not in heard.lower()


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: +5\r\n\r\nabcde",
    ],
)
def test_no_second_request_hides_in_the_body_of_a_first(
    simulated: Simulated, headers: str, caplog: pytest.LogCaptureFixture
) -> None:
    first = f"POST /_simulator/sessions HTTP/1.1\r\n{ALLOWED}{headers}"
    heard = send(simulated, f"{first}{GET}{ALLOWED}\r\n")
    assert heard.startswith("HTTP/1.0 400")
    assert heard.count("HTTP/1.") == 1
    assert caplog.records == [], "what was sent is not told in a log"


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="listening sockets of Linux")
def test_it_listens_on_this_machine_only(simulated: Simulated) -> None:
    port = f":{urlsplit(simulated.url).port or 0:04X}"
    rows = [
        line.split()
        for table in ("/proc/net/tcp", "/proc/net/tcp6")
        if Path(table).exists()
        for line in Path(table).read_text(encoding="ascii").splitlines()[1:]
    ]
    listening = {row[1] for row in rows if row[3] == "0A" and row[1].endswith(port)}
    assert listening == {f"0100007F{port}"}


def test_a_key_of_an_account_is_held_against_all_of_it(simulated: Simulated) -> None:
    for key in ("", "a", "\u00e4", "x" * 84):
        raw = f"POST /none/openai/v1/models HTTP/1.1\r\nHost: 127.0.0.1\r\napi-key: {key}\r\n\r\n"
        assert send(simulated, raw).startswith("HTTP/1.1 401")


SPEC = """
version: 1
name: exposed
cloud: simulator
subscription: 00000000-0000-0000-0000-000000000000
resource_group: {name: rg, region: swedencentral, create: true}
accounts:
  a: {account_name: exposed-01, region: swedencentral,
      deployments: {m: {model: gpt-4.1-mini, version: "2025-04-14", capacity: 5}}}
conversations: [{id: one, turns: [{user: Hello}]}]
"""


@posix
def test_another_user_of_this_machine_reads_neither_token_nor_keys_nor_chats(folder: Path) -> None:
    (folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    before = os.umask(0o022)
    try:
        with simulate(folder / ".harness", Simulator(), {}, environment={}) as simulated:
            assert run(["apply", "spec.yaml", "--yes", "-q"]) == 0
            DiskArchive(folder).write(folder / ".harness" / "chats" / "a.json", ["{}"])
            assert run(["eval", "spec.yaml", "-q", "--output", "out"]) == 0
            announced = json.loads((folder / ".harness" / "simulator.json").read_text())
            assert announced["token"] == simulated.token
            modes = {
                str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode)
                for path in folder.rglob("*")
                if path.is_file()
            }
    finally:
        os.umask(before)
    private = {name for name, mode in modes.items() if mode == 0o600}
    assert {".harness/world.json", ".harness/simulator.json", ".harness/chats/a.json"} <= private
    assert modes["out/results.jsonl"] == 0o644, "a run is shared as the umask says"
    assert {name for name in modes if name.startswith(".harness/")} - private <= {
        ".harness/runs.sqlite"
    }


def test_no_argument_of_a_process_holds_the_token(simulated: Simulated) -> None:
    assert simulated.token not in " ".join(sys.orig_argv)
    with simulate(None, Simulator(), {}, environment={}) as other:
        assert other.token != simulated.token
        assert len(other.token) >= 32
