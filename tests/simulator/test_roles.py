"""Roles: assignments as recorded, a data plane that obeys them, and whole commands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.azure.roles import STAND_IN
from harness.cli.main import run
from harness.cloud.management import ManagementCloud
from harness.plan.identity import ACCESS, AccessId
from harness.plan.model import Intent
from harness.provision.ports import CloudError
from harness.simulator.embedded import Simulated, simulate
from harness.spec.model.spec import Simulator
from tests.simulator.provisioned import ACCOUNT, applied, azure, carried_out, mini, planned, spec_of

ADA = "11111111-1111-1111-1111-111111111111"
USER = "Cognitive Services OpenAI User"
USER_ID = "5e0bd9bd-7b93-4f28-af87-19fc36ad61bd"
ROLE = f"/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/{USER_ID}"
THEIRS = AccessId(ACCOUNT, "9f000000-0000-0000-0000-000000000001")
READER = ROLE.replace(USER_ID, "acdd72a7-3385-48ef-bd42-f606fba81ae7")


def grant(principal: str, role: str = ROLE) -> dict[str, Any]:
    return {"properties": {"principalId": principal, "roleDefinitionId": role}}


def tick(_: str) -> None:
    return None


@pytest.fixture
def cloud() -> Iterator[ManagementCloud]:
    with azure(spec_of({})) as cloud:
        applied(spec_of({}), cloud)
        yield cloud


def test_an_assignment_is_written_and_read_as_recorded(cloud: ManagementCloud) -> None:
    written = cloud.put_child(THEIRS, grant(ADA), tick)
    assert list(written) == ["properties", "id", "type", "name"]
    assert written["id"] == THEIRS.path
    assert written["properties"] | {"createdOn": "", "updatedOn": ""} == {
        "roleDefinitionId": ROLE,
        "principalId": ADA,
        "principalType": "ServicePrincipal",
        "scope": ACCOUNT.path,
        "condition": None,
        "conditionVersion": None,
        "createdOn": "",
        "updatedOn": "",
        "createdBy": None,
        "updatedBy": STAND_IN.object_id,
        "delegatedManagedIdentityResourceId": None,
        "description": None,
    }
    there = cloud.read_child(THEIRS)
    assert there is not None
    assert there["properties"]["createdBy"] == STAND_IN.object_id
    assert cloud.list_children(ACCESS, ACCOUNT) == (there,)
    cloud.delete_child(THEIRS, tick)
    assert cloud.read_child(THEIRS) is None
    cloud.delete_child(THEIRS, tick)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (grant("wow"), 400, "InvalidPrincipalId"),
        (grant(ADA, ROLE.replace(USER_ID, "nothing")), 400, "RoleDefinitionDoesNotExist"),
        (grant(STAND_IN.object_id, READER), 400, "RoleAssignmentUpdateNotPermitted"),
    ],
)
def test_what_azure_refuses_is_refused(
    cloud: ManagementCloud, body: dict[str, Any], status: int, code: str
) -> None:
    cloud.put_child(THEIRS, grant(ADA), tick)
    with pytest.raises(CloudError) as refused:
        cloud.put_child(THEIRS, body, tick)
    assert (refused.value.status, refused.value.code) == (status, code)


def test_the_same_role_is_not_given_twice_on_one_scope(cloud: ManagementCloud) -> None:
    cloud.put_child(THEIRS, grant(ADA), tick)
    with pytest.raises(CloudError) as refused:
        cloud.put_child(AccessId(ACCOUNT, THEIRS.name.replace("9f", "8f")), grant(ADA), tick)
    assert (refused.value.status, refused.value.code) == (409, "RoleAssignmentExists")


def test_a_role_that_others_gave_meanwhile_is_no_failure_and_stays_theirs(
    cloud: ManagementCloud,
) -> None:
    spec = spec_of({}, access=[{"principal": ADA, "role": USER}])
    plan = planned(spec, cloud)
    cloud.put_child(THEIRS, grant(ADA), tick)
    outcomes = carried_out(plan, cloud)
    assert outcomes.complete
    assert any("others have given this role meanwhile" in each.note for each in outcomes.outcomes)
    applied(spec_of({}), cloud, Intent(prune=True))
    assert [each["name"] for each in cloud.list_children(ACCESS, ACCOUNT)] == [THEIRS.name]


def test_roles_of_others_survive_everything_but_consent(cloud: ManagementCloud) -> None:
    spec = spec_of({"mini": mini()}, access=[{"principal": "me", "role": USER}])
    applied(spec, cloud)
    cloud.put_child(THEIRS, grant(ADA), tick)
    applied(spec_of({"mini": mini()}), cloud, Intent(prune=True))
    applied(spec, cloud)
    applied(spec, cloud, Intent("destroy"))
    assert [each["name"] for each in cloud.list_children(ACCESS, ACCOUNT)] == [THEIRS.name]
    moved = spec_of({}, region="norwayeast")
    assert "foreign_children" in {each.code for each in planned(moved, cloud).errors}
    applied(spec_of({}), cloud, Intent("destroy", accept_loss=True))
    assert cloud.read_account(ACCOUNT) is None


def test_an_account_that_is_made_anew_has_its_roles_again(cloud: ManagementCloud) -> None:
    spec = spec_of({}, access=[{"principal": "me", "role": USER}], region="norwayeast")
    applied(spec_of({}, access=[{"principal": "me", "role": USER}]), cloud)
    applied(spec, cloud)
    (given,) = cloud.list_children(ACCESS, ACCOUNT)
    assert given["properties"]["principalId"] == STAND_IN.object_id
    assert given["tags"] == {"harness-spec": "test"}
    assert planned(spec, cloud).is_empty


# --- whole commands ----------------------------------------------------------------------------

KEYLESS = """\
version: 1
name: keyless
cloud: simulator
resource_group: {{name: rg-keyless, region: swedencentral, create: true}}
simulator: {{date: 2026-09-01}}
accounts:
  main:
    account_name: keyless-01
    region: swedencentral
    local_auth: false
    {access}
    deployments:
      mini: {{model: gpt-4.1-mini, version: "2025-04-14", capacity: 50}}
      embed: {{model: text-embedding-3-small, version: "1", capacity: 20}}
