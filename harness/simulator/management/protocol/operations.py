"""Long-running operations of the resource provider.

Source: recorded operations: 200 always, the running words ``Creating``, ``Updating`` and
``Deleting``, no Retry-After; facts on management, section 2. A failed one was recorded of other
services only: 200 with ``status: Failed`` and ``error``.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from harness.azure.regions import fold
from harness.simulator.management.protocol.call import Answer, ArmCall, ArmError
from harness.simulator.management.protocol.stamps import format_whole_time, make_guid
from harness.simulator.world import Body, State

STATUS_API_VERSION = "2017-04-18"
KEPT_S = 3600.0
RECORDED_S = {"OpenAI": 1.0, "AIServices": 1.0, "TextAnalytics": 32.0, "Face": 62.0}
"""Recorded seconds for creating an account of a kind; a second for the others.

OpenAI accounts took 40 s in 2023 and less than a second in 2025; the newer observation counts.
"""


def begin(call: ArmCall, state: State, location: str, word: str, resource: str, kind: str) -> str:
    """Start an operation; its guid.

    Args:
        call: decides whether it takes the recorded time or has ended at its first poll.
        state: where it is kept; the caller holds it for writing.
        location: spelt as the resource spells it; no address holds a space.
        word: what it says while it runs.
        resource: the id of what it works on.
        kind: the account's, for the time it takes.
    """
    _forget_old(state)
    name = make_guid()
    seconds = 0.0
    if call.session.simulator.management == "recorded":
        seconds = RECORDED_S.get(kind, 1.0) if word == "Creating" else 1.0
    subscription = resource.split("/")[2]
    state.operations[name] = {
        "id": f"/subscriptions/{subscription}/providers/Microsoft.CognitiveServices/locations/"
        f"{fold(location) if ' ' in location else location}/operationResults/{name}",
        "name": name,
        "word": word,
        "resource": resource.lower(),
        "started": format_whole_time(call.session.now),
        "ends": time.time() + seconds,
        "seconds": seconds,
        "error": None,
    }
    return name


def _forget_old(state: State) -> None:
    """Forget links after an hour; a failure stays, since its resource's state is read from it."""
    limit = time.time() - KEPT_S
    for name, operation in list(state.operations.items()):
        if operation["ends"] < limit and not operation.get("error"):
            del state.operations[name]


def make_links(call: ArmCall, state: State, name: str, *, location: bool = False) -> dict[str, str]:
    """Return the headers that lead to an operation; updates by PATCH and purges have both."""
    url = f"{call.base_url}{state.operations[name]['id']}?api-version={STATUS_API_VERSION}"
    headers = {"Azure-AsyncOperation": url}
    if location:
        headers["Location"] = f"{url}&operationResultResponseType=Location"
    return headers


def find_running(state: State, resource: str) -> Body | None:
    """Return the operation that still works on a resource, if any."""
    now = time.time()
    for operation in state.operations.values():
        if operation["resource"] == resource.lower() and operation["ends"] > now:
            return operation
    return None


def has_failed(state: State, resource: str) -> bool:
    """Tell whether the last operation on a resource failed."""
    mine = [one for one in state.operations.values() if one["resource"] == resource.lower()]
    return bool(mine) and mine[-1]["error"] is not None


def fail(state: State, name: str, code: str, message: str, *, at_once: bool) -> None:
    """Make an operation end as failed, now or when it would have ended."""
    state.operations[name] |= {"error": {"code": code, "message": message}}
    if at_once:
        state.operations[name]["ends"] = 0.0


def show_running(call: ArmCall, name: str, word: str) -> Answer:
    """Show an operation as if it had not ended; ``Running`` stands for its own word."""
    with call.world.reading() as state:
        operation = _require(state, name)
    own = operation["word"] if word in ("Running", "InProgress") else word
    return Answer(200, _is_running(operation, own))


def get(call: ArmCall, parts: Mapping[str, str]) -> Answer:
    """Answer with the state of an operation; always 200."""
    with call.world.reading() as state:
        operation = _require(state, parts["operation"])
    if operation["ends"] > time.time():
        return Answer(200, _is_running(operation, operation["word"]))
    started = datetime.fromisoformat(operation["started"])
    ended = format_whole_time(started + timedelta(seconds=operation["seconds"]))
    error = operation["error"]
    body = _is_running(operation, _show_outcome(error)) | {"endTime": ended}
    return Answer(200, body | ({"error": error} if error else {}))


def _show_outcome(error: Body | None) -> str:
    if error is None:
        return "Succeeded"
    return "Canceled" if error["code"] == "OperationCancelled" else "Failed"


def _is_running(operation: Body, word: str) -> Body:
    return {
        "id": operation["id"],
        "name": operation["name"],
        "status": word,
        "startTime": operation["started"],
    }


def _require(state: State, name: str) -> Body:
    operation = state.operations.get(name)
    if operation is None:
        raise ArmError(404, "NotFound", f"Specified operation '{name}' cannot be found.")
    return operation
