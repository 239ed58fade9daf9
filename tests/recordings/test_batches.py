"""Files and batches of the simulator beside those that were recorded of Azure."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from harness.providers.openai.batches.lines import read_output_line
from harness.simulator.embedded import Simulated, simulate
from harness.spec.model.spec import Simulator

RECORDINGS = ("exchanges.jsonl", "more-2026/exchanges.jsonl")
VERSION = "api-version=2025-01-01-preview"
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/rg-recorded"
ACCOUNT = f"{GROUP}/providers/Microsoft.CognitiveServices/accounts/recorded-01"
API = "api-version=2025-09-01"
LINE = {
    "custom_id": "request-1",
    "method": "POST",
    "url": "/v1/chat/completions",
    "body": {"model": "bulk", "messages": [{"role": "user", "content": "Hello"}]},
}
_NAMES = """
    access-control-allow-origin api-supported-versions date transfer-encoding content-length
    mise-correlation-id request-context vary x-aml-cluster x-ms-middleware-request-id x-ms-region
    x-ms-response-type x-request-time x-envoy-upstream-service-time openai-processing-ms
    openai-version x-request-id
"""
OF_THE_GATEWAY = frozenset(_NAMES.split())
"""Headers of what stands in between, which the simulator does not send, or sends by itself."""


@pytest.fixture(scope="module")
def recorded(shared_data: Path) -> dict[str, dict[str, Any]]:
    """Recorded exchanges about files and batches, by their operation; the first of each."""
    found: dict[str, dict[str, Any]] = {}
    for name in RECORDINGS:
        for text in (shared_data / "recordings" / name).read_text(encoding="utf-8").splitlines():
            exchange = json.loads(text)
            if exchange["operation"].partition(".")[0] in ("files", "batches"):
                found.setdefault(exchange["operation"], exchange)
    return found


@dataclass(frozen=True)
class Answered:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        decoded: dict[str, Any] = json.loads(self.body)
        return decoded


@dataclass(frozen=True)
class Account:
    """A simulated account with a deployment for batches."""

    at: Simulated

    def send(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Answered:
        address = path if path.startswith("/subscr") else f"/recorded-01/openai/{path}"
        headers = {"Authorization": f"Bearer {self.at.token}"}
        headers |= {"Content-Type": kind or "application/json"}
        asked = urllib.request.Request(f"{self.at.url}{address}", body, headers, method=method)
        with urllib.request.urlopen(asked, timeout=10) as answer:
            told = {name.lower(): value for name, value in answer.headers.items()}
            return Answered(answer.status, told, answer.read())

    def upload(self) -> Answered:
        boundary = "b0undary"
        head = "\r\nContent-Disposition: form-data; name="
        parts = [
            f'{head}"purpose"\r\n\r\nbatch\r\n',
            f'{head}"file"; filename="in.jsonl"\r\n\r\n{json.dumps(LINE)}\r\n',
        ]
        form = "".join(f"--{boundary}{part}" for part in parts) + f"--{boundary}--\r\n"
        return self.send(
            "POST", f"files?{VERSION}", form.encode(), f"multipart/form-data; boundary={boundary}"
        )

    def create(self, file: str) -> Answered:
        asked = {
            "input_file_id": file,
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
        }
        return self.send("POST", f"batches?{VERSION}", json.dumps(asked).encode())

    def look(self, batch: str) -> Answered:
        return self.send("GET", f"batches/{batch}?{VERSION}")

    def wait_for(self, batch: str, status: str) -> Answered:
        deadline = time.monotonic() + 20
        while (found := self.look(batch)).json["status"] != status:
            assert time.monotonic() < deadline, found.json
            time.sleep(0.005)
        return found


@pytest.fixture
def account() -> Iterator[Account]:
    simulator = Simulator.model_validate({"batch_s": 0.4})
    with simulate(None, simulator, {}, environment={}) as at:
        account = Account(at)

        def put(path: str, body: object) -> None:
            account.send("PUT", path, json.dumps(body).encode())

        put(f"{GROUP}?api-version=2021-04-01", {"location": "swedencentral"})
        properties = {"customSubDomainName": "recorded-01"}
        sku = {"name": "S0"}
        put(
            f"{ACCOUNT}?{API}",
            {
                "location": "swedencentral",
                "kind": "OpenAI",
                "sku": sku,
                "properties": properties,
            },
        )
        model = {"format": "OpenAI", "name": "gpt-4.1-mini", "version": "2025-04-14"}
        put(
            f"{ACCOUNT}/deployments/bulk?{API}",
            {"sku": {"name": "GlobalBatch", "capacity": 100}, "properties": {"model": model}},
        )
        yield account


def shape(value: Any) -> Any:
    """The keys and types of a document, in its order; ids by their form."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value]
    if isinstance(value, str):
        hidden = re.sub(r"[0-9a-f]{32}", "<hex>", value)
        return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<guid>", hidden)
    return type(value).__name__


