"""Deployments of the accounts that the spec declares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.azure.clouds import CLOUDS
from harness.azure.models import is_reasoning
from harness.spec.model.spec import Account
from harness.wiring.providers.connector import Connector
from harness.wiring.providers.sign_in import write_access_advice
from harness.wiring.recording.cassette import name_account_placeholder

if TYPE_CHECKING:
    from harness.providers import ApiKey, Auth, Endpoint


class DeploymentConnector(Connector[Account]):
    """Finds the endpoint of a deployment."""

    __slots__ = ()

    def real(self) -> Endpoint:
        """Return the account's endpoint, signed in to with Entra."""
        setting, target = self.setting, self.target
        suffix = CLOUDS[setting.cloud or "azure"].suffixes[0]
        url = f"https://{self.declared.subdomain}.{suffix}"
        span = setting.spec_file.spans.at("accounts", target.owner)
        setting.refuse_stranger(target, url, span, entra=True)
        return self._behind(url, setting.sign_in.data_plane(target.owner))

    def at(self, url: str, key: ApiKey) -> Endpoint:
        """Return the deployment behind another URL."""
        return self._behind(url, key)

    def open_simulated(self, url: str, token: str) -> Endpoint:
        """Return the deployment at a simulator, signed in to as by Entra where keys are off."""
        from harness.providers import ApiKey, TokenProvider

        if self.declared.local_auth:
            return self._behind(url, ApiKey(token))

        async def sign_in() -> str:
            return token

        return self._behind(
            url, TokenProvider(sign_in, advice=write_access_advice(self.target.owner))
        )

    @property
    def placeholder(self) -> str:
        """Return the URL that stands for the account's in a recording."""
        return f"https://{name_account_placeholder(self.target.owner)}"

    @property
    def simulated_path(self) -> str:
        """Return the path at which the simulator answers for the account."""
        return str(self.declared.subdomain)

    @property
    def limited_as(self) -> str:
        """Return the account's subdomain."""
        return str(self.declared.subdomain)

    def _behind(self, url: str, auth: Auth) -> Endpoint:
        from harness.providers import AzureV1, v1_base_url

        target = self.target
        name = self.declared.deployments[target.handle].deployment_name
        reasoning = is_reasoning(target.model, target.version) if target.model else None
        return AzureV1(v1_base_url(url), name, auth, reasoning, self.setting.api(target))
