"""Which requests are the same."""

from __future__ import annotations

import pytest

from harness.exchange import PlainRequest
from harness.recording.storage.key import make_key, to_canonical

URL = "https://sweden.account.invalid/openai/v1/chat/completions"


def sent(body: str = "{}", url: str = URL, method: str = "POST") -> PlainRequest:
    return PlainRequest(method, url, {"content-type": "application/json"}, body.encode())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (sent('{"a": 1, "b": [1, 2]}'), sent('{"b":[1,2],"a":1}')),
        (sent('{"temperature": 0.0}'), sent('{"temperature": 0}')),
        (sent('{"word": "Malm\\u00f6"}'), sent('{"word": "Malmö"}')),
        (sent(url=f"{URL}?a=1&b=2"), sent(url=f"{URL}?b=2&a=1")),
        (sent(url=f"{URL}/"), sent()),
        (sent(method="post"), sent()),
    ],
)
def test_the_same_written_otherwise_is_the_same(one: PlainRequest, other: PlainRequest) -> None:
    assert make_key(one) == make_key(other)


@pytest.mark.parametrize(
    "other",
    [
        sent('{"a": 2}'),
        sent('{"a": "1"}'),
        sent('{"a": true}'),
        sent('{"a": 1.5}'),
        sent('{"a": 1, "b": null}'),
        sent('{"a": 1}', url=f"{URL}?x=1"),
        sent('{"a": 1}', url=URL.replace("sweden", "norway")),
        sent('{"a": 1}', method="GET"),
        sent("not JSON"),
    ],
)
def test_whatever_else_differs_makes_another(other: PlainRequest) -> None:
    assert make_key(other) != make_key(sent('{"a": 1}'))


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"{broken", b"[" * 100_000, b'{"a": 1e999}'])
def test_whatever_a_body_is_it_has_a_form(body: bytes) -> None:
    assert isinstance(to_canonical(body), bytes)