def assert_alike(answered: Answered, recorded: Mapping[str, Any], *, but: str = "") -> None:
    """The same status, headers and shape as recorded, but for values of one name."""
    told = recorded["response"]
    assert answered.status == told["status"]
    names = {name.lower() for name in told["headers"]} - OF_THE_GATEWAY
    assert names <= set(answered.headers)
    kind = answered.headers["content-type"].partition(";")[0]
    assert (
        kind
        == next(v for n, v in told["headers"].items() if n.lower() == "content-type").split(";")[0]
    )
    if isinstance(told["body"], dict):
        ours, theirs = shape(answered.json), shape(told["body"])
        assert list(ours) == list(theirs), "the same keys in the same order"
        ours.pop(but, None)
        theirs.pop(but, None)
        assert ours == theirs


def test_a_batch_from_upload_to_its_answers(
    account: Account, recorded: dict[str, dict[str, Any]]
) -> None:
    uploaded = account.upload()
    assert_alike(uploaded, recorded["files.upload_201"], but="filename")
    file = uploaded.json["id"]
    assert uploaded.headers["location"].endswith(f"/openai/files/{file}?{VERSION}")
    created = account.create(file)
    assert_alike(created, recorded["batches.create_200"])
    batch = created.json["id"]
    assert_alike(account.look(batch), recorded["batches.get_validating_200"])
    assert_alike(account.wait_for(batch, "finalizing"), recorded["batches.get_finalizing_200"])
    done = account.wait_for(batch, "completed")
    assert_alike(done, recorded["batches.get_completed_200"])
    output = done.json["output_file_id"]
    content = account.send("GET", f"files/{output}/content?{VERSION}")
    assert_alike(content, recorded["files.content_200"])
    name = f"{batch}_results.jsonl"
    assert content.headers["content-disposition"] == (
        f"attachment; filename={name}; filename*=UTF-8''{name}"
    )
    ours = json.loads(content.body.splitlines()[0])
    theirs = json.loads(recorded["files.content_200"]["response"]["body"].splitlines()[0])
    assert list(ours) == list(theirs)
    assert list(ours["response"]) == list(theirs["response"])
    assert account.send("GET", f"files/{done.json['error_file_id']}/content?{VERSION}").body == b""
    assert_alike(account.send("DELETE", f"files/{file}?{VERSION}"), recorded["files.delete_200"])


def test_a_cancelled_batch(account: Account, recorded: dict[str, dict[str, Any]]) -> None:
    batch = account.create(account.upload().json["id"]).json["id"]
    cancelled = account.send("POST", f"batches/{batch}/cancel?{VERSION}", b"")
    assert_alike(cancelled, recorded["batches.cancel_200"])
    done = account.wait_for(batch, "cancelled").json
    theirs = recorded["batches.get_cancelled_200"]["response"]["body"]
    assert (done["output_file_id"], done["error_file_id"]) == (None, None)
    assert (theirs["output_file_id"], theirs["error_file_id"]) == (None, None)


def test_a_list_of_files(account: Account, recorded: dict[str, dict[str, Any]]) -> None:
    account.upload()
    ours = account.send("GET", f"files?{VERSION}").json
    theirs = recorded["files.list_200"]["response"]["body"]
    assert list(ours) == list(theirs)
    assert list(ours["data"][0]) == list(theirs["data"][0])


def test_recorded_lines_are_read_as_replies(recorded: dict[str, dict[str, Any]]) -> None:
    text = recorded["files.content_200"]["response"]["body"]
    found = [read_output_line(line.encode()) for line in text.splitlines()]
    assert [(one.custom_id, one.status) for one in found if one] == [
        ("request-2", 200),
        ("request-1", 200),
    ]
    assert all(one is not None and one.request_id for one in found)
