"""What Azure's management plane answers is held to ARM's types before anybody reckons with it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.cloud import make_simulator_endpoint
from harness.cloud.adapter import WrappedAdapter
from harness.cloud.management import open_cloud
from harness.cloud.transport import ManagementTransport
from harness.exchange import PlainRequest, PlainResponse
from harness.plan.identity import GroupId
from harness.provision.ports import CloudError

GROUP = GroupId("00000000-0000-0000-0000-000000000000", "rg")


class _OneAnswer:
    def __init__(self, body: Any) -> None:
        self._body = json.dumps(body).encode()

    def send(self, request: PlainRequest) -> PlainResponse:
        return PlainResponse(200, {"content-type": "application/json"}, self._body)


def make_adapter(body: Any) -> WrappedAdapter:
    def wrap(live: ManagementTransport) -> ManagementTransport:
        return _OneAnswer(body)

    return WrappedAdapter(wrap)


@pytest.mark.parametrize(
    "wrong", [{"tags": 7}, {"tags": {"a": []}}, {"name": 1}, {"id": []}, {"properties": "x"}]
)
def test_a_body_of_other_types_is_an_error_that_names_the_host(wrong: dict[str, Any]) -> None:
    endpoint = make_simulator_endpoint("http://127.0.0.1:1", "token")
    row = {"id": "/x", "name": "a", "location": "swedencentral", **wrong}
    refused = pytest.raises(CloudError, match="H909")
    with open_cloud(endpoint, adapter=make_adapter({"value": [row]})) as cloud, refused as listed:
        cloud.list_accounts(GROUP)
    refused = pytest.raises(CloudError, match="H909")
    with open_cloud(endpoint, adapter=make_adapter(row)) as cloud, refused:
        cloud.read_group(GROUP)
    assert "127.0.0.1" in str(listed.value)
