"""One attempt at one request of a conversation, while it is on its way through the SDK.

The SDK knows nothing of conversations, and its transport nothing of the SDK: which turn of which
trial a request belongs to is known by the task that sends it, in a context variable.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from harness.conversation.ports import Place
from harness.conversation.transcript import Failure
from harness.exchange import PlainRequest
from harness.recording.storage.exchange import RecordedExchange

PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a target, and the name that a cassette has for it.

    Attributes:
        real: the URL beneath which its requests go; during a replay the same as ``placeholder``.
        placeholder: ``https://sweden.account.invalid``: the same on every machine and every cloud.
        exact: there is one URL and nothing beneath it, and its query is nobody's business.
    """

    real: str
    placeholder: str
    exact: bool = False

    def translate(self, url: str) -> str | None:
        """Return a request's URL as a cassette has it; None when it goes somewhere else."""
        here, there = urlsplit(self.real), urlsplit(url)
        if (here.scheme, (here.hostname or "").lower(), _find_port(self.real)) != (
            there.scheme,
            (there.hostname or "").lower(),
            _find_port(url),
        ):
            return None
        base = here.path.rstrip("/")
        if self.exact:
            return self.placeholder if there.path.rstrip("/") == base else None
        if there.path != base and not there.path.startswith(f"{base}/"):
            return None
        query = f"?{there.query}" if there.query else ""
        return f"{self.placeholder.rstrip('/')}{there.path[len(base) :]}{query}"


@dataclass(slots=True)
class Attempt:
    """The exchanges of one attempt so far.

    Attributes:
        kept: exchanges that were recorded, in order; not yet in the cassette.
        played: the numbers of the exchanges that were played, in order.
        asked: the request that was looked at last, and the same with the URL that a cassette has.
        found: the number of the exchange that answers it, where one does.
        pending: the request that was sent and has no answer yet.
        began: when that was, in seconds that only differences count of.
        missed: the request that the cassette has no answer to.
        lost: the failure that was recorded in place of an answer.
    """

    place: Place
    address: Address
    kept: list[RecordedExchange] = field(default_factory=list)
    played: list[int] = field(default_factory=list)
    asked: tuple[PlainRequest, PlainRequest] | None = None
    found: int | None = None
    pending: PlainRequest | None = None
    began: float = 0.0
    missed: PlainRequest | None = None
    lost: Failure | None = None


HERE: ContextVar[Attempt | None] = ContextVar("attempt", default=None)
"""The attempt that the running task makes, if it makes one."""


def _find_port(url: str) -> int | None:
    parts = urlsplit(url)
    try:
        return parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return None
