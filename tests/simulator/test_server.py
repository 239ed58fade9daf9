"""Who may talk to the server, what it refuses, and what it counts."""

from __future__ import annotations

import gc
import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import pytest

from harness.simulator.embedded import Simulated, simulate
from harness.simulator.session import ProviderModelInfo
from harness.spec.model.spec import Fault, Simulator

GROUPS = "/subscriptions/any/resourceGroups?api-version=2025-04-01"
ACCOUNT = "/subscriptions/any/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/acc"
VERSION = "?api-version=2025-06-01"
CHAT = {"messages": [{"role": "user", "content": "hello"}]}
PROVIDERS = {"openai": {"gpt-4.1-mini": ProviderModelInfo("gpt-4.1-mini", "2025-04-14")}}


class Client:
    """Raw HTTP, every header in the test's hands."""

    def __init__(self, simulated: Simulated) -> None:
        self.simulated = simulated
        self.port = int(urlsplit(simulated.url).port or 0)

    def send(
        self, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        sent = {"Authorization": f"Bearer {self.simulated.token}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)) as connection:
            connection.request(
                method,
                path,
                None if body is None else json.dumps(body),
                {name: value for name, value in sent.items() if value},
            )
            with connection.getresponse() as response:
                raw = response.read()
        found = {name.lower(): value for name, value in response.getheaders()}
        return response.status, found, json.loads(raw) if raw else None

    def deploy(self) -> str:
        """An account ``acc`` with a deployment ``mini``; its first key."""
        group = "/subscriptions/any/resourceGroups/rg?api-version=2025-04-01"
        self.send("PUT", group, {"location": "swedencentral"})
        account = {
            "location": "swedencentral",
            "kind": "AIServices",
            "sku": {"name": "S0"},
            "properties": {"customSubDomainName": "contoso"},
        }
        self.send("PUT", ACCOUNT + VERSION, account)
        model = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
        deployment = {
            "sku": {"name": "GlobalStandard", "capacity": 1},
            "properties": {"model": model},
        }
        assert self.send("PUT", f"{ACCOUNT}/deployments/mini{VERSION}", deployment)[0] == 201
        return str(self.send("POST", f"{ACCOUNT}/listKeys{VERSION}")[2]["key1"])


@pytest.fixture
def client() -> Iterator[Client]:
    simulator = Simulator(date=date(2026, 9, 1))
    with simulate(None, simulator, PROVIDERS, environment={}) as simulated:
        yield Client(simulated)


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "openai.azure.com.evil.example",
     "169.254.169.254", "a.b.openai.azure.com"],
)  # fmt: skip
def test_a_foreign_host_name_is_refused_even_with_the_token(client: Client, host: str) -> None:
    assert client.send("GET", GROUPS, Host=host)[0] == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]:80"])
def test_names_of_this_machine_are_not(client: Client, host: str) -> None:
    assert client.send("GET", GROUPS, Host=host)[0] == 200


@pytest.mark.parametrize(
    "header",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}],
)
def test_web_pages_are_refused(client: Client, header: dict[str, str]) -> None:
    assert client.send("GET", GROUPS, **header)[0] == 403


def test_nobody_is_let_in_without_the_token(client: Client) -> None:
    status, _, body = client.send("GET", GROUPS, Authorization="")
    assert (status, body["error"]["code"]) == (401, "AuthenticationFailed")
    status, _, body = client.send("GET", GROUPS, Authorization="Bearer wrong")
    assert (status, body["error"]["code"]) == (401, "InvalidAuthenticationToken")
    assert client.send("GET", "/_simulator/counters", Authorization="Bearer wrong")[0] == 401
    assert (
        client.send("POST", "/contoso/openai/v1/chat/completions", CHAT, Authorization="")[0] == 401
    )


