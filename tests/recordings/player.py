"""Sends recorded management requests to a simulator that holds what the recording found there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from typing import Any, Literal
from urllib.parse import urlsplit

from harness.simulator.embedded import Simulated, simulate
from harness.spec.model.spec import Simulator
from tests.recordings.traffic import Exchange, Recording

RESOURCE = re.compile(
    r"(?P<group>/subscriptions/[^/]+/resourceGroups/[^/]+)"
    r"(?P<account>/providers/Microsoft\.CognitiveServices/accounts/[^/]+)?"
    r"(?P<nested>(?:/[^/]+/[^/]+)*)$",
    re.IGNORECASE,
)
DELETED = re.compile(
    r"(?P<subscription>/subscriptions/[^/]+)/providers/Microsoft\.CognitiveServices"
    r"/locations/[^/]+(?P<group>/resourceGroups/[^/]+)/deletedAccounts/(?P<account>[^/]+)$",
    re.IGNORECASE,
)
LATEST = "2025-06-01"
WRITABLE = ("location", "kind", "sku", "tags", "identity")
SETTINGS = ("customSubDomainName", "networkAcls", "allowProjectManagement", "defaultProject",
            "associatedProjects", "publicNetworkAccess", "disableLocalAuth", "apiProperties",
            "encryption", "userOwnedStorage")  # fmt: skip
LINKS = ("azure-asyncoperation", "location")


@dataclass(frozen=True)
class Said:
    """What the simulator answered; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def document(self) -> Any:
        """The decoded answer; None when it is no JSON."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None


class Player:
    """A client of one simulator; the addresses of operations are exchanged for its own."""

    def __init__(self, simulated: Simulated) -> None:
        self._host = urlsplit(simulated.url).netloc
        self._token = simulated.token
        self._operations: dict[str, str] = {}
        self._before: dict[int, list[Callable[[], None]]] = {}
        """What happens elsewhere just before an exchange, by the exchange's identity."""

    def send(self, method: str, path: str, body: str = "") -> Said:
        """One request; ``path`` with its query."""
        connection = HTTPConnection(self._host, timeout=10)
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        connection.request(method, path, body.encode() or None, headers)
        response = connection.getresponse()
        answer = response.read().decode()
        connection.close()
        return Said(response.status, {k.lower(): v for k, v in response.getheaders()}, answer)

    def play(self, exchange: Exchange) -> Said:
        """Ask what was asked."""
        for happen in self._before.pop(id(exchange), ()):
            happen()
        parts = urlsplit(exchange.url)
        path = self._operations.get(parts.path, f"{parts.path}?{parts.query}")
        said = self.send(exchange.method, path, exchange.body)
        for name in LINKS:
            if name in exchange.headers and name in said.headers:
                theirs, ours = urlsplit(exchange.headers[name]), urlsplit(said.headers[name])
                self._operations[theirs.path] = f"{ours.path}?{ours.query}"
        return said

    def prepare(self, recording: Recording) -> None:
        """Make what the recording did not make itself: parents first, then what it read.

        Whether something was there is read off the first exchange that names it: a PUT that was
        answered 201 made it, and an error that says that it is missing tells that it was not.
        """
        met: set[str] = set()
        made: set[str] = set()
        for exchange in recording.exchanges:
            if exchange.method == "PUT" and exchange.status == 201:
                made.add(exchange.path.lower())
            for path in _lineage(exchange.path):
                if path.lower() not in met and _was_there(exchange, path):
                    self._make_in_time(path, exchange, recording, made)
                met.add(path.lower())
            for path in _listed(exchange):
                if path.lower() not in met:
                    # Private endpoints come from elsewhere; the others were made in the recording.
                    late = made if "/privateendpointconnections/" in path.lower() else set()
                    self._make_in_time(path, exchange, recording, late)
                    met.add(path.lower())

    def _make_in_time(
        self, path: str, exchange: Exchange, recording: Recording, made: set[str]
    ) -> None:
        """Make it now; inside of what the recording makes itself, just before it is first seen."""
        if any(path.lower().startswith(f"{parent}/") for parent in made):
            happen = partial(self._make, path, exchange, recording)
            self._before.setdefault(id(exchange), []).append(happen)
        else:
            self._make(path, exchange, recording)

    def _make(self, path: str, exchange: Exchange, recording: Recording) -> None:
        if gone := DELETED.match(path):
            group = f"{gone['subscription']}{gone['group']}"
            account = f"{group}/providers/Microsoft.CognitiveServices/accounts/{gone['account']}"
            self._make(group, exchange, recording)
            self._make(account, exchange, recording)
            self.send("DELETE", f"{account}?api-version={LATEST}")
            return
        found = RESOURCE.match(path)
        if found is None:
            return
        if not found["account"]:
            seen = next(_bodies(path, recording), {})
            own = {"location": "eastus2"} | {key: seen[key] for key in ("tags",) if key in seen}
            self.send("PUT", f"{path}?api-version=2020-06-01", json.dumps(own))
            return
        version = exchange.api_version or LATEST
        wish = _wish(path, recording, account=not found["nested"])
        self.send("PUT", f"{path}?api-version={version}", json.dumps(wish))
        if not found["nested"] and _was_patched(next(_bodies(path, recording), {})):
            self.send("PATCH", f"{path}?api-version={version}", '{"properties": {}}')


