"""Hosts that credentials may go to."""

from __future__ import annotations

import pytest

from harness.azure.clouds import CLOUDS, is_azure_host
from harness.cloud import azure_endpoint


@pytest.mark.parametrize(
    "host",
    ["contoso.openai.azure.com", "CONTOSO.cognitiveservices.azure.com", "x.services.ai.azure.com",
     "management.azure.com", "x.openai.azure.us", "x.openai.azure.cn"],
)  # fmt: skip
def test_hosts_of_azure(host: str) -> None:
    assert is_azure_host(host)


@pytest.mark.parametrize(
    "host",
    ["openai.azure.com.evil.example", "evilopenai.azure.com", "openai.azure.com",
     ".openai.azure.com", "azure.com", "127.0.0.1", "api.openai.com",
     "management.azure.com.example",
     ""],
)  # fmt: skip
def test_hosts_that_only_look_like_it(host: str) -> None:
    assert not is_azure_host(host)


def test_each_real_cloud_of_the_contract_is_known() -> None:
    assert set(CLOUDS) == {"azure", "azure-us-government", "azure-china"}


@pytest.mark.parametrize(
    ("name", "setting", "authority"),
    [
        ("azure", "AZURE_PUBLIC_CLOUD", "AZURE_PUBLIC_CLOUD"),
        ("azure-us-government", "AZURE_US_GOVERNMENT", "AZURE_GOVERNMENT"),
        ("azure-china", "AZURE_CHINA_CLOUD", "AZURE_CHINA"),
    ],
)
def test_endpoints_scopes_and_authorities_are_those_of_the_sdk(
    name: str, setting: str, authority: str
) -> None:
    from azure.core import AzureClouds
    from azure.identity import AzureAuthorityHosts
    from azure.mgmt.core.tools import get_arm_endpoints

    facts, sdk = CLOUDS[name], get_arm_endpoints(AzureClouds[setting])
    assert f"{facts.arm}/" == sdk["resource_manager"]
    assert [facts.arm_scope] == sdk["credential_scopes"]
    assert facts.authority == getattr(AzureAuthorityHosts, authority)
    assert azure_endpoint(name).base_url == facts.arm


def test_each_cloud_has_data_planes_and_scopes_of_its_own() -> None:
    hosts = [suffix for facts in CLOUDS.values() for suffix in facts.suffixes]
    assert len(hosts) == len(set(hosts))
    for facts in CLOUDS.values():
        for scope in (facts.data_plane_scope, facts.older_data_plane_scope):
            assert scope.startswith("https://")
            assert scope.endswith("/.default")
            assert not scope.startswith(facts.arm)
