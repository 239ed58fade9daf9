from __future__ import annotations

import base64
import datetime as dt
import http.server
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from harness.app.doctor.ports import Rights
from harness.cloud.checkup import _drop_secrets, _name_in, measure_reach

CALL = "Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action"


class Answers(http.server.BaseHTTPRequestHandler):
    """Says no to everybody, as a management endpoint does without a credential."""

    def do_GET(self) -> None:
        self.send_response(401)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class says so
        pass


@contextmanager
def served(context: ssl.SSLContext | None = None) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def self_signed(tmp_path: Path) -> ssl.SSLContext:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    path = tmp_path / "both.pem"
    path.write_bytes(
        certificate.public_bytes(pem)
        + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_any_answer_means_that_the_host_is_there_and_tells_its_time() -> None:
    with served() as port:
        found = measure_reach(f"http://127.0.0.1:{port}", simulated=True)
    assert found.trouble == ""
    assert found.server_time is not None
    assert abs((dt.datetime.now(dt.UTC) - found.server_time).total_seconds()) < 10


def test_nobody_there_is_the_networks_trouble() -> None:
    with served() as port:
        pass
    assert measure_reach(f"http://127.0.0.1:{port}", simulated=True).trouble == "network"


def test_a_certificate_that_nobody_signed_is_not_trusted(self_signed: ssl.SSLContext) -> None:
    with served(self_signed) as port:
        found = measure_reach(f"https://127.0.0.1:{port}", simulated=True)
    assert found.trouble == "tls"
    assert "certificate" in found.said.casefold()


def test_the_password_of_a_proxy_is_never_told() -> None:
    said = _drop_secrets("cannot reach\n http://ada:s3cret@proxy:8080/x")
    assert said == "cannot reach http://…@proxy:8080/x"


@pytest.mark.parametrize(
    ("rows", "allowed"),
    [
        ([{"actions": ["*"]}], False),
        ([{"dataActions": ["Microsoft.CognitiveServices/*"]}], True),
        ([{"dataActions": ["microsoft.cognitiveservices/accounts/openai/*/action"]}], True),
        ([{"dataActions": ["*"], "notDataActions": ["*/chat/*"]}], False),
        ([{"dataActions": ["*"], "notDataActions": ["*"]}, {"dataActions": ["*"]}], True),
        ([], False),
    ],
)
def test_rights_are_patterns_of_which_some_are_taken_away(
    rows: list[dict[str, Any]], allowed: bool
) -> None:
    assert Rights(tuple(rows)).allow(CALL, data=True) is allowed


def test_a_token_gives_away_a_name_and_nothing_else() -> None:
    claims = base64.urlsafe_b64encode(json.dumps({"upn": "ada@contoso.com"}).encode()).decode()
    assert _name_in(f"header.{claims.rstrip('=')}.signature") == "ada@contoso.com"
    assert _name_in("opaque") == ""
    assert _name_in("a.!!!.c") == ""
