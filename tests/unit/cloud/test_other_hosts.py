"""A management plane whose answers lead elsewhere, or repeat the token that they were sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiohttp import web

from harness.cloud import make_simulator_endpoint
from harness.cloud.management import ManagementCloud, open_cloud
from harness.cloud.transport import open_session, refuse_elsewhere
from harness.errors import HarnessError
from harness.plan.identity import AccountId, GroupId, Market
from harness.simulator.hosting import host

TOKEN = "CanaryToken-0123456789"
SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
GROUP = GroupId(SUBSCRIPTION, "rg")
Answer = Callable[[web.Request], web.StreamResponse]


@contextmanager
def serve(answer: Answer) -> Iterator[str]:
    async def reply(request: web.Request) -> web.StreamResponse:
        return answer(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", reply)
    with host(app) as url:
        yield url


def tick(said: str) -> None:
    del said


CALLS: dict[str, Callable[[ManagementCloud], object]] = {
    "a page": lambda cloud: cloud.read_all(Market(SUBSCRIPTION, "swedencentral"), "models"),
    "a page of the SDK's": lambda cloud: cloud.read_account(AccountId(GROUP, "contoso")),
    "a write": lambda cloud: cloud.put_account(AccountId(GROUP, "contoso"), {}, tick),
    "a removal": lambda cloud: cloud.delete_group(GROUP, tick),
}


def lead_away(evil: str) -> Answer:
    """Answer everything with every address that a client might go on with."""
    headers = dict.fromkeys(("Azure-AsyncOperation", "Location"), f"{evil}/operations/1")

    def answer(request: web.Request) -> web.StreamResponse:
        status = 200 if request.method == "GET" else 202
        body = {"value": [], "nextLink": f"{evil}/more", "properties": {"state": "Running"}}
        return web.json_response(body, status=status, headers=headers)

    return answer


@pytest.mark.parametrize("status", [0, 301, 302, 303, 307, 308])
def test_no_token_goes_where_an_answer_leads(status: int) -> None:
    heard: list[str] = []

    def listen(request: web.Request) -> web.StreamResponse:
        heard.append(request.path)
        return web.json_response({"status": "Succeeded"})

    def redirect(request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": f"{evil}{request.path}"})

    with serve(listen) as evil, serve(redirect if status else lead_away(evil)) as url:
        cloud = open_cloud(make_simulator_endpoint(url, TOKEN))
        told = []
        for call in CALLS.values():
            try:
                call(cloud)
            except HarnessError as error:
                told.append(str(error))
        cloud.close()
    assert heard == []
    if not status:
        assert sum("error[H464]" in one for one in told) >= 3
    assert TOKEN not in "".join(told)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/x",
        "https://management.azure.com.evil.example/x",
        "https://management.azure.com@evil.example/x",
        "https://evilmanagement.azure.com/x",
        "https://management.azure.com.:443/x",
        "https://management.azure.com:8443/x",
        "http://management.azure.com/x",
        "//evil.example/x",
        "https://[::1/x",
        "https://169.254.169.254/x",
    ],
)
def test_an_address_of_another_service_is_refused(url: str) -> None:
    with pytest.raises(HarnessError, match="H464"):
        refuse_elsewhere("https://management.azure.com", url)


@pytest.mark.parametrize(
    "host",
    ["management.azure.com", "management.azure.com:443", "swedencentral.management.azure.com"],
)
def test_the_service_itself_and_its_regions_are_asked(host: str) -> None:
    refuse_elsewhere("https://management.azure.com", f"https://{host}/subscriptions")


def test_a_token_that_comes_back_is_not_told() -> None:
    def repeat(request: web.Request) -> web.StreamResponse:
        said = request.headers["Authorization"]
        body = {
            "error": {"code": f"Code {said}", "message": f"I was told {said}", "details": [said]}
        }
        return web.json_response(
            body, status=400, headers={"x-ms-request-id": said, "x-ms-correlation-request-id": said}
        )

    with serve(repeat) as url:
        cloud = open_cloud(make_simulator_endpoint(url, TOKEN))
        for call in CALLS.values():
            with pytest.raises(HarnessError) as refused:
                call(cloud)
            assert TOKEN not in str(refused.value)
            assert "REDACTED-sent-credential" in str(refused.value)
        cloud.close()


def test_no_password_of_netrc_takes_the_tokens_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login me password CanaryPassword-9\n")
    monkeypatch.setenv("NETRC", str(netrc))
    heard: list[str | None] = []

    def listen(request: web.Request) -> web.StreamResponse:
        heard.append(request.headers.get("Authorization"))
        return web.Response()

    with serve(listen) as url, open_session(trust_env=True) as session:
        session.get(url)
        session.get(url, headers={"Authorization": f"Bearer {TOKEN}"})
    assert heard == [None, f"Bearer {TOKEN}"]
