"""Credentials for a data plane: values that show themselves to nobody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

AsyncText = Callable[[], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key, or a simulator's token."""

    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenProvider:
    """Signing in with Entra, and what to do where that identity has no role.

    Attributes:
        token: asked once per attempt; it caches, and renews what is about to expire.
        forget: lets go of the token, so that the next attempt asks for another; unless that was
            done since a moment of ``time.monotonic()``, when the refused request began.
        key: the account's key, asked for once after a 401 PermissionDenied; None where keys are
            switched off (``local_auth: false``).
        advice: what to do where there is no key; "" says how a role is given in general.
    """

    token: AsyncText = field(repr=False)
    key: AsyncText | None = field(default=None, repr=False)
    advice: str = ""
    forget: Callable[[float], None] | None = field(default=None, repr=False)


Auth = ApiKey | TokenProvider
