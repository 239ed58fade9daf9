"""This machine: versions, and settings in the environment. Values are never shown."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from harness._version import __version__
from harness.app.doctor.findings import DoctorFinding

PACKAGES = (
    "azure-core",
    "azure-identity",
    "azure-mgmt-cognitiveservices",
    "azure-mgmt-resource",
    "openai",
)

OLD_SETTINGS = {
    "OPENAI_API_TYPE": "openai 0.x read it (`api_type`), nothing does today: "
    "say `type: openai` or `type: azure-openai` of a provider in the spec",
    "OPENAI_API_BASE": "openai 0.x read it (`api_base`), openai 1 and later read OPENAI_BASE_URL "
    "and AZURE_OPENAI_ENDPOINT; in a spec it is a provider's `base_url` or `endpoint`",
    "AZURE_OPENAI_KEY": "older samples used it; clients of today read AZURE_OPENAI_API_KEY",
    "AZURE_OPENAI_SERVICE_NAME": "older samples used it; clients of today read "
    "AZURE_OPENAI_ENDPOINT, the whole address",
    "AZURE_OPENAI_RESOURCE": "older samples used it; clients of today read "
    "AZURE_OPENAI_ENDPOINT, the whole address",
}
"""Settings that nobody reads any more, with what took their place.

Source: openai-python, migration guide from 0.x to 1.x; Azure-Samples of 2023.
"""

STILL_READ = {
    "OPENAI_API_VERSION": "openai's AzureOpenAI client reads it; in a spec it is `api_version`, "
    "and the v1 API needs none",
}


def check_machine() -> Iterator[DoctorFinding]:
    """Name Python, this program, and the libraries that it stands on."""
    python = ".".join(map(str, sys.version_info[:3]))
    yield DoctorFinding("python", "ok", python)
    yield DoctorFinding("harness", "ok", __version__)
    yield from check_packages()


def check_packages() -> Iterator[DoctorFinding]:
    """Yield the SDKs; one that is missing or too old is a broken installation."""
    from importlib.metadata import PackageNotFoundError, version

    for name in PACKAGES:
        try:
            yield DoctorFinding(name, "ok", version(name))
        except PackageNotFoundError:
            hint = "install harness again: pip install --force-reinstall azure-openai-harness"
            yield DoctorFinding(name, "problem", "not installed", hint)


def check_environment(variables: Mapping[str, str]) -> Iterator[DoctorFinding]:
    """Find settings of an older style, and those that wait to be named by a spec."""
    old = [name for name in OLD_SETTINGS if variables.get(name)]
    for name in old:
        yield DoctorFinding(name, "problem", "is set, and is of an older style", OLD_SETTINGS[name])
    for name, said in STILL_READ.items():
        if variables.get(name):
            yield DoctorFinding(name, "ok", f"is set: {said}")
    known = {*OLD_SETTINGS, *STILL_READ}
    others = sorted(
        name
        for name, value in variables.items()
        if value and name.startswith("AZURE_OPENAI_") and name not in known
    )
    if others:
        said = f"{', '.join(others)}: read where a spec says ${{NAME}}, and nowhere else"
        yield DoctorFinding("environment", "ok", said)
    elif not old:
        yield DoctorFinding("environment", "ok", "no setting of an older style")
    proxies = sorted(name for name in variables if name.upper() in {"HTTPS_PROXY", "ALL_PROXY"})
    if proxies:
        yield DoctorFinding(
            "proxy", "ok", f"{', '.join(proxies)} is set: real clouds are reached by it"
        )
