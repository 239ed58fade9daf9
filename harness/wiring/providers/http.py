"""Applications under test that are called over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import Diagnostic, RequestError
from harness.spec.check.safety import is_loopback
from harness.spec.model.spec import HttpProvider
from harness.wiring.providers.connector import Connector
from harness.wiring.providers.setting import read_host

if TYPE_CHECKING:
    from harness.providers import ApiKey, Endpoint


class HttpConnector(Connector[HttpProvider]):
    """Finds the endpoint of an application."""

    __slots__ = ()

    def real(self) -> Endpoint:
        """Return the application's URL; with the simulator only one on this machine is called."""
        setting, target, provider = self.setting, self.target, self.declared
        if setting.simulated is not None and not is_loopback(read_host(provider.url)):
            raise RequestError(
                Diagnostic(
                    "H432",
                    f"target {target.name} is not on this machine, and the cloud is the simulator",
                    f"its url is on {read_host(provider.url)}; with the simulator nothing real is "
                    "called but a program of your own on loopback",
                    setting.span(target, "url"),
                    "use --cloud azure, or leave the target out with -t",
                )
            )
        key = setting.key(target, provider.api_key)
        span = setting.span(target, "url")
        if key is not None:
            setting.refuse_stranger(target, provider.url, span)
        setting.refuse_inner(target, provider.url, span)
        return self._behind(provider.url, key)

    def at(self, url: str, key: ApiKey) -> Endpoint:
        """Return the application behind another URL, which gets no key."""
        del key
        return self._behind(url, None)

    def _behind(self, url: str, key: ApiKey | None) -> Endpoint:
        from harness.providers.applications.http import HttpEndpoint
        from harness.providers.applications.picking import ReplyPaths

        provider = self.declared
        return HttpEndpoint(
            url=url,
            body=provider.body,
            paths=ReplyPaths(
                provider.reply,
                provider.usage,
                provider.session,
                provider.tool_calls,
                provider.context,
            ),
            method=provider.method,
            headers=provider.headers,
            auth=key,
        )
