"""One document laid over another: what ``extends`` means."""

from __future__ import annotations

from harness.spec.document.located import Node


def merge(base: Node, overlay: Node) -> Node:
    """Return the base with the overlay's declarations laid over it.

    Mappings merge key by key, scalars and lists replace, ``null`` removes the key, and the lists
    under the top-level key ``conversations`` are joined, the base's first. Every part keeps the
    place it was written at.
    """
    merged = _merge(base, overlay)
    before, after = base.at("conversations"), overlay.at("conversations")
    if before is not None and after is not None and before.elements and after.elements:
        joined = Node([*before.elements, *after.elements], after.span)
        items = {**merged.items, "conversations": joined}
        return Node(items, merged.span, merged.keys)
    return merged


def _merge(base: Node | None, overlay: Node) -> Node:
    if not isinstance(overlay.value, dict):
        return overlay
    beneath = base.items if base is not None else {}
    items = dict(beneath)
    keys = dict(base.keys) if base is not None and beneath else {}
    for key, node in overlay.items.items():
        if node.value is None:
            items.pop(key, None)
            keys.pop(key, None)
            continue
        items[key] = _merge(beneath.get(key), node)
        keys[key] = overlay.key_span(key)
    return Node(items, overlay.span, keys)
