"""OpenAI's own API, and servers that speak its protocol."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.spec.model.spec import CompatibleProvider, OpenAIProvider
from harness.wiring.providers.connector import Connector
from harness.wiring.providers.setting import is_reasoning_model

if TYPE_CHECKING:
    from harness.providers import ApiKey, Endpoint, OpenAIEndpoint


class OpenAIConnector(Connector[OpenAIProvider | CompatibleProvider]):
    """Finds the endpoint of an ``openai`` or ``openai-compatible`` provider's model."""

    __slots__ = ()

    def real(self) -> Endpoint:
        """Return OpenAI's endpoint, or the declared one."""
        from harness.providers import Gateway

        setting, target, provider = self.setting, self.target, self.declared
        key = setting.key(target, provider.api_key)
        if provider.base_url is not None:
            span = setting.span(target, "base_url")
            if key is not None:
                setting.refuse_stranger(target, provider.base_url, span)
            setting.refuse_inner(target, provider.base_url, span)
        endpoint = self._behind(provider.base_url, key)
        if isinstance(provider, OpenAIProvider):
            return endpoint
        return replace(endpoint, gateway=Gateway(provider.headers, provider.api_key_header))

    def at(self, url: str, key: ApiKey) -> Endpoint:
        """Return the same API behind another URL."""
        return self._behind(f"{url}/v1", key)

    @property
    def limited_as(self) -> str:
        """Return the declared address, or OpenAI's."""
        from harness.providers.openai.endpoints import OPENAI_HOST

        return self.declared.base_url or OPENAI_HOST

    def _behind(self, url: str | None, key: ApiKey | None) -> OpenAIEndpoint:
        from harness.providers import OpenAIEndpoint

        target = self.target
        reasoning, api = is_reasoning_model(target, self.declared), self.setting.api(target)
        return OpenAIEndpoint(url, target.handle, key, reasoning, api)
