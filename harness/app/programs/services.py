"""The service that a program asks, and the variables that tell it where that is.

All of it is read from the spec as it is written: no variable's value is looked at.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from harness.app.programs.ports import CallForm
from harness.azure.clouds import CLOUDS
from harness.codegen.call import Api, Service
from harness.codegen.choice import ProgramChoice, choose_protocol, choose_version
from harness.errors import Diagnostic, RequestError
from harness.spec.model.spec import AzureProvider, CompatibleProvider, OpenAIProvider

if TYPE_CHECKING:
    from harness.run.targets import Target
    from harness.spec.load import SpecFile

NOT_WRITABLE: Final = "H962"

AZURE_ENDPOINT, AZURE_KEY = "AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_KEY"
OPENAI_ENDPOINT, OPENAI_KEY = "OPENAI_BASE_URL", "OPENAI_API_KEY"
"""Variables that the openai library reads by itself, and everybody sets."""

UNKNOWN_RESOURCE: Final = "https://YOUR-RESOURCE.openai.azure.com"
_VARIABLE = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")


def find_service(
    spec_file: SpecFile, target: Target, form: CallForm, choice: ProgramChoice, api: Api
) -> tuple[Service, tuple[str, ...]]:
    """Find the service, and remarks about what the reader has to fill in."""
    protocol, own = choose_protocol(choice, form.protocol), form.protocol
    if protocol == "openai" and own != "openai":
        return _move_to_openai(spec_file, target), ()
    service = _read_service(spec_file, target)
    version = choose_version(choice, service.api_version, api) if protocol == "azure" else ""
    remarks: tuple[str, ...] = ()
    if protocol != "openai" and own == "openai":
        service = Service(
            protocol,
            form.name,
            UNKNOWN_RESOURCE,
            AZURE_ENDPOINT,
            key_variable=AZURE_KEY,
            scope=CLOUDS["azure"].data_plane_scope,
            deploys=True,
        )
        remarks = (f'On Azure the model is called by its deployment\'s name: here "{form.name}".',)
    keyless = service.keyless if choice.keyless is None else choice.keyless
    if not keyless and service.key_variable is None and protocol != "openai":
        service = replace(service, key_variable=AZURE_KEY)
    return replace(
        service, protocol=protocol, model=form.name, api_version=version, keyless=keyless
    ), remarks


def find_model(spec_file: SpecFile, target: Target) -> str | None:
    """Return the model behind a target; None where only the name of a deployment could say."""
    if target.kind == "deployment":
        return target.model
    provider = spec_file.spec.providers[target.owner]
    declared = provider.list_models()[target.handle].model
    return declared or (target.handle if provider.names_are_models else None)


def _move_to_openai(spec_file: SpecFile, target: Target) -> Service:
    model = find_model(spec_file, target)
    if model is None:
        raise RequestError(
            Diagnostic(
                NOT_WRITABLE,
                f"target {target.name} does not say which model it is",
                "OpenAI is asked for a model, Azure for a deployment",
                hint="write `model:` beside it in the spec",
            )
        )
    return Service("openai", model, "", OPENAI_ENDPOINT, key_variable=OPENAI_KEY)


def _read_service(spec_file: SpecFile, target: Target) -> Service:
    """Read where a target is from the spec as it is written: no variable's value is shown."""
    spec = spec_file.spec
    facts = CLOUDS.get(spec.cloud or "azure", CLOUDS["azure"])
    if target.kind == "deployment":
        account = spec.accounts[target.owner]
        address = f"https://{account.subdomain}.{facts.suffixes[0]}"
        return Service(
            "v1", "", address, AZURE_ENDPOINT, key_variable=AZURE_KEY,
            keyless=not account.local_auth, scope=facts.data_plane_scope, deploys=True,
        )  # fmt: skip
    provider = spec.providers[target.owner]
    written = spec_file.document.get("providers", {}).get(target.owner, {})
    key, _ = _read_reference(getattr(provider, "api_key", None))
    if isinstance(provider, AzureProvider):
        variable, address = _read_reference(written.get("endpoint"))
        return Service(
            "v1", "", address or UNKNOWN_RESOURCE, variable or AZURE_ENDPOINT, key_variable=key,
            api_version=_read_reference(written.get("api_version"))[1],
            keyless=key is None, scope=facts.data_plane_scope, deploys=True,
            key_header=provider.api_key_header, headers=provider.headers,
        )  # fmt: skip
    assert isinstance(provider, OpenAIProvider | CompatibleProvider)  # noqa: S101 - has a form
    variable, address = _read_reference(written.get("base_url"))
    service = Service("openai", "", address, variable or OPENAI_ENDPOINT, key_variable=key)
    if isinstance(provider, OpenAIProvider):
        return service
    return replace(service, key_header=provider.api_key_header, headers=provider.headers)


def _read_reference(written: object) -> tuple[str | None, str]:
    """Read ``${NAME:-default}`` as the variable's name and the default; else the text itself."""
    text = written if isinstance(written, str) else ""
    match = _VARIABLE.fullmatch(text)
    return (match[1], match[2] or "") if match else (None, text)