evaluation: {{targets: [main/mini], api: {api}}}
conversations: [{{id: hello, turns: [{{user: Hello, assert: [{{word-count: {{min: 1}}}}]}}]}}]
"""
GIVEN = f"access: [{{principal: me, role: {USER}}}]"


@pytest.fixture
def spec(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HARNESS_CLOUD", "HARNESS_SIMULATOR_URL", "HARNESS_SIMULATOR_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return folder / "keyless.yaml"


def write(spec: Path, access: str = "", api: str = "chat") -> None:
    spec.write_text(KEYLESS.format(access=access, api=api), encoding="utf-8")


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_an_account_without_keys_is_of_use_to_whom_a_role_is_given(
    spec: Path, api: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(spec, GIVEN, api)
    assert run(["apply", str(spec)]) == 0
    assert "role_missing" not in capsys.readouterr().out
    assert run(["verify", str(spec), "--probe"]) == 0
    assert run(["eval", str(spec)]) == 0


def test_without_a_role_it_is_of_no_use_and_the_error_says_what_to_write(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(spec)
    assert run(["apply", str(spec)]) == 0
    assert f"write `{GIVEN}` on the account" in capsys.readouterr().out
    assert run(["eval", str(spec)]) == 3
    out, err = capsys.readouterr()
    assert f"write `{GIVEN}` under accounts.main" in out + err
    assert run(["verify", str(spec), "--probe"]) == 1


def test_apply_waits_until_the_callers_new_role_counts(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(spec)
    assert run(["apply", str(spec)]) == 0
    write(spec, GIVEN)
    late = (
        "{operation: embeddings, target: main/mini, status: 401, code: PermissionDenied, times: 2}"
    )
    text = spec.read_text("utf-8").replace(
        "date: 2026-09-01", f"date: 2026-09-01, faults: [{late}]"
    )
    spec.write_text(text, "utf-8")
    assert run(["apply", str(spec)]) == 0
    assert "created in" in (told := capsys.readouterr().err)
    assert "(it took a while to count)" in told
    assert run(["eval", str(spec)]) == 0


def test_where_keys_are_allowed_nobody_needs_a_role(spec: Path) -> None:
    write(spec)
    spec.write_text(spec.read_text("utf-8").replace("local_auth: false", "tags: {}"), "utf-8")
    assert run(["apply", str(spec)]) == 0
    assert run(["eval", str(spec)]) == 0


def test_the_life_of_a_role_is_told_line_by_line(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(spec, GIVEN)
    here = "account.main.access.me:cognitive-services-openai-user"
    assert run(["plan", str(spec)]) == 0
    assert f"  + {here}  create\n      + principal: {STAND_IN.object_id}\n" in (
        capsys.readouterr().out
    )
    assert run(["apply", str(spec)]) == 0
    assert run(["verify", str(spec)]) == 0
    write(spec)
    capsys.readouterr()
    assert run(["plan", str(spec)]) == 0
    assert "it stays" in capsys.readouterr().out
    assert run(["apply", str(spec), "--prune"]) == 0
    write(spec, GIVEN)
    assert run(["verify", str(spec)]) == 1
    assert f"{here}" in capsys.readouterr().out
    assert run(["apply", str(spec)]) == 0
    assert run(["destroy", str(spec), "--yes"]) == 0


def test_an_imported_account_has_its_roles_in_the_spec(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(spec, GIVEN)
    assert run(["apply", str(spec)]) == 0
    at = (
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-keyless"
        "/providers/Microsoft.CognitiveServices/accounts/keyless-01"
    )
    capsys.readouterr()
    assert run(["import", "--account", at, "--cloud", "simulator"]) == 0
    assert f"role: {USER}" in capsys.readouterr().out


def _call(there: Simulated, path: str, body: dict[str, Any]) -> tuple[int, Any]:
    import urllib.error
    import urllib.request

    request = urllib.request.Request(
        f"{there.url}{path}",
        json.dumps(body).encode(),
        {"Authorization": f"Bearer {there.token}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_the_refusal_of_the_data_plane_is_the_recorded_one_byte_for_byte(
    monkeypatch: pytest.MonkeyPatch, spec: Path
) -> None:
    write(spec)
    with simulate(None, Simulator(), {}, environment={}) as there:
        monkeypatch.setenv("HARNESS_SIMULATOR_URL", there.url)
        monkeypatch.setenv("HARNESS_SIMULATOR_TOKEN", there.token)
        assert run(["apply", str(spec)]) == 0
        said = {"messages": [{"role": "user", "content": "Hi"}], "model": "mini"}
        status, body = _call(there, "/keyless-01/openai/v1/chat/completions", said)
    assert status == 401
    assert body == (
        b'{"error":{"code":"PermissionDenied","message": '
        b'"Principal does not have access to API/Operation."}}'
    )
