"""Requests after the first of a URL: copies of what the SDK built, with their own bodies."""

from __future__ import annotations

import asyncio
import json

from aiohttp import web

from harness.exchange import PlainRequest, PlainResponse
from harness.providers.auth import ApiKey, Auth
from harness.providers.openai.endpoints import OpenAIEndpoint
from harness.providers.openai.sdk_transport import SdkTransport
from tests.unit.providers.conftest import Serve


async def echo(request: web.Request) -> web.Response:
    """Answer with what came: the body, the key, and the SDK's own headers."""
    body = {
        "body": (await request.read()).decode(),
        "length": request.headers.get("Content-Length"),
        "key": request.headers.get("Authorization"),
        "sdk": sorted(name for name in request.headers if name.lower().startswith("x-stainless")),
    }
    answer = web.json_response(body)
    answer.headers.add("Via", "one")
    answer.headers.add("Via", "two")
    return answer


def send_all(url: str, *requests: tuple[Auth | None, str]) -> list[PlainResponse]:
    """Send bodies one after the other through one transport."""

    async def run() -> list[PlainResponse]:
        transport = SdkTransport(OpenAIEndpoint(url, "m", None))
        try:
            return [
                await (
                    await transport.send(
                        PlainRequest("POST", f"{url}/chat/completions", {}, body.encode()),
                        auth=auth,
                    )
                ).read_whole()
                for auth, body in requests
            ]
        finally:
            await transport.close()

    return asyncio.run(run())


def test_every_request_has_its_own_body_and_length_and_the_headers_of_the_sdk(serve: Serve) -> None:
    key = ApiKey("k1")
    answers = send_all(serve(echo), (key, "{}"), (key, '{"n": 2}'), (key, "[]"))
    seen = [json.loads(one.body) for one in answers]
    assert [(one["body"], one["length"]) for one in seen] == [
        ("{}", "2"),
        ('{"n": 2}', "8"),
        ("[]", "2"),
    ]
    assert seen[0]["sdk"]
    assert [one["sdk"] for one in seen] == [seen[0]["sdk"]] * 3


def test_another_key_is_used_from_its_first_request_on(serve: Serve) -> None:
    old, new = ApiKey("old"), ApiKey("new")
    answers = send_all(serve(echo), (old, "{}"), (old, "{}"), (new, "{}"), (new, "{}"), (old, "{}"))
    assert [json.loads(one.body)["key"] for one in answers] == [
        "Bearer old",
        "Bearer old",
        "Bearer new",
        "Bearer new",
        "Bearer old",
    ]


def test_a_header_that_comes_twice_is_one_with_a_comma(serve: Serve) -> None:
    for answer in send_all(serve(echo), (None, "{}"), (None, "{}")):
        assert answer.headers["via"] == "one, two"
