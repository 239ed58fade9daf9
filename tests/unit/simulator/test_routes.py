"""Which half of the simulated Azure a request is for, and whether it may ask at all."""

from __future__ import annotations

import pytest

from harness.simulator.guard import find_refusal, read_subdomain
from harness.simulator.management import routing
from harness.simulator.routes import (
    AccountPlane,
    Control,
    Destination,
    Management,
    Nowhere,
    ProviderPlane,
    locate,
)

HERE = "127.0.0.1:8080"


@pytest.mark.parametrize(
    ("host", "path", "destination"),
    [
        (HERE, "/subscriptions/s/resourceGroups", Management("/subscriptions/s/resourceGroups")),
        (HERE, "/_simulator/counters", Control("counters")),
        (HERE, "/acc/openai/v1/chat/completions", AccountPlane("acc", "v1/chat/completions")),
        (HERE, "/acc//openai/v1/models/", AccountPlane("acc", "v1/models")),
        (HERE, "/acc/OpenAI/v1/models", AccountPlane("acc", "v1/models")),
        (HERE, "/acc/openai/deployments/my%20gpt/x", AccountPlane("acc", "deployments/my gpt/x")),
        ("a.openai.azure.com", "/openai/v1/models", AccountPlane("a", "v1/models")),
        ("a.openai.azure.com", "/subscriptions/s", AccountPlane("a", "s", "subscriptions")),
        (HERE, "/acc/models/chat/completions", AccountPlane("acc", "chat/completions", "models")),
        (HERE, "/_providers/o/models/info", ProviderPlane("o", "info", "models")),
        (HERE, "/_providers/o/v1/models", ProviderPlane("o", "v1/models")),
        (HERE, "/_providers/o/openai/deployments/d/x", ProviderPlane("o", "deployments/d/x")),
        (HERE, "/_providers/o", Nowhere()),
        (HERE, "/", Nowhere()),
        (HERE, "/favicon.ico", Nowhere()),
    ],
)
def test_places(host: str, path: str, destination: Destination) -> None:
    assert locate(host, path) == destination


@pytest.mark.parametrize(
    ("host", "subdomain"),
    [
        ("contoso.openai.azure.com", "contoso"),
        ("contoso.services.ai.azure.com:443", "contoso"),
        ("openai.azure.com", None),
        ("a.b.openai.azure.com", None),
        ("contoso.openai.azure.com.evil.example", None),
        ("127.0.0.1", None),
    ],
)
def test_subdomains(host: str, subdomain: str | None) -> None:
    assert read_subdomain(host) == subdomain


@pytest.mark.parametrize(
    ("host", "headers", "refused"),
    [
        ("127.0.0.1:1", {}, False),
        ("localhost", {"Sec-Fetch-Site": "none"}, False),
        ("[::1]:9", {}, False),
        ("a.openai.azure.com", {}, False),
        ("evil.example", {}, True),
        ("127.0.0.1", {"Origin": "http://127.0.0.1"}, True),
        ("127.0.0.1", {"Sec-Fetch-Site": "same-origin"}, True),
    ],
)
def test_refusals(host: str, headers: dict[str, str], refused: bool) -> None:
    assert (find_refusal(host, headers) is not None) is refused


GROUP = "/subscriptions/s/resourceGroups/g"
ACCOUNTS = f"{GROUP}/providers/MICROSOFT.cognitiveservices/Accounts"
SERVICE = "/subscriptions/s/providers/Microsoft.CognitiveServices"
DELETED = f"{SERVICE}/locations/l/resourceGroups/g/deletedAccounts/A"


@pytest.mark.parametrize(
    ("method", "path", "name", "target"),
    [
        ("PUT", "/subscriptions/s/RESOURCEGROUPS/g", "group.put", ""),
        ("GET", ACCOUNTS, "account.list", ""),
        ("PUT", f"{ACCOUNTS}/A/deployments/D", "deployment.put", "A/D"),
        ("POST", f"{SERVICE}/checkDomainAvailability", "domain.check", ""),
        ("DELETE", DELETED, "deleted.purge", "A"),
    ],
)
def test_operations_are_found_without_regard_to_case(
    method: str, path: str, name: str, target: str
) -> None:
    found = routing.find(method, path)
    assert found is not None
    assert (found.name, found.target) == (name, target)


@pytest.mark.parametrize(
    ("method", "path"),
    [("PATCH", "/subscriptions/s"), ("GET", "/providers"), ("GET", "/subscriptions/s/nothing/x/y")],
)
def test_what_is_not_known_is_not_found(method: str, path: str) -> None:
    assert routing.find(method, path) is None


def test_every_operation_has_one_name_of_the_documented_form() -> None:
    for _, _, name, _ in routing.ROUTES:
        noun, dot, verb = name.partition(".")
        assert dot
        assert noun.isalpha()
        assert verb.isalpha()