def test_what_is_not_known_answers_501_and_names_itself(client: Client) -> None:
    path = f"{ACCOUNT}/oddities/first"
    status, _, body = client.send("PUT", path + VERSION, {})
    assert (status, body["error"]["code"]) == (501, "NotImplemented")
    assert f"PUT {path}" in body["error"]["message"]


def test_what_is_nested_in_nothing_says_what_is_missing(client: Client) -> None:
    path = f"{ACCOUNT}/deployments/mini{VERSION}"
    assert client.send("GET", path)[2]["error"]["code"] == "ResourceGroupNotFound"
    group = "/subscriptions/any/resourceGroups/rg?api-version=2025-04-01"
    client.send("PUT", group, {"location": "swedencentral"})
    status, headers, body = client.send("GET", path)
    assert (status, body["error"]["code"]) == (404, "ParentResourceNotFound")
    assert headers["x-ms-failure-cause"] == "gateway"
    assert client.send("GET", ACCOUNT + VERSION)[2]["error"]["code"] == "ResourceNotFound"
    assert client.send("PUT", path, {})[2]["error"]["code"] == "ParentResourceNotFound"


def test_a_patch_of_properties_is_an_operation_and_one_of_tags_is_not(client: Client) -> None:
    client.deploy()
    status, headers, _ = client.send("PATCH", ACCOUNT + VERSION, {"tags": {"a": "b"}})
    assert (status, "azure-asyncoperation" in headers) == (200, False)
    change = {"properties": {"publicNetworkAccess": "Disabled"}}
    status, headers, body = client.send("PATCH", ACCOUNT + VERSION, change)
    assert (status, body["properties"]["provisioningState"]) == (202, "Accepted")
    assert headers["location"].startswith(headers["azure-asyncoperation"])
    place = urlsplit(headers["azure-asyncoperation"])
    assert client.send("GET", f"{place.path}?{place.query}")[2]["status"] == "Succeeded"


def test_a_deployments_capacity_can_be_patched(client: Client) -> None:
    client.deploy()
    path = f"{ACCOUNT}/deployments/mini{VERSION}"
    status, _, body = client.send("PATCH", path, {"sku": {"capacity": 7}, "tags": {"a": "b"}})
    assert (status, body["sku"]["capacity"], body["tags"]) == (200, 7, {"a": "b"})
    offered = client.send("GET", f"{ACCOUNT}/deployments/mini/skus{VERSION}")[2]["value"]
    assert "GlobalStandard" in [row["sku"]["name"] for row in offered]


@pytest.mark.parametrize("path", [ACCOUNT, f"{ACCOUNT}/deployments/mini"])
def test_what_was_read_can_be_written_back_unchanged(client: Client, path: str) -> None:
    client.deploy()
    before = client.send("GET", path + VERSION)[2]
    assert client.send("PUT", path + VERSION, before)[0] == 200
    after = client.send("GET", path + VERSION)[2]
    moving = {"etag", "systemData"}
    assert {k: v for k, v in after.items() if k not in moving} == {
        k: v for k, v in before.items() if k not in moving
    }


def test_an_api_version_is_required(client: Client) -> None:
    status, headers, body = client.send("GET", "/subscriptions/any/resourceGroups")
    assert (status, body["error"]["code"]) == (400, "MissingApiVersionParameter")
    assert headers["x-ms-failure-cause"] == "gateway"


def test_answers_carry_azures_headers_and_an_allowance_that_shrinks(client: Client) -> None:
    first, second = (client.send("GET", GROUPS)[1] for _ in range(2))
    remaining = "x-ms-ratelimit-remaining-subscription-reads"
    assert int(first[remaining]) - int(second[remaining]) == 1
    assert first["cache-control"] == "no-cache"
    assert len(first["x-ms-request-id"]) == 36
    assert first["x-ms-request-id"] != second["x-ms-request-id"]
    assert "server" not in first


def test_a_body_that_is_no_object_is_refused(client: Client) -> None:
    group = "/subscriptions/any/resourceGroups/rg?api-version=2025-04-01"
    assert client.send("PUT", group, [1, 2])[0] == 400


