"""The operations on files and batches: what is asked, and the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from harness.simulator.dataplane import DataPlaneCall
from harness.simulator.inference.batches.files import (
    delete_file,
    find_file,
    find_owner,
    keep_file,
    list_files,
    read_file,
    read_upload,
)
from harness.simulator.inference.batches.objects import TERMINAL, make_batch
from harness.simulator.inference.batches.running import (
    AnswerLine,
    BatchRun,
    count_queued,
    ensure_running,
    find_queue,
)
from harness.simulator.inference.headers import make_error_headers
from harness.simulator.inference.refusals import DataPlaneError, Dialect, invalid_request_error
from harness.simulator.inference.requests.chat import decode
from harness.simulator.inference.routes import ModelOperation
from harness.simulator.outgoing import DataPlaneAnswer
from harness.simulator.world import Body

ENDPOINTS: Final = ("/chat/completions", "/responses")
"""Operations that lines may name, with ``/v1`` before them or not."""


async def answer_batches(
    request: web.Request,
    call: DataPlaneCall,
    dialect: Dialect,
    wanted: ModelOperation,
    answer: AnswerLine,
) -> DataPlaneAnswer:
    """Answer an operation on files or batches.

    Raises:
        DataPlaneError: it is refused.
    """
    headers = dict(make_error_headers(request, dialect, {}))
    if wanted.operation.startswith("files."):
        return await _answer_files(request, call, dialect, wanted, headers)
    found = None if wanted.item == "" else _find_batch(call, wanted.item)
    if wanted.operation == "batches.create":
        found = _create(call, dialect, decode(await request.read()))
        headers |= _tell_queue(call, found)
    if wanted.operation == "batches.list":
        for record in _list_batches(call):
            ensure_running(BatchRun(call, dialect, record, answer))
        return _answer(200, _page(_list_batches(call), request.query), headers)
    if found is None:
        raise DataPlaneError(404, None, f"No batch found with id '{wanted.item}'.")
    if wanted.operation == "batches.cancel" and found["batch"]["status"] not in TERMINAL:
        with call.world.writing():
            found["batch"]["status"] = "cancelling"
            found["batch"]["cancelling_at"] = int(call.session.now.timestamp())
    told = json.dumps(found["batch"])  # as it is now: what runs from here on changes it
    ensure_running(BatchRun(call, dialect, found, answer))
    return DataPlaneAnswer(200, (told.encode(),), headers)


async def _answer_files(
    request: web.Request,
    call: DataPlaneCall,
    dialect: Dialect,
    wanted: ModelOperation,
    headers: dict[str, str],
) -> DataPlaneAnswer:
    match wanted.operation:
        case "files.create":
            made = keep_file(call, dialect, await read_upload(request))
            if dialect == "azure":
                query = f"?{request.query_string}" if request.query_string else ""
                base = f"{request.scheme}://{request.host}{request.rel_url.raw_path}"
                headers["Location"] = f"{base.rstrip('/')}/{made['id']}{query}"
            return _answer(201 if dialect == "azure" else 200, made, headers)
        case "files.list":
            data = list_files(call, request.query.get("purpose"))
            return _answer(200, _page_files(data, request.query, dialect), headers)
        case "files.get":
            return _answer(200, find_file(call, wanted.item), headers)
        case "files.delete":
            return _answer(200, delete_file(call, wanted.item), headers)
        case _:
            content, name = read_file(call, wanted.item), find_file(call, wanted.item)["filename"]
            headers["Content-Type"] = "application/octet-stream"
            headers["Content-Disposition"] = f"attachment; filename={name}; filename*=UTF-8''{name}"
            return DataPlaneAnswer(200, (content,), headers)


def _create(call: DataPlaneCall, dialect: Dialect, asked: Mapping[str, Any]) -> Body:
    for name in ("input_file_id", "endpoint", "completion_window"):
        if not asked.get(name):
            raise invalid_request_error(f"Missing required parameter: '{name}'.", name)
    if asked["completion_window"] != "24h":
        raise invalid_request_error("completion_window must be '24h'.", "completion_window")
    if str(asked["endpoint"]).removeprefix("/v1") not in ENDPOINTS:
        raise invalid_request_error(
            f"The endpoint '{asked['endpoint']}' is not supported.", "endpoint"
        )
    find_file(call, str(asked["input_file_id"]))
    identity, record = make_batch(call, dialect, asked)
    with call.world.writing() as state:
        state.batches[identity] = record
    return record


def _tell_queue(call: DataPlaneCall, record: Body) -> dict[str, str]:
    """Tell of the queue of the deployment that the file's first line names, as recorded."""
    content = read_file(call, record["batch"]["input_file_id"])
    try:
        name = json.loads(content.partition(b"\n")[0])["body"]["model"]
        served = call.find(str(name))
    except (ValueError, KeyError, TypeError):
        return {}
    most = None if served is None else find_queue(served)
    if served is None or most is None:
        return {}
    return {
        "deployment-enqueued-tokens": str(count_queued(call, served.name)),
        "deployment-maximum-enqueued-tokens": str(most),
    }


def _find_batch(call: DataPlaneCall, identity: str) -> Body | None:
    with call.world.reading() as state:
        found = state.batches.get(identity)
    return found if found is not None and found["owner"] == find_owner(call) else None


def _list_batches(call: DataPlaneCall) -> list[Body]:
    owner = find_owner(call)
    with call.world.reading() as state:
        return [one for one in reversed(state.batches.values()) if one["owner"] == owner]


def _page(records: list[Body], query: Mapping[str, str]) -> Body:
    return _cut([one["batch"] for one in records], query, most=20)


def _page_files(files: list[Body], query: Mapping[str, str], dialect: Dialect) -> Body:
    """Return a page of files; recorded of Azure are all of them at once, and nothing of pages."""
    if dialect == "azure" and "after" not in query and "limit" not in query:
        return {"object": "list", "data": files}
    return _cut(files, query, most=10_000)


def _cut(data: list[Body], query: Mapping[str, str], most: int) -> Body:
    after, limit = query.get("after"), query.get("limit", "")
    ids = [one["id"] for one in data]
    start = ids.index(after) + 1 if after in ids else 0
    size = int(limit) if limit.isdecimal() and int(limit) else most
    shown = data[start : start + size]
    return {
        "object": "list",
        "data": shown,
        "first_id": shown[0]["id"] if shown else None,
        "last_id": shown[-1]["id"] if shown else None,
        "has_more": start + size < len(data),
    }


def _answer(status: int, body: Mapping[str, Any], headers: Mapping[str, str]) -> DataPlaneAnswer:
    return DataPlaneAnswer(status, (json.dumps(body).encode(),), headers)
