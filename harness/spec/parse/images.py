"""The images of a turn: ``file://PATH`` -> a data URL, which every API takes."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

from harness.spec.document import walk
from harness.spec.document.located import ANY, Node, Path, edit
from harness.spec.document.template import read_lone_name
from harness.spec.document.words import quote
from harness.spec.parse.assemble import Sources
from harness.spec.parse.texts import SCHEME

IMAGES = ("conversations", ANY, "turns", ANY, "images", ANY)
PARTS = ("conversations", ANY, "turns", ANY, "messages", ANY, "content", ANY, "image_url", "url")
DATA_URL = re.compile(r"data:image/[a-z+.-]+;base64,[A-Za-z0-9+/]+={0,2}", re.ASCII)
BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"RIFF", "webp"),
)
"""The first bytes of image formats that models read, whatever the file's name ends with.

Source: OpenAI's guide on images and vision (2026): PNG, JPEG, WEBP and GIF that does not move.
"""


def load_images(root: Node, sources: Sources) -> Node:
    """Return the document with a data URL in the place of every file that a turn shows."""

    def image(path: Path, node: Node) -> Node:
        del path
        return _load(node, sources)

    def part(path: Path, node: Node) -> Node:
        # The service fetches what lies on the web; the harness fetches nothing.
        text = node.text or ""
        is_there = text.startswith("https://") or read_lone_name(text) is not None
        return node if is_there else image(path, node)

    turns = [turn for told in walk.list_conversations(root) for turn in walk.list_turns(told)]
    # Most show none, and making a document anew takes its time.
    if any(turn.at("messages") is not None for turn in turns):
        root = edit(root, PARTS, part)
    if any(turn.at("images") is not None for turn in turns):
        root = edit(root, IMAGES, image)
    return root


def _load(node: Node, sources: Sources) -> Node:
    text = node.text
    if text is None:
        return node
    if text.startswith("data:"):
        if not DATA_URL.fullmatch(text):
            summary = "this is no image: expected data:image/png;base64,…"
            sources.problems.error("H208", node.span, summary)
        return node
    if not text.startswith(SCHEME):
        summary = f"expected file://PATH or a data URL, got {quote(text)}"
        hint = "only files of the project are shown: nothing is fetched"
        sources.problems.error("H208", node.span, summary, hint=hint)
        return node
    path = sources.resolve(replace(node, value=text.removeprefix(SCHEME)))
    content = None if path is None else sources.read_content(path, node.span)
    if content is None:
        return node
    kind = next((kind for begins, kind in BEGINNINGS if content.startswith(begins)), None)
    if kind is None:
        summary = f"{quote(path or '')} is no image that models read"
        hint = "models read PNG, JPEG, GIF and WEBP"
        sources.problems.error("H208", node.span, summary, hint=hint)
        return node
    encoded = base64.b64encode(content).decode("ascii")
    return replace(node, value=f"data:image/{kind};base64,{encoded}")
