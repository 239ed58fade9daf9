"""Tell other programs where to find what a spec has deployed: endpoints and names, never keys."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness import address
from harness.plan.identity import AccountId
from harness.plan.observed import ObservedAccount, find
from harness.plan.scope import make_account_id
from harness.spec.model.spec import Account, Spec
from harness.text.safe import printable

V1 = "openai/v1/"
"""Beneath an endpoint: the base URL that OpenAI's own clients take, without api-version."""


@dataclass(frozen=True, slots=True)
class DeploymentOutput:
    """A deployment as a program calls it."""

    handle: str
    name: str
    model: str
    version: str
    sku: str
    capacity: int


@dataclass(frozen=True, slots=True)
class AccountOutput:
    """An account as a program reaches it; both addresses end in a slash."""

    handle: str
    name: str
    id: str
    region: str
    endpoint: str
    deployments: tuple[DeploymentOutput, ...]

    @property
    def base_url(self) -> str:
        """Of the v1 API."""
        return self.endpoint + V1


@dataclass(frozen=True, slots=True)
class Outputs:
    """The resources that there are, and the addresses of what is declared and is not there."""

    accounts: tuple[AccountOutput, ...]
    missing: tuple[str, ...]


def list_outputs(
    spec: Spec, there: Mapping[AccountId, ObservedAccount], *, suffix: str, base: str | None = None
) -> Outputs:
    """Return what Azure holds of what the spec declares.

    Args:
        spec: says which.
        there: accounts that exist.
        suffix: of the cloud's data-plane hosts.
        base: of a simulated Azure, whose subdomains are folders; None is a real one.
    """
    accounts: list[AccountOutput] = []
    missing: list[str] = []
    for handle, account in spec.accounts.items():
        at = make_account_id(spec, account)
        found = there.get(at)
        if found is None:
            missing.append(address.name_account(handle))
            missing += [address.name_deployment(handle, key) for key in account.deployments]
            continue
        deployments = tuple(_list_deployments(account, found))
        names = {each.handle for each in deployments}
        missing += [
            address.name_deployment(handle, k) for k in account.deployments if k not in names
        ]
        endpoint = _find_endpoint(found, suffix, base)
        accounts.append(
            AccountOutput(handle, found.name, at.path, found.region, endpoint, deployments)
        )
    return Outputs(tuple(accounts), tuple(missing))


def _list_deployments(account: Account, found: ObservedAccount) -> Iterator[DeploymentOutput]:
    for key, declared in account.deployments.items():
        there = found.deployments.get(declared.deployment_name.casefold())
        if there is not None:
            yield DeploymentOutput(
                key, there.name, there.model, there.version, there.sku, there.capacity
            )


def _find_endpoint(found: ObservedAccount, suffix: str, base: str | None) -> str:
    """Return the account's own host; without a subdomain, the region's that Azure names."""
    subdomain = find(found.body, ("properties", "customSubDomainName"))
    if not subdomain:
        named = str(find(found.body, ("properties", "endpoint")) or "")
        return named if named.endswith("/") else f"{named}/"
    return f"{base}/{subdomain}/" if base is not None else f"https://{subdomain}.{suffix}/"


def make_document(spec: Spec, outputs: Outputs, cloud: str) -> dict[str, Any]:
    """Return the document for programs that read JSON."""
    return {
        "format_version": 1,
        "spec": spec.name,
        "cloud": cloud,
        "accounts": {
            account.handle: {
                "account_name": account.name,
                "id": account.id,
                "region": account.region,
                "endpoint": account.endpoint,
                "base_url": account.base_url,
                "deployments": {
                    each.handle: {
                        "deployment_name": each.name,
                        "model": each.model,
                        "version": each.version,
                        "sku": each.sku,
                        "capacity": each.capacity,
                    }
                    for each in account.deployments
                },
            }
            for account in outputs.accounts
        },
        "missing": list(outputs.missing),
    }


def format_environment(accounts: Sequence[AccountOutput]) -> str:
    """Return text for shells and ``.env`` files: a variable a line."""
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in list_variables(accounts))


def format_github(accounts: Sequence[AccountOutput]) -> str:
    """Return lines for ``$GITHUB_OUTPUT`` and ``$GITHUB_ENV``, which are taken as they are.

    A value that Azure gave with a line end in it would set another variable: it is escaped.
    """
    return "".join(f"{name}={printable(value)}\n" for name, value in list_variables(accounts))


def format_tfvars(accounts: Sequence[AccountOutput]) -> str:
    """Return variables of Terraform: quoted, and in lower case as they are called there."""
    lines = (
        (
            name.lower(),
            json.dumps(value, ensure_ascii=False).replace("${", "$${").replace("%{", "%%{"),
        )
        for name, value in list_variables(accounts)
    )
    return "".join(f"{name} = {value}\n" for name, value in lines)


def list_variables(accounts: Sequence[AccountOutput]) -> tuple[tuple[str, str], ...]:
    """Return names and values of variables, each name once.

    ``AZURE_OPENAI_ENDPOINT`` is what Azure's and OpenAI's clients read by themselves; it is only
    there when there is one account to mean.
    """
    lines = []
    if len(accounts) == 1:
        lines += [("AZURE_OPENAI_ENDPOINT", accounts[0].endpoint)]
    for account in accounts:
        stem = name_variable(account.handle)
        lines += [
            (f"{stem}_ENDPOINT", account.endpoint),
            (f"{stem}_BASE_URL", account.base_url),
            *((f"{stem}_{name_variable(each.handle)}", each.name) for each in account.deployments),
        ]
    return tuple(_number_doubles(lines))


FORMATS = {"env": format_environment, "tfvars": format_tfvars, "github": format_github}
"""The forms of outputs for other programs, beside the JSON document."""


def name_variable(handle: str) -> str:
    """Return a handle as the name of a variable: ``gpt-4.1`` becomes ``GPT_4_1``."""
    name = re.sub(r"[^A-Z0-9]+", "_", handle.upper()).strip("_") or "X"
    return f"_{name}" if name[0].isdigit() else name


def _number_doubles(lines: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Number the names that two handles share: ``a-b`` and ``a.b`` are not the same."""
    used: dict[str, int] = {}
    for name, value in lines:
        used[name] = used.get(name, 0) + 1
        yield (name if used[name] == 1 else f"{name}_{used[name]}"), value
