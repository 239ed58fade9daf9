"""A token is asked for again shortly before it expires, and not sooner."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from azure.core.credentials import AccessToken

from harness.wiring.providers.sign_in import RENEW_BEFORE_S, CachedToken


class Credential:
    """Gives tokens that are valid for so many seconds, and counts them."""

    def __init__(self, valid_s: float) -> None:
        self.valid_s = valid_s
        self.given = 0

    def get_token(self, *scopes: str, **options: Any) -> AccessToken:
        self.given += 1
        return AccessToken(f"token {self.given}", int(time.time() + self.valid_s))


@pytest.mark.parametrize(
    ("valid_s", "second"),
    [(RENEW_BEFORE_S + 60, "token 1"), (RENEW_BEFORE_S - 60, "token 2"), (-1, "token 2")],
)
def test_a_token_is_renewed_before_it_expires(valid_s: float, second: str) -> None:
    async def work() -> list[str]:
        token = CachedToken(Credential(valid_s), "https://cognitiveservices.azure.com/.default")
        return [await token(), await token()]

    assert asyncio.run(work()) == ["token 1", second]


def test_those_who_ask_at_once_share_one_token() -> None:
    async def work() -> tuple[set[str], int]:
        credential = Credential(3600)
        token = CachedToken(credential, "scope")
        return set(await asyncio.gather(*(token() for _ in range(8)))), credential.given

    assert asyncio.run(work()) == ({"token 1"}, 1)
