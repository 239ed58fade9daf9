"""Who answers for a target, and who is told a secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from harness.app.specs.cloud_choice import choose_cloud
from harness.errors import HarnessError, RequestError
from harness.providers import (
    ApiKey,
    AzureClassic,
    AzureV1,
    EmbeddingEndpoint,
    Endpoint,
    OpenAIEndpoint,
    TokenProvider,
)
from harness.providers.applications.http import HttpEndpoint
from harness.providers.local import LocalEndpoint
from harness.providers.recorded import RecordedEndpoint
from harness.run.targets import every_target
from harness.simulator.embedded import Simulated
from harness.spec.load import SpecFile
from harness.wiring import Permissions, read_spec
from harness.wiring.providers.endpoints import Endpoints

SIMULATED = Simulated("http://127.0.0.1:4000", "token", joined=False)
KEYS = {"OPENAI_API_KEY": "sk-real", "AZURE_OPENAI_API_KEY": "azure-real"}

Load = Callable[..., SpecFile]


async def token() -> str:
    return "entra"


class SomebodySignedIn:
    def data_plane(self, account: str | None) -> TokenProvider:
        del account
        return TokenProvider(token)


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.chdir(tmp_path)
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)

    def written(providers: dict[str, Any] | None = None, **more: Any) -> SpecFile:
        document = {
            "version": 1,
            "name": "wired",
            "providers": providers or {},
            "conversations": [{"id": "a", "turns": [{"user": "Hello"}]}],
            **more,
        }
        Path("spec.yaml").write_text(json.dumps(document), encoding="utf-8")
        return read_spec(Path("spec.yaml"), Permissions(root=tmp_path))

    return written


def endpoint_of(
    spec_file: SpecFile,
    *,
    simulated: Simulated | None = None,
    hosts: tuple[str, ...] = (),
    environment: dict[str, str] | None = None,
) -> Endpoint:
    endpoints = Endpoints(
        spec_file=spec_file,
        permissions=Permissions(hosts=hosts),
        environment=KEYS if environment is None else environment,
        simulated=simulated,
        cloud="simulator" if simulated else "azure",
        sign_in=SomebodySignedIn(),
    )
    return endpoints.of(every_target(spec_file.spec)[0])


ACCOUNT = {
    "cloud": "azure",
    "subscription": "00000000-0000-0000-0000-000000000000",
    "resource_group": "rg",
    "accounts": {
        "sweden": {
            "region": "swedencentral",
            "account_name": "contoso",
            "deployments": {"chat": {"model": "gpt-5-mini", "version": "2025-08-07"}},
        }
    },
}


def test_a_deployment_is_called_through_the_v1_api_of_its_account(load: Load) -> None:
    real = endpoint_of(load(**ACCOUNT))
    assert isinstance(real, AzureV1)
    assert real.base_url == "https://contoso.openai.azure.com/openai/v1/"
    assert (real.deployment, real.reasoning) == ("chat", True)
    assert isinstance(real.auth, TokenProvider)


@pytest.mark.parametrize(
    ("model", "declared", "api"),
    [
        (("gpt-5-codex", "2025-09-15"), "auto", "responses"),
        (("gpt-5.1-codex-mini", "default"), "auto", "responses"),
        (("gpt-5-codex", "2025-09-15"), "chat", "chat"),
        (("gpt-5-mini", "2025-08-07"), "auto", "auto"),
        (("gpt-5-mini", "2025-08-07"), "responses", "responses"),
    ],
)
def test_by_which_api_a_deployment_is_asked_its_capabilities_say_unless_the_spec_does(
    load: Load, model: tuple[str, str], declared: str, api: str
) -> None:
    account = ACCOUNT["accounts"]["sweden"]  # type: ignore[index]
    deployments = {"chat": {"model": model[0], "version": model[1]}}
    accounts = {"sweden": {**account, "deployments": deployments}}
    spec_file = load(**{**ACCOUNT, "accounts": accounts, "evaluation": {"api": declared}})
    endpoint = endpoint_of(spec_file)
    assert isinstance(endpoint, AzureV1)
    assert endpoint.api == api


def test_on_the_simulator_every_account_and_provider_is_the_simulator(load: Load) -> None:
    assert endpoint_of(load(**ACCOUNT), simulated=SIMULATED) == AzureV1(
        "http://127.0.0.1:4000/contoso/openai/v1/", "chat", ApiKey("token"), True
    )
    openai = {"o": {"type": "openai", "api_key": "${OPENAI_API_KEY}", "models": {"gpt-4o": {}}}}
    assert endpoint_of(load(openai), simulated=SIMULATED, environment={}) == OpenAIEndpoint(
        "http://127.0.0.1:4000/_providers/o/v1", "gpt-4o", ApiKey("token"), False
    )


def test_openai_and_azure_get_their_own_keys(load: Load) -> None:
    openai = {"o": {"type": "openai", "api_key": "${OPENAI_API_KEY}", "models": {"gpt-4o": {}}}}
    assert endpoint_of(load(openai)) == OpenAIEndpoint(None, "gpt-4o", ApiKey("sk-real"), False)
    azure = {
        "e": {
            "type": "azure-openai",
            "endpoint": "https://contoso.openai.azure.com",
            "api_version": "2024-10-21",
            "api_key": "${AZURE_OPENAI_API_KEY}",
            "models": {"o1-lookalike": {}},
        }
    }
    classic = endpoint_of(load(azure))
    assert isinstance(classic, AzureClassic)
    assert classic.auth == ApiKey("azure-real")
    assert classic.reasoning is None, "a deployment's name says nothing about its model"


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v1",
        "https://api.openai.com.evil.example/v1",
        "https://evilopenai.azure.com.example/v1",
        "https://openai.azure.com/v1",
        "https://api.openai.com./v1",
        "https://169.254.169.254/v1",
        "https://xn--penai-6tf.azure.com/v1",
        "https://evilapi.openai.com/v1",
        "https://evilllm.example/v1",
        "https://a.llm.example/v1",
    ],
)
def test_no_key_goes_to_a_host_that_nobody_trusts(load: Load, url: str) -> None:
    providers = {
        "o": {
            "type": "openai-compatible",
            "base_url": url,
            "api_key": "${OPENAI_API_KEY}",
            "models": {"m": {}},
        }
    }
    with pytest.raises(RequestError) as refused:
        endpoint_of(load(providers), hosts=("llm.example",))
    told = str(refused.value)
    assert "no credential is sent to" in told
    assert "spec.yaml:" in told
    assert "--trust-host" in told
    assert "sk-real" not in told


@pytest.mark.parametrize("host", ["llm.example", "api.openai.com", "contoso.openai.azure.com"])
def test_no_key_goes_unencrypted_to_a_host_that_is_trusted(load: Load, host: str) -> None:
    spec_file = load(
        {"o": {"type": "openai", "api_key": "${OPENAI_API_KEY}", "models": {"gpt-4o": {}}}}
    )
    endpoints = Endpoints(
        spec_file=spec_file,
        permissions=Permissions(hosts=("llm.example",)),
        environment=KEYS,
        simulated=None,
        cloud="azure",
        sign_in=SomebodySignedIn(),
    )
    target = every_target(spec_file.spec)[0]
    span = endpoints.span(target, "models")
    endpoints.refuse_stranger(target, f"https://{host}/v1", span)
    with pytest.raises(RequestError, match="use https"):
        endpoints.refuse_stranger(target, f"http://{host}/v1", span)


def test_a_trusted_host_and_this_machine_may_be_told(load: Load) -> None:
    def providers(url: str) -> dict[str, Any]:
        key = {"api_key": "${OPENAI_API_KEY}"}
        return {"o": {"type": "openai-compatible", "base_url": url, "models": {"m": {}}, **key}}

    trusted = endpoint_of(load(providers("https://llm.example/v1")), hosts=("llm.example",))
    local = endpoint_of(load(providers("http://127.0.0.1:11434/v1")))
    for endpoint in (trusted, local):
        assert isinstance(endpoint, OpenAIEndpoint)
        assert endpoint.auth == ApiKey("sk-real")


def test_a_key_that_is_not_set_is_named_with_its_place(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    openai = {"o": {"type": "openai", "api_key": "${OPENAI_API_KEY}", "models": {"gpt-4o": {}}}}
    spec_file = load(openai)
    with pytest.raises(RequestError, match=r"spec\.yaml:1:\d+: error\[H406\].*OPENAI_API_KEY"):
        endpoint_of(spec_file, environment={})


APPLICATION = {"body": {"q": "{{user}}"}, "reply": "$.answer"}


def test_an_application_is_called_only_on_loopback_when_azure_is_simulated(load: Load) -> None:
    mine = {"app": {"type": "http", "url": "http://127.0.0.1:8000/chat", **APPLICATION}}
    assert isinstance(endpoint_of(load(mine), simulated=SIMULATED), HttpEndpoint)
    elsewhere = {"app": {"type": "http", "url": "https://app.example/chat", **APPLICATION}}
    with pytest.raises(RequestError, match="not on this machine"):
        endpoint_of(load(elsewhere), simulated=SIMULATED)


def test_recorded_transcripts_are_read_and_nothing_is_called(load: Load, tmp_path: Path) -> None:
    (tmp_path / "answers.jsonl").write_text(
        json.dumps({"model": "m", "version": "1", "turns": [{"user": "Hello", "assistant": "Hi"}]})
    )
    recorded = {"r": {"type": "recorded", "answers": "answers.jsonl", "models": {"m": {}}}}
    assert isinstance(endpoint_of(load(recorded)), RecordedEndpoint)


def test_a_spec_of_transcripts_alone_says_that_nothing_is_called(
    load: Load, tmp_path: Path
) -> None:
    (tmp_path / "answers.jsonl").touch()
    recorded = {"r": {"type": "recorded", "answers": "answers.jsonl", "models": {"m": {}}}}
    assert str(choose_cloud(load(recorded), Permissions(), {})) == (
        "cloud: none, nothing is called (spec.yaml has no accounts and names no cloud)"
    )


@pytest.mark.parametrize(
    ("given", "flag", "environment", "line"),
    [
        ({"cloud": "azure", **ACCOUNT}, None, {}, "cloud: azure (from spec.yaml)"),
        (ACCOUNT, "azure-china", {}, "cloud: azure-china (from --cloud)"),
        (
            {**ACCOUNT, "cloud": "${HARNESS_CLOUD:-simulator}"},
            None,
            {},
            (
                "cloud: simulator, nothing leaves this machine "
                "(the default in spec.yaml; HARNESS_CLOUD is not set)"
            ),
        ),
        (
            {},
            None,
            {},
            (
                "cloud: none, providers are called for real "
                "(spec.yaml has no accounts and names no cloud)"
            ),
        ),
    ],
)
def test_the_first_line_names_the_cloud_and_who_chose_it(
    load: Load, given: dict[str, Any], flag: str | None, environment: dict[str, str], line: str
) -> None:
    spec_file = load({"o": {"type": "openai-compatible", "base_url": "http://127.0.0.1/v1",
                            "models": {"m": {}}}}, **given)  # fmt: skip
    assert str(choose_cloud(spec_file, Permissions(cloud=flag), environment)) == line


def test_every_refusal_is_one_of_ours() -> None:
    assert issubclass(RequestError, HarnessError)


HERE = {"here": {"type": "sentence-transformers", "models": {"m": {"path": "models/m"}}}}


def embeddings_of(spec_file: SpecFile, *, replayed: bool = False) -> EmbeddingEndpoint:
    return endpoints_of(spec_file, replayed=replayed).for_embeddings(
        every_target(spec_file.spec)[0]
    )


def endpoints_of(spec_file: SpecFile, *, replayed: bool = False) -> Endpoints:
    return Endpoints(
        spec_file=spec_file,
        permissions=Permissions(),
        environment={},
        simulated=None if replayed else SIMULATED,
        cloud="simulator",
        sign_in=SomebodySignedIn(),
        replayed=replayed,
    )


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lets the library look installed: what is installed is read from such a folder."""

    def installed(release: str) -> None:
        site = tmp_path / "site" / f"sentence_transformers-{release}.dist-info"
        site.mkdir(parents=True)
        metadata = f"Metadata-Version: 2.1\nName: sentence-transformers\nVersion: {release}\n"
        (site / "METADATA").write_text(metadata)
        monkeypatch.syspath_prepend(site.parent)

    return installed


