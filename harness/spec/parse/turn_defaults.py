"""``defaults: {turn: {…}}`` -> the turns themselves, so that nobody else has to know of it."""

from __future__ import annotations

from dataclasses import replace

from harness.spec.document.located import ANY, Node, Path, edit

TURNS = ("conversations", ANY, "turns", ANY)


def join_turn_defaults(root: Node) -> Node:
    """Join the assertions of ``defaults.turn`` to every turn that is asked, after its own."""
    defaults = root.at("defaults", "turn", "assert")
    if defaults is None or not defaults.elements:
        return root

    def join(path: Path, turn: Node) -> Node:
        del path
        if not isinstance(turn.value, dict) or "assistant" in turn.items:
            return turn
        own = turn.at("assert")
        elements = [*(own.elements if own is not None else ()), *defaults.elements]
        joined = replace(own or defaults, value=elements)
        return replace(turn, value={**turn.items, "assert": joined})

    return edit(root, TURNS, join)
