"""A server that speaks OpenAI's protocol: it streams what it is told to say, word by word."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Talker:
    """What the server says and what it was asked.

    Attributes:
        words: the pieces of every reply.
        thoughts: what it tells of its reasoning before them.
        pause_at: the piece before which it waits until somebody lets it go on; None for none.
        status: of every answer.
    """

    words: list[str] = field(default_factory=lambda: ["Hello ", "there", "."])
    thoughts: list[str] = field(default_factory=list)
    pause_at: int | None = None
    status: int = 200
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def list_events(self) -> Iterator[dict[str, Any]]:
        """Yield the chunks of a completion."""
        for thought in self.thoughts:
            yield make_chunk({"reasoning_content": thought})
        for number, word in enumerate(self.words):
            if number == self.pause_at:
                self.go_on.wait(20)
            yield make_chunk({"content": word})
        yield make_chunk({}, finish_reason="stop")
        yield {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}


def make_chunk(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    """Return one chunk of a streamed completion."""
    return {
        "model": "m-1",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
    }


@contextmanager
def serve(talker: Talker) -> Iterator[Talker]:
    """Serve on a free port of this machine for as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            talker.asked.append(json.loads(body))
            talker.keys.append(self.headers.get("authorization"))
            if talker.status != 200:
                self._fail()
                return
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()
            for event in talker.list_events():
                self._send(json.dumps(event))
            self._send("[DONE]")

        def _send(self, data: str) -> None:
            try:
                self.wfile.write(f"data: {data}\n\n".encode())
                self.wfile.flush()
            except OSError:  # whoever asked has gone
                return

        def _fail(self) -> None:
            error = {"error": {"message": "the key is wrong", "code": "invalid_api_key"}}
            body = json.dumps(error).encode()
            self.send_response(talker.status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    talker.url = f"http://127.0.0.1:{server.server_port}/v1"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield talker
    finally:
        talker.go_on.set()
        server.shutdown()
        server.server_close()