@pytest.mark.parametrize("replayed", [False, True])
def test_a_model_on_this_machine_is_found_in_the_project_also_in_a_replay(
    load: Load, install: Callable[[str], None], tmp_path: Path, replayed: bool
) -> None:
    install("6.2.0")
    folder = tmp_path / "models" / "m"
    folder.mkdir(parents=True)
    (folder / "modules.json").write_text("[]")
    spec_file = load(HERE)
    assert embeddings_of(spec_file, replayed=replayed) == LocalEndpoint(str(folder), "m")
    (target,) = every_target(spec_file.spec)
    endpoints = endpoints_of(spec_file, replayed=replayed)
    assert not endpoints.is_simulated(target)
    with pytest.raises(RequestError, match="H609"):
        endpoints.of(target)


@pytest.mark.parametrize("release", [None, "5.1.2"])
def test_without_the_extra_a_model_on_this_machine_says_how_to_install_it(
    load: Load, install: Callable[[str], None], release: str | None
) -> None:
    if release is None and find_spec("sentence_transformers") is not None:
        pytest.skip("it is installed here")
    if release is not None:
        install(release)
    with pytest.raises(
        RequestError, match=r"(?s)H433.*pip install 'azure-openai-harness\[local\]'"
    ):
        embeddings_of(load(HERE))


def test_a_folder_without_a_model_or_with_a_link_out_of_the_project_is_refused(
    load: Load, install: Callable[[str], None], tmp_path: Path, tmp_path_factory: Any
) -> None:
    install("6.0.0")
    spec_file = load(HERE)
    with pytest.raises(RequestError, match=r"(?s)H434.*holds neither"):
        embeddings_of(spec_file)
    outside = tmp_path_factory.mktemp("outside") / "model.safetensors"
    outside.write_bytes(b"")
    folder = tmp_path / "models" / "m"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").symlink_to(outside)
    with pytest.raises(RequestError, match=r"(?s)H434.*leads out of the project"):
        embeddings_of(spec_file)