def test_the_group_is_deleted_as_recorded(client: Client) -> None:
    client.deploy()
    group = "/subscriptions/any/resourceGroups/rg?api-version=2025-04-01"
    status, headers, body = client.send("DELETE", group)
    assert (status, body, headers["retry-after"]) == (202, None, "15")
    place = urlsplit(headers["location"])
    assert client.send("GET", f"{place.path}?{place.query}")[0] == 200
    assert client.send("HEAD", group)[0] == 404


def test_old_api_versions_spell_rate_limits_as_they_did(client: Client) -> None:
    client.deploy()
    path = f"{ACCOUNT}/deployments/mini"
    old = client.send("GET", f"{path}?api-version=2023-05-01")[2]["properties"]
    new = client.send("GET", f"{path}?api-version=2025-09-01")[2]["properties"]
    assert "ratelimits" in old
    assert "rateLimits" not in old
    assert "rateLimits" in new


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/contoso/openai/v1/chat/completions", {}),
        ("/contoso/openai/deployments/mini/chat/completions?api-version=2024-10-21", {}),
        ("/openai/v1/chat/completions", {"Host": "contoso.openai.azure.com"}),
        ("/openai/v1/chat/completions", {"Host": "CONTOSO.services.ai.azure.com:443"}),
    ],
)
def test_a_deployment_is_reached_by_path_and_by_host(
    client: Client, path: str, headers: dict[str, str]
) -> None:
    client.deploy()
    status, _, body = client.send("POST", path, {"model": "mini", **CHAT}, **headers)
    assert status == 200, body
    assert body["model"] == "gpt-4.1-mini-2025-04-14"


def test_an_account_key_opens_its_own_account_and_no_other(client: Client) -> None:
    key = client.deploy()
    path = "/contoso/openai/v1/chat/completions"
    body = {"model": "mini", **CHAT}
    assert client.send("POST", path, body, Authorization="", api_key=key)[0] == 200
    assert client.send("POST", path, body, Authorization=f"Bearer {key}")[0] == 200
    assert client.send("POST", path, body, Authorization="", api_key="0" * 84)[0] == 401
    assert client.send("GET", GROUPS, Authorization="", api_key=key)[0] == 401


def test_keys_are_refused_where_they_are_switched_off(client: Client) -> None:
    key = client.deploy()
    client.send("PATCH", ACCOUNT + VERSION, {"properties": {"disableLocalAuth": True}})
    path, body = "/contoso/openai/v1/chat/completions", {"model": "mini", **CHAT}
    status, _, answer = client.send("POST", path, body, Authorization="", api_key=key)
    assert (status, answer["error"]["code"]) == (403, "AuthenticationTypeDisabled")


def test_a_declared_provider_answers_and_another_does_not(client: Client) -> None:
    body = {"model": "gpt-4.1-mini", **CHAT}
    assert client.send("POST", "/_providers/openai/v1/chat/completions", body)[0] == 200
    assert client.send("POST", "/_providers/other/v1/chat/completions", body)[0] == 404


def test_requests_are_counted_by_operation_and_status(client: Client) -> None:
    client.deploy()
    client.send("POST", "/contoso/openai/v1/chat/completions", {"model": "mini", **CHAT})
    client.send("GET", f"{ACCOUNT}/deployments/none{VERSION}")
    counts = client.send("GET", "/_simulator/counters")[2]["operations"]
    assert counts["chat"] == {"200": 1}
    assert counts["deployment.put"] == {"201": 1}
    assert counts["deployment.get"] == {"404": 1}


