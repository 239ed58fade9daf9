"""One tiny call to a deployment: does it answer, and does it answer to us?

It asks a deployment for what its model cannot do, an embedding of a chat model and the reverse, so
that nothing is generated, billed or counted against its rate. Azure looks at the sign-in, then at
the network, then for the deployment, and refuses the operation last.

Sources: recorded 400 ``OperationNotSupported`` ("The embeddings operation does not work with the
specified model", 2023) and 404 ``DeploymentNotFound``; quoted 401 ``PermissionDenied`` and 403s,
facts on the data plane.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from harness.azure.clouds import CLOUDS, is_azure_host
from harness.cloud.endpoint import CloudEndpoint
from harness.cloud.transport import make_transport
from harness.errors import OutsideError
from harness.plan.identity import AccountId, DeploymentId
from harness.plan.observed import ObservedAccount, find
from harness.plan.preflight.accounts import write_grant_command
from harness.provision.ports import Answering, Readiness
from harness.text.safe import flatten

if TYPE_CHECKING:
    from azure.core.rest import HttpRequest, HttpResponse
    from requests.adapters import BaseAdapter

DATED_API = "2024-10-21"
"""The last dated api-version that is no preview."""

UNKNOWN_NAME = ("NameResolution", "getaddrinfo", "Name or service not known", "nodename nor")
"""The words in which operating systems say that a host's name is not known (yet)."""


class DataPlane:
    """Calls to data planes, signed as the management plane is; safe to share between threads."""

    def __init__(
        self,
        endpoint: CloudEndpoint,
        credential: Callable[[], Any],
        adapter: BaseAdapter | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._adapter = adapter
        self._credential = credential
        self._lock = threading.Lock()
        self._client: Any = None
        """Signs as who is signed in; keeps its connections."""

    def check_readiness(
        self, at: DeploymentId, account: ObservedAccount, key: str | None
    ) -> Readiness:
        """Return what one call comes to, signed by who is signed in, or by ``key``."""
        from azure.core.exceptions import AzureError
        from azure.core.rest import HttpRequest

        base = str(find(account.body, ("properties", "endpoint")) or "").rstrip("/")
        if not self._is_ours(base):
            return Readiness("unknown", f"its endpoint {flatten(base)} is none of Azure's")
        if is_batch(account, at):
            return Readiness("unknown", "a batch deployment answers to files, not to calls")
        path = (
            f"openai/deployments/{quote(at.name, safe='')}/{make_impossible_request(account, at)}"
        )
        request = HttpRequest("POST", f"{base}/{path}?api-version={DATED_API}", json={})
        try:
            response = self._send(request, key)
        except OutsideError as error:
            return Readiness("unknown", error.diagnostics[0].summary)
        except AzureError as error:
            return _describe_silence(base, str(error))
        return judge(response.status_code, *_read_refusal(response), at.account)

    def _is_ours(self, base: str) -> bool:
        if self._endpoint.replayed:
            return True
        if self._endpoint.simulated:
            return base.startswith(f"{self._endpoint.base_url}/")
        parts = urlsplit(base)
        return parts.scheme == "https" and is_azure_host(parts.hostname or "")

    def close(self) -> None:
        """Let go of connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _send(self, request: HttpRequest, key: str | None) -> HttpResponse:
        if key is not None:
            with self._open(key) as client:
                by_key: HttpResponse = client.send_request(request)
                return by_key
        with self._lock:
            if self._client is None:
                self._client = self._open(None)
            client = self._client
        answer: HttpResponse = client.send_request(request)
        return answer

    def _open(self, key: str | None) -> Any:
        from azure.core import PipelineClient
        from azure.core.pipeline import policies

        # Without redirects: a credential never follows one. Without retries: waiting is ours.
        return PipelineClient(
            self._endpoint.base_url,
            policies=[policies.HeadersPolicy(), self._sign(key)],
            transport=make_transport(self._endpoint, self._adapter, read_timeout_s=30),
        )

    def _sign(self, key: str | None) -> Any:
        from azure.core.credentials import AzureKeyCredential
        from azure.core.pipeline import policies

        if key is not None:
            return policies.AzureKeyCredentialPolicy(AzureKeyCredential(key), "api-key")
        if self._endpoint.token is not None:
            token = AzureKeyCredential(self._endpoint.token)
            return policies.AzureKeyCredentialPolicy(token, "Authorization", prefix="Bearer")
        scope = CLOUDS[self._endpoint.name].older_data_plane_scope
        return policies.BearerTokenCredentialPolicy(self._credential(), scope)


def make_impossible_request(account: ObservedAccount, at: DeploymentId) -> str:
    """Return an operation that the deployment's model cannot do."""
    there = account.deployments.get(at.name.casefold())
    embeds = there is not None and "embedding" in there.model.casefold()
    return "chat/completions" if embeds else "embeddings"


def is_batch(account: ObservedAccount, at: DeploymentId) -> bool:
    """Return whether the deployment takes batches only."""
    there = account.deployments.get(at.name.casefold())
    return there is not None and "batch" in there.sku.casefold()


def judge(status: int, code: str, message: str, at: AccountId) -> Readiness:
    """Return what an answer says of a deployment that was asked for what it cannot do."""
    state = _read_state(status, code)
    if state == "ready":
        return Readiness("ready")
    said = f"Azure answered {status} {flatten(code)}: {flatten(message)}".rstrip(": ")
    hints: dict[Answering, str] = {
        "forbidden": write_grant_command(at),
        "closed": "call it from inside its network, or let this address in: `networkAcls.ipRules`",
        "not there yet": "wait a few minutes, then verify again",
        "retired": "`harness plan` names what would do instead",
    }
    return Readiness(state, said, hints.get(state, ""))


def _read_state(status: int, code: str) -> Answering:
    match status:
        case 401:
            return "forbidden"
        case 403:
            return "forbidden" if code == "AuthenticationTypeDisabled" else "closed"
        case 404:
            return "not there yet" if code == "DeploymentNotFound" else "unknown"
        case 410:
            return "retired"
        case _:
            return "unknown" if status >= 500 else "ready"


def _describe_silence(base: str, message: str) -> Readiness:
    host = urlsplit(base).hostname or base
    if any(word in message for word in UNKNOWN_NAME):
        said = f"the name {host} is not known yet"
        return Readiness("not there yet", said, "wait a few minutes, then verify again")
    hint = "check the network and HTTPS_PROXY"
    return Readiness("unknown", f"{host} cannot be reached: {flatten(message)}", hint)


def _read_refusal(response: HttpResponse) -> tuple[str, str]:
    """Return Azure's code and message.

    Two shapes are known, with and without an ``error`` around.
    """
    try:
        body = response.json()
    except ValueError:
        return "", ""
    error = body.get("error", body) if isinstance(body, dict) else {}
    if not isinstance(error, dict):
        return "", ""
    return str(error.get("code") or ""), str(error.get("message") or "")
