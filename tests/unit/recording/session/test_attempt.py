"""Which requests are a target's, and how a cassette calls the place that they went to."""

from __future__ import annotations

import pytest

from harness.recording.session.attempt import Address

V1 = Address(
    "http://127.0.0.1:5555/contoso/openai/v1/", "https://sweden.account.invalid/openai/v1/"
)
APP = Address("http://127.0.0.1:8000/chat?key=secret", "https://app.provider.invalid", exact=True)


@pytest.mark.parametrize(
    ("address", "url", "kept"),
    [
        (V1, "http://127.0.0.1:5555/contoso/openai/v1/chat/completions",
         "https://sweden.account.invalid/openai/v1/chat/completions"),
        (V1, "http://127.0.0.1:5555/contoso/openai/v1/x?api-version=1",
         "https://sweden.account.invalid/openai/v1/x?api-version=1"),
        (V1, "http://127.0.0.1:5555/contoso/openai/v11/x", None),
        (V1, "http://127.0.0.1:5556/contoso/openai/v1/x", None),
        (V1, "https://127.0.0.1:5555/contoso/openai/v1/x", None),
        (V1, "http://127.0.0.1:5555/other/openai/v1/x", None),
        (V1, "https://login.microsoftonline.com/token", None),
        (APP, "http://127.0.0.1:8000/chat?key=secret", "https://app.provider.invalid"),
        (APP, "http://127.0.0.1:8000/chat/more", None),
        (Address("https://API.example.com:443/v1", "https://x.provider.invalid/v1"),
         "https://api.example.com/v1/models", "https://x.provider.invalid/v1/models"),
    ],
)  # fmt: skip
def test_a_request_is_kept_as_one_at_its_placeholder(
    address: Address, url: str, kept: str | None
) -> None:
    assert address.translate(url) == kept


def test_in_a_replay_a_place_is_its_own_placeholder() -> None:
    url = "https://sweden.account.invalid/openai/v1/"
    assert Address(url, url).translate(f"{url}chat/completions") == f"{url}chat/completions"
