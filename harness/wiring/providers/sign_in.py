"""Signing in to the data plane of a real Azure."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.azure.clouds import CLOUDS

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, TokenCredential

    from harness.providers import TokenProvider

RENEW_BEFORE_S = 300.0
"""A token is renewed this long before it expires, as azure-identity does."""


@dataclass(slots=True)
class CachedToken:
    """A bearer token that is asked for off the event loop and kept until it is about to expire."""

    credential: TokenCredential
    scope: str
    _token: AccessToken | None = None
    _forgotten: float = -math.inf
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __call__(self) -> str:
        """Return the token; a thread waits for the network, not the loop."""
        async with self._asking:
            if self._token is None or self._token.expires_on - time.time() < RENEW_BEFORE_S:
                self._token = await asyncio.to_thread(self.credential.get_token, self.scope)
            return self._token.token

    def forget(self, before: float) -> None:
        """Let go of the token, unless that was done since a moment of ``time.monotonic()``.

        Of the requests that were refused with one token, the first lets go of it for all of them.
        """
        if self._forgotten <= before:
            self._token, self._forgotten = None, time.monotonic()


@dataclass(slots=True)
class EntraSignIn:
    """The identity that is signed in to this cloud, with the account's key to fall back on.

    Attributes:
        cloud: a real cloud's name.
        key_of: the key of the account with this handle; None where keys are switched off.
        verbose: whether a failure tells everything that was tried.
    """

    cloud: str
    key_of: Callable[[str], Callable[[], str] | None]
    verbose: bool = False
    _token: CachedToken | None = None

    def data_plane(self, account: str | None) -> TokenProvider:
        """Sign in by Entra; by a key only where that identity lacks the role and keys are allowed.

        Raises:
            OutsideError: nobody is signed in.
        """
        from harness.providers import TokenProvider

        if self._token is None:
            from harness.cloud.credentials import sign_in

            credential = sign_in(self.cloud, verbose=self.verbose)
            self._token = CachedToken(credential, CLOUDS[self.cloud].data_plane_scope)
        read_key = self.key_of(account) if account is not None else None
        if read_key is None:
            advice = "" if account is None else write_access_advice(account)
            return TokenProvider(self._token, advice=advice, forget=self._token.forget)

        async def key() -> str:
            return await asyncio.to_thread(read_key)

        return TokenProvider(self._token, key, forget=self._token.forget)


def write_access_advice(account: str) -> str:
    """Return what lets who is signed in call the models of an account without keys."""
    role = "{principal: me, role: Cognitive Services OpenAI User}"
    return (
        f"write `access: [{role}]` under accounts.{account}, run `harness apply`, and wait five "
        "minutes until it works; or have somebody run `az role assignment create --role "
        '"Cognitive Services OpenAI User" --assignee <object id> --scope <account id>`'
    )
