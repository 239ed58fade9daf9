"""Models and transports that do not repeat what they were told."""

from __future__ import annotations

import asyncio
import base64
import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, quote_plus

import pytest

from harness.conversation.ports import ReplyPiece
from harness.conversation.transcript import Answer, Failure, Reply, ToolCall
from harness.providers import ApiKey, Carrier, Connections, OpenAIEndpoint, TokenProvider
from harness.providers.discreet import DiscreetModel, DiscreetTransport, conceal
from harness.redaction.sent import STANDS_FOR_SENT, SentSecrets
from tests.simulator.echo_server import serve
from tests.unit.providers.conftest import request

KEY = "canary/with+no=form-7"


def ask(way: str, auth: ApiKey | TokenProvider) -> tuple[Answer, list[ReplyPiece]]:
    """Ask the echoing server once, as a stream; what it answers, and what was heard on the way."""
    heard: list[ReplyPiece] = []

    async def run() -> Answer:
        sent, connections = SentSecrets(), Connections()
        endpoint = OpenAIEndpoint(f"{url}/v1", way, auth, False)
        carrier = Carrier(connections, lambda live: DiscreetTransport(live, sent))
        model = DiscreetModel(endpoint.open(carrier), sent)
        try:
            return await model.complete(replace(request(stream=True), hear=heard.append))
        finally:
            await model.close()
            await connections.close()

    with serve() as url:
        return asyncio.run(run()), heard


async def token() -> str:
    return KEY


@pytest.mark.parametrize("auth", [ApiKey(KEY), TokenProvider(token)], ids=["a key", "a token"])
@pytest.mark.parametrize(("way", "told"), [("protocol", "not HTTP"), ("stream-error", "bad ")])
def test_an_answer_that_is_none_is_told_without_the_key(
    way: str, told: str, auth: ApiKey | TokenProvider
) -> None:
    failure, _ = ask(way, auth)
    assert isinstance(failure, Failure)
    assert failure.message.startswith(told)
    assert STANDS_FOR_SENT in failure.message
    assert "canary" not in repr(failure)


def test_a_key_in_pieces_is_neither_heard_nor_kept() -> None:
    reply, heard = ask("pieces", ApiKey(KEY))
    said = "The key is REDACTED-sent-credential, and canar"
    assert isinstance(reply, Reply)
    assert reply.text == said
    assert "".join(piece.text for piece in heard) == said


def test_a_token_that_comes_back_is_hidden_as_a_key_is() -> None:
    reply, _ = ask("reply", TokenProvider(token))
    assert isinstance(reply, Reply)
    assert reply.text == "You sent REDACTED-sent-credential, did you not?"


def test_every_text_of_an_answer_is_looked_at_and_what_holds_none_stays_itself() -> None:
    sent = SentSecrets()
    sent.add(KEY)
    calls = (ToolCall(f"call {KEY}", KEY, f'{{"a": "{KEY}"}}'),)
    failure = Failure("server", KEY, code=KEY, request_id=KEY, content_filter={KEY: [{"a": KEY}]})
    assert KEY not in repr(conceal((calls, failure), sent))
    clean = Failure("server", "nothing", content_filter={"a": [1, None]})
    assert conceal(clean, sent) is clean


def test_a_word_that_a_server_without_keys_was_given_stays_in_its_answers() -> None:
    sent = SentSecrets()
    for word in ("ollama", "lm-studio", "none", "not-needed", "EMPTY"):
        sent.add(word)
    assert sent.hide("ollama and lm-studio are not-needed") == "ollama and lm-studio are not-needed"


def test_a_key_is_found_as_json_and_urls_write_it_and_among_bytes_that_are_no_text() -> None:
    sent = SentSecrets()
    sent.add('quo"ted/canary-7')
    assert sent.hide('"quo\\"ted/canary-7" quo%22ted%2Fcanary-7') == (
        f'"{STANDS_FOR_SENT}" {STANDS_FOR_SENT}'
    )
    assert sent.hide_bytes(b'\xff quo"ted/canary-7 \xfe') == (
        b"\xff " + STANDS_FOR_SENT.encode() + b" \xfe"
    )


@pytest.mark.parametrize(
    "write",
    [
        quote,
        quote_plus,
        lambda key: re.sub("%..", lambda code: code[0].lower(), quote(key, safe="")),
        html.escape,
        lambda key: json.dumps(key).replace("/", "\\/"),
        lambda key: json.dumps(key, ensure_ascii=False),
        lambda key: key.encode().hex(),
        lambda key: key.encode().hex().upper(),
    ],
)
def test_a_key_is_found_as_servers_write_it(write: Callable[[str], str]) -> None:
    key = 'quo"ted/Å+&=canary-7'
    sent = SentSecrets()
    sent.add(key)
    assert sent.hide(f"<{write(key).strip(chr(34))}>") == f"<{STANDS_FOR_SENT}>"


@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("before", ["", "x", "xy", "Bearer ", "api-key: "])
@pytest.mark.parametrize("after", ["", "\n", ":x", " and more"])
def test_a_key_is_found_in_base64_whatever_stands_beside_it(
    encode: Callable[[bytes], bytes], before: str, after: str
) -> None:
    key = "~~canary?>with/form-7"
    sent = SentSecrets()
    sent.add(key)
    said = sent.hide(encode(f"{before}{key}{after}".encode()).decode())
    assert STANDS_FOR_SENT in said
    left = said.replace(STANDS_FOR_SENT, "")
    assert len(left) <= 4 + 4 * (len(before) + len(after)) / 3
