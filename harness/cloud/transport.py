"""Carry requests of the SDKs to a management plane, or to what stands in its place.

A request has the credential that we signed it with and no other, goes to the host that it was
signed for, and what comes back does not hold that credential.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from harness.cloud.endpoint import CloudEndpoint
from harness.errors import Diagnostic, OutsideError
from harness.exchange import PlainRequest, PlainResponse
from harness.redaction.sent import SentSecrets

if TYPE_CHECKING:
    import requests
    from azure.core.pipeline import PipelineRequest
    from requests.adapters import BaseAdapter

ELSEWHERE = "H464"

CONNECT_WITHIN_S = 10


class ManagementTransport(Protocol):
    """A carrier of requests to the management plane: the synchronous twin of models' own."""

    def send(self, request: PlainRequest) -> PlainResponse:
        """Return the answer, whatever its status; raise where there is none."""
        ...


Wrap = Callable[[ManagementTransport], ManagementTransport]
"""Puts another transport around a live one."""


def make_transport(
    endpoint: CloudEndpoint, adapter: BaseAdapter | None, *, read_timeout_s: float
) -> Any:
    """Return a transport of azure-core's, to be owned by one client.

    Args:
        endpoint: a proxy of the environment must not stand between us and loopback.
        adapter: hears every request, or answers it; None: nobody does. It outlives the transport.
        read_timeout_s: seconds between two bytes.
    """
    from azure.core.pipeline.transport import RequestsTransport

    session = open_session(trust_env=not endpoint.simulated, adapter=adapter)
    return RequestsTransport(
        connection_timeout=CONNECT_WITHIN_S,
        read_timeout=read_timeout_s,
        use_env_settings=not endpoint.simulated,
        session=session,
    )


def open_session(*, trust_env: bool, adapter: BaseAdapter | None = None) -> requests.Session:
    """Open a session that signs nothing itself and hides the credentials that come back.

    ``trust_env`` allows the environment's proxies. Without a signer of its own a session would take
    a password for the host, or for any host, from ``~/.netrc``, in place of our token.
    """
    import requests
    from requests.adapters import HTTPAdapter

    def sign_nothing(request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request

    class DiscreetAdapter(HTTPAdapter):
        def send(self, request: requests.PreparedRequest, **given: Any) -> requests.Response:  # type: ignore[override]
            send = super().send if adapter is None else adapter.send
            return _hide_sent(request, send(request, **given))

        def close(self) -> None:
            super().close()
            if adapter is not None:
                adapter.close()

    session = requests.Session()
    session.trust_env = trust_env
    session.auth = sign_nothing
    for scheme in ("https://", "http://"):
        session.mount(scheme, DiscreetAdapter())
    return session


def _hide_sent(request: requests.PreparedRequest, response: requests.Response) -> requests.Response:
    """Take from an answer the credential of its request, where it comes back."""
    sent = SentSecrets()
    for header in ("Authorization", "api-key"):
        value = request.headers.get(header) or b""
        text = value.decode("latin-1") if isinstance(value, bytes) else value
        sent.add(text.rpartition(" ")[2])
    for name, value in response.headers.items():
        response.headers[name] = sent.hide(value)
    response._content = sent.hide_bytes(response.content)  # read here, as nothing is streamed
    return response


def make_host_policy(base_url: str) -> Any:
    """Return a policy that sends nothing anywhere but to the host of ``base_url``.

    Answers name addresses that the SDK goes on with: of the next page, of an operation that still
    runs. Beside the host itself those beneath it are the same service: Azure has one a region.
    """
    from azure.core.pipeline.policies import SansIOHTTPPolicy

    class HostPolicy(SansIOHTTPPolicy[Any, Any]):
        def on_request(self, request: PipelineRequest[Any]) -> None:
            refuse_elsewhere(base_url, request.http_request.url)

    return HostPolicy()


def refuse_elsewhere(base_url: str, url: str) -> None:
    """Refuse an address that is not of the service at ``base_url``.

    Raises:
        OutsideError: it is another's; nothing was sent there.
    """
    try:
        if _is_same_service(base_url, url):
            return
        host = urlsplit(url).hostname or "an address without a host"
    except ValueError:
        host = "an address that cannot be read"
    raise OutsideError(
        Diagnostic(
            ELSEWHERE,
            "an answer of the management plane leads to another host",
            f"{host} is not of {urlsplit(base_url).hostname}; nothing was sent there",
            hint="a proxy or a gateway may change answers on the way: harness doctor",
        )
    )


def _is_same_service(base_url: str, url: str) -> bool:
    base, other = urlsplit(base_url), urlsplit(url)
    if other.scheme != base.scheme or other.username is not None or other.password is not None:
        return False
    usual = {"https": 443, "http": 80}.get(base.scheme)
    if (other.port or usual) != (base.port or usual):
        return False
    host, own = other.hostname or "", base.hostname or ""
    return host == own or (base.scheme == "https" and host.endswith(f".{own}"))
