"""Questions about the way to Azure itself: is it there, who is asking, what may they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from harness.plan.identity import AccountId, GroupId

Trouble = Literal["", "tls", "proxy", "network"]


@dataclass(frozen=True, slots=True)
class Reach:
    """A check whether a host answers at all, whatever it says.

    Attributes:
        trouble: what stood in the way, "" for nothing.
        said: in the words of whoever noticed.
        server_time: what the host's clock says, None where it does not tell.
    """

    trouble: Trouble
    said: str = ""
    server_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """The person or program that is signed in, as far as the token tells; never the token."""

    credential: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Rights:
    """The permissions of the caller in a scope: patterns of actions, as Azure lists them."""

    rows: tuple[Mapping[str, Any], ...]

    def allow(self, action: str, *, data: bool = False) -> bool:
        """Return whether one of the rows has the action and does not take it away again."""
        from fnmatch import fnmatchcase

        def is_covered(patterns: Any) -> bool:
            return any(fnmatchcase(action.casefold(), str(p).casefold()) for p in patterns or ())

        yes, no = ("dataActions", "notDataActions") if data else ("actions", "notActions")
        return any(is_covered(row.get(yes)) and not is_covered(row.get(no)) for row in self.rows)


class Checkup(Protocol):
    """Asks one management plane about itself; everything but ``reach`` raises ``OutsideError``."""

    def reach(self, url: str) -> Reach:
        """Ask a host for anything, without a credential."""
        ...

    def read_caller(self) -> Caller:
        """Return who is signed in, and which way of signing in answered."""
        ...

    def read_subscription(self, subscription: str) -> Mapping[str, Any]:
        """Return the subscription: ``displayName`` and ``state``."""
        ...

    def read_provider(self, subscription: str) -> Mapping[str, Any]:
        """Return the resource provider of Azure AI services as the subscription sees it."""
        ...

    def read_rights(self, scope: GroupId | AccountId | str) -> Rights:
        """Return what the caller may do in a scope; a string is a subscription."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
