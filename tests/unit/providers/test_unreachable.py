"""Targets that nobody reaches: refused, unknown, not trusted, behind a proxy that says no."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.conversation.transcript import NOT_SENT, Answer, Failure
from harness.providers import ApiKey, OpenAIEndpoint
from harness.providers.applications.http import HttpEndpoint
from harness.providers.applications.picking import ReplyPaths

PLAIN = b"HTTP/1.1 200 OK\r\n\r\n"
REFUSAL = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed but itself, with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.fixture
def listen() -> Iterator[Callable[..., int]]:
    """Listen on a port, and answer whoever connects with the same bytes; over TLS if told so."""
    sockets: list[socket.socket] = []

    def start(said: bytes, tls: Path | None = None) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        sockets.append(server)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if tls is not None:
            context.load_cert_chain(tls)

        def answer() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                with caller:
                    try:
                        if tls is not None:
                            context.wrap_socket(caller, server_side=True).close()
                        else:
                            caller.recv(65_536)
                            caller.sendall(said)
                    except OSError:
                        pass  # whoever called does not trust us, or has gone

        threading.Thread(target=answer, daemon=True).start()
        return int(server.getsockname()[1])

    yield start
    for one in sockets:
        one.close()


def find_closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def locate(
    listen: Callable[..., int], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], str]:
    """Make a place that cannot be reached, and tell its address."""

    def located(place: str) -> str:
        match place:
            case "closed":
                return f"http://127.0.0.1:{find_closed_port()}"
            case "unknown":
                return "http://nobody.invalid"
            case "plain":
                return f"https://127.0.0.1:{listen(PLAIN)}"
            case "untrusted":
                return f"https://127.0.0.1:{listen(b'', certificate)}"
            case _:
                monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listen(REFUSAL)}")
                return "https://contoso.example"

    return located


@pytest.mark.parametrize("of", ["model", "application"])
@pytest.mark.parametrize(
    ("place", "said", "retried"),
    [
        ("closed", "no connection", True),
        ("unknown", "no such host", True),
        ("plain", "no TLS connection", False),
        ("untrusted", "the server's certificate is not trusted", False),
        ("proxy", "the proxy refused", False),
    ],
)
def test_whoever_cannot_be_reached_is_told_apart_and_nothing_was_sent(
    place: str, said: str, retried: bool, of: str, ask: Ask, locate: Callable[[str], str]
) -> None:
    url = locate(place)
    failure = ask(
        OpenAIEndpoint(f"{url}/v1", "mini", ApiKey("k"))
        if of == "model"
        else HttpEndpoint(url, {"q": "{{user}}"}, ReplyPaths("a"))
    )
    assert isinstance(failure, Failure)
    assert failure.message.startswith(said)
    assert (failure.kind, failure.code, failure.retryable) == ("connection", NOT_SENT, retried)
