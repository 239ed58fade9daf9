"""A client for a simulator that another process serves."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from harness.errors import Diagnostic, OutsideError, SpecError
from harness.simulator.guard import LOOPBACK
from harness.simulator.session import Providers
from harness.source import Span
from harness.spec.model.spec import Simulator

TIMEOUT_S = 60.0
"""The server reads the session's answers file first, which may be large."""
MOST_ERROR_BYTES = 200_000
BAD_SESSION = "BadSession"


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A session at a simulator that another process serves.

    Attributes:
        token: the bearer token that names it.
        today: the day it is there, which the server's own options may have set.
        enforces_limits: it refuses what is beyond a deployment's rate limits.
    """

    token: str
    today: date
    enforces_limits: bool


class UnreachableError(OutsideError):
    """Nothing answers there, or a server that is not the one that was meant."""


def open_session_at(
    url: str,
    root_token: str,
    simulator: Simulator,
    providers: Providers,
    names: Mapping[str, str],
) -> OpenedSession:
    """Open a session at a running simulator.

    Raises:
        OutsideError: it is not on this machine, or refuses.
        UnreachableError: nothing answers, or it does not know the token.
        SpecError: the answers file or a reply rule is bad.
    """
    host = urlsplit(url).hostname or ""
    if host not in {name.strip("[]") for name in LOOPBACK}:
        raise _unusable_error(url, "a simulator is only ever on this machine (127.0.0.1)")
    request = urllib.request.Request(  # noqa: S310 - http to the loopback, checked above
        f"{url}/_simulator/sessions",
        data=json.dumps(_encode_wish(simulator, providers, names)).encode(),
        headers={"Authorization": f"Bearer {root_token}", "Content-Type": "application/json"},
        method="POST",
    )
    # A proxy from the environment must not stand between us and the loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=TIMEOUT_S) as response:
            told = json.loads(response.read())
            return OpenedSession(
                str(told["token"]),
                date.fromisoformat(told["today"]),
                told.get("limits") == "enforced",
            )
    except urllib.error.HTTPError as error:
        with error:
            raw = error.read(MOST_ERROR_BYTES)
        if (problems := decode_session_error(raw)) is not None:
            raise problems from error
        text = raw[:2000].decode("utf-8", "replace")
        if error.code == 401:
            unknown = _unusable_error(url, "401: it does not know the token")
            raise UnreachableError(*unknown.diagnostics) from error
        raise _unusable_error(url, f"{error.code}: {text}") from error
    except (ValueError, LookupError, TypeError) as error:
        raise _unusable_error(url, f"no simulator of ours answers there: {error}") from error
    except OSError as error:
        raise UnreachableError(*_unusable_error(url, str(error)).diagnostics) from error


def encode_session_error(error: SpecError) -> dict[str, Any]:
    """Return the server's answer to a session whose answers or rules are bad."""
    return {
        "code": BAD_SESSION,
        "message": str(error),
        "diagnostics": [asdict(problem) for problem in error.diagnostics],
    }


def decode_session_error(answer: bytes) -> SpecError | None:
    """Return the problems that such an answer tells of; None when it is another answer."""
    try:
        error = json.loads(answer)["error"]
        if error["code"] != BAD_SESSION:
            return None
        return SpecError(
            Diagnostic(**{**problem, "span": Span(**problem["span"]) if problem["span"] else None})
            for problem in error["diagnostics"]
        )
    except (ValueError, LookupError, TypeError):
        return None


def _encode_wish(
    simulator: Simulator, providers: Providers, names: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "simulator": simulator.model_dump(mode="json", exclude_unset=True),
        "providers": {
            handle: {
                key: {"model": info.model, "version": info.version} for key, info in models.items()
            }
            for handle, models in providers.items()
        },
        "names": dict(names),
    }


def _unusable_error(url: str, reason: str) -> OutsideError:
    return OutsideError(
        Diagnostic(
            code="H414",
            summary="the simulator that was named cannot be used",
            detail=f"{url}: {reason}",
            hint="start one with `harness simulate` and set HARNESS_SIMULATOR_URL and "
            "HARNESS_SIMULATOR_TOKEN to what it prints, or unset both",
        )
    )
