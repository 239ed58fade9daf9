"""Hosts that a spec names, and what they are told: nothing, unless they are Azure's or trusted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.errors import HarnessError
from harness.providers import TokenProvider
from harness.run.targets import every_target
from harness.wiring import Permissions, read_spec
from harness.wiring.providers.endpoints import Endpoints
from harness.wiring.simulation import read_simulator

KEY = "CanaryKey-0123456789"


async def token() -> str:
    return "entra"


class SomebodySignedIn:
    def data_plane(self, account: str | None) -> TokenProvider:
        del account
        return TokenProvider(token)


def tell(
    folder: Path, provider: Mapping[str, Any], hosts: tuple[str, ...] = (), cloud: str | None = None
) -> str:
    """Return why a provider's target is not asked; "" where it would be."""
    conversations = [{"id": "a", "turns": [{"user": "Hello"}]}]
    spec = {"version": 1, "name": "s", "providers": {"p": provider}, "conversations": conversations}
    path = folder / "spec.yaml"
    path.write_text(json.dumps(spec), encoding="utf-8")
    try:
        spec_file = read_spec(path, Permissions(root=folder))
        target = every_target(spec_file.spec)[0]
        environment = {"OPENAI_API_KEY": KEY}
        allowed = Permissions(hosts=hosts)
        Endpoints(spec_file, allowed, environment, None, cloud, SomebodySignedIn()).of(target)
    except HarnessError as error:
        return str(error).replace(KEY, "TOLD THE KEY")
    return ""


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def compatible(url: str, **more: Any) -> dict[str, Any]:
    return {"type": "openai-compatible", "base_url": url, "models": {"m": {}}, **more}


KEYED = {"api_key": "${OPENAI_API_KEY}"}
EVIL = [
    "https://contoso.openai.azure.com@evil.example/v1",
    "https://user:pass@contoso.openai.azure.com/v1",
    "https://evil.example\\@contoso.openai.azure.com/v1",
    "https://contoso.openai.azure.com.evil.example/v1",
    "https://contoso.openai.azure.com.:443/v1",
    "https://evil.example:443/contoso.openai.azure.com",
    "https://evil.example#.openai.azure.com",
    "https://evil.example?.openai.azure.com",
    "http://contoso.openai.azure.com/v1",
    "HTTP://api.openai.com/v1",
    "ftp://api.openai.com/v1",
    "//api.openai.com/v1",
    "https://openai.azure.com/v1",
    "https://contoso.openai.\u0430zure.com/v1",  # a Cyrillic letter
    "https://contoso\u3002openai.azure.com.evil.example/v1",
    "https://xn--penai-6tf.azure.com/v1",
    "https://api.openai.com\u2024evil.example/v1",
    "https://2130706433/v1",
    "https://0x7f000001/v1",
    "https://0251.0376.0251.0376/v1",
    "https://[::ffff:169.254.169.254]/v1",
    "https://169.254.169.254/v1",
    "https://a.trusted.example/v1",
    "https://trusted.example.evil.example/v1",
    "https://eviltrusted.example/v1",
]


@pytest.mark.parametrize("url", EVIL)
def test_no_key_goes_to_a_host_in_disguise(tmp_path: Path, url: str) -> None:
    told = tell(tmp_path, compatible(url, **KEYED), ("trusted.example",))
    assert told != ""
    assert "TOLD THE KEY" not in told


@pytest.mark.parametrize("url", [*EVIL[:17], "https://api.openai.com", "https://a.openai.azure.cn"])
def test_no_token_of_azures_goes_to_a_host_in_disguise_or_out_of_its_cloud(
    tmp_path: Path, url: str
) -> None:
    azure = {"type": "azure-openai", "endpoint": url, "models": {"m": {}}}
    assert tell(tmp_path, azure, ("trusted.example",), "azure") != ""


@pytest.mark.parametrize("url", ["https://169.254.169.254/v1", "http://10.0.0.5/v1", "http://0/v1"])
@pytest.mark.parametrize("application", [False, True])
def test_an_inner_address_is_not_asked_though_no_key_is_sent(
    tmp_path: Path, url: str, application: bool
) -> None:
    http = {"type": "http", "url": url, "body": {}, "reply": "$.a"}
    provider = http if application else compatible(url)
    assert "error[H465]" in tell(tmp_path, provider)
    assert tell(tmp_path, provider, (url.split("/")[2],)) == ""


@pytest.mark.parametrize("given", ["Trusted.Example", "trusted.example."])
def test_trust_is_for_one_host_whatever_its_case(tmp_path: Path, given: str) -> None:
    assert tell(tmp_path, compatible("https://TRUSTED.example/v1", **KEYED), (given,)) == ""


@pytest.mark.parametrize(
    "header", ["Host", "Authorization", "api-key", "Cookie", "X-Auth-Token", "Proxy-Authorization"]
)
def test_no_header_of_a_spec_sends_a_request_elsewhere_or_holds_a_credential(
    tmp_path: Path, header: str
) -> None:
    url = "https://trusted.example/v1"
    told = tell(tmp_path, compatible(url, headers={header: "evil.example"}), ("trusted.example",))
    assert "error[H404]" in told or "error[H208]" in told


@pytest.mark.parametrize("url", ["http://169.254.169.254", "http://[::ffff:10.0.0.5]:80/v1"])
def test_the_simulators_upstream_is_not_in_an_inner_network_either(
    tmp_path: Path, url: str
) -> None:
    spec = {"version": 1, "name": "s", "cloud": "simulator", "simulator": {"upstream": url}}
    path = tmp_path / "spec.yaml"
    path.write_text(json.dumps(spec), encoding="utf-8")
    spec_file = read_spec(path, Permissions(root=tmp_path))
    with pytest.raises(HarnessError, match="H465"):
        read_simulator(spec_file, Permissions())
    host = url.removeprefix("http://").split("/")[0].strip("[").split("]")[0]
    assert read_simulator(spec_file, Permissions(hosts=(host,))).upstream == url
