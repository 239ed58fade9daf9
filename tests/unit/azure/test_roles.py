"""The table of built-in roles, and what a role allows."""

from __future__ import annotations

import pytest

from harness.azure.roles import CALL, GUID, find_role, list_roles, name_role, read_role_id

DEFINITIONS = "providers/Microsoft.Authorization/roleDefinitions"
NAMES = [role.name for role in list_roles()]


def test_every_role_has_an_id_of_its_own_a_source_and_one_name() -> None:
    assert all(GUID.match(role.id) and role.source for role in list_roles())
    assert len({role.id for role in list_roles()}) == len(NAMES) == len(set(NAMES))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("cognitive services openai user", "Cognitive Services OpenAI User"),
        ("Azure AI User", "Foundry User"),
        ("53CA6127-DB72-4B80-B1B0-D745D6D5456D", "Foundry User"),
        (
            f"/subscriptions/x/{DEFINITIONS}/a97b65f3-24c7-4388-baec-2e87135dc908",
            "Cognitive Services User",
        ),
    ],
)
def test_a_role_is_found_by_any_of_its_names(written: str, meant: str) -> None:
    found = find_role(written)
    assert found is not None
    assert found.name == meant


def test_a_role_of_ones_own_is_known_by_its_id_alone() -> None:
    own = "12345678-0000-0000-0000-000000000000"
    assert find_role(own) is None
    assert (read_role_id(own), name_role(own)) == (own, own)
    assert read_role_id("Our Own Role") is None


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("Cognitive Services OpenAI User", True),
        ("Cognitive Services OpenAI Contributor", True),
        ("Cognitive Services User", True),
        ("Foundry User", True),
        ("Azure AI Developer", True),
        ("Cognitive Services Contributor", False),
        ("Cognitive Services Data Reader", False),
        ("Contributor", False),
        ("Owner", False),
    ],
)
def test_being_owner_is_not_enough_to_call_a_model(role: str, *, may: bool) -> None:
    found = find_role(role)
    assert found is not None
    assert found.allows(CALL) is may


def test_what_a_role_leaves_out_is_not_allowed() -> None:
    user = find_role("Cognitive Services OpenAI User")
    assert user is not None
    openai = "Microsoft.CognitiveServices/accounts/OpenAI"
    assert user.allows(f"{openai}/models/read")
    assert not user.allows(f"{openai}/stored-completions/read")
