"""The table of clouds, and the hosts that credentials may go to."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from harness.azure import clouds
from harness.azure.clouds import CLOUD_NAMES, CLOUDS, RealCloudName, is_azure_host
from harness.cloud import make_azure_endpoint


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


def test_the_names_that_a_type_checker_knows_are_those_of_the_table() -> None:
    assert list(get_args(RealCloudName)) == list(CLOUDS)
    assert ("simulator", *CLOUDS) == CLOUD_NAMES


ASK_EVERYWHERE = """
import json, pathlib, sys, types
clouds = types.ModuleType("harness.azure.clouds")
sys.modules[clouds.__name__] = clouds
exec(compile(sys.stdin.read(), "clouds.py", "exec"), vars(clouds))

from harness.azure.regions import find_sovereignty
from harness.recording.storage.folder import read_manifest_text
from harness.cli.options import add_spec_options
from harness.cloud import make_azure_endpoint
from harness.spec.model.spec import Spec
from harness.checks.definitions import FORMS
from harness.spec.schema import build_schema

@add_spec_options
def command(**given): ...

choices = next(one.type.choices for one in command.__click_params__ if one.name == "cloud")
manifest = {"format_version": 1, "cloud": "azure-moon", "files": {}}
print(json.dumps({
    "spec": Spec(version=1, name="moon", cloud="azure-moon").cloud,
    "schema": "azure-moon" in json.dumps(build_schema(FORMS)),
    "--cloud": "azure-moon" in choices,
    "manifest": read_manifest_text(json.dumps(manifest)).cloud,
    "endpoint": make_azure_endpoint("azure-moon").base_url,
    "host": clouds.is_azure_host("x.openai.azure.moon"),
    "region": find_sovereignty("Moon North"),
}))
"""


def test_a_cloud_that_is_added_to_the_table_is_known_everywhere() -> None:
    table = Path(clouds.__file__).read_text(encoding="utf-8")
    row = """MOON = CloudFacts(
    name="azure-moon", arm="https://management.moon", arm_scope="https://management.moon/.default",
    authority="login.moon", data_plane_scope="https://moon/.default",
    older_data_plane_scope="https://moon/.default", suffixes=("openai.azure.moon",),
    region_prefix="moon",
)
"""
    for there, then in [
        ('"azure-china"]', '"azure-china", "azure-moon"]'),
        ("CLOUDS: dict", f"{row}CLOUDS: dict"),
        ("US_GOVERNMENT, CHINA)", "US_GOVERNMENT, CHINA, MOON)"),
    ]:
        assert table.count(there) == 1
        table = table.replace(there, then)
    asked = [sys.executable, "-c", ASK_EVERYWHERE]
    answered = subprocess.run(asked, input=table, capture_output=True, text=True, check=False)
    assert answered.returncode == 0, answered.stderr
    assert json.loads(answered.stdout) == {
        "spec": "azure-moon",
        "schema": True,
        "--cloud": True,
        "manifest": "azure-moon",
        "endpoint": "https://management.moon",
        "host": True,
        "region": "azure-moon",
    }


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
    assert make_azure_endpoint(name).base_url == facts.arm


def test_each_cloud_has_data_planes_and_scopes_of_its_own() -> None:
    hosts = [suffix for facts in CLOUDS.values() for suffix in facts.suffixes]
    assert len(hosts) == len(set(hosts))
    for facts in CLOUDS.values():
        for scope in (facts.data_plane_scope, facts.older_data_plane_scope):
            assert scope.startswith("https://")
            assert scope.endswith("/.default")
            assert not scope.startswith(facts.arm)
