"""Whether a deployment answers, asked by who is signed in and, where that is forbidden, by key."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from harness.cloud import make_simulator_endpoint
from harness.cloud.management import open_cloud
from harness.plan.identity import DEPLOYMENT, AccountId, DeploymentId, GroupId
from harness.plan.observed import join_account

BASE = "http://127.0.0.1:1"
ACCOUNT = AccountId(GroupId("00000000-0000-0000-0000-000000000000", "g"), "a")


class Plane(HTTPAdapter):
    """Answers in Azure's place: lets nobody in by Entra ID, and by key as it is told."""

    def __init__(self, by_key: int, listing: int = 200) -> None:
        super().__init__()
        self.by_key = by_key
        self.listing = listing
        self.asked: list[str] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> Any:
        if str(request.path_url).lower().partition("?")[0].endswith("/listkeys"):
            self.asked.append("keys")
            status, body = self.listing, {"key1": "k1", "key2": "k2"}
        else:
            key = request.headers.get("api-key")
            self.asked.append("by Entra ID" if key is None else f"by {key!s}")
            status, body = self.by_key if key else 401, {}
        raw = HTTPResponse(
            BytesIO(json.dumps(body).encode()),
            {"content-type": "application/json"},
            status,
            preload_content=False,
        )
        return self.build_response(request, raw)


def state(plane: Plane, *, local_auth: bool = True) -> tuple[str, str]:
    properties = {"endpoint": f"{BASE}/account/", "disableLocalAuth": not local_auth}
    model = {"name": "d", "properties": {"model": {"name": "gpt-4.1-mini"}}}
    account = join_account({"name": "a", "properties": properties}, {DEPLOYMENT: (model,)})
    with open_cloud(make_simulator_endpoint(BASE, "token"), adapter=plane) as cloud:
        found = cloud.check_readiness(DeploymentId(ACCOUNT, "d"), account)
    return found.state, found.said


def test_where_entra_id_is_not_let_in_the_key_of_the_account_is_tried() -> None:
    plane = Plane(by_key=200)
    found, said = state(plane)
    assert found == "ready"
    assert said.startswith("by key only")
    assert plane.asked == ["by Entra ID", "keys", "by k1"]


@pytest.mark.parametrize("by_key", [401, 404, 503])
def test_what_does_not_answer_by_key_either_is_forbidden(by_key: int) -> None:
    assert state(Plane(by_key))[0] == "forbidden"


def test_an_account_that_allows_no_keys_is_not_asked_for_one() -> None:
    plane = Plane(by_key=200)
    assert state(plane, local_auth=False)[0] == "forbidden"
    assert plane.asked == ["by Entra ID"]


def test_who_may_not_list_keys_is_told_what_entra_id_said() -> None:
    assert state(Plane(by_key=200, listing=403))[0] == "forbidden"
