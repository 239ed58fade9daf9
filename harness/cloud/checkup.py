"""Questions about the way to Azure itself: is it there, who is asking, what may they do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from harness.app.doctor.ports import Caller, Reach, Rights, Trouble
from harness.cloud.clients import Clients
from harness.cloud.endpoint import CloudEndpoint
from harness.cloud.failures import explain_refusal
from harness.cloud.transport import open_session
from harness.plan.identity import AccountId, GroupId


def measure_reach(url: str, *, simulated: bool = False) -> Reach:
    """Ask a host for anything, without a credential, with the SDK's own trust in certificates."""
    from azure.core import PipelineClient
    from azure.core.exceptions import AzureError
    from azure.core.pipeline import policies
    from azure.core.pipeline.transport import RequestsTransport
    from azure.core.rest import HttpRequest

    session = open_session(trust_env=not simulated)
    transport = RequestsTransport(
        connection_timeout=5, read_timeout=15, use_env_settings=not simulated, session=session
    )
    client: PipelineClient[Any, Any] = PipelineClient(
        url, policies=[policies.RetryPolicy(retry_total=0)], transport=transport
    )
    with client:
        try:
            response = client.send_request(HttpRequest("GET", url))
        except AzureError as error:
            return Reach(_describe_trouble(str(error)), _drop_secrets(str(error)))
    return Reach("", server_time=_parse_moment(response.headers.get("date")))


def _drop_secrets(said: str) -> str:
    """Return it on one line, without the password that a proxy's address may carry."""
    return re.sub(r"//[^/@\s]+@", "//…@", " ".join(said.split()))


def _describe_trouble(said: str) -> Trouble:
    lowered = said.casefold()
    if "certificate" in lowered or "ssl" in lowered:
        return "tls"
    return "proxy" if "proxy" in lowered else "network"


def _parse_moment(header: str | None) -> datetime | None:
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(header) if header else None
    except ValueError:
        return None


class ManagementCheckup:
    """Asks one management plane about itself; everything raises ``OutsideError``."""

    def __init__(self, endpoint: CloudEndpoint, *, verbose: bool = False) -> None:
        self.endpoint = endpoint
        self._verbose = verbose
        self._clients = Clients(endpoint, verbose=verbose)

    def close(self) -> None:
        """Let go of connections."""
        self._clients.close()

    def reach(self, url: str) -> Reach:
        """Ask a host for anything, without a credential."""
        return measure_reach(url, simulated=self.endpoint.simulated)

    def read_caller(self) -> Caller:
        """Return who is signed in, and which way of signing in answered."""
        from harness.azure.clouds import CLOUDS
        from harness.cloud.credentials import sign_in

        if self.endpoint.simulated:
            return Caller("the simulator's token")
        credential = sign_in(self.endpoint.name, verbose=self._verbose)
        answered = getattr(credential, "_successful_credential", None)
        token = credential.get_token(CLOUDS[self.endpoint.name].arm_scope)
        return Caller(type(answered or credential).__name__, _name_in(token.token))

    def read_subscription(self, subscription: str) -> Mapping[str, Any]:
        """Return the subscription: ``displayName`` and ``state``."""
        return self._ask(subscription, f"/subscriptions/{subscription}?api-version=2022-12-01")

    def read_provider(self, subscription: str) -> Mapping[str, Any]:
        """Return the resource provider of Azure AI services as the subscription sees it."""
        where = f"/subscriptions/{subscription}/providers/Microsoft.CognitiveServices"
        return self._ask(subscription, f"{where}?api-version=2025-04-01")

    def read_rights(self, scope: GroupId | AccountId | str) -> Rights:
        """Return what the caller may do in a scope; a string is a subscription."""
        match scope:
            case str():
                subscription, path = scope, f"/subscriptions/{scope}"
            case GroupId():
                subscription, path = scope.subscription, scope.path
            case AccountId():
                subscription, path = scope.group.subscription, scope.path
        where = f"{quote(path)}/providers/Microsoft.Authorization/permissions"
        body = self._ask(subscription, f"{where}?api-version=2022-04-01")
        return Rights(tuple(body.get("value") or ()))

    def _ask(self, subscription: str, path: str) -> Mapping[str, Any]:
        from azure.core.exceptions import AzureError
        from azure.core.rest import HttpRequest

        from harness.cloud.failures import explain_unreachable

        client = self._clients.groups(subscription)
        try:
            response = client.send_request(HttpRequest("GET", path))
            body = response.json() if response.content else {}
        except (AzureError, ValueError) as error:
            raise explain_unreachable(self.endpoint.base_url, str(error)) from None
        found: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
        if response.status_code == 200:
            return found
        error_body = found.get("error") or {}
        raise explain_refusal(
            status=response.status_code,
            code=str(error_body.get("code") or ""),
            message=str(error_body.get("message") or ""),
            request_id=response.headers.get("x-ms-correlation-request-id"),
        )


def _name_in(token: str) -> str:
    """Return the name that a token carries, "" where it cannot be read.

    Its signature is not looked at.
    """
    import base64
    import json

    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return ""
    if not isinstance(claims, dict):
        return ""
    for key in ("upn", "unique_name", "app_displayname", "appid", "oid"):
        if claims.get(key):
            return str(claims[key])
    return ""
