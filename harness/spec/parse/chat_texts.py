"""Texts that are chat messages, written as JSON in the place of what the user says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness.spec.document.located import ANY, Node, Path, edit, locate
from harness.spec.document.problems import Problems
from harness.spec.formats.json_text import parse_json

TURNS = ("conversations", ANY, "turns", ANY)
VARIANTS = ("variants", ANY, "user")


def read_chat_texts(root: Node, problems: Problems) -> Node:
    """Write a ``user`` that is a JSON array of chat messages as ``messages``."""

    def turn(path: Path, node: Node) -> Node:
        del path
        return _read_turn(node, problems)

    def variant(path: Path, node: Node) -> Node:
        del path
        if _looks_like_chat(node):
            summary = "chat messages in a variant's `user` are sent as one text"
            hint = "give each turn its `messages`; a variant's `user` is a text about {{user}}"
            problems.warn("H309", node.span, summary, hint=hint)
        return node

    return edit(edit(root, TURNS, turn), VARIANTS, variant)


def _read_turn(turn: Node, problems: Problems) -> Node:
    user = turn.at("user")
    if user is None or not _looks_like_chat(user) or turn.at("messages") is not None:
        return turn
    try:
        messages: Any = parse_json(user.text or "")
    except (ValueError, RecursionError):
        summary = "this looks like chat messages and is no JSON: it is sent as one text"
        hint = "write them under `messages`, where {{name}} stands in quotes"
        problems.warn("H309", user.span, summary, hint=hint)
        return turn
    if not all(isinstance(message, dict) and "role" in message for message in messages):
        return turn
    items = {key: child for key, child in turn.items.items() if key != "user"}
    keys = {**turn.keys, "messages": turn.key_span("user")}
    return replace(turn, value={**items, "messages": locate(messages, user.span)}, keys=keys)


def _looks_like_chat(node: Node) -> bool:
    text = (node.text or "").lstrip()
    return text.startswith("[") and '"role"' in text and '"content"' in text
