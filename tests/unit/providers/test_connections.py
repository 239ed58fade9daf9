"""Which addresses a proxy of the environment must not stand before."""

from __future__ import annotations

import pytest

from harness.providers.connections import is_loopback


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:11434/v1", True),
        ("http://127.0.0.53/v1", True),
        ("http://LOCALHOST:8000", True),
        ("http://localhost.:8000", True),
        ("http://[::1]:8000", True),
        ("https://contoso.openai.azure.com", False),
        ("http://localhost.example.com", False),
        ("http://10.0.0.1", False),
        ("not a url", False),
    ],
)
def test_this_machine_is_the_same_for_credentials_and_for_proxies(url: str, here: bool) -> None:
    assert is_loopback(url) is here
