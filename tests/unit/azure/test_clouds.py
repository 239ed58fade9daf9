"""Hosts that credentials may go to."""

from __future__ import annotations

import pytest

from harness.azure.clouds import CLOUDS, is_azure_host


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
