"""Words of Terraform, ARM, Bicep and promptfoo in a spec are answered with ours."""

from __future__ import annotations

import pytest

from harness.errors import SpecError
from harness.source import Span
from harness.spec.document.located import Node, Path, locate
from harness.spec.parse.fields import list_fields
from harness.spec.parse.others_words import OUR_SHAPES, OURS, name_place
from tests.unit.spec.conftest import Load, Write

HERE = Span("spec.yaml", 1, 1)
START = "version: 1\nname: x\n"
ACCOUNT = START + "accounts:\n  sweden:\n    region: swedencentral\n"
DEPLOYMENT = ACCOUNT + "    deployments:\n      mini:\n        model: m\n        version: v\n"

PLACES: dict[str, Path] = {
    "spec": (),
    "resource group": ("resource_group",),
    "account": ("accounts", "a"),
    "deployment": ("accounts", "a", "deployments", "d"),
    "provider": ("providers", "p"),
    "evaluation": ("evaluation",),
    "conversation": ("conversations", 0),
    "turn": ("conversations", 0, "turns", 0),
    "parameters": ("evaluation", "parameters"),
}


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        (START + "location: westeurope\n", "3:1", "`region: westeurope` of an account"),
        (START + "tests: []\n", "3:1", "`conversations: "),
        (START + "prompts: []\n", "3:1", "`turns: [{user: …}]`"),
        (START + "assert: []\n", "3:1", "`defaults: {assert: […]}`"),
        (START + "resource: {}\n", "3:1", "`accounts: "),
        (START + "providers:\n  - id: openai:gpt-4o\n", "4:3", "a mapping: `providers: {HANDLE: "),
        (ACCOUNT + "    customSubDomainName: x\n", "6:5", "`subdomain: x`"),
        (ACCOUNT + "    sku: {name: S0}\n", "6:10", "`sku: S0`"),
        (DEPLOYMENT + "        rai_policy_name: x\n", "10:9", "`content_filter: "),
        (
            DEPLOYMENT + "        sku: {name: Standard, capacity: 5}\n",
            "10:14",
            "`sku: GlobalStandard`, and",
        ),
        (START + "evaluation: {parameters: {max_tokens: 5}}\n", "3:27", "`max_output_tokens: 5`"),
    ],
)
def test_a_word_of_another_tool_is_answered_with_ours_at_its_place(
    write: Write, load_spec: Load, text: str, place: str, said: str
) -> None:
    write("spec.yaml", text)
    with pytest.raises(SpecError) as refused:
        load_spec()
    hints = [one.hint for one in refused.value.diagnostics if str(one.span) == f"spec.yaml:{place}"]
    assert [hint.startswith(f"in harness this is {said}") for hint in hints] == [True], hints


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("public_network_access_enabled: true", "`properties: {publicNetworkAccess: Enabled}`"),
        ("public_network_access_enabled: false", "`properties: {publicNetworkAccess: Disabled}`"),
        ("publicNetworkAccess: Enabled", "`properties: {publicNetworkAccess: Enabled}`"),
        ("local_auth_enabled: true", "`local_auth: true`"),
        ("disableLocalAuth: false", "`local_auth: true`, which says the opposite"),
        ("network_acls: {default_action: Allow}", "`properties: {networkAcls: {defaultAction: D"),
        ("identity: SystemAssigned", "`identity: system`, or a list of ids"),
        ('custom_subdomain_name: "1: x"', '`subdomain: "1: x"`'),
        ("custom_subdomain_name: ${AZURE_SECRET}", "`subdomain: …`"),
        ("depends_on: [x]", "nothing: "),
    ],
)
def test_the_value_that_the_author_wrote_is_kept(
    write: Write, load_spec: Load, monkeypatch: pytest.MonkeyPatch, line: str, said: str
) -> None:
    monkeypatch.setenv("AZURE_SECRET", "hidden")
    write("spec.yaml", f"{ACCOUNT}    {line}\n")
    with pytest.raises(SpecError) as refused:
        load_spec()
    hints = [one.hint for one in refused.value.diagnostics if one.hint.startswith("in harness")]
    assert [hint.startswith(f"in harness this is {said}") for hint in hints] == [True], hints


@pytest.mark.parametrize("line", ["apiKey: sk-hidden", "apiBaseUrl: https://me:hidden@x.org/v1"])
def test_no_hint_repeats_what_may_hold_a_secret(write: Write, load_spec: Load, line: str) -> None:
    write("spec.yaml", f"{START}providers:\n  p:\n    type: openai\n    {line}\n")
    with pytest.raises(SpecError) as refused:
        load_spec()
    hints = [one.hint for one in refused.value.diagnostics if one.hint]
    assert hints
    assert "hidden" not in "".join(hints)


@pytest.mark.parametrize(
    "text",
    [
        START + "evaluation: {api_key: sk-1}\n",
        START + "AZURE_OPENAI_API_KEY: k\n",
        ACCOUNT + "    key: k\n",
    ],
)
def test_a_key_where_none_can_stand_is_told_that_none_belongs_into_a_spec(
    write: Write, load_spec: Load, text: str
) -> None:
    write("spec.yaml", text)
    with pytest.raises(SpecError, match="no key belongs into a spec"):
        load_spec()


def test_a_file_of_promptfoo_is_told_the_command_that_rewrites_it(
    write: Write, load_spec: Load
) -> None:
    write("my tests.yaml", "prompts: [hello]\n")
    with pytest.raises(SpecError, match=r"`harness convert 'my tests.yaml'` rewrites"):
        load_spec("my tests.yaml")


@pytest.mark.parametrize("place", OURS)
def test_no_word_that_is_answered_is_a_key_of_ours_in_that_place(place: str) -> None:
    path = PLACES[place]
    assert name_place(path) == place
    assert not set(OURS[place]) & set(list_fields(path, _grow(path)))


@pytest.mark.parametrize("place", OUR_SHAPES)
def test_every_shape_that_is_answered_is_that_of_a_key_of_ours(place: str) -> None:
    path = PLACES[place]
    assert set(OUR_SHAPES[place]) <= set(list_fields(path, _grow(path)))


def _grow(path: Path) -> Node:
    grown: object = {}
    for step in reversed(path):
        grown = [grown] if isinstance(step, int) else {step: grown}
    return locate(grown, HERE)


def test_a_capacity_with_a_unit_is_told_what_it_counts(write: Write, load_spec: Load) -> None:
    write("spec.yaml", DEPLOYMENT + "        capacity: 50K\n")
    with pytest.raises(SpecError) as refused:
        load_spec()
    hints = [one.hint for one in refused.value.diagnostics if one.code == "H203"]
    assert hints == ["count thousands of tokens a minute, without a unit: `capacity: 50` is 50,000"]
