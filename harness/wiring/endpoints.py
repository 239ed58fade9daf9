"""From a target's name to the place that answers it, and who may be told a secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from harness.azure.catalogue import only_responses
from harness.azure.clouds import CLOUDS, is_azure_host
from harness.azure.models import is_reasoning
from harness.errors import Diagnostic, RequestError
from harness.run.targets import cannot_answer
from harness.source import Span
from harness.spec.load import require
from harness.spec.model import (
    AzureProvider,
    CommandProvider,
    CompatibleProvider,
    HttpProvider,
    LocalProvider,
    OpenAIProvider,
    Provider,
    RecordedProvider,
)
from harness.spec.safety import is_loopback
from harness.wiring.cassette import account_stand_in, provider_stand_in
from harness.wiring.trust import Trust

if TYPE_CHECKING:
    from harness.models import (
        Api,
        ApiKey,
        Auth,
        EmbeddingEndpoint,
        Endpoint,
        TokenProvider,
    )
    from harness.run.targets import Target
    from harness.simulator.embedded import Simulated
    from harness.spec.load import SpecFile

ModelProvider = AzureProvider | OpenAIProvider | CompatibleProvider

OPENAI_HOST = "api.openai.com"


class SignIn(Protocol):
    """How the data plane of a real cloud is signed in to."""

    def data_plane(self, account: str | None) -> TokenProvider:
        """Entra, and the account's key where Entra's identity lacks the role."""
        ...


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Chooses an endpoint for each target.

    Attributes:
        simulated: the simulated Azure that answers for everything, or None.
        cloud: the cloud's name, when there is one.
        sign_in: asked only for real endpoints that have no key of their own.
        replayed: answers come from a recording, and what a real endpoint needs is not asked for.
    """

    spec_file: SpecFile
    trust: Trust
    environment: Mapping[str, str]
    simulated: Simulated | None
    cloud: str | None
    sign_in: SignIn
    replayed: bool = False

    def of(self, target: Target) -> Endpoint:
        """Where this target answers.

        Raises:
            RequestError: a variable that it needs is not set, or a host is not trusted.
        """
        if self.replayed:
            return self.stand_in(target)
        if target.kind == "deployment":
            return self._deployment(target)
        if self.simulated is None:
            for key in ("endpoint", "base_url", "url", "api_version"):
                require(self.spec_file, ("providers", target.owner, key))
        return self._provided(target, self._provider(target))

    def stand_in(self, target: Target) -> Endpoint:
        """What stands for this target's endpoint in recordings; nothing can be reached there."""
        from harness.models import ApiKey

        nobody = ApiKey("replayed")
        if target.kind == "deployment":
            return self._deployed_at(target, f"https://{account_stand_in(target.owner)}", nobody)
        provider, url = self._provider(target), f"https://{provider_stand_in(target.owner)}"
        match provider:
            case RecordedProvider():
                return self._recorded(target, provider)
            case HttpProvider():
                return _application_at(url, provider, None)
            case CommandProvider():
                return self._program(provider)
            case LocalProvider():
                raise cannot_answer(target.name)
            case AzureProvider() | OpenAIProvider() | CompatibleProvider():
                return self._provided_at(target, provider, url, nobody)

    def _provider(self, target: Target) -> Provider:
        return self.spec_file.spec.providers[target.owner]

    def _provided(self, target: Target, provider: Provider) -> Endpoint:
        from harness.models import ApiKey

        match provider:
            case RecordedProvider():
                return self._recorded(target, provider)
            case HttpProvider():
                return self._application(target, provider)
            case CommandProvider():
                return self._program(provider)
            case LocalProvider():
                raise cannot_answer(target.name)
            case _ if self.simulated is not None:
                url = f"{self.simulated.url}/_providers/{target.owner}"
                return self._provided_at(target, provider, url, ApiKey(self.simulated.token))
            case AzureProvider():
                return self._azure(target, provider)
            case OpenAIProvider() | CompatibleProvider():
                return self._openai(target, provider)

    def for_embeddings(self, target: Target) -> EmbeddingEndpoint:
        """Where this target embeds texts: on this machine also in a replay.

        Raises:
            RequestError: as for ``of``; it is an application or a recording, which embed none; or
                what a model on this machine needs is not there.
        """
        from harness.models import AzureClassic, AzureV1, OpenAIEndpoint
        from harness.wiring.local_models import local_endpoint

        if target.kind != "deployment":
            provider = self._provider(target)
            if isinstance(provider, LocalProvider):
                return local_endpoint(self.spec_file, target, provider)
        endpoint = self.of(target)
        if isinstance(endpoint, AzureV1 | AzureClassic | OpenAIEndpoint):
            return endpoint
        raise RequestError(
            Diagnostic(
                "H607",
                f"target {target.name} gives no embeddings",
                "it is an application or a recording, not a model",
                self.spec_file.spans.at("evaluation", "embeddings", "target"),
                "name a deployment or a provider's model: text-embedding-3-small",
            )
        )

    def is_simulated(self, target: Target) -> bool:
        """Whether this target's answers come from the simulator."""
        if self.cloud != "simulator":
            return False
        if target.kind == "deployment":
            return True
        provider = self._provider(target)
        own = HttpProvider | CommandProvider | RecordedProvider | LocalProvider
        return not isinstance(provider, own)

    def _deployment(self, target: Target) -> Endpoint:
        from harness.models import ApiKey

        account = self.spec_file.spec.accounts[target.owner]
        if self.simulated is not None:
            url = f"{self.simulated.url}/{account.subdomain}"
            return self._deployed_at(target, url, ApiKey(self.simulated.token))
        suffix = CLOUDS[self.cloud or "azure"].suffixes[0]
        url = f"https://{account.subdomain}.{suffix}"
        self._may_be_told(target, url, self.spec_file.spans.at("accounts", target.owner))
        return self._deployed_at(target, url, self.sign_in.data_plane(target.owner))

    def _deployed_at(self, target: Target, url: str, auth: Auth) -> Endpoint:
        from harness.models import AzureV1, v1_base_url

        account = self.spec_file.spec.accounts[target.owner]
        name = account.deployments[target.handle].deployment_name
        reasoning = is_reasoning(target.model, target.version) if target.model else None
        return AzureV1(v1_base_url(url), name, auth, reasoning, self._api(target))

    def _provided_at(
        self, target: Target, provider: ModelProvider, url: str, auth: ApiKey
    ) -> Endpoint:
        from harness.models import AzureClassic, AzureV1, OpenAIEndpoint, v1_base_url

        api = self._api(target)
        reasoning = _reasons(target, provider)
        if isinstance(provider, AzureProvider) and provider.api_version:
            return AzureClassic(url, target.handle, provider.api_version, auth, reasoning, api)
        if isinstance(provider, AzureProvider):
            return AzureV1(v1_base_url(url), target.handle, auth, reasoning, api)
        return OpenAIEndpoint(f"{url}/v1", target.handle, auth, reasoning, api)

    def _openai(self, target: Target, provider: OpenAIProvider | CompatibleProvider) -> Endpoint:
        from harness.models import OpenAIEndpoint

        key = self._key(target, provider.api_key)
        if key is not None and provider.base_url is not None:
            self._may_be_told(target, provider.base_url, self._span(target, "base_url"))
        reasoning, api = _reasons(target, provider), self._api(target)
        return OpenAIEndpoint(provider.base_url, target.handle, key, reasoning, api)

    def _azure(self, target: Target, provider: AzureProvider) -> Endpoint:
        from harness.models import AzureClassic, AzureV1, v1_base_url

        self._may_be_told(target, provider.endpoint, self._span(target, "endpoint"))
        auth = self._key(target, provider.api_key) or self.sign_in.data_plane(None)
        reasoning, api = _reasons(target, provider), self._api(target)
        if provider.api_version:
            return AzureClassic(
                provider.endpoint, target.handle, provider.api_version, auth, reasoning, api
            )
        return AzureV1(v1_base_url(provider.endpoint), target.handle, auth, reasoning, api)

    def _application(self, target: Target, provider: HttpProvider) -> Endpoint:
        if self.simulated is not None and not is_loopback(_host(provider.url)):
            raise RequestError(
                Diagnostic(
                    "H432",
                    f"target {target.name} is not on this machine, and the cloud is the simulator",
                    f"its url is on {_host(provider.url)}; with the simulator nothing real is "
                    "called but a program of your own on loopback",
                    self._span(target, "url"),
                    "use --cloud azure, or leave the target out with -t",
                )
            )
        key = self._key(target, provider.api_key)
        if key is not None:
            self._may_be_told(target, provider.url, self._span(target, "url"))
        return _application_at(provider.url, provider, key)

    def _program(self, provider: CommandProvider) -> Endpoint:
        """A spec with one is read only where code is allowed; it runs in the project root."""
        from harness.models import CommandEndpoint
        from harness.sandbox import Program

        program = Program(provider.command, Path(self.spec_file.root))
        return CommandEndpoint(program, provider.reply, provider.usage)

    def _recorded(self, target: Target, provider: RecordedProvider) -> Endpoint:
        from harness.conversation.answers import parse_answers
        from harness.models import RecordedEndpoint

        with Path(provider.answers).open("rb") as lines:
            answers = parse_answers(lines, provider.answers)
        return RecordedEndpoint(answers, target.model or target.handle, target.version)

    def _api(self, target: Target) -> Api:
        """By which API the target is asked: as declared, else as the catalogue knows its model.

        The name of a model on somebody's server is not looked up, unless the spec says that it is
        one of Azure's; what the catalogue does not know is learned from the service.
        """
        declared = self.spec_file.spec.evaluation.api
        known = target.price_table is not None or target.kind == "deployment"
        if declared == "auto" and known and only_responses(target.model or "", target.version):
            return "responses"
        return declared

    def _key(self, target: Target, reference: str | None) -> ApiKey | None:
        """The key that ``"${NAME}"`` means; read now and kept nowhere else."""
        from harness.models import ApiKey

        if reference is None:
            return None
        require(self.spec_file, ("providers", target.owner, "api_key"))
        return ApiKey(self.environment[reference.removeprefix("${").removesuffix("}")])

    def _may_be_told(self, target: Target, url: str, span: Span) -> None:
        """Refuse to send a credential anywhere but to Azure, OpenAI, loopback or a trusted host."""
        host = _host(url)
        secure = urlsplit(url).scheme == "https"
        if is_loopback(host):
            return
        known = is_azure_host(host) or host == OPENAI_HOST or host in self.trust.hosts
        if known and secure:
            return
        raise RequestError(
            Diagnostic(
                "H431",
                f"no credential is sent to {host} for target {target.name}",
                "credentials go over https to Azure, to api.openai.com and to trusted hosts"
                if known
                else "it is neither Azure, nor api.openai.com, nor a host that you trust",
                span,
                "use https" if known else f"--trust-host {host}",
            )
        )

    def _span(self, target: Target, key: str) -> Span:
        """Where the provider names this key."""
        return self.spec_file.spans.at("providers", target.owner, key)


def _application_at(url: str, provider: HttpProvider, key: ApiKey | None) -> Endpoint:
    from harness.models import HttpEndpoint

    return HttpEndpoint(
        url=url,
        body=provider.body,
        reply=provider.reply,
        method=provider.method,
        headers=provider.headers,
        usage=provider.usage,
        session=provider.session,
        auth=key,
    )


def _reasons(target: Target, provider: Provider) -> bool | None:
    """Whether the model behind a provider's target reasons; None where only a name could say.

    What the spec declares wins. OpenAI's names are models; a deployment's name, or a model's on
    somebody's server, is whatever somebody called it, and what it refuses is learned instead.
    """
    if target.reasoning is not None:
        return target.reasoning
    declared = getattr(provider, "models", {})[target.handle].model
    if declared is None and not isinstance(provider, OpenAIProvider):
        return None
    return is_reasoning(declared or target.handle, target.version)


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