def test_a_session_behaves_as_it_declared_and_falls_back_to_the_servers_defaults(
    client: Client,
) -> None:
    fault = Fault(operation="group.list", status=503, code="Busy", times=1)
    wish = {"simulator": {"faults": [fault.model_dump(mode="json", exclude_unset=True)]}}
    status, _, body = client.send("POST", "/_simulator/sessions", wish)
    assert status == 201
    token = f"Bearer {body['token']}"
    assert client.send("GET", GROUPS)[0] == 200
    assert client.send("GET", GROUPS, Authorization=token)[0] == 503
    assert client.send("GET", GROUPS, Authorization=token)[0] == 200
    counters = client.send("GET", "/_simulator/counters", Authorization=token)[2]
    assert counters["session"]["group.list"] == {"200": 1, "503": 1}
    assert counters["faults"] == [{"operation": "group.list", "target": "*", "met": 2, "struck": 1}]


def test_a_session_that_is_misspelt_is_refused(client: Client) -> None:
    status, _, body = client.send("POST", "/_simulator/sessions", {"simulator": {"seeed": 1}})
    assert status == 400
    assert "seeed" in body["error"]["message"]


def test_a_session_whose_rules_are_bad_leaves_account_keys_with_the_one_before(
    client: Client,
) -> None:
    key = client.deploy()
    said = {"replies": [{"on": "last_user", "match": "hello", "reply": "from before"}]}
    assert client.send("POST", "/_simulator/sessions", {"simulator": said})[0] == 201
    bad = {"replies": [{"on": "last_user", "match": "(", "reply": "never"}]}
    assert client.send("POST", "/_simulator/sessions", {"simulator": bad})[0] == 400
    path, body = "/contoso/openai/v1/chat/completions", {"model": "mini", **CHAT}
    status, _, answer = client.send("POST", path, body, Authorization="", api_key=key)
    assert (status, answer["choices"][0]["message"]["content"]) == (200, "from before")


def test_a_fault_finds_its_target_by_the_specs_name_too() -> None:
    names = {"acc": "sweden", "acc/mini": "sweden/small"}
    fault = Fault(operation="deployment.*", target="sweden/small", status=500)
    with simulate(
        None, Simulator(date=date(2026, 9, 1), faults=(fault,)), {}, environment={}, names=names
    ) as simulated:
        client = Client(simulated)
        path = f"{ACCOUNT}/deployments/{{}}{VERSION}"
        assert client.send("GET", path.format("mini"))[0] == 500
        assert client.send("GET", path.format("other"))[0] == 404


@pytest.mark.parametrize("reset", ["connect", "headers", "body"])
def test_a_fault_breaks_the_connection_and_logs_nothing(
    reset: str, caplog: pytest.LogCaptureFixture
) -> None:
    fault = Fault.model_validate({"operation": "group.list", "reset": reset, "times": 1})
    with simulate(None, Simulator(faults=(fault,)), {}, environment={}) as simulated:
        client = Client(simulated)
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            client.send("GET", GROUPS)
        assert client.send("GET", GROUPS)[0] == 200
    assert not caplog.records


def test_a_server_that_ends_gives_up_what_is_still_being_answered_without_a_word(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fault = Fault.model_validate({"operation": "chat", "delay_s": 30})
    with simulate(None, Simulator(faults=(fault,)), PROVIDERS, environment={}) as simulated:
        client = Client(simulated)
        with closing(http.client.HTTPConnection("127.0.0.1", client.port, timeout=0.3)) as waiting:
            waiting.request(
                "POST",
                "/_providers/openai/v1/chat/completions",
                json.dumps({"model": "gpt-4.1-mini", **CHAT}),
                {"Authorization": f"Bearer {simulated.token}"},
            )
            with pytest.raises(TimeoutError):
                waiting.getresponse()
    gc.collect()
    assert not caplog.records


def test_a_throttle_says_when_to_come_back() -> None:
    fault = Fault(operation="group.list", status=429, retry_after_s=3)
    with simulate(None, Simulator(faults=(fault,)), {}, environment={}) as simulated:
        status, headers, body = Client(simulated).send("GET", GROUPS)
        assert (status, headers["retry-after"]) == (429, "3")
        assert body["error"]["code"] == "TooManyRequests"
