"""Names that Azure or the file system would refuse, and shapes that are none."""

from __future__ import annotations

import pytest

from tests.unit.spec.written import ProblemsOf, codes


def spec_with(accounts: str, head: str = "resource_group: rg\n") -> str:
    return f"version: 1\nname: s\n{head}accounts:\n{accounts}"


D = '{model: m, version: "1"}'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (spec_with("  a: {region: x}\n"), ["5:3 H207"]),
        (spec_with("  a: {region: x, account_name: -bad}\n"), ["5:32 H207"]),
        (spec_with("  a: {region: x, account_name: ok-1, subdomain: a_b}\n"), ["5:49 H207"]),
        (spec_with("  aa: {region: x, account_name: ${AZURE_NAME}}\n"), ["5:34 H104"]),
        (spec_with('  aa: {region: x, account_name: "${AZURE_NAME}"}\n'), []),
        (spec_with("  aa: {region: x}\n  bb: {region: x, account_name: AA}\n"),
         ["6:33 H305"]),
        (spec_with(f"  aa: {{region: x, deployments: {{d: {D}, D: {D}}}}}\n"), ["5:62 H305"]),
        (spec_with(f"  aa: {{region: x, deployments: {{'d d': {D}}}}}\n"), ["5:33 H207"]),
        (spec_with("  a/b: {region: x, account_name: ok}\n"), ["5:3 H207"]),
        (spec_with("  aa: {region: x}\n", ""), ["4:3 H202"]),
        (spec_with("  aa: {region: x, resource_group: rg}\n", ""), []),
        (spec_with("  aa: {region: x, resource_group: {name: rg.}}\n", ""), ["4:42 H207"]),
        (spec_with("  aa: {region: x}\n", "resource_group: {name: g, regoin: x}\n"), ["3:27 H201"]),
        (spec_with("  aa: {region: x}\nproviders: {aa: {type: command, command: [x]}}\n"),
         ["6:13 H305", "6:18 H313"]),
        (spec_with(f"  aa: {{region: x, deployments: {{d: {D}, e: {D}}}}}\nnam: x\n"),
         ["6:1 H201"]),
        ("version: 1\nname: ../../etc\n", ["2:7 H207"]),
        ("version: 1\nname: ''\n", ["2:7 H207"]),
        ("version: 1\nname: 瑞典 1\n", []),
        ("version: 2\nname: s\n", ["1:10 H205"]),
        ("version: '1'\nname: s\n", ["1:10 H205"]),
        ("name: s\n", ["1:1 H202"]),
        ("version: 1\nname: s\naccounts:\n", ["3:10 H203"]),
        ("version: 1\nname: s\nevaluation: {timeout_s: 0}\n", ["3:25 H206"]),
        ("version: 1\nname: s\nevaluation: {gate: {alpha: 0}}\n", ["3:28 H206"]),
        ("version: 1\nname: s\nevaluation: {gate: {alpha: 0.5}}\n", ["3:28 H206"]),
    ],
)  # fmt: skip
def test_names_and_shapes(text: str, told: list[str], problems_of: ProblemsOf) -> None:
    assert codes(problems_of(text)) == told
