"""The names of a spec's things, as the simulated Azure is told them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.spec.load import SpecFile


def list_provider_models(spec_file: SpecFile) -> dict[str, dict[str, Any]]:
    """Return what stands behind the models of providers, which the simulator answers for."""
    from harness.simulator.session import ProviderModelInfo

    return {
        handle: {
            key: ProviderModelInfo(model.model or key, model.version)
            for key, model in provider.list_models().items()
        }
        for handle, provider in spec_file.spec.providers.items()
        if provider.is_simulated
    }


def map_names(spec_file: SpecFile) -> dict[str, str]:
    """Return the spec's names by Azure's, so that faults and rules may speak of targets."""
    names: dict[str, str] = {}
    for handle, account in spec_file.spec.accounts.items():
        names[account.account_name] = handle
        for key, deployment in account.deployments.items():
            names[f"{account.account_name}/{deployment.deployment_name}"] = f"{handle}/{key}"
    return names
