"""A simulated account with deployments, made through ARM, and the real SDKs to call it with."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import openai
import pytest

from harness.simulator.embedded import simulate
from harness.simulator.session import ProviderModelInfo
from harness.spec.model.spec import Simulator

GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/rg-test"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/contoso-01"
API = "api-version=2025-09-01"
PROVIDERS = {
    "openai": {
        "gpt-4.1-mini": ProviderModelInfo("gpt-4.1-mini"),
        "gpt-4o": ProviderModelInfo("gpt-4o", "2024-08-06"),
        "o3-mini": ProviderModelInfo("o3-mini"),
        "text-embedding-3-small": ProviderModelInfo("text-embedding-3-small"),
    }
}


@dataclass(frozen=True, slots=True)
class Answered:
    """A raw answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Azure:
    """A simulated account ``contoso-01``."""

    url: str
    token: str

    @property
    def base(self) -> str:
        return f"{self.url}/contoso-01"

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """One raw request; a path from ``/`` on is the server's, any other the account's."""
        address = f"{self.url}{path}" if path.startswith("/") else f"{self.base}/openai/{path}"
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(
            address,
            data=None if body is None else raw,
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            | dict(headers or {}),
            method=method,
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=20) as response:
                return Answered(response.status, _lower(response.headers), response.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answered(error.code, _lower(error.headers), error.read())

    def chat(self, deployment: str, text: str = "Hello", **more: Any) -> Answered:
        """One chat through the v1 API."""
        messages = more.pop("messages", [{"role": "user", "content": text}])
        body = {"model": deployment, "messages": messages, **more}
        return self.send("POST", "v1/chat/completions", body)

    def deploy(
        self,
        name: str,
        model: str,
        version: str,
        capacity: int = 50,
        *,
        publisher: str = "OpenAI",
        sku: str = "GlobalStandard",
    ) -> None:
        """Create a deployment through ARM."""
        answered = self.send(
            "PUT",
            f"{ACCOUNT}/deployments/{name}?{API}",
            {
                "sku": {"name": sku, "capacity": capacity},
                "properties": {"model": {"format": publisher, "name": model, "version": version}},
            },
        )
        assert answered.status in (200, 201), answered.body

    def counters(self) -> dict[str, dict[str, int]]:
        """Requests by operation and status."""
        operations: dict[str, dict[str, int]] = self.send("GET", "/_simulator/counters").json[
            "operations"
        ]
        names = ("chat", "responses", "embeddings")
        return {name: operations[name] for name in names if name in operations}

    def v1_client(self) -> openai.OpenAI:
        """The SDK at the v1 API."""
        return openai.OpenAI(
            base_url=f"{self.base}/openai/v1/",
            api_key=self.token,
            max_retries=0,
            http_client=openai.DefaultHttpxClient(trust_env=False),
        )

    def dated_client(self, api_version: str = "2024-10-21") -> openai.AzureOpenAI:
        """The SDK at the dated API."""
        return openai.AzureOpenAI(
            azure_endpoint=self.base,
            api_version=api_version,
            azure_ad_token=self.token,
            max_retries=0,
            http_client=openai.DefaultHttpxClient(trust_env=False),
        )


Start = Callable[..., Azure]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a simulator that behaves as the keywords say; ``deployments`` by name."""
    with ExitStack() as stack:

        def started(**behaviour: Any) -> Azure:
            deployments = behaviour.pop("deployments", {"mini": ("gpt-4.1-mini", "2025-04-14")})
            simulator = Simulator.model_validate({"date": "2026-09-01", **behaviour})
            simulated = stack.enter_context(simulate(None, simulator, PROVIDERS, environment={}))
            azure = Azure(simulated.url, simulated.token)
            azure.send("PUT", f"{GROUP}?api-version=2021-04-01", {"location": "swedencentral"})
            azure.send(
                "PUT",
                f"{ACCOUNT}?{API}",
                {
                    "location": "swedencentral",
                    "kind": "AIServices",
                    "sku": {"name": "S0"},
                    "properties": {"customSubDomainName": "contoso-01"},
                },
            )
            for name, (model, version) in deployments.items():
                azure.deploy(name, model, version)
            return azure

        yield started


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
