"""Real management traffic, sent again: the simulator answers as Azure did.

Every recorded request is sent to a fresh simulator that stands on the recorded day. Compared are
the status, the headers that lead to an operation, and which keys the body has and in which order;
values differ by nature. Nothing here knows a particular recording.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from harness.simulator.embedded import Simulated, embedded
from harness.simulator.management import routing
from harness.spec.model import Simulator

GROUP = re.compile(r"/subscriptions/[^/]+/resourceGroups/[^/]+", re.IGNORECASE)
ACCOUNT = re.compile(
    GROUP.pattern + r"/providers/Microsoft.CognitiveServices/accounts/[^/]+", re.IGNORECASE
)
SENT = ("location", "kind", "sku", "tags", "identity")
SETTINGS = ("customSubDomainName", "networkAcls", "allowProjectManagement", "defaultProject",
            "associatedProjects", "publicNetworkAccess", "disableLocalAuth")  # fmt: skip
MODEL_KINDS = {"OpenAI", "AIServices"}
RUNNING = {"Creating", "Updating", "Deleting"}

LATER_FORM = "2022-10"
"""Bodies of older api-versions (``eTag``, ``scaleSettings``) are not imitated."""

# What other AI services have in their accounts, or what a network or a customer's key brings.
NOT_OURS = {"apiProperties", "quotaLimit", "encryption", "userOwnedStorage", "dynamicThrottling"}
# Written by old api-versions only, or by the recorder.
OLD = {"scaleSettings", "callRateLimit"}


@dataclass
class Score:
    """How an operation fared."""

    sent: int = 0
    same_status: int = 0
    compared: int = 0
    same_shape: int = 0
    differences: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Exchange:
    """One recorded request with its answer."""

    method: str
    url: str
    body: str
    status: int
    headers: Mapping[str, str]
    answer: str


def exchanges_of(path: Path) -> list[Exchange]:
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return [_exchange(entry) for entry in document["interactions"]]


def _exchange(entry: Mapping[str, Any]) -> Exchange:
    request, response = entry["request"], entry["response"]
    status = response.get("status") or response.get("code")
    body = response.get("body")
    text = body.get("string") if isinstance(body, dict) else body
    return Exchange(
        method=request["method"],
        url=request.get("uri") or request["url"],
        body=str(request.get("body") or ""),
        status=status["code"] if isinstance(status, dict) else int(status),
        headers={
            key.lower(): value[0] if isinstance(value, list) else value
            for key, value in (response.get("headers") or {}).items()
        },
        answer=text.decode() if isinstance(text, bytes) else str(text or ""),
    )


def day_of(exchanges: list[Exchange]) -> date | None:
    for exchange in exchanges:
        if "date" in exchange.headers:
            return parsedate_to_datetime(exchange.headers["date"]).date()
        found = re.search(r"Ref C: (\d{4}-\d\d-\d\d)", exchange.headers.get("x-msedge-ref", ""))
        if found:
            return date.fromisoformat(found[1])
    return None


class Player:
    """Sends recorded requests, with the operations' addresses exchanged for the simulator's."""

    def __init__(self, simulated: Simulated) -> None:
        self._host = urlsplit(simulated.url).netloc
        self._token = simulated.token
        self._operations: dict[str, str] = {}

    def send(self, method: str, path: str, body: str = "") -> tuple[int, dict[str, str], str]:
        connection = HTTPConnection(self._host, timeout=10)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        connection.request(method, path, body.encode() or None, headers)
        response = connection.getresponse()
        answer = response.read().decode()
        connection.close()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, answer

    def play(self, exchange: Exchange) -> tuple[int, dict[str, str], str]:
        parts = urlsplit(exchange.url)
        path = self._operations.get(parts.path, f"{parts.path}?{parts.query}")
        status, headers, answer = self.send(exchange.method, path, exchange.body)
        for name in ("azure-asyncoperation", "location"):
            if name in exchange.headers and name in headers:
                theirs, ours = urlsplit(exchange.headers[name]), urlsplit(headers[name])
                self._operations[theirs.path] = f"{ours.path}?{ours.query}"
        return status, headers, answer

    def make_what_was_there(self, exchanges: list[Exchange]) -> None:
        """Groups and accounts that the recording found and did not make."""
        for pattern, make in ((GROUP, self._make_group), (ACCOUNT, self._make_account)):
            first: dict[str, Exchange] = {}
            for exchange in exchanges:
                path = urlsplit(exchange.url).path
                found = pattern.match(path)
                if found and found[0].lower() not in first:
                    first[found[0].lower()] = exchange
                    if (exchange.method, path) != ("PUT", found[0]):
                        make(found[0], exchanges)

    def _make_group(self, path: str, exchanges: list[Exchange]) -> None:
        del exchanges
        self.send("PUT", f"{path}?api-version=2020-06-01", '{"location": "eastus2"}')

    def _make_account(self, path: str, exchanges: list[Exchange]) -> None:
        for exchange in exchanges:
            wanted = (exchange.method, exchange.status) == ("GET", 200)
            if wanted and urlsplit(exchange.url).path == path:
                body = json.loads(exchange.answer)
                wish = {key: body[key] for key in SENT if key in body}
                wish["properties"] = {k: v for k, v in body["properties"].items() if k in SETTINGS}
                self.send("PUT", f"{path}?api-version=2025-06-01", json.dumps(wish))
                return


def accounts_of_models(exchanges: list[Exchange]) -> set[str]:
    """Names of recorded accounts that hold models."""
    names = set()
    for exchange in exchanges:
        try:
            kind = json.loads(exchange.answer).get("kind")
        except (ValueError, AttributeError):
            continue
        found = re.search(r"/accounts/([^/?]+)", exchange.url)
        if found and kind in MODEL_KINDS:
            names.add(found[1])
    return names


def missing(theirs: Any, ours: Any, at: str = "") -> Iterator[str]:
    """Keys that Azure wrote and we did not, and keys in another order."""
    if not isinstance(theirs, dict) or not isinstance(ours, dict):
        return
    wanted = [key for key in theirs if key not in NOT_OURS | OLD]
    common = [key for key in wanted if key in ours]
    yield from (f"{at}{key} is missing" for key in wanted if key not in ours)
    if common != [key for key in ours if key in common]:
        yield f"{at or 'body'}: order {[key for key in ours if key in common]}, not {common}"
    if at.count(".") < 1:
        for key in common:
            if key in {"properties", "sku", "error", "identity"}:
                yield from missing(theirs[key], ours[key], f"{at}{key}.")


def running(exchange: Exchange) -> bool:
    """Recorded while an operation ran; here it may have ended already."""
    if exchange.status == 202 and exchange.method == "GET":
        return True
    try:
        document = json.loads(exchange.answer)
    except ValueError:
        return False
    return isinstance(document, dict) and document.get("status") in RUNNING


def compare(exchange: Exchange, answered: tuple[int, dict[str, str], str], score: Score) -> None:
    status, headers, answer = answered
    score.sent += 1
    if status != exchange.status and not (running(exchange) and status == 200):
        score.differences.append(f"{exchange.method} {exchange.url[-90:]}: {status} {answer[:200]}")
        return
    score.same_status += 1
    links = [
        name
        for name in ("azure-asyncoperation", "location", "retry-after", "etag")
        if name in exchange.headers and name not in headers and not running(exchange)
    ]
    score.differences += [f"{exchange.method} {exchange.url[-60:]}: no {name}" for name in links]
    version = re.search(r"api-version=([\d-]+)", exchange.url)
    older = "/accounts/" in exchange.url and version is not None and version[1] < LATER_FORM
    if not exchange.answer.startswith("{") or running(exchange) or older:
        return
    score.compared += 1
    theirs, ours = json.loads(exchange.answer), json.loads(answer or "{}")
    gone = list(missing(theirs, ours))
    if not gone and not links:
        score.same_shape += 1
    score.differences += [f"{exchange.method} {exchange.url[-70:]}: {what}" for what in gone]


@dataclass
class Fidelity:
    """Scores by operation: of accounts that hold models, and of other kinds of accounts."""

    ours: dict[str, Score]
    others: dict[str, Score]

    def table(self) -> str:
        """Operation, same status, same shape; then what differs."""
        lines = [
            f"{name:20} {one.same_status}/{one.sent} {one.same_shape}/{one.compared}"
            for name, one in sorted(self.ours.items())
        ]
        return "\n".join(lines + [what for one in self.ours.values() for what in one.differences])


@pytest.fixture(scope="module")
def fidelity(shared_data: Path) -> Fidelity:
    """All real recordings of management traffic, played once."""
    found = Fidelity(defaultdict(Score), defaultdict(Score))
    index = json.loads((shared_data / "recordings" / "INDEX.json").read_text(encoding="utf-8"))
    for entry in index:
        if entry["file"].startswith("arm/") and entry["authenticity"].startswith("real"):
            play(exchanges_of(shared_data / "recordings" / entry["file"]), found)
    return found


def play(exchanges: list[Exchange], fidelity: Fidelity) -> None:
    """Send one recording's requests to a fresh simulator and compare the answers."""
    models = accounts_of_models(exchanges)
    simulator = Simulator(date=day_of(exchanges), catalogue="open")
    with embedded(None, simulator, {}, environment={}) as simulated:
        player = Player(simulated)
        player.make_what_was_there(exchanges)
        for exchange in exchanges:
            operation = routing.find(exchange.method, urlsplit(exchange.url).path)
            if "management.azure.com" not in exchange.url or operation is None:
                continue
            account = operation.parts.get("account")
            table = fidelity.ours if account is None or account in models else fidelity.others
            compare(exchange, player.play(exchange), table[operation.name])


