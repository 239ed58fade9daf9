"""``prompts`` of a configuration: texts and chats, from the file or from those that it names."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import Any

from harness.importers.promptfoo.asking.parameters import read_settings
from harness.importers.promptfoo.workbench import SCHEME, Workbench
from harness.source import Span
from harness.spec.document.located import Node, to_plain
from harness.spec.formats.yaml import parse

CODE = (".js", ".ts", ".cjs", ".mjs", ".cts", ".mts", ".py", ".rb", ".go")
_DIVIDER = re.compile(r"^[^\S\n]*---[^\S\n]*$", re.MULTILINE)
_FILE = re.compile(r"[\w./*\\-]+\.(?:txt|md|json|jsonl|yaml|yml|csv|j2|njk|py|js|ts|cjs|mjs)\Z")


@dataclass(slots=True)
class WrittenPrompt:
    """A prompt as it is written, before it is divided into what is said.

    Attributes:
        text: a text, or a chat as JSON.
        messages: a chat that was written as YAML; None where ``text`` says it.
        names: the label, id and text by which providers and tests may mean it.
        label: a name for people; "" where it has none.
        parameters: of its ``config``.
        place: where it stands.
    """

    text: str
    place: Node
    names: tuple[str, ...] = ()
    label: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    messages: list[Any] | None = None


def read_prompts(node: Node | None, bench: Workbench) -> list[WrittenPrompt]:
    """Read every prompt; code is left out, and so is what cannot be read."""
    if node is None or node.value is None:
        return []
    found: list[WrittenPrompt] = []
    if isinstance(node.value, dict) and "raw" not in node.items and "id" not in node.items:
        for key, below in node.items.items():  # the old form: {file: label}
            label = below.text or key
            for prompt in _read_text(Node(key, node.key_span(key)), bench):
                prompt.label, prompt.names = label, (*prompt.names, label)
                found.append(prompt)
        return found
    for element in node.elements or [node]:
        found += _read_one(bench.resolve_refs(element), bench)
    return found


def _read_one(node: Node, bench: Workbench) -> list[WrittenPrompt]:
    if node.text is not None:
        return _read_text(node, bench)
    found = _read_source(node, bench)
    identifier, label = node.at("id"), node.at("label")
    names = tuple(one.text for one in (identifier, label) if one is not None and one.text)
    config = node.at("config")
    settings = read_settings(config, bench, "prompt")
    if settings.tools:
        bench.leave_out(node, "prompt config.tools", "tools belong to a conversation")
    for number, prompt in enumerate(found):
        prompt.names = (*prompt.names, *names)
        prompt.parameters = settings.parameters
        if label is not None and label.text:
            prompt.label = label.text if len(found) == 1 else f"{label.text} {number + 1}"
        prompt.text = f"{_read_part(node, 'prefix')}{prompt.text}{_read_part(node, 'suffix')}"
    return found


def _read_part(node: Node, key: str) -> str:
    below = node.at(key)
    return below.text or "" if below is not None else ""


def _read_source(node: Node, bench: Workbench) -> list[WrittenPrompt]:
    """Read the text or the messages of a prompt that is an object, or a list of messages."""
    keys = ("messages", "raw", "content", "prompt", "text", "id")
    written = next((node.items[key] for key in keys if key in node.items), None)
    if written is None and node.elements:
        written = node
    if written is not None and written.elements:
        return [WrittenPrompt("", written, messages=to_plain(written))]
    if written is None or written.text is None:
        reason = "code makes it, and nothing here runs it" if "function" in node.items else ""
        bench.leave_out(node, "prompt", reason or "it has no text")
        return []
    if "raw" in node.items and not written.text.startswith(SCHEME):
        return [WrittenPrompt(written.text, written, (written.text,))]
    return _read_text(written, bench)


def _read_text(node: Node, bench: Workbench) -> list[WrittenPrompt]:
    text = node.text or ""
    plain = text.removeprefix(SCHEME)
    if text.startswith(SCHEME) or (_FILE.match(text) and "\n" not in text and " " not in text):
        path, _, function = plain.rpartition(":")
        name = path if path and function.isidentifier() and path.lower().endswith(CODE) else plain
        if name.lower().endswith(CODE) or plain.startswith("exec:"):
            bench.leave_out(node, f"prompt {text}", "code makes it, and nothing here runs it")
            return []
        files = bench.list_files(node, name)
        found = [
            prompt for path in files if not _is_code(path, node, bench)
            for prompt in _read_file(node, path, bench)
        ]  # fmt: skip
        for prompt in found:
            prompt.names = (*prompt.names, text, plain)
        return found
    if plain.startswith(
        ("exec:", "langfuse://", "portkey://", "helicone://", "http://", "https://")
    ):
        bench.leave_out(node, f"prompt {text.split(':')[0]}", "it is kept by another service")
        return []
    return [WrittenPrompt(text, node, (text,))]


def _is_code(path: str, node: Node, bench: Workbench) -> bool:
    if not path.lower().endswith(CODE):
        return False
    bench.leave_out(node, f"prompt {path}", "code makes it, and nothing here runs it")
    return True


def _read_file(  # noqa: PLR0911 - a table reads downwards
    node: Node, path: str, bench: Workbench
) -> list[WrittenPrompt]:
    text = bench.read_text(node, path)
    if text is None:
        return []
    place = Node(text, Span(path, 1, 1))
    lowered = path.lower()
    if lowered.endswith((".yaml", ".yml")):
        root = parse(text.encode(), path).root if "{%" not in text else None
        if root is not None and isinstance(root.value, list):
            return [WrittenPrompt("", root, messages=to_plain(root))]
        return [WrittenPrompt(text, place)]
    if lowered.endswith(".json"):
        return [WrittenPrompt(text, place)]
    if lowered.endswith(".jsonl"):
        lines = [one for one in text.splitlines() if one.strip()]
        return [WrittenPrompt(one, Node(one, Span(path, at, 1))) for at, one in enumerate(lines, 1)]
    if lowered.endswith(".csv"):
        return _read_csv(text, path)
    if lowered.endswith((".txt", ".j2", ".njk")):
        return _divide(text, path)
    return [WrittenPrompt(text.strip(), place)]


def _divide(text: str, path: str) -> list[WrittenPrompt]:
    found: list[WrittenPrompt] = []
    start = 0
    for part in _DIVIDER.split(text):
        line = text.count("\n", 0, text.find(part, start)) + 1
        start = max(start, text.find(part, start) + len(part))
        if part.strip():
            found.append(WrittenPrompt(part.strip(), Node(part.strip(), Span(path, line, 1))))
    return found


def _read_csv(text: str, path: str) -> list[WrittenPrompt]:
    rows = [row for row in csv.reader(io.StringIO(text)) if row and any(row)]
    header = [one.strip().lower() for one in rows[0]] if rows else []
    if "prompt" not in header:
        return [
            WrittenPrompt(row[0], Node(row[0], Span(path, at, 1))) for at, row in enumerate(rows, 1)
        ]
    where = header.index("prompt")
    found = []
    for at, row in enumerate(rows[1:], 2):
        if where < len(row) and row[where].strip():
            prompt = WrittenPrompt(row[where], Node(row[where], Span(path, at, 1)))
            if "label" in header and header.index("label") < len(row):
                prompt.label = row[header.index("label")]
                prompt.names = (prompt.label,)
            found.append(prompt)
    return found


def looks_like_chat(text: str) -> bool:
    """Tell whether a text is meant as a list of chat messages."""
    stripped = text.lstrip()
    return (stripped.startswith(("[", "{%")) and '"role"' in text) or bool(
        re.match(r"-\s+role\s*:", stripped)
    )
