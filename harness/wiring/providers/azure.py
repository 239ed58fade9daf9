"""Azure OpenAI endpoints that exist already."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.spec.model.spec import AzureProvider
from harness.wiring.providers.connector import Connector
from harness.wiring.providers.setting import is_reasoning_model

if TYPE_CHECKING:
    from harness.providers import ApiKey, Auth, AzureClassic, AzureV1, Endpoint


class AzureConnector(Connector[AzureProvider]):
    """Finds the endpoint of an ``azure-openai`` provider's model."""

    __slots__ = ()

    def real(self) -> Endpoint:
        """Return the declared endpoint, signed in to with its key, or else with Entra."""
        from harness.providers import Gateway

        setting, target, provider = self.setting, self.target, self.declared
        span = setting.span(target, "endpoint")
        key = setting.key(target, provider.api_key)
        setting.refuse_stranger(target, provider.endpoint, span, entra=key is None)
        setting.refuse_inner(target, provider.endpoint, span)
        auth = key or setting.sign_in.data_plane(None)
        gateway = Gateway(provider.headers, provider.api_key_header)
        return replace(self._behind(provider.endpoint, auth), gateway=gateway)

    def at(self, url: str, key: ApiKey) -> Endpoint:
        """Return the same API behind another URL."""
        return self._behind(url, key)

    @property
    def limited_as(self) -> str:
        """Return the account's subdomain, or the host of what stands before it."""
        at = urlsplit(self.declared.endpoint)
        host = at.hostname or ""
        return host.partition(".")[0] if ".azure." in host else f"{at.netloc}{at.path}"

    def _behind(self, url: str, auth: Auth) -> AzureClassic | AzureV1:
        from harness.providers import AzureClassic, AzureV1, v1_base_url

        target, version = self.target, self.declared.api_version
        api, reasoning = self.setting.api(target), is_reasoning_model(target, self.declared)
        if version:
            return AzureClassic(url, target.handle, version, auth, reasoning, api)
        return AzureV1(v1_base_url(url), target.handle, auth, reasoning, api)
