"""`harness eval` with images: files beneath the project root, and data URLs."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from harness.cli.main import run
from harness.simulator.hosting import host

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PNG = "data:image/png;base64," + base64.b64encode(PIXEL).decode()
SPEC = """
version: 1
name: pictures
providers:
  laptop: {type: openai-compatible, base_url: "URL/v1", models: {sees: {}}}
evaluation: {api: API}
conversations:
  - id: pixel
    turns:
      - {user: What is this?, images: ["file://pics/pixel.png"], assert: [{contains: pixel}]}
      - {user: And this?, images: ["PNG"]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / ".harness").mkdir()
    (tmp_path / "pics").mkdir()
    (tmp_path / "pics" / "pixel.png").write_bytes(PIXEL)
    (tmp_path / "pics" / "notes.png").write_text("no image", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def asked() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A server that sees a pixel in everything; its address, and what it was asked."""
    bodies: list[dict[str, Any]] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        bodies.append(await request.json())
        if request.path.endswith("/responses"):
            said = {"type": "message", "content": [{"type": "output_text", "text": "A pixel."}]}
            return web.json_response({"status": "completed", "output": [said]})
        message = {"role": "assistant", "content": "A pixel."}
        return web.json_response({"choices": [{"message": message, "finish_reason": "stop"}]})

    with ExitStack() as stack:
        app = web.Application()
        app.router.add_post("/v1/{path:.*}", answer)
        yield stack.enter_context(host(app)), bodies


def write(folder: Path, url: str = "http://127.0.0.1:1", api: str = "chat", **other: str) -> str:
    text = SPEC.replace("URL", url).replace("API", api).replace("PNG", PNG)
    for was, becomes in other.items():
        text = text.replace(was, becomes)
    (folder / "spec.yaml").write_text(text, encoding="utf-8")
    return "spec.yaml"


def test_a_chat_shows_the_file_and_goes_on_showing_it(
    folder: Path, asked: tuple[str, list[dict[str, Any]]]
) -> None:
    url, bodies = asked
    assert run(["eval", write(folder, url), "--output", "out"]) == 0
    first = {
        "role": "user",
        "content": [
            {"type": "text", "text": "What is this?"},
            {"type": "image_url", "image_url": {"url": PNG}},
        ],
    }
    assert bodies[0]["messages"] == [first]
    assert bodies[1]["messages"][0] == first
    assert bodies[1]["messages"][-1]["content"][1]["image_url"] == {"url": PNG}


def test_responses_are_shown_it_in_their_way(
    folder: Path, asked: tuple[str, list[dict[str, Any]]]
) -> None:
    url, bodies = asked
    assert run(["eval", write(folder, url, "responses"), "--output", "out"]) == 0
    content = [
        {"type": "input_text", "text": "What is this?"},
        {"type": "input_image", "image_url": PNG},
    ]
    assert bodies[0]["input"] == [{"role": "user", "content": content}]


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_the_simulator_takes_images_and_looks_at_the_words(folder: Path, api: str) -> None:
    text = (folder / write(folder, api=api)).read_text(encoding="utf-8")
    rules = "simulator: {replies: [{match: What, reply: A pixel.}]}"
    (folder / "spec.yaml").write_text(f"{text}cloud: simulator\n{rules}\n", encoding="utf-8")
    assert run(["eval", "spec.yaml", "--output", "out"]) == 0
    (line,) = (folder / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["turns"][0]["assistant"] == "A pixel."


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("file://pics/none.png", "cannot be read"),
        ("file://../pixel.png", "H111"),
        ("file://pics/notes.png", "no image that models read"),
        ("https://example.com/pixel.png", "expected file://PATH or a data URL"),
        ("data:text/html;base64,AAAA", "this is no image"),
    ],
)
def test_what_is_no_image_of_the_project_is_refused_with_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str], named: str, says: str
) -> None:
    spec = write(folder, **{"file://pics/pixel.png": named})
    assert run(["validate", spec]) == 2
    shown = capsys.readouterr().err
    assert says in shown
    assert "spec.yaml:10:" in shown
