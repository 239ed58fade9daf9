"""A simulator that is a server of its own, what passes before it, and programs that ask it."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from harness.cli.main import run
from harness.simulator.client import open_session_at
from harness.wiring import Permissions, read_spec

SPEC = Path(__file__).with_name("spec.yaml")
SUBDOMAIN = "harness-code-01"


@dataclass(slots=True)
class Passed:
    """Requests to models that passed, in their order: the path, the headers, the body."""

    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)

    def clear(self) -> None:
        self.paths.clear()
        self.headers.clear()
        self.bodies.clear()


@dataclass(frozen=True, slots=True)
class Azure:
    """The simulator behind something that notes what passes.

    ``scopes`` are those that tokens were asked for.
    """

    url: str
    token: str
    passed: Passed
    scopes: list[str]

    @property
    def endpoint(self) -> str:
        return f"{self.url}/{SUBDOMAIN}"


def make_gate(
    target: str, keys: list[str], passed: Passed, scopes: list[str]
) -> ThreadingHTTPServer:
    """A server that passes everything on, and hands out tokens as a managed identity's does."""
    host = urlsplit(target).netloc

    class Gate(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            at = urlsplit(self.path)
            if at.path != "/msi/token":
                self.pass_on(b"")
                return
            if self.headers["X-IDENTITY-HEADER"] != "stand-in":
                self.answer(401, {"Content-Type": "application/json"}, b'{"message": "who?"}')
                return
            (resource,) = parse_qs(at.query)["resource"]
            scopes.append(resource)
            told = {
                "access_token": keys[-1],
                "expires_on": "4102444800",
                "token_type": "Bearer",
                "resource": resource,
            }
            self.answer(200, {"Content-Type": "application/json"}, json.dumps(told).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path.partition("?")[0].endswith(("/chat/completions", "/responses")):
                passed.paths.append(self.path)
                passed.headers.append({k.lower(): v for k, v in self.headers.items()})
                passed.bodies.append(json.loads(body))
            self.pass_on(body)

        do_PUT = do_PATCH = do_DELETE = do_POST  # noqa: N815 - the base class names them

        def pass_on(self, body: bytes) -> None:
            behind = http.client.HTTPConnection(host, timeout=60)
            headers = {name: value for name, value in self.headers.items() if name != "Host"}
            behind.request(self.command, self.path, body, headers)
            response = behind.getresponse()
            # Nobody but this gate is told of: a client asks no other host or port.
            before = f"http://{self.headers['Host']}"
            told = {
                name: value.replace(f"http://{host}", before)
                for name, value in response.getheaders()
                if name.lower() not in ("transfer-encoding", "content-length", "connection")
            }
            self.answer(response.status, told, response.read())
            behind.close()

        def answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    return ThreadingHTTPServer(("127.0.0.1", 0), Gate)


@contextmanager
def serve_simulator(folder: Path) -> Iterator[tuple[str, str]]:
    """`harness simulate` as a user starts it."""
    command = [sys.executable, "-m", "harness", "simulate", "--json", "--date", "2026-11-01"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            told = json.loads(server.stdout.readline())
            yield told["url"], told["token"]
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def azure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azure]:
    """The simulated Azure, in which the spec's deployments are."""
    folder = tmp_path_factory.mktemp("azure")
    with serve_simulator(folder) as (url, token), pytest.MonkeyPatch.context() as patch:
        passed, scopes, keys = Passed(), list[str](), list[str]()
        gate = make_gate(url, keys, passed, scopes)
        threading.Thread(target=gate.serve_forever, daemon=True).start()
        before = f"http://127.0.0.1:{gate.server_port}"
        (folder / ".harness").mkdir()
        (folder / "spec.yaml").write_text(SPEC.read_text(encoding="utf-8"), encoding="utf-8")
        patch.chdir(folder)
        patch.setenv("HARNESS_SIMULATOR_URL", before)
        patch.setenv("HARNESS_SIMULATOR_TOKEN", token)
        assert run(["apply", "spec.yaml", "-q"]) == 0
        # The session of a client that wants the replies that the spec declares.
        spec = read_spec(Path("spec.yaml"), Permissions()).spec
        opened = open_session_at(before, token, spec.simulator, {}, {})
        keys.append(opened.token)
        yield Azure(before, opened.token, passed, scopes)
        gate.shutdown()
        gate.server_close()


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that has ended."""

    code: int
    out: str
    err: str
    text: str


RunProgram = Callable[..., Ended]


def make_environment(azure: Azure) -> dict[str, str]:
    """What the heads of programs say that they read, and no more than a shell has beside it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "AZURE_OPENAI_ENDPOINT": azure.endpoint,
        "AZURE_OPENAI_API_KEY": azure.token,
        "OPENAI_BASE_URL": f"{azure.endpoint}/openai/v1",
        "OPENAI_API_KEY": azure.token,
        "IDENTITY_ENDPOINT": f"{azure.url}/msi/token",
        "IDENTITY_HEADER": "stand-in",
    }


@pytest.fixture(scope="session")
def python() -> Iterator[Callable[[Path, Mapping[str, str]], dict[str, Any]]]:
    """Runs a Python program in an interpreter of its own, which is kept for the next one."""
    script = Path(__file__).with_name("runner.py")
    command = [sys.executable, "-W", "error::RuntimeWarning", str(script)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as kept:
        stdin, stdout = kept.stdin, kept.stdout
        assert stdin is not None
        assert stdout is not None

        def run_one(path: Path, environment: Mapping[str, str]) -> dict[str, Any]:
            stdin.write(json.dumps({"path": str(path), "environment": dict(environment)}) + "\n")
            stdin.flush()
            ended: dict[str, Any] = json.loads(stdout.readline())
            return ended

        yield run_one
        stdin.close()


def write_code(path: Path, *arguments: str, spec: str = "spec.yaml") -> None:
    """Write a program with `harness code`, in the place of one before."""
    path.unlink(missing_ok=True)
    assert run(["code", *arguments, "--spec", spec, "-q", "-o", str(path)]) == 0


@pytest.fixture
def run_code(
    azure: Azure,
    tmp_path: Path,
    python: Callable[[Path, Mapping[str, str]], dict[str, Any]],
) -> RunProgram:
    """Writes a program with `harness code` and runs it; what passes before is forgotten."""

    def written_and_run(*arguments: str, spec: str = "spec.yaml", **changed: str) -> Ended:
        is_shell = "curl" in arguments
        path = tmp_path / ("program.sh" if is_shell else "program.py")
        write_code(path, *arguments, spec=spec)
        azure.passed.clear()
        environment = {**make_environment(azure), **changed}
        if is_shell:
            done = subprocess.run(
                ["sh", str(path)],
                env=environment, capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip
            ended: dict[str, Any] = {
                "code": done.returncode, "out": done.stdout, "err": done.stderr
            }  # fmt: skip
        else:
            ended = python(path, environment)
        return Ended(**ended, text=path.read_text(encoding="utf-8"))

    return written_and_run
