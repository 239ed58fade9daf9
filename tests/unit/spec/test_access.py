"""Roles in a spec: principals, roles and doubles are looked at before Azure is."""

from __future__ import annotations

import pytest

from harness.errors import SpecError
from tests.unit.spec.conftest import Load, Write
from tests.unit.spec.written import ProblemsOf, codes

HEAD = "version: 1\nname: s\nresource_group: rg\naccounts:\n  aa:\n    region: x\n"
ADA = "11111111-1111-1111-1111-111111111111"
ROLE = "Cognitive Services OpenAI User"


def account(*entries: str) -> str:
    return HEAD + "    access:\n" + "".join(f"      - {{{each}}}\n" for each in entries)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (f"principal: me, role: {ROLE}", []),
        (f"principal: {ADA}, role: {ROLE.lower()}, type: Group", []),
        (f"principal: {ADA}, role: Azure AI User", []),
        (f"principal: {ADA}, role: 12345678-0000-0000-0000-000000000000", []),
        ('principal: "${AZURE_PRINCIPAL_ID}", role: Contributor', []),
        (f"principal: ada@example.com, role: {ROLE}", ["8:21 H208"]),
        ("principal: me, role: Cognitive Services OpenAI Usr", ["8:31 H205"]),
        (f"principal: me, role: {ROLE}, type: Person", ["8:69 H205"]),
        ("principal: me", ["8:9 H202"]),
        (f"principal: me, role: {ROLE}, scope: rg", ["8:63 H201"]),
    ],
)
def test_a_wrong_role_is_refused_where_it_stands(
    entry: str, told: list[str], problems_of: ProblemsOf
) -> None:
    assert codes(problems_of(account(entry))) == told


def test_a_role_that_nobody_knows_is_refused_with_the_near_one(
    write: Write, load_spec: Load
) -> None:
    write("spec.yaml", account("principal: me, role: Cognitive Services OpenAI Usr"))
    with pytest.raises(SpecError) as refused:
        load_spec()
    assert 'did you mean "Cognitive Services OpenAI User"?' in refused.value.diagnostics[0].hint


def test_the_same_role_twice_is_refused_however_it_is_written(problems_of: ProblemsOf) -> None:
    twice = account(
        f"principal: {ADA}, role: {ROLE}",
        f"principal: {ADA}, role: 5e0bd9bd-7b93-4f28-af87-19fc36ad61bd",
    )
    assert codes(problems_of(twice)) == ["9:9 H305"]
