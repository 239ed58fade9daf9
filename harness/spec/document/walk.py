"""Ways through a document whose assertions are in their long form."""

from __future__ import annotations

from collections.abc import Iterator

from harness.spec.document.located import Node


def list_conversations(root: Node) -> list[Node]:
    """Return the conversations that are mappings."""
    return _keep_mappings(root.at("conversations"))


def list_turns(conversation: Node) -> list[Node]:
    """Return the turns of a conversation that are mappings."""
    return _keep_mappings(conversation.at("turns"))


def iterate_own_assertions(node: Node) -> Iterator[Node]:
    """Yield the assertions of one ``assert`` list, those inside sets after their set."""
    for assertion in _keep_mappings(node.at("assert")):
        yield assertion
        yield from iterate_own_assertions(assertion)


def iterate_conversation_assertions(conversation: Node) -> Iterator[Node]:
    """Yield every assertion of a conversation, its turns' first."""
    for turn in list_turns(conversation):
        yield from iterate_own_assertions(turn)
    cases = conversation.at("cases")
    for case in _keep_mappings(cases):
        yield from iterate_own_assertions(case)
    yield from iterate_own_assertions(conversation)


def iterate_assertions(root: Node) -> Iterator[Node]:
    """Yield every assertion of the document."""
    defaults = root.at("defaults")
    if defaults is not None:
        yield from iterate_own_assertions(defaults)
        yield from iterate_own_assertions(defaults.at("turn") or Node({}, defaults.span))
    for conversation in list_conversations(root):
        yield from iterate_conversation_assertions(conversation)


def iterate_texts(node: Node) -> Iterator[Node]:
    """Yield every text of a value, at any depth."""
    if node.text is not None:
        yield node
    for below in (*node.items.values(), *node.elements):
        yield from iterate_texts(below)


def list_entries(root: Node, *path: str) -> list[tuple[str, Node]]:
    """Return the entries of the mapping at ``path`` with their keys."""
    node = root.at(*path)
    return list(node.items.items()) if node is not None else []


def read_kind(assertion: Node) -> str:
    """Return an assertion's type, without ``not-``."""
    kind = assertion.at("type")
    return (kind.text or "") if kind is not None else ""


def _keep_mappings(node: Node | None) -> list[Node]:
    if node is None or not isinstance(node.value, list):
        return []
    return [below for below in node.value if isinstance(below.value, dict) and below.value]
