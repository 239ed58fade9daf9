"""Applications under test are replayed without the application: servers and programs."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from aiohttp import web

from harness.simulator.hosting import host

if TYPE_CHECKING:
    from tests.cassettes.conftest import Project, Same

PROGRAM = """
import json, sys
asked = json.load(sys.stdin)
if "crash" in asked["user"]:
    sys.exit("no such dish")
print(json.dumps({"answer": f"{len(asked['messages'])} messages"}))
"""
SPEC = """
version: 1
name: applications
cloud: simulator
providers:
  program: {type: command, command: [PYTHON, app.py], reply: $.answer}
  server:
    type: http
    url: "URL/chat?key=not-for-cassettes"
    body: {question: "{{user}}", session: "{{session}}"}
    reply: $.delta
    session: $.session
conversations:
  - {id: chain, turns: [{user: One}, {user: Two}]}
  - {id: crash, turns: [{user: Please crash}]}
"""


async def server(request: web.Request) -> web.StreamResponse:
    asked = await request.json()
    if "crash" in asked["question"]:
        return web.json_response({"error": {"message": "out of soup"}}, status=400)
    events: list[dict[str, Any]] = [{"delta": f"{asked['session']}: "}, {"delta": "åäö"}]
    text = "".join(f"data: {json.dumps(one)}\n\n" for one in [*events, {"session": "s-1"}])
    return web.Response(text=text, content_type="text/event-stream")


def test_servers_and_programs_are_replayed_without_them(project: Project, same: Same) -> None:
    (project.folder / "app.py").write_text(PROGRAM, encoding="utf-8")
    app = web.Application()
    app.router.add_post("/chat", server)
    with host(app) as url:
        project.write(SPEC.replace("URL", url).replace("PYTHON", json.dumps(sys.executable)))
        recorded = project.record("--allow-code")
    (project.folder / "app.py").unlink()
    replayed = project.replay("--allow-code")
    same(recorded, replayed)
    assert [one["outcome"] for one in replayed.results] == [
        "passed", "passed", "errored", "errored",
    ]  # fmt: skip
    for file in project.files():
        assert "not-for-cassettes" not in file.read_text(encoding="utf-8")
