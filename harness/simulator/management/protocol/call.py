"""One call to ARM, and its answer, as values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.simulator.session import Session
from harness.simulator.world import Body, SimulatedWorld


@dataclass(frozen=True, slots=True)
class ArmCall:
    """A request whose caller is known; ``path`` is decoded and begins with ``/``."""

    world: SimulatedWorld
    session: Session
    base_url: str
    method: str
    path: str
    query: Mapping[str, str]
    raw: bytes

    @property
    def api_version(self) -> str:
        """As asked for; compared as text, which orders dates."""
        return self.query.get("api-version", "")

    def body(self) -> Body:
        """Return the decoded body; an empty one is an empty object.

        Raises:
            ArmError: it is no JSON object.
        """
        document = self._decode({})
        if not isinstance(document, dict):
            raise _decoding_error("object")
        return document

    def items(self) -> list[Any]:
        """Return the decoded body of the few requests that send a list.

        Raises:
            ArmError: it is no JSON array.
        """
        document = self._decode([])
        if not isinstance(document, list):
            raise _decoding_error("array")
        return document

    def _decode(self, nothing: object) -> object:
        if not self.raw:
            return nothing
        try:
            return json.loads(self.raw)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a body (none: empty) and headers beyond the usual ones."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


class ArmError(Exception):
    """An error answer.

    Attributes:
        cause: ``gateway`` when ARM itself says so, ``service`` when ARM says it of the service
            behind it, empty when the service itself answers; headers differ.
        headers: beyond the usual ones.
        more: members of ``error`` beside code and message.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        cause: str = "",
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.cause = cause
        self.headers = headers or {}
        self.more = more or {}

    @property
    def body(self) -> Body:
        """Return the body as ARM writes it; the target stands between code and message."""
        more = dict(self.more)
        target = {"target": more.pop("target")} if "target" in more else {}
        return {"error": {"code": self.code, **target, "message": str(self), **more}}


def _decoding_error(wanted: str) -> ArmError:
    return ArmError(
        400,
        "InvalidRequestContent",
        "The request content was invalid and could not be deserialized: "
        f"'it is not a JSON {wanted}'.",
    )
