"""Plain vcrpy cassettes of any age and client are read as data, or refused with a place."""

from __future__ import annotations

import base64
import gzip
import json
import time
import zlib
from typing import Any

import pytest
import yaml

from harness.errors import OutsideError
from harness.recording.foreign.vcr_file import read_vcr

URL = "https://api.openai.com/v1/chat/completions"
ASKED = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello, Åse!"}]}
ANSWER = {"choices": [{"message": {"content": "Hi."}, "finish_reason": "stop"}]}
TEXT = json.dumps(ANSWER)
OK = {"code": 200, "message": "OK"}


def interaction(request: Any = None, response: Any = None) -> dict[str, Any]:
    return {
        "request": {"method": "POST", "uri": URL, "headers": {}, "body": json.dumps(ASKED)}
        | (request or {}),
        "response": {"status": OK, "headers": {}, "body": {"string": TEXT}} | (response or {}),
    }


def cassette(*interactions: Any) -> dict[str, Any]:
    return {"version": 1, "interactions": list(interactions)}


def as_yaml(document: Any) -> bytes:
    return yaml.safe_dump(document, allow_unicode=True).encode()


def as_json(document: Any) -> bytes:
    return json.dumps(document, indent=4).encode()


@pytest.mark.parametrize("write", [as_yaml, as_json])
def test_what_vcrpy_writes_is_read(write: Any) -> None:
    (found,) = read_vcr(write(cassette(interaction())), "file")
    assert found.number == 1
    assert (found.sent.method, found.sent.url) == ("POST", URL)
    assert json.loads(found.sent.body) == ASKED
    assert found.received.status == 200
    assert json.loads(found.received.body) == ANSWER


GZIPPED = {"Content-Encoding": ["gzip"], "Content-Type": ["application/json"]}


@pytest.mark.parametrize(
    "response",
    [
        {"body": {"string": TEXT.encode()}},
        {"body": TEXT},
        {"body": TEXT.encode()},
        {"body": {"base64_string": base64.b64encode(TEXT.encode()).decode()}},
        {"body": {"encoding": "utf-8", "string": TEXT}},
        {"body": ANSWER},
        {"body": None, "parsed_body": ANSWER},
        {"body": None, "content": TEXT},
        {"headers": GZIPPED, "body": {"string": gzip.compress(TEXT.encode())}},
        {"headers": GZIPPED, "body": {"string": TEXT}},
        {"headers": {"content-encoding": "deflate"}, "body": zlib.compress(TEXT.encode())},
        {
            "headers": {"content-encoding": "deflate"},
            "body": zlib.compress(TEXT.encode(), wbits=-15),
        },
        {"headers": {"content-encoding": "br"}, "body": TEXT},
        {"status": 200},
        {"status": "200"},
        {"status": None, "status_code": 200},
        {"headers": ["Content-Type: application/json\r\n", "X-A: b\r\n"]},
        {"headers": [["Content-Type", "application/json"]]},
    ],
)
def test_an_answer_is_read_in_any_shape(response: dict[str, Any]) -> None:
    kept = {name: value for name, value in response.items() if value is not None}
    entry = interaction(response=kept)
    for name in response.keys() - kept.keys():
        del entry["response"][name]
    (found,) = read_vcr(as_yaml(cassette(entry)), "file.yaml")
    assert found.received.status == 200
    assert json.loads(found.received.body) == ANSWER
    assert "content-encoding" not in found.received.headers


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(ASKED).encode(),
        ASKED,
        {"string": json.dumps(ASKED)},
        {"base64_string": base64.b64encode(json.dumps(ASKED).encode()).decode()},
    ],
)
def test_a_question_is_read_in_any_shape(body: Any) -> None:
    (found,) = read_vcr(as_yaml(cassette(interaction({"body": body}))), "file.yaml")
    assert json.loads(found.sent.body) == ASKED


def test_a_question_may_be_decoded_beside_its_place() -> None:
    entry = interaction({"parsed_body": ASKED})
    del entry["request"]["body"]
    (found,) = read_vcr(as_json(cassette(entry)), "file.json")
    assert json.loads(found.sent.body) == ASKED


