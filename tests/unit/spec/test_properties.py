"""Properties, identities and content filters that Azure would drop or refuse."""

from __future__ import annotations

import pytest

from tests.unit.spec.conftest import Load, Write
from tests.unit.spec.written import ProblemsOf, codes

HEAD = "version: 1\nname: s\nresource_group: rg\naccounts:\n"
IDENTITY = (
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity"
    "/userAssignedIdentities/one"
)
D = 'model: m, version: "1"'


def account(*lines: str) -> str:
    return HEAD + "  aa:\n    region: x\n" + "".join(f"    {line}\n" for line in lines)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("properties: {networkAcls: {ipRules: [203.0.113.7]}}", ["7:42 H203"]),
        ("properties: {publicNetworkAccess: Disable}", ["7:39 H205"]),
        ("properties: {publicNetworkAccess: disabled}", []),
        ('properties: {disableLocalAuth: "${AZURE_X}"}', []),
        ("identity: [system, my-identity]", ["7:24 H208"]),
        (f"identity: [system, {IDENTITY}]", []),
        ("content_filters: {f: {base: Microsoft.Nope}}", ["7:33 H303"]),
        ("content_filters: {f: {filters: [{name: Hatred}]}}", ["7:44 H205"]),
        ("content_filters: {f: {filters: [{name: jailbreak, source: Prompt}]}}", []),
        (f"deployments: {{d: {{{D}, properties: {{versionUpgradeOption: X}}}}}}", ["7:82 H205"]),
        ('subdomain: ""', ["7:16 H207"]),
    ],
)  # fmt: skip
def test_what_azure_would_refuse_is_refused_where_it_stands(
    line: str, told: list[str], problems_of: ProblemsOf
) -> None:
    assert codes(problems_of(account(line))) == told


def test_a_property_that_azure_would_drop_is_a_warning_with_the_near_one(
    write: Write, load_spec: Load
) -> None:
    write("spec.yaml", account("properties: {publicNetworkAcces: Disabled}"))
    [warning] = load_spec().warnings
    assert (warning.code, warning.hint) == ("H210", "did you mean publicNetworkAccess?")
