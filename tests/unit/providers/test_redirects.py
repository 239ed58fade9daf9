"""A server that is asked, and another that is listening: it gets no byte of a credential.

The forms are those of openai-python's ``tests/lib/test_azure_redirects.py``.
"""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from harness.conversation.transcript import Answer, Failure
from harness.net import InnerHosts
from harness.providers import ApiKey, AzureClassic, AzureV1, Carrier, Connections, Endpoint
from harness.providers import OpenAIEndpoint as Compatible
from harness.providers.applications.http import HttpEndpoint
from harness.providers.applications.picking import ReplyPaths
from tests.unit.providers.conftest import Ask, Serve, request

KEY = ApiKey("CanaryKey-0123456789")


def endpoints_at(url: str) -> list[Endpoint]:
    """Return an endpoint of each kind that sends a credential."""
    return [
        Compatible(f"{url}/v1", "m", KEY, False),
        AzureV1(f"{url}/openai/v1/", "m", KEY, False),
        AzureClassic(url, "m", "2024-10-21", KEY, False),
        HttpEndpoint(url, {"q": "{{user}}"}, ReplyPaths("$.a"), auth=KEY),
    ]


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_no_credential_follows_any_redirect(serve: Serve, ask: Ask, status: int) -> None:
    heard: list[web.Request] = []

    async def listen(request: web.Request) -> web.StreamResponse:
        heard.append(request)
        return web.json_response({"a": "evil"})

    evil = serve(listen)

    async def lead_away(request: web.Request) -> web.StreamResponse:
        del request
        headers = {"Location": f"{evil}/v1", "Refresh": f"0; url={evil}", "Alt-Svc": f'h2="{evil}"'}
        return web.Response(status=status, headers=headers)

    for endpoint in endpoints_at(serve(lead_away)):
        assert isinstance(ask(endpoint), Failure)
    assert heard == []


def ask_far(endpoint: Endpoint, reach: InnerHosts | None) -> Answer:
    """Ask as ``ask`` does, over connections with this reach."""

    async def run() -> Answer:
        connections = Connections(reach)
        model = endpoint.open(Carrier(connections))
        try:
            return await model.complete(request())
        finally:
            await model.close()
            await connections.close()

    return asyncio.run(run())


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every name of .example be this machine's, as a rebound one's is."""
    resolve = socket.getaddrinfo

    def resolve_example(host: Any, *given: Any, **more: Any) -> Any:
        return resolve("127.0.0.1" if str(host).endswith(".example") else host, *given, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_example)


@pytest.mark.usefixtures("named")
def test_a_name_that_is_rebound_to_this_machine_is_not_asked(serve: Serve) -> None:
    heard: list[str] = []

    async def listen(request: web.Request) -> web.StreamResponse:
        heard.append(request.headers.get("Host", ""))
        return web.json_response({"a": "inner"})

    port = serve(listen).rpartition(":")[2]
    for endpoint in endpoints_at(f"http://rebound.example:{port}"):
        answer = ask_far(endpoint, InnerHosts())
        assert isinstance(answer, Failure)
        assert "rebound.example leads to an address of this machine (127.0.0.1)" in answer.message
        assert "--trust-host" in answer.message
        assert not answer.retryable
    assert heard == []
    for endpoint in endpoints_at(f"http://rebound.example:{port}"):
        ask_far(endpoint, InnerHosts({"rebound.example"}))
    assert heard == [f"rebound.example:{port}"] * 4


@pytest.mark.usefixtures("named")
def test_no_password_of_netrc_goes_to_a_host_that_a_spec_names(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password CanaryPassword-9\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("NO_PROXY", "*")
    heard: list[str] = []

    async def listen(request: web.Request) -> web.StreamResponse:
        heard.append(request.headers.get("Authorization", ""))
        return web.json_response({"a": "fine"})

    port = serve(listen).rpartition(":")[2]
    url = f"http://somebody.example:{port}"
    ask_far(HttpEndpoint(url, {"q": "{{user}}"}, ReplyPaths("$.a")), None)
    ask_far(HttpEndpoint(url, {"q": "{{user}}"}, ReplyPaths("$.a"), auth=KEY), None)
    ask_far(Compatible(f"{url}/v1", "m", None, False), None)
    assert heard == ["", f"Bearer {KEY.value}", "Bearer none"]


def test_a_proxy_of_the_environment_is_asked_to_connect_and_told_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[bytes] = []

    async def ask_all() -> None:
        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heard.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            heard.append(await reader.read(4096))
            writer.close()

        proxy = await asyncio.start_server(listen, "127.0.0.1", 0)
        port = proxy.sockets[0].getsockname()[1]
        for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        connections = Connections(InnerHosts())
        for url in ("https://somebody.example", "http://127.0.0.1:9"):
            for endpoint in endpoints_at(url):
                model = endpoint.open(Carrier(connections))
                assert isinstance(await model.complete(request()), Failure)
                await model.close()
        await connections.close()
        proxy.close()

    asyncio.run(ask_all())
    asked, told = heard[::2], heard[1::2]
    assert len(asked) == 4, "this machine is asked without a proxy"
    assert all(line.startswith(b"CONNECT somebody.example:443") for line in asked)
    assert all(hello[:1] == b"\x16" for hello in told), "a handshake of TLS"
    assert not any(KEY.value.encode() in said for said in heard)
