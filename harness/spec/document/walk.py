"""Ways through a document whose assertions are in their long form."""

from __future__ import annotations

from collections.abc import Iterator

from harness.spec.document.located import Node


def list_conversations(root: Node) -> list[Node]:
    """Return the conversations that are mappings."""
    return _mappings(root.at("conversations"))


def list_turns(conversation: Node) -> list[Node]:
    """Return the turns of a conversation that are mappings."""
    return _mappings(conversation.at("turns"))


def iterate_own_assertions(node: Node) -> Iterator[Node]:
    """Yield the assertions of one ``assert`` list, those inside sets after their set."""
    for assertion in _mappings(node.at("assert")):
        yield assertion
        yield from iterate_own_assertions(assertion)


def iterate_conversation_assertions(conversation: Node) -> Iterator[Node]:
    """Yield every assertion of a conversation, its turns' first."""
    for turn in list_turns(conversation):
        yield from iterate_own_assertions(turn)
    yield from iterate_own_assertions(conversation)


def iterate_assertions(root: Node) -> Iterator[Node]:
    """Yield every assertion of the document."""
    defaults = root.at("defaults")
    if defaults is not None:
        yield from iterate_own_assertions(defaults)
    for conversation in list_conversations(root):
        yield from iterate_conversation_assertions(conversation)


def list_entries(root: Node, *path: str) -> list[tuple[str, Node]]:
    """Return the entries of the mapping at ``path`` with their keys."""
    node = root.at(*path)
    return list(node.items.items()) if node is not None else []


def read_kind(assertion: Node) -> str:
    """Return an assertion's type, without ``not-``."""
    kind = assertion.at("type")
    return (kind.text or "") if kind is not None else ""


def _mappings(node: Node | None) -> list[Node]:
    if node is None or not isinstance(node.value, list):
        return []
    return [below for below in node.value if isinstance(below.value, dict) and below.value]
