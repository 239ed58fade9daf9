"""A server that repeats the key it was sent, in every place that an answer has."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Say = Callable[["Echo", str], None]


USAGE = {"prompt_tokens": 3, "completion_tokens": 3, "total_tokens": 6}


def make_completion(message: dict[str, Any], reason: str = "stop") -> dict[str, Any]:
    """Return a whole chat completion with this message."""
    said = {"role": "assistant", **message}
    choice: dict[str, Any] = {"index": 0, "finish_reason": reason, "message": said}
    return {"id": "chatcmpl-1", "model": "m-1", "choices": [choice], "usage": USAGE}


def _say_reply(echo: Echo, key: str) -> None:
    echo.answer(200, make_completion({"content": f"You sent {key}, did you not?"}))


def _say_model(echo: Echo, key: str) -> None:
    completion: dict[str, Any] = make_completion({"content": "fine"})
    echo.answer(200, {**completion, "model": key, "id": key, "system_fingerprint": key})


def _call_tool(echo: Echo, key: str) -> None:
    function = {"name": "look_up", "arguments": json.dumps({"key": key})}
    call = {"id": f"call_{key}", "type": "function", "function": function}
    echo.answer(200, make_completion({"content": None, "tool_calls": [call]}, "tool_calls"))


def _send_headers(echo: Echo, key: str) -> None:
    headers = {"x-request-id": key, "apim-request-id": key, "x-ms-region": key}
    echo.answer(200, make_completion({"content": "fine"}), headers)


def _refuse(echo: Echo, key: str) -> None:
    error = {"message": f"Incorrect API key provided: {key}", "code": key, "param": key}
    echo.answer(401, {"error": error}, {"x-request-id": key, "www-authenticate": key})


def _fail_in_html(echo: Echo, key: str) -> None:
    echo.answer(418, f"<html><title>Broken {key}</title>{key}</html>".encode())


def _redirect(echo: Echo, key: str) -> None:
    echo.answer(307, b"", {"Location": f"http://127.0.0.1:9/{key}"})


def _break_protocol(echo: Echo, key: str) -> None:
    echo.wfile.write(f"HTTP/1.1 200 OK\r\nX Bad {key}\r\n{key}: {key}\0\r\n\r\n{key}".encode())


def _say_in_pieces(echo: Echo, key: str) -> None:
    pieces = ["The key is ", key[:3], key[3:9], key[9:], ", and ", key[:5]]
    events: list[dict[str, Any]] = [
        {"index": 0, "delta": {"content": piece}, "finish_reason": None} for piece in pieces
    ]
    events.append({"index": 0, "delta": {}, "finish_reason": "stop"})
    lines = [f"data: {json.dumps({'model': 'm-1', 'choices': [event]})}\n\n" for event in events]
    echo.answer(200, "".join([*lines, "data: [DONE]\n\n"]).encode(), kind="text/event-stream")


def _fail_in_stream(echo: Echo, key: str) -> None:
    said = f'data: {{"error": {{"message": "bad {key}", "code": "{key}"}}}}\n\n'
    echo.answer(200, said.encode(), kind="text/event-stream")


def _judge(echo: Echo, key: str) -> None:
    verdict = json.dumps({"reason": f"because {key}", "pass": False, "verdict": "no", "score": 0})
    echo.answer(200, make_completion({"content": verdict}))


WAYS: dict[str, Say] = {
    "reply": _say_reply,
    "model": _say_model,
    "tool": _call_tool,
    "headers": _send_headers,
    "refusal": _refuse,
    "html": _fail_in_html,
    "redirect": _redirect,
    "protocol": _break_protocol,
    "pieces": _say_in_pieces,
    "stream-error": _fail_in_stream,
    "judge": _judge,
}
"""The ways in which a key comes back, by the name of the model that is asked."""


class Echo(BaseHTTPRequestHandler):
    """One request: the model's name says how the key is repeated."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        key = self.headers["Authorization"].removeprefix("Bearer ")
        WAYS[body["model"]](self, key)

    def answer(
        self,
        status: int,
        body: dict[str, Any] | bytes,
        headers: dict[str, str] | None = None,
        kind: str = "application/json",
    ) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        named = {"Content-Type": kind, "Content-Length": str(len(data)), **(headers or {})}
        for name, value in named.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_request(self, *given: Any) -> None:
        """Say nothing on standard error."""


@contextmanager
def serve() -> Iterator[str]:
    """Serve on a free port of this machine; the base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