def test_the_layout_before_vcrpy_1_is_read() -> None:
    entry = interaction({"protocol": "https", "host": "localhost", "port": 8443})
    del entry["request"]["uri"]
    entry["request"]["path"] = "/v1/chat/completions"
    entry["response"]["headers"] = ["Content-Type: application/json\r\n"]
    (found,) = read_vcr(as_json([entry]), "file.json")
    assert found.sent.url == "https://localhost:8443/v1/chat/completions"
    assert found.received.headers == {"content-type": "application/json"}


def test_header_values_of_several_lines_cannot_start_another_header() -> None:
    entry = interaction(response={"headers": {"X-A": ["one", "two\r\nset-cookie: x"]}})
    (found,) = read_vcr(as_yaml(cassette(entry)), "file.yaml")
    assert found.received.headers == {"x-a": "one, two  set-cookie: x"}


def test_what_is_no_question_to_a_model_is_passed_over() -> None:
    other = interaction({"uri": "https://login.microsoftonline.com/x/oauth2/token", "body": 7})
    listing = interaction({"method": "GET", "uri": "https://api.openai.com/v1/models"})
    nowhere = interaction({"uri": "https://[x/v1/chat/completions"})
    (found,) = read_vcr(as_yaml(cassette(other, listing, nowhere, interaction())), "file.yaml")
    assert found.number == 4


def refusal(data: bytes) -> str:
    with pytest.raises(OutsideError) as caught:
        read_vcr(data, "file.yaml")
    text = str(caught.value)
    assert all(line.isprintable() for line in text.split("\n"))
    return text


@pytest.mark.parametrize(
    ("data", "place", "why"),
    [
        (b"", "1:1", "there is no list of `interactions`"),
        (b"a: ]", "1:4", "expected"),
        (b"\xff\xfe", "1:1", "not UTF-8"),
        (b"interactions: {}", "1:1", "there is no list of `interactions`"),
        (b"interactions: []\n---\na: b", "2:1", "more than one document"),
        (
            b"interactions:\n- !!python/object/apply:os.system ['true']",
            "2:3",
            "python/object/apply:os.system asks for more",
        ),
        (b"interactions:\n- !evil x", "2:3", "!evil asks for more"),
        (b"interactions: [" + b"[" * 300 + b"]" * 301, "1:", "levels of nesting"),
        (b'{"interactions": ' + b"[" * 100_000, "1:1", "nested too deep"),
        (b"interactions:\n- &a {x: *a}", "2:", "holds itself"),
        (as_yaml(cassette({"request": {}})), "2:1", "interaction 1: it has no `response`"),
        (
            as_yaml(cassette(interaction(), interaction(response={"status": "fine"}))),
            "14:1",
            "interaction 2: its response has no status",
        ),
        (
            as_yaml(
                cassette(
                    interaction(
                        response={"headers": {"content-encoding": "br"}, "body": b"\x8b\x02\xff"}
                    )
                )
            ),
            "2:1",
            "compressed with br",
        ),
        (
            as_yaml(
                cassette(interaction(response={"headers": GZIPPED, "body": b"\x1f\x8b\x08broken"}))
            ),
            "2:1",
            "damaged",
        ),
        (
            as_yaml(cassette(interaction(response={"body": {"base64_string": "é"}}))),
            "2:1",
            "base64",
        ),
        (b"interactions:\n- request: !!binary 'x'", "2:", ""),
        (as_yaml(cassette(interaction({"uri": "https://x/y"}))), "1:1", "no exchange with a model"),
    ],
)
def test_what_is_no_cassette_is_refused_with_its_place(data: bytes, place: str, why: str) -> None:
    text = refusal(data)
    assert text.startswith(f"file.yaml:{place}"), text
    assert "error[H827]" in text
    assert why in text


def test_a_bomb_is_refused_at_once() -> None:
    aliases = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 20)}]" for n in range(1, 12))
    begun = time.perf_counter()
    assert "nodes" in refusal(f"a0: &a0 [x]\n{aliases}".encode())
    zeros = gzip.compress(b"0" * (65 * 2**20), 1)
    entry = interaction(response={"headers": GZIPPED, "body": zeros})
    assert "larger than 64 MiB" in refusal(as_yaml(cassette(entry)))
    assert time.perf_counter() - begun < 5


def test_any_cut_of_a_cassette_is_refused_or_read() -> None:
    whole = as_yaml(cassette(interaction(), interaction()))
    for end in range(0, len(whole), 7):
        try:
            read_vcr(whole[:end], "file.yaml")
        except OutsideError as error:
            assert "H827" in str(error)  # noqa: PT017 - either is right, a traceback is not
