"""Cassettes of other recorders replay too: only their wrapper differs."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest

from harness.errors import OutsideError
from harness.recording.foreign.vcr_file import read_vcr

URL = "https://example.openai.azure.com/openai/deployments/chat/chat/completions?api-version=1"
ASKED = json.dumps({"messages": [{"role": "user", "content": "Hello, Åse!"}]})
ANSWER = json.dumps({"choices": [{"message": {"content": "Hi."}, "finish_reason": "stop"}]})
ENCODED = base64.b64encode(ANSWER.encode()).decode()

RUBY = f"""---
http_interactions:
- request:
    method: post
    uri: {URL}
    body:
      encoding: UTF-8
      string: '{ASKED}'
    headers:
      Content-Type: [application/json]
  response:
    status: {{code: 200, message: OK}}
    headers:
      Content-Type: [application/json]
    body:
      encoding: ASCII-8BIT
      string: !binary |-
        {ENCODED}
  recorded_at: Mon, 02 Feb 2026 10:00:00 GMT
recorded_with: VCR 6.4.0
"""
GO = f"""---
version: 2
interactions:
    - id: 0
      request:
        proto: HTTP/1.1
        proto_major: 1
        content_length: 80
        host: example.openai.azure.com
        form: {{}}
        method: POST
        url: {URL}
        body: '{ASKED}'
        headers: {{Content-Type: [application/json]}}
      response:
        proto: HTTP/2.0
        uncompressed: true
        headers: {{Content-Type: [application/json]}}
        body: '{ANSWER}'
        status: 200 OK
        code: 200
        duration: 700ms
"""
BETAMAX = {
    "http_interactions": [
        {
            "request": {
                "body": {"encoding": "utf-8", "string": ASKED},
                "headers": {"Content-Type": ["application/json"]},
                "method": "POST",
                "uri": URL,
            },
            "response": {
                "body": {"encoding": None, "base64_string": ENCODED},
                "headers": {"Content-Type": ["application/json"]},
                "status": {"code": 200, "message": "OK"},
                "url": URL,
            },
            "recorded_at": "2026-02-02T10:00:00",
        }
    ],
    "recorded_with": "betamax/0.9.0",
}
R = {
    "http_interactions": [
        {
            "request": {"method": "POST", "uri": URL, "body": {"string": ASKED}, "headers": {}},
            "response": {
                "status": 200,
                "headers": {"content-type": "application/json"},
                "body": {"encoding": "", "file": False, "string": ANSWER},
            },
        }
    ],
    "recorded_with": "VCR-vcr/2.0.0",
}
PHP = [
    {
        "request": {"method": "POST", "url": URL, "headers": {"Host": "x"}, "body": ASKED},
        "response": {
            "status": {"http_version": "1.1", "code": "200", "message": "OK"},
            "headers": {"Content-Type": "application/json"},
            "body": ANSWER,
        },
    }
]
HAR = {
    "log": {
        "version": "1.2",
        "entries": [
            {
                "request": {
                    "method": "POST",
                    "url": URL,
                    "headers": [{"name": "content-type", "value": "application/json"}],
                    "postData": {"mimeType": "application/json", "text": ASKED},
                },
                "response": {
                    "status": 200,
                    "statusText": "OK",
                    "headers": [{"name": "content-type", "value": "application/json"}],
                    "content": {"text": ENCODED, "encoding": "base64", "size": 80},
                },
            }
        ],
    }
}
NOCK = [
    {
        "scope": "https://example.openai.azure.com:443",
        "method": "POST",
        "path": URL.partition(".com")[2],
        "body": json.loads(ASKED),
        "status": 200,
        "response": [gzip.compress(ANSWER.encode()).hex()],
        "rawHeaders": ["Content-Type", "application/json", "Content-Encoding", "gzip"],
    }
]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(RUBY, id="VCR of Ruby"),
        pytest.param(RUBY.replace("method: post", "method: :post"), id="VCR with symbols"),
        pytest.param(GO, id="go-vcr 2"),
        pytest.param(GO.replace("version: 2", "version: 1"), id="go-vcr 1"),
        pytest.param(json.dumps(BETAMAX), id="betamax"),
        pytest.param(json.dumps(R), id="vcr of R"),
        pytest.param(json.dumps(PHP), id="PHP-VCR"),
        pytest.param(json.dumps(HAR), id="HAR"),
        pytest.param(json.dumps(NOCK), id="nock"),
    ],
)
def test_another_recorders_cassette_is_read(data: str) -> None:
    (found,) = read_vcr(data.encode(), "file")
    assert (found.sent.method, found.sent.url) == ("POST", URL)
    assert json.loads(found.sent.body) == json.loads(ASKED)
    assert found.received.status == 200
    assert json.loads(found.received.body) == json.loads(ANSWER)
    assert found.received.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ({"Tracks": [], "Name": "x"}, "it holds `Tracks`, `Name`"),
        ([{"scope": "https://x:99999999", "path": "/v1/chat/completions"}], "no exchange"),
        ({"log": {"entries": [{"request": 1}]}}, "it has no `request`"),
    ],
)
def test_what_is_none_of_them_is_refused_by_name(document: Any, why: str) -> None:
    with pytest.raises(OutsideError) as refused:
        read_vcr(json.dumps(document).encode(), "file")
    assert why in str(refused.value)
    assert "read are cassettes of vcrpy, go-vcr" in str(refused.value) or why == "no exchange"


def test_the_first_format_of_rubys_vcr_is_named() -> None:
    old = "---\n- !ruby/struct:VCR::HTTPInteraction\n  request: 1\n"
    with pytest.raises(OutsideError, match="Ruby's VCR wrote before version 2"):
        read_vcr(old.encode(), "file")
