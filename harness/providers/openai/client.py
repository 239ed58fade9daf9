"""Do what all models behind the openai SDK do: post, keep deadlines, sign in otherwise."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from time import monotonic, perf_counter
from typing import Any, Final, TypeVar

from harness.conversation.transcript import Failure
from harness.exchange import PlainRequest
from harness.providers.auth import ApiKey, AsyncText, Auth, TokenProvider
from harness.providers.failures import classify, read_service_error
from harness.providers.openai.endpoints import SdkEndpoint
from harness.providers.transport import JSON, OpenResponse, Transport
from harness.providers.trouble import SignInError, explain_exception

_ROLE_ADVICE: Final = (
    "give this identity the role, then wait five minutes: az role assignment create --role "
    '"Cognitive Services OpenAI User" --assignee <object id> --scope <account id>'
)
_UNAUTHORIZED: Final = 401
_SIGN_IN_ADVICE: Final = (
    "A new token was refused as well: sign in again (az login), for the right tenant and cloud, "
    "and look at this machine's clock (harness doctor)."
)
T = TypeVar("T")


class SdkClient:
    """Posts to one model's operations.

    Args:
        endpoint: where the model is, and how one signs in.
        transport: carries the requests; closed with the client.
    """

    def __init__(self, endpoint: SdkEndpoint, transport: Transport) -> None:
        self.endpoint = endpoint
        self.auth: Auth | None = endpoint.auth
        self._transport = transport
        self._lock = asyncio.Lock()

    async def close(self) -> None:
        """Let go of connections, unless they belong to somebody else."""
        await self._transport.close()

    async def post(
        self, path: str, body: Mapping[str, Any], *, stream: bool = False
    ) -> OpenResponse | Refusal:
        """Return an answer, its body not yet read, or the status that the service refused with.

        A token that the service does not accept is asked for anew, once.
        """
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        request = PlainRequest("POST", self.endpoint.url_of(path), JSON, text.encode())
        auth, began = self.auth, monotonic()
        answer = await self._transport.send(request, auth=auth, stream=stream)
        if 200 <= answer.status < 300:
            return answer
        refused = await _refusal(answer)
        forget = find_renewal(auth, refused.failure)
        if forget is None:
            return refused
        forget(began)
        answer = await self._transport.send(request, auth=auth, stream=stream)
        if 200 <= answer.status < 300:
            return answer
        refused = await _refusal(answer)
        told = f"{refused.failure.message} {_SIGN_IN_ADVICE}"
        return replace(refused, failure=replace(refused.failure, message=told))

    async def sign_in_otherwise(self, auth: object, failure: Failure) -> Failure | None:
        """Change over to the account's key and return None, or return the failure, explained."""
        if not isinstance(auth, TokenProvider) or not _has_no_role(failure):
            return failure
        if auth.key is None:
            return replace(failure, message=f"{failure.message} {auth.advice or _ROLE_ADVICE}")
        await self._sign_in_by_key(auth.key, failure)
        return None

    async def _sign_in_by_key(self, key: AsyncText, failure: Failure) -> None:
        """Go on with the account's key where Entra's identity has no role, from now on."""
        async with self._lock:
            if isinstance(self.auth, ApiKey):
                return  # another request in flight has fetched it meanwhile
            try:
                value = await key()
            except Exception as error:
                raise SignInError(f"{failure.message} And there is no key: {error}") from error
            self.auth = ApiKey(value)


async def within(deadline_s: float, answer: Awaitable[T | Failure]) -> T | Failure:
    """Return an answer, or the failure that a deadline or an exception stands for."""
    begun = perf_counter()
    try:
        async with asyncio.timeout(deadline_s):
            return await answer
    except TimeoutError:
        waited = perf_counter() - begun
        return Failure(
            kind="timeout",
            message=f"no whole answer within {deadline_s:g} s (waited {waited:.1f} s)",
            retryable=True,
        )
    except Exception as error:  # noqa: BLE001 - the ports' promise: never raise for the other side
        return explain_exception(error)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status that is no answer; ``parameter`` is what the service says it refuses, or ""."""

    failure: Failure
    parameter: str


async def _refusal(answer: OpenResponse) -> Refusal:
    said, received = read_service_error(await answer.read()), answer.received
    failure = classify(received.status, received.headers, said, request_id=received.request_id)
    return Refusal(failure, said.param)


def find_renewal(auth: Auth | None, failure: Failure) -> Callable[[float], None] | None:
    """Return what lets go of the token that was refused; None where another would do no better."""
    if failure.status != _UNAUTHORIZED or not isinstance(auth, TokenProvider):
        return None
    return None if _has_no_role(failure) else auth.forget


def _has_no_role(failure: Failure) -> bool:
    # Source: recorded 401s; the newer wording says "lacks the required data action".
    return failure.status == _UNAUTHORIZED and (
        failure.code == "PermissionDenied" or "data action" in failure.message
    )
