"""A value together with the place in the author's files that it came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harness.source import Span

Path = tuple[str | int, ...]
"""The path to a value in a document: keys and positions from the root."""


_NO_KEYS: Mapping[str, Span] = {}


# Not frozen: a frozen one takes three times as long to make, and a spec may hold 200,000.
@dataclass(slots=True, eq=False)
class Node:
    """A value of a document; mappings and lists hold nodes, so that every part knows its place.

    Nodes are never changed: an alias shares the node it names, and an edit makes a new one.

    Attributes:
        value: a scalar, a ``dict`` of nodes by key, or a ``list`` of nodes.
        span: where the value begins.
        keys: where each key of a mapping stands.
        raw: an unquoted scalar that is not a string, as the author wrote it (``1.10``, ``0613``).
        unset: variables of the environment that this text names and nobody has set.
        expanded: whether the text came out of the environment, so that it must not be shown.
    """

    value: Any
    span: Span
    keys: Mapping[str, Span] = field(default_factory=lambda: _NO_KEYS)
    raw: str | None = None
    unset: tuple[str, ...] = ()
    expanded: bool = False

    @property
    def text(self) -> str | None:
        """The value when it is a string."""
        return self.value if isinstance(self.value, str) else None

    @property
    def items(self) -> Mapping[str, Node]:
        """The value when it is a mapping, else an empty one: checks go on past a wrong type."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def elements(self) -> list[Node]:
        """The value when it is a list, else an empty one."""
        return self.value if isinstance(self.value, list) else []

    def at(self, *path: str | int) -> Node | None:
        """Return the node at a path below this one, None when there is none."""
        node: Node | None = self
        for step in path:
            value = node.value if node is not None else None
            if isinstance(value, dict):
                node = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
                node = value[step]
            else:
                return None
        return node

    def key_span(self, key: str) -> Span:
        """Return where a key stands; the mapping itself when it has no such key."""
        return self.keys.get(key, self.span)


@dataclass(frozen=True, slots=True)
class Spans:
    """Places by path, for messages about a decoded spec."""

    root: Node

    def at(self, *path: str | int) -> Span:
        """Return where the value at ``path`` stands, or the nearest written thing above it."""
        node = self.root
        for step in path:
            below = node.at(step)
            if below is None:
                return node.span
            node = below
        return node.span

    def key(self, *path: str | int) -> Span:
        """Return where the last key of ``path`` stands; for an element of a list, the element."""
        above, last = self.root.at(*path[:-1]), path[-1] if path else ""
        if above is not None and isinstance(last, str) and last in above.keys:
            return above.keys[last]
        return self.at(*path)


def to_plain(node: Node) -> Any:
    """Return the value without places: what ``json.dumps`` and pydantic understand."""
    value = node.value
    if isinstance(value, dict):
        return {key: to_plain(below) for key, below in value.items()}
    if isinstance(value, list):
        return [to_plain(below) for below in value]
    return value


def locate(value: Any, span: Span) -> Node:
    """Return a plain value as nodes that all stand at one place."""
    if isinstance(value, dict):
        return Node({str(key): locate(below, span) for key, below in value.items()}, span)
    if isinstance(value, (list, tuple)):
        return Node([locate(below, span) for below in value], span)
    return Node(value, span)


def rewrite(node: Node, change: Callable[[Path, Node], Node], path: Path = ()) -> Node:
    """Return the tree with every node passed through ``change``, children before their parents.

    Untouched parts are shared with the old tree, not copied.
    """
    value = node.value
    if isinstance(value, dict):
        below = {key: rewrite(child, change, (*path, key)) for key, child in value.items()}
        node = _replace_items(node, below)
    elif isinstance(value, list):
        children = [rewrite(child, change, (*path, at)) for at, child in enumerate(value)]
        node = _replace_elements(node, children)
    return change(path, node)


ANY = object()
"""In a pattern: every key, or every element."""


def edit(
    root: Node, pattern: tuple[Any, ...], change: Callable[[Path, Node], Node], path: Path = ()
) -> Node:
    """Return the tree with the nodes at one pattern of a path passed through ``change``.

    Only what the pattern names is looked at, so that a long spec costs no more than its part.
    """
    if not pattern:
        return change(path, root)
    step, rest, value = pattern[0], pattern[1:], root.value
    if isinstance(value, dict):
        chosen = value if step is ANY else (step,) if step in value else ()
        edited = {
            key: new
            for key in chosen
            if (new := edit(value[key], rest, change, (*path, key))) is not value[key]
        }
        return replace(root, value={**value, **edited}) if edited else root
    if isinstance(value, list) and step is ANY:
        children = [edit(child, rest, change, (*path, at)) for at, child in enumerate(value)]
        return _replace_elements(root, children)
    return root


def _replace_items(node: Node, items: dict[str, Node]) -> Node:
    if all(items[key] is node.value[key] for key in items):
        return node
    return replace(node, value=items)


def _replace_elements(node: Node, elements: list[Node]) -> Node:
    if all(new is old for new, old in zip(elements, node.value, strict=True)):
        return node
    return replace(node, value=elements)
