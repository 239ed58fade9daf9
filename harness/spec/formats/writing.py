"""Values -> YAML text in people's style, which every YAML reader reads the same.

Keys stay in their order. A text is quoted as soon as one reader could take it for something else:
YAML 1.1 (PyYAML, with libyaml and without) reads ``no``, ``on``, ``12:30`` and ``2024-08-06`` as
other things than text, YAML 1.2 (ruamel) reads ``1e3`` and ``0o17`` so, and PyYAML's own parser
refuses ``{user: Bread?, …}``. Texts of several lines are ``|`` blocks; what is short is ``{…}``
or ``[…]``.

Sources: YAML 1.1 and 1.2.2; measured behaviour of PyYAML 6.0.3, libyaml 0.2.5, ruamel.yaml 0.19.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

WIDTH = 96
"""Characters that a line of ``{…}`` or ``[…]`` may take."""

_SHORT_TEXT = 48
"""Characters, quotes included, of a text that may stand in ``{…}``."""
_SHORT_ITEM = 32
_LONGEST_KEY = 900
"""Characters; parsers look 1,024 characters ahead for the colon, and no further."""

_UNSAFE = re.compile(
    "[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|[\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\U000e0000-\U000e0fff]"
)
"""Characters written as escapes: no reader refuses them so, and nobody overlooks them."""

_PLAIN_START = re.compile(r"(?:[^\W\d]|[/$(<^]|\.{1,2}/)")
_PLAIN_BREAKS = re.compile(r":(?:\s|\Z)|\s#|[\t\n\\]|<<\Z")
_FLOW_BREAKS = re.compile(r"[,\[\]{}?:]")
_WORDS = frozenset({"y", "yes", "n", "no", "on", "off", "true", "false", "null"})
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


def format_yaml(document: Any) -> str:
    """Return a document as people write specs; it ends with a line end.

    The document is made of mappings with texts as keys, lists, texts, numbers, booleans and None.
    Half a surrogate pair, which is no text, becomes U+FFFD. Infinite numbers, and those of
    more than 300 digits, read as numbers elsewhere and as text in a spec.

    Raises:
        TypeError: something else is in the document.
    """
    is_block = _is_collection(document)
    lines = _write_block(document, 0) if is_block else [_write_flow(document)]
    return "\n".join(lines) + "\n"


def format_flow(value: Any) -> str:
    """Return a value on one line, as it can stand in ``{…}``, ``[…]`` and behind a key.

    Raises:
        TypeError: as ``format_yaml``.
    """
    return _write_flow(value)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


# --- blocks: each line is yielded with its indentation


def _write_block(value: Any, indent: int) -> Iterator[str]:
    return (
        _write_mapping(value, indent) if isinstance(value, Mapping) else _write_list(value, indent)
    )


def _write_mapping(mapping: Mapping[str, Any], indent: int) -> Iterator[str]:
    pad = " " * indent
    for key, value in mapping.items():
        name = _write_text(str(key), in_flow=False)
        if len(name) > _LONGEST_KEY:
            yield f"{pad}? {name}"
            name = ""
        yield from _write_value(f"{pad}{name}:", value, indent)


def _write_list(items: Sequence[Any], indent: int) -> Iterator[str]:
    pad = " " * indent
    for item in items:
        if not _is_collection(item):
            yield from _write_value(f"{pad}-", item, indent)
            continue
        flow = _write_flow(item)
        if len(item) > 1 and _is_short(item) and indent + 2 + len(flow) <= WIDTH:
            yield f"{pad}- {flow}"
            continue
        first, *rest = _write_block(item, indent + 2)
        yield f"{pad}- {first[indent + 2 :]}"
        yield from rest


def _write_value(head: str, value: Any, indent: int) -> Iterator[str]:
    """Yield the lines of a value behind ``head``, a key or a dash that stands at ``indent``."""
    if isinstance(value, str) and _is_block_text(value):
        kept = value.rstrip("\n")
        ends = len(value) - len(kept)
        yield f"{head} |{'-' if not ends else '' if ends == 1 else '+'}"
        pad = " " * (indent + 2)
        for line in kept.split("\n"):
            yield f"{pad}{line}" if line else ""
        yield from [""] * (ends - 1)
        return
    if not _is_collection(value):
        yield f"{head} {_write_scalar(value, in_flow=False)}"
        return
    flow = _write_flow(value)
    if _is_short(value) and len(head) + 1 + len(flow) <= WIDTH:
        yield f"{head} {flow}"
        return
    yield head
    yield from _write_block(value, indent + 2)


def _is_block_text(text: str) -> bool:
    """Return whether a text is the same when read from a ``|`` block by every reader."""
    if "\n" not in text.rstrip("\n") or _UNSAFE.search(text):
        return False
    if text.startswith((" ", "\t", "\n")):  # these hide where the block is indented to
        return False
    return not text.rstrip("\n").endswith((" ", "\t"))


def _is_short(value: Any) -> bool:
    """Return whether people would write a collection that has something in it on one line."""
    if isinstance(value, Mapping):
        return len(value) <= 5 and all(_is_short_in_mapping(one) for one in value.values())
    return all(not _is_collection(one) and _is_short_text(one, _SHORT_ITEM) for one in value)


def _is_short_in_mapping(value: Any) -> bool:
    if isinstance(value, Mapping):
        return not value
    if _is_list(value):
        return len(value) <= 5 and _is_short(value)
    return _is_short_text(value, _SHORT_TEXT)


def _is_collection(value: Any) -> bool:
    return bool(value) and (isinstance(value, Mapping) or _is_list(value))


def _is_short_text(value: Any, longest: int) -> bool:
    return not isinstance(value, str) or ("\n" not in value and len(value) <= longest)


# --- one line


def _write_flow(value: Any) -> str:
    if isinstance(value, Mapping):
        inside = (f"{_write_flow_key(key)}: {_write_flow(one)}" for key, one in value.items())
        return "{" + ", ".join(inside) + "}"
    if _is_list(value):
        return "[" + ", ".join(map(_write_flow, value)) + "]"
    return _write_scalar(value, in_flow=True)


def _write_flow_key(key: Any) -> str:
    name = _write_text(str(key), in_flow=True)
    return name if len(name) <= _LONGEST_KEY else f"? {name} "


def _write_scalar(value: Any, *, in_flow: bool) -> str:
    if isinstance(value, str):
        return _write_text(value, in_flow=in_flow)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _write_number(value)
    if isinstance(value, Mapping) or _is_list(value):
        return "{}" if isinstance(value, Mapping) else "[]"
    raise TypeError(f"no form in YAML for {type(value).__name__}")


def _write_number(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    text = repr(value)
    # YAML 1.1 wants a point in every number with an exponent.
    return text if "." in text else text.replace("e", ".0e")


def _write_text(text: str, *, in_flow: bool) -> str:
    if _is_plain(text, in_flow=in_flow):
        return text
    if _UNSAFE.search(text) or "\n" in text or "\t" in text:
        return '"' + "".join(map(_escape, text)) + '"'
    if ('"' in text or "\\" in text) and "'" not in text:
        return f"'{text}'"
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _is_plain(text: str, *, in_flow: bool) -> bool:
    return (
        _PLAIN_START.match(text) is not None
        and text == text.strip()
        and text.casefold() not in _WORDS
        and _PLAIN_BREAKS.search(text) is None
        and _UNSAFE.search(text) is None
        and not (in_flow and _FLOW_BREAKS.search(text))
    )


def _escape(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    code = ord(char)
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    if not _UNSAFE.match(char):
        return char
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