def _was_patched(body: Mapping[str, Any]) -> bool:
    """Whether an account was changed by PATCH before: it then says its state as second."""
    return list(body.get("properties") or {})[1:2] == ["provisioningState"]


def _lineage(path: str) -> list[str]:
    """The group, the account and every nested resource that a path names, from the top."""
    found = RESOURCE.match(re.sub(r"/[^/]+$", "", path) if _is_collection(path) else path)
    if found is None:
        return []
    lineage = [found["group"]]
    if found["account"]:
        lineage.append(found["group"] + found["account"])
        for part in re.findall(r"/[^/]+/[^/]+", found["nested"]):
            lineage.append(lineage[-1] + part)
    return lineage


def _listed(exchange: Exchange) -> list[str]:
    """What a list shows that a client could have made; of deleted accounts the first will do."""
    rows = exchange.document
    if exchange.method != "GET" or not isinstance(rows, dict):
        return []
    inside = (rows.get("properties") or {}).get("privateEndpointConnections") or ()
    shown = [*rows.get("value", ()), *inside]
    paths = [str(row.get("id") or "") for row in shown if isinstance(row, dict)]
    gone = [path for path in paths if DELETED.match(path)]
    return gone[:1] or [path for path in paths if _lineage(path)]


def _is_collection(path: str) -> bool:
    """Whether a path names a list or an action: an odd number of parts after the provider."""
    _, _, after = path.rpartition("/providers/")
    return len(after.split("/")) % 2 == 0


def _was_there(exchange: Exchange, path: str) -> bool:
    document = exchange.document
    error = document.get("error", {}) if isinstance(document, dict) else {}
    own = exchange.path.lower() == path.lower()
    if exchange.status == 404:
        missing = error.get("code")
        group = "/providers/" not in path
        return (
            not own
            and not (missing == "ResourceGroupNotFound" and group)
            and (missing != "ResourceNotFound" or group)
        )
    if own and exchange.method == "DELETE":
        return exchange.status != 204
    # A PUT that was refused is taken for one that would have made it.
    return not (own and exchange.method == "PUT" and exchange.status != 200)


def _wish(path: str, recording: Recording, *, account: bool) -> dict[str, Any]:
    """What to ask for so that the resource is as the recording saw it."""
    body = next(_bodies(path, recording), None)
    if not account:
        body = body or {"properties": {"model": {"format": "OpenAI", "name": "gpt-4o"}}}
        return {key: body[key] for key in (*WRITABLE, "properties") if key in body}
    if body is None:
        return {"location": "eastus2", "kind": "AIServices", "sku": {"name": "S0"}}
    wish = {key: body[key] for key in WRITABLE if key in body}
    return wish | {"properties": {k: v for k, v in body["properties"].items() if k in SETTINGS}}


def _bodies(path: str, recording: Recording) -> Iterator[dict[str, Any]]:
    """The resource's body wherever an answer shows it."""
    for exchange in recording.exchanges:
        document = exchange.document
        if exchange.status >= 400 or not isinstance(document, dict):
            continue
        if exchange.path.lower() == path.lower() and "properties" in document:
            yield document
        inside = (document.get("properties") or {}).get("privateEndpointConnections") or ()
        for row in [*document.get("value", ()), *inside]:
            if isinstance(row, dict) and str(row.get("id", "")).lower() == path.lower():
                yield row


@contextmanager
def simulator_for(recording: Recording) -> Iterator[Player]:
    """A fresh simulator on the recording's day, holding what the recording found."""
    # What was refused is refused by the rules only; models of years ago need an open catalogue.
    refused = any(exchange.status == 400 for exchange in recording.exchanges)
    catalogue: Literal["strict", "open"] = "strict" if refused else "open"
    behaviour = Simulator(date=recording.day, catalogue=catalogue)
    with simulate(None, behaviour, {}, environment={}) as simulated:
        player = Player(simulated)
        player.prepare(recording)
        yield player
