"""The one table of clouds: where each has its management, its sign-in and its data planes.

A new cloud is one word of ``RealCloudName`` and one row of ``CLOUDS``; what a spec may write, the
choices of ``--cloud``, the addresses and what a cassette's manifest may say follow from the two.

Source: azure-core 1.41 ``AzureClouds`` and azure-identity 1.27 ``AzureAuthorityHosts`` (endpoints);
Azure OpenAI documentation for sovereign clouds (``openai.azure.us``, ``openai.azure.cn``), read
2026-06; scopes from facts gathered on the v1 API, 2025-08 (``https://ai.azure.com/.default``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

RealCloudName = Literal["azure", "azure-us-government", "azure-china"]
"""The names of Azure's own clouds in a spec. A type checker reads literals only, so that they stand
here once more; a test compares them with the table."""

CloudName = Literal["simulator", RealCloudName]
"""The names of a cloud in a spec, in ``--cloud`` and in a cassette's manifest."""

CLOUD_NAMES: Final[tuple[str, ...]] = get_args(CloudName)
"""The same names at run time, in the order in which they are offered."""


@dataclass(frozen=True, slots=True)
class CloudFacts:
    """The addresses and scopes in which clouds differ.

    Attributes:
        name: as the spec writes it.
        arm: base URL of Azure Resource Manager, without a slash at the end.
        arm_scope: what a management token is asked for.
        authority: host that signs people in.
        data_plane_scope: what a data-plane token is asked for.
        older_data_plane_scope: accepted by endpoints from before the v1 API.
        suffixes: hosts of data planes are ``<subdomain>.<suffix>``.
        region_prefix: names of its regions begin with it; "" for the public cloud, whose regions
            have no common beginning.
    """

    name: RealCloudName
    arm: str
    arm_scope: str
    authority: str
    data_plane_scope: str
    older_data_plane_scope: str
    suffixes: tuple[str, ...]
    region_prefix: str = ""


PUBLIC = CloudFacts(
    name="azure",
    arm="https://management.azure.com",
    arm_scope="https://management.azure.com/.default",
    authority="login.microsoftonline.com",
    data_plane_scope="https://ai.azure.com/.default",
    older_data_plane_scope="https://cognitiveservices.azure.com/.default",
    suffixes=("openai.azure.com", "cognitiveservices.azure.com", "services.ai.azure.com"),
)
US_GOVERNMENT = CloudFacts(
    name="azure-us-government",
    arm="https://management.usgovcloudapi.net",
    # The audience is named after the older management endpoint, unlike the endpoint itself.
    arm_scope="https://management.core.usgovcloudapi.net/.default",
    authority="login.microsoftonline.us",
    data_plane_scope="https://cognitiveservices.azure.us/.default",
    older_data_plane_scope="https://cognitiveservices.azure.us/.default",
    suffixes=("openai.azure.us", "cognitiveservices.azure.us"),
    region_prefix="usgov",
)
CHINA = CloudFacts(
    name="azure-china",
    arm="https://management.chinacloudapi.cn",
    arm_scope="https://management.chinacloudapi.cn/.default",
    authority="login.chinacloudapi.cn",
    data_plane_scope="https://cognitiveservices.azure.cn/.default",
    older_data_plane_scope="https://cognitiveservices.azure.cn/.default",
    suffixes=("openai.azure.cn", "cognitiveservices.azure.cn"),
    region_prefix="china",
)

CLOUDS: dict[str, CloudFacts] = {cloud.name: cloud for cloud in (PUBLIC, US_GOVERNMENT, CHINA)}
"""The real clouds by the name that a spec gives them."""

DATA_PLANE_SUFFIXES = PUBLIC.suffixes
"""Suffixes of the public cloud, which the simulator stands in for."""


def is_azure_host(host: str, cloud: str | None = None) -> bool:
    """Return whether a host is an Azure data plane or management endpoint, of this cloud or of any.

    Credentials for Azure go to such hosts and no others; the comparison is exact per label.
    """
    name = host.lower()
    clouds = [CLOUDS[cloud]] if cloud in CLOUDS else CLOUDS.values()
    return any(
        name == facts.arm.removeprefix("https://")
        or any(
            name.endswith(f".{suffix}") and len(name) > len(suffix) + 1 for suffix in facts.suffixes
        )
        for facts in clouds
    )
