"""Carry requests of the SDKs to a management plane, or to what stands in its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from harness.cloud.endpoint import CloudEndpoint
from harness.exchange import PlainRequest, PlainResponse

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter

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

    given: dict[str, Any] = {}
    if adapter is not None:
        import requests

        session = requests.Session()
        session.trust_env = not endpoint.simulated
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        given["session"] = session
    return RequestsTransport(
        connection_timeout=CONNECT_WITHIN_S,
        read_timeout=read_timeout_s,
        use_env_settings=not endpoint.simulated,
        **given,
    )