def test_every_recorded_status_is_answered_again(fidelity: Fidelity) -> None:
    wrong = {
        name: score.differences
        for table in (fidelity.ours, fidelity.others)
        for name, score in table.items()
        if score.same_status != score.sent
    }
    assert not wrong, fidelity.table()


def test_bodies_have_the_recorded_keys_in_the_recorded_order(fidelity: Fidelity) -> None:
    wrong = {n: s.differences for n, s in fidelity.ours.items() if s.same_shape != s.compared}
    assert not wrong, fidelity.table()


def test_each_kind_of_operation_was_really_compared(fidelity: Fidelity) -> None:
    assert {"account.put", "account.get", "deployment.put", "deployment.get", "key.list",
            "models.list", "usages.list", "skus.list", "deleted.list", "group.put",
            "operation.get"} <= {n for n, s in fidelity.ours.items() if s.compared}  # fmt: skip


def test_single_recorded_exchanges_are_answered_too(shared_data: Path) -> None:
    lines = (
        (shared_data / "recordings" / "exchanges.jsonl").read_text(encoding="utf-8").splitlines()
    )
    scores: dict[str, Score] = defaultdict(Score)
    with (
        embedded(None, Simulator(), {}, environment={}) as strict,
        embedded(None, Simulator(catalogue="open"), {}, environment={}) as open_,
    ):
        for entry in map(json.loads, lines):
            request, response = entry["request"], entry["response"]
            path = str(request.get("path"))
            operation = routing.find(request["method"], path)
            # Operations have ids that are not ours; an answer in HTML came from before ARM.
            if operation is None or operation.name == "operation.get":
                continue
            if entry["authenticity"] != "real" or "html" in entry["operation"]:
                continue
            # Models of years ago are deployed in an open catalogue; the rest keeps to the rules.
            player = Player(open_ if operation.name.startswith("deployment") else strict)
            _make_parents(player, path, make_account=operation.name != "account.delete")
            headers = {k.lower(): v for k, v in (response.get("headers") or {}).items()}
            exchange = Exchange(
                request["method"],
                f"https://management.azure.com{path}?{request['query']}",
                json.dumps(request["body"]) if request.get("body") else "",
                response["status"],
                headers,
                json.dumps(response["body"]) if response.get("body") else "",
            )
            compare(exchange, player.play(exchange), scores[operation.name])
    assert sum(score.sent for score in scores.values()) >= 10
    differences = {name: score.differences for name, score in scores.items() if score.differences}
    assert not differences


def _make_parents(player: Player, path: str, *, make_account: bool) -> None:
    """The group, and an account that can hold models, unless they are there."""
    group, account = GROUP.match(path), ACCOUNT.match(path)
    if group and group[0] != path:
        player.send("PUT", f"{group[0]}?api-version=2020-06-01", '{"location": "eastus2"}')
    if account and make_account:
        at = f"{account[0]}?api-version=2025-06-01"
        if player.send("GET", at)[0] == 404:
            wish = {"location": "eastus2", "kind": "AIServices", "sku": {"name": "S0"}}
            player.send("PUT", at, json.dumps(wish))
