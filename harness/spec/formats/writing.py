"""Write a document as YAML, as people write specs, so that every reader of YAML reads the same.

Readers differ: YAML 1.1 takes ``no``, ``12:30`` and ``0613`` for other things than text, YAML 1.2
takes ``1e3`` and ``0o17``, and PyYAML without libyaml refuses a plain ``Bread?`` inside braces.
Words that any of them might take for something else are quoted.

Sources: YAML 1.1 (2005), types bool, int, float, null, timestamp, value, merge; YAML 1.2.2, section
10.3.2, the core schema.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

import yaml
from yaml.representer import SafeRepresenter

WIDTH: Final = 96
"""Columns; a mapping or list that fits into them stands on one line."""

ALWAYS_IN_LINES: Final = frozenset({"conversations", "turns", "deployments", "variants"})
"""Keys whose values get a line for each part, short or not, as people write them."""

_NEVER_FOLD: Final = float("inf")
_LONGEST_PLAIN: Final = 120
_MOST_DEPTH: Final = 2

_NOT_TEXT = re.compile(
    r"~|null|true|false|yes|no|on|off|y|n|"
    r"[-+]?\.?[0-9][0-9_,.:]*(?:e[-+]?[0-9]+)?|[-+]?0[box][0-9a-f_]+|[-+]?\.(?:inf|nan)|"
    r"[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[t ].*)?",
    re.IGNORECASE,
)
"""Words that some reader takes for something else than text."""

_PLAIN = re.compile(r"(?:[^\W_]|\$(?=\.))(?:[\w ./+()$;·–—…-]|:(?=[^\s:]))*")
"""Text that no reader needs quotes for, inside braces or outside."""

_ODD = r"\x00-\x1f\x7f-\x9f\u00a0\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff"
_ONE_LINE = re.compile(rf"[^{_ODD}]*")
_LINE_OF_BLOCK = re.compile(rf"(?: *[^\s{_ODD}](?:[^{_ODD}]*[^\s{_ODD}])?)?")
"""A line of a block: without spaces at its end, and with nothing that is not seen."""


def format_yaml(document: Mapping[str, Any]) -> str:
    """Return a document as people write specs, keys in the order given.

    Args:
        document: mappings, lists, text, numbers, booleans and None, nested at will.
    """
    made = _make_node(document, "", indent=-2, depth=0)
    text: str = yaml.serialize(
        made, Dumper=_SpecDumper, allow_unicode=True, width=_NEVER_FOLD, indent=2
    )
    return text


class _SpecDumper(yaml.SafeDumper):
    """Indents the items of a list beneath its key, as people do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        del indentless
        super().increase_indent(flow, indentless=False)


def _make_node(value: Any, key: str, *, indent: int, depth: int) -> yaml.Node:
    """Make the node of a value.

    Args:
        value: what is written.
        key: the key that it stands under; "" for an item of a list.
        indent: the column of that key, or of the item's dash.
        depth: the number of mappings and lists around it.
    """
    if isinstance(value, Mapping):
        flow = _fits(value, key, indent=indent, depth=depth)
        pairs = [
            (
                _make_scalar(str(name)),
                _make_node(one, str(name), indent=indent + 2, depth=depth + 1),
            )
            for name, one in value.items()
        ]
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=flow)
    if isinstance(value, (list, tuple)):
        flow = _fits(value, key, indent=indent, depth=depth)
        items = [_make_node(one, "", indent=indent + 2, depth=depth + 1) for one in value]
        return yaml.SequenceNode("tag:yaml.org,2002:seq", items, flow_style=flow)
    return _make_scalar(value)


def _make_scalar(value: Any) -> yaml.ScalarNode:
    if not isinstance(value, str):
        made = SafeRepresenter().represent_data(value)
        assert isinstance(made, yaml.ScalarNode)  # noqa: S101 - narrows for the checker
        return made
    return yaml.ScalarNode("tag:yaml.org,2002:str", value, style=_choose_style(value))


def _choose_style(text: str) -> str | None:
    """Choose the quotes of a text: none, a block of lines, single or double ones."""
    if _is_block(text):
        return "|"
    if _is_plain(text):
        return None
    is_simple = "'" not in text and _ONE_LINE.fullmatch(text) is not None
    return "'" if is_simple and ("\\" in text or '"' in text) else '"'


def _is_plain(text: str) -> bool:
    return (
        len(text) <= _LONGEST_PLAIN
        and _PLAIN.fullmatch(text) is not None
        and not text.endswith((" ", ":"))
        and "  " not in text
        and _NOT_TEXT.fullmatch(text) is None
    )


def _is_block(text: str) -> bool:
    """Return True where lines after a ``|`` are read as exactly this text by all."""
    lines = text.removesuffix("\n").split("\n")
    starts = bool(lines[0]) and not lines[0].startswith(" ")
    return len(lines) > 1 and starts and all(map(_LINE_OF_BLOCK.fullmatch, lines))


def _fits(value: Any, key: str, *, indent: int, depth: int) -> bool:
    """Return True where a mapping or list is short and shallow enough for one line."""
    if not value:
        return depth > 0
    if depth == 0 or key in ALWAYS_IN_LINES:
        return False
    if not key and isinstance(value, Mapping) and len(value) == 1:
        return False  # `- user: Hello` needs no braces
    most = 1 if depth == 1 else _MOST_DEPTH
    if _measure_depth(value) > most:
        return False
    return indent + len(key) + 2 + _measure_width(value) <= WIDTH


def _measure_depth(value: Any) -> int:
    if isinstance(value, Mapping):
        return 1 + max(map(_measure_depth, value.values()), default=0)
    if isinstance(value, (list, tuple)):
        return 1 + max(map(_measure_depth, value), default=0)
    return 0


def _measure_width(value: Any) -> int:
    """Return the columns that a value takes on one line; more than any line for one of several."""
    if isinstance(value, Mapping):
        return 2 + sum(len(str(name)) + 4 + _measure_width(one) for name, one in value.items())
    if isinstance(value, (list, tuple)):
        return 2 + sum(2 + _measure_width(one) for one in value)
    if isinstance(value, str):
        if _is_block(value):
            return WIDTH + 1
        return len(value) if _is_plain(value) else len(value) + 2
    return len(str(value))
