"""A setting of endpoints: the spec, the environment, the cloud, who may be told a secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from harness.app.specs.cloud_choice import NO_SPEC
from harness.app.specs.permissions import Permissions
from harness.azure.catalogue import needs_responses
from harness.azure.clouds import CLOUDS, is_azure_host
from harness.azure.models import is_reasoning
from harness.errors import Diagnostic, RequestError
from harness.net import InnerHosts, fold_host
from harness.source import Span
from harness.spec.check.safety import is_loopback
from harness.spec.load import require
from harness.spec.model.spec import DeclaredProvider

if TYPE_CHECKING:
    from harness.providers import Api, ApiKey, TokenProvider
    from harness.run.targets import Target
    from harness.simulator.embedded import Simulated
    from harness.spec.load import SpecFile

OPENAI_HOST = "api.openai.com"


class SignIn(Protocol):
    """A way to sign in to the data plane of a real cloud."""

    def data_plane(self, account: str | None) -> TokenProvider:
        """Return Entra, and the account's key where Entra's identity lacks the role."""
        ...


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting in which endpoints are chosen.

    Attributes:
        simulated: the simulated Azure that answers for everything, or None.
        cloud: the cloud's name, when there is one.
        sign_in: asked only for real endpoints that have no key of their own.
        replayed: answers come from a recording, and what a real endpoint needs is not asked for.
    """

    spec_file: SpecFile
    permissions: Permissions
    environment: Mapping[str, str]
    simulated: Simulated | None
    cloud: str | None
    sign_in: SignIn
    replayed: bool = False

    def api(self, target: Target) -> Api:
        """Return the API that the target is asked by: as declared, else as the catalogue knows.

        The name of a model on somebody's server is not looked up, unless the spec says that it is
        one of Azure's; what the catalogue does not know is learned from the service.
        """
        declared = self.spec_file.spec.evaluation.api
        known = target.price_table is not None or target.kind == "deployment"
        if declared == "auto" and known and needs_responses(target.model or "", target.version):
            return "responses"
        return declared

    def key(self, target: Target, reference: str | None) -> ApiKey | None:
        """Return the key that ``"${NAME}"`` means; read now and kept nowhere else.

        Raises:
            RequestError: the variable is not set.
        """
        from harness.providers import ApiKey

        if reference is None:
            return None
        require(self.spec_file, ("providers", target.owner, "api_key"))
        return ApiKey(self.environment[reference.removeprefix("${").removesuffix("}")])

    @property
    def reach(self) -> InnerHosts | None:
        """The hosts that may lead into an inner network: trusted ones, and private endpoints.

        None: all may, where the person typed the address and no spec names it.
        """
        if self.spec_file.path == NO_SPEC:
            return None
        suffixes = tuple(f".{suffix}" for cloud in CLOUDS.values() for suffix in cloud.suffixes)
        return InnerHosts(self._trusted, suffixes)

    @property
    def _trusted(self) -> frozenset[str]:
        return frozenset(map(fold_host, self.permissions.hosts))

    def refuse_stranger(self, target: Target, url: str, span: Span, *, entra: bool = False) -> None:
        """Refuse to send a credential anywhere but to Azure, OpenAI, loopback or a trusted host.

        ``entra`` says that it is a token of Azure's: it goes to this cloud's hosts and to none of
        OpenAI's.

        Raises:
            RequestError: this host is none of them, or it is not reached over https.
        """
        host = read_host(url)
        secure = urlsplit(url).scheme == "https"
        if is_loopback(host):
            return
        ours = is_azure_host(host, self.cloud if entra else None)
        known = ours or (host == OPENAI_HOST and not entra) or fold_host(host) in self._trusted
        if known and secure:
            return
        raise RequestError(
            Diagnostic(
                "H431",
                f"no credential is sent to {host} for target {target.name}",
                "credentials go over https to Azure, to api.openai.com and to trusted hosts"
                if known
                else "a token of Azure's goes to its own cloud and to hosts that you trust"
                if entra
                else "it is neither Azure, nor api.openai.com, nor a host that you trust",
                span,
                "use https" if known else f"--trust-host {host}",
            )
        )

    def refuse_inner(self, target: Target, url: str, span: Span) -> None:
        """Refuse an address of an inner network, which a spec has no business in by itself.

        Raises:
            RequestError: nobody trusts it.
        """
        host, reach = read_host(url), self.reach
        refusal = "" if reach is None or is_loopback(host) else reach.find_refusal(host, host)
        if refusal:
            raise RequestError(
                Diagnostic(
                    "H465",
                    f"target {target.name} leads into an inner network",
                    refusal,
                    span,
                    f"if you know it: --trust-host {host}",
                )
            )

    def span(self, target: Target, key: str) -> Span:
        """Return the place where the target's provider names this key."""
        return self.spec_file.spans.at("providers", target.owner, key)


def is_reasoning_model(target: Target, provider: DeclaredProvider) -> bool | None:
    """Say whether the model behind a target reasons; None where only a name could say.

    What the spec declares wins. OpenAI's names are models; a deployment's name, or a model's on
    somebody's server, is whatever somebody called it, and what it refuses is learned instead.
    """
    if target.reasoning is not None:
        return target.reasoning
    declared = provider.list_models()[target.handle].model
    if declared is None and not provider.names_are_models:
        return None
    return is_reasoning(declared or target.handle, target.version)


def read_host(url: str) -> str:
    """Return the host of a URL in lower case, "" where there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
