"""The SDK's clients, set up so that reading never writes and one call is one attempt."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from harness._version import __version__
from harness.azure.clouds import CLOUDS
from harness.cloud.credentials import sign_in
from harness.cloud.endpoint import CloudEndpoint
from harness.cloud.transport import make_host_policy, make_transport
from harness.errors import OutsideError

if TYPE_CHECKING:
    from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
    from azure.mgmt.resource.resources import ResourceManagementClient
    from requests.adapters import BaseAdapter

READ_RETRIES = 3
"""Attempts that the SDK adds to a read that failed on the way; writes are retried by the engine."""


class Clients:
    """One client of each SDK per subscription, made when first needed; safe to share.

    Whoever makes this pays for importing the SDKs: a third of a second. It is not left to the
    threads that use it, because two threads that import packages which need each other deadlock.
    """

    def __init__(
        self, endpoint: CloudEndpoint, *, verbose: bool, adapter: BaseAdapter | None = None
    ) -> None:
        from azure.mgmt.cognitiveservices import CognitiveServicesManagementClient
        from azure.mgmt.resource.resources import ResourceManagementClient

        self._of_accounts = CognitiveServicesManagementClient
        self._of_groups = ResourceManagementClient
        self._endpoint = endpoint
        self._verbose = verbose
        self._adapter = adapter
        self._lock = threading.Lock()
        self._credential: Any = None
        self._refused: OutsideError | None = None
        self._accounts: dict[str, CognitiveServicesManagementClient] = {}
        self._groups: dict[str, ResourceManagementClient] = {}

    def accounts(self, subscription: str) -> CognitiveServicesManagementClient:
        """Return the client for accounts, deployments, models and quota of a subscription."""
        with self._lock:
            if subscription not in self._accounts:
                self._accounts[subscription] = self._of_accounts(
                    self._sign_in(), subscription, **self._make_settings()
                )
            return self._accounts[subscription]

    def groups(self, subscription: str) -> ResourceManagementClient:
        """Return the client for resource groups and providers of a subscription."""
        with self._lock:
            if subscription not in self._groups:
                self._groups[subscription] = self._of_groups(
                    self._sign_in(), subscription, **self._make_settings()
                )
            return self._groups[subscription]

    def credential(self) -> Any:
        """Return the credential of whoever is signed in; asked at the first call.

        Raises:
            OutsideError: nobody is.
        """
        with self._lock:
            return self._sign_in()

    def close(self) -> None:
        """Let go of every connection."""
        with self._lock:
            for accounts in self._accounts.values():
                accounts.close()
            for groups in self._groups.values():
                groups.close()
            if self._credential is not None and hasattr(self._credential, "close"):
                self._credential.close()
            self._accounts.clear()
            self._groups.clear()

    def _sign_in(self) -> Any:
        """Sign in once; a refusal is the same for every thread."""
        if self._refused is not None:
            raise self._refused
        if self._credential is None and self._endpoint.simulated:
            self._credential = _NoCredential()
        if self._credential is None:
            try:
                self._credential = sign_in(self._endpoint.name, verbose=self._verbose)
            except OutsideError as error:
                self._refused = error
                raise
        return self._credential

    def _make_settings(self) -> dict[str, Any]:
        return {
            "base_url": self._endpoint.base_url,
            "polling_interval": self._endpoint.poll_s,
            "policies": self._make_policies(),
            "transport": make_transport(self._endpoint, self._adapter, read_timeout_s=120),
        }

    def _make_policies(self) -> list[Any]:
        """Return the SDK's own list of policies, less three and more one.

        Without automatic registration of providers: it POSTs on a plain GET. Without redirects:
        a credential never follows one. Without retries by default: reads ask for them per call.
        Before signing, the host is looked at.
        """
        from azure.core.pipeline import policies

        return [
            policies.RequestIdPolicy(),
            policies.HeadersPolicy(),
            policies.UserAgentPolicy(f"azure-openai-harness/{__version__}"),
            policies.ProxyPolicy(),
            policies.ContentDecodePolicy(),
            policies.RetryPolicy(retry_total=0),
            make_host_policy(self._endpoint.base_url),
            self._make_authentication(),
            policies.CustomHookPolicy(),
            policies.NetworkTraceLoggingPolicy(),
            policies.HttpLoggingPolicy(),
        ]

    def _make_authentication(self) -> Any:
        if self._endpoint.token is not None:
            from azure.core.credentials import AzureKeyCredential
            from azure.core.pipeline.policies import AzureKeyCredentialPolicy

            # The SDK's bearer policy refuses plain http; on loopback this sends the same header.
            return AzureKeyCredentialPolicy(
                AzureKeyCredential(self._endpoint.token), "Authorization", prefix="Bearer"
            )
        from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy

        return ARMChallengeAuthenticationPolicy(
            self._sign_in(), CLOUDS[self._endpoint.name].arm_scope
        )


class _NoCredential:
    """Stands where the SDK wants a credential though the authentication policy has its own."""

    def get_token(self, *scopes: str, **options: Any) -> Any:
        """Raise: the simulator's policy signs requests, so that nobody asks here."""
        raise NotImplementedError
