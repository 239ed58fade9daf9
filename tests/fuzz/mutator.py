"""Make hostile files of good ones: by bytes, and by the structure that is in them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

Place = tuple[str | int, ...]

RAW = {
    "@deep@": "[" * 1500 + "]" * 1500,
    "@levels@": '{"a":' * 70 + "1" + "}" * 70,
    "@huge@": "1" + "0" * 400,
    "@digits@": "9" * 5000,
    "@float@": "1e999",
    "@nan@": "NaN",
    "@minus@": "-Infinity",
    "@twice@": '{"id": 1, "id": 2}',
    "@half@": '"\\ud800"',
    "@nul@": '"a\\u0000b"',
}
"""Texts that no value of Python becomes when it is written as JSON."""

VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**63, -(2**70), 0.5, -0.0, 1e308, 5e-324),
    *("", " ", "0", "no", "null", "1106", "2024-11-20", "=1+1", "x" * 3000, "\u202eabc\u202c"),
    *("\x1b[31m", "a\rb\nc", "\u2028", "👩‍👩‍👧", "中文", "\ufeff", "\x7f\x85", "\u0000"),
    *("${AZURE_CLIENT_SECRET}", "{{x}}", "{{a.b.c}}", "{% x %}", "\\{{", "{{", "}}", "{{ }}"),
    *("file://../../etc/passwd", "file:///dev/zero", "file://x", "/", "..", "C:\\x", "%2e%2e/"),
    *("http://169.254.169.254/", "python:x.py:f", "(a+)+$", "[", "$.a[?(@.b)]", "$..*", "*"),
    *("<script>", "::error::x", "##vso[x]", "Infinity", "1e999", "-", "type", "id", "default"),
    *([], {}, [None], [[]], [""], [1, "a"], {"": None}, {"a": {"b": [{}]}}, {"$ref": "#"}),
    *({"id": "x", "type": "equals"}, [{"role": "user", "content": "hi"}], {"0": 0}),
    *RAW,
)
KEYS = (
    "",
    "id",
    "type",
    "value",
    "a",
    "\u0000",
    "0",
    "__class__",
    "constructor",
    "$ref",
    "x" * 300,
)

TOKENS: tuple[bytes, ...] = (
    *(b"\0", b"\xff", b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"\xed\xa0\x80", b"\r"),
    *(b"\n", b"\r\n", b"\t", b"\x85", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\x1b]52;c;eA==\x07"),
    *(b"{", b"}", b"[", b"]", b'"', b"'", b"`", b",", b":", b": ", b"- ", b"? ", b"| ", b">\n"),
    *(b"&a ", b"*a ", b"<<: *a\n", b"---\n", b"...\n", b"%YAML 9\n", b"!!python/object/new:os "),
    *(b"!!binary x", b"!!set ", b"!ruby/object:X ", b"# ", b"\\", b"\\ud800", b"\\u0000", b"\\x"),
    *(b"null", b"NaN", b"1e999", b"-", b"0", b"9" * 40, b"{{x}}", b"${X}", b"{%", b"{#", b"file://"),
    *(b"data: ", b"data:[DONE]\n\n", b"event: x\n", b"<html>", b"=", b"=>", b"(", b")", b"//"),
)  # fmt: skip


def mutate(chance: Random, seed: Seed, other: bytes) -> bytes:
    """Return a seed with a few changes, by structure where it has one; ``other`` is spliced in."""
    data = seed.data
    if seed.lines and chance.random() < 0.6:
        data = _change_lines(chance, seed)
    elif not seed.lines and seed.tree is not None and chance.random() < 0.6:
        data = write_json(_change_tree(chance, seed.tree))
    if data is seed.data or chance.random() < 0.15:
        for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
            data = chance.choice(BYTES)(chance, data, other)
    return data[:MOST_BYTES]


MOST_BYTES = 400_000


@dataclass(frozen=True, slots=True)
class Seed:
    """A good file; ``tree`` is what it holds, ``lines`` what each of its JSON lines holds."""

    data: bytes
    tree: Any = None
    lines: tuple[Any, ...] = ()
    places: tuple[Place, ...] = field(default=())


def make_seed(data: bytes | str | dict[str, Any] | list[Any]) -> Seed:
    """Return a seed of a file: of its text, or of what it shall hold as JSON."""
    if isinstance(data, dict | list):
        return Seed(write_json(data), data)
    raw = data.encode() if isinstance(data, str) else data
    try:
        return Seed(raw, json.loads(raw))
    except ValueError:
        pass
    try:
        lines = tuple(json.loads(line) for line in raw.splitlines() if line.strip())
    except ValueError:
        return Seed(raw)
    return Seed(raw, lines=lines)


def write_json(value: Any) -> bytes:
    """Write JSON, with the texts of ``RAW`` where their names stand."""
    text = json.dumps(value, ensure_ascii=False)
    for name, raw in RAW.items():
        if name in text:
            text = text.replace(f'"{name}"', raw)
    return text.encode("utf-8", "surrogatepass")


# --- by structure


def _change_lines(chance: Random, seed: Seed) -> bytes:
    lines = list(seed.lines)
    for _ in range(chance.choice((1, 1, 2, 5))):
        at = chance.randrange(len(lines))
        match chance.randrange(8):
            case 0:
                lines.insert(chance.randrange(len(lines) + 1), lines[at])
            case 1 if len(lines) > 1:
                del lines[at]
            case 2:
                chance.shuffle(lines)
            case _:
                lines[at] = _change_tree(chance, lines[at])
    return b"\n".join(map(write_json, lines)) + chance.choice((b"\n", b"\n", b"", b"\r\n"))


def _change_tree(chance: Random, tree: Any) -> Any:
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        tree = _change_at(chance, tree, tree)
    return tree


def _change_at(chance: Random, value: Any, whole: Any) -> Any:
    """Walk down to a place by chance, and return the value with that place changed."""
    if isinstance(value, dict) and value and chance.random() < 0.86:
        key = chance.choice(list(value))
        return {**value, key: _change_at(chance, value[key], whole)}
    if isinstance(value, list) and value and chance.random() < 0.86:
        at = chance.randrange(len(value))
        return [*value[:at], _change_at(chance, value[at], whole), *value[at + 1 :]]
    return chance.choice(CHANGES)(chance, value, whole)


def _put(chance: Random, value: Any, whole: Any) -> Any:
    return chance.choice(VALUES)


def _take_from_elsewhere(chance: Random, value: Any, whole: Any) -> Any:
    found = whole
    for _ in range(chance.randrange(1, 8)):
        if isinstance(found, dict) and found:
            found = chance.choice(list(found.values()))
        elif isinstance(found, list) and found:
            found = chance.choice(found)
    return found


def _swap_type(chance: Random, value: Any, whole: Any) -> Any:
    if isinstance(value, dict):
        return chance.choice((list(value), list(value.values()), str(value)))
    if isinstance(value, list):
        return chance.choice(({str(at): one for at, one in enumerate(value)}, value[:1], "a"))
    if isinstance(value, str):
        return chance.choice(([value], list(value[:50]), {value[:20]: value}, len(value)))
    return chance.choice(([value], {"a": value}, str(value)))


def _change_keys(chance: Random, value: Any, whole: Any) -> Any:
    if isinstance(value, list):
        return [*value, *value] if chance.random() < 0.5 else value[1:]
    if not isinstance(value, dict) or not value:
        return {chance.choice(KEYS): value}
    key = chance.choice(list(value))
    rest = {name: one for name, one in value.items() if name != key}
    match chance.randrange(3):
        case 0:
            return rest
        case 1:
            return {**rest, chance.choice(KEYS): value[key]}
        case _:
            return {**value, chance.choice(KEYS): chance.choice(VALUES)}


def _change_text(chance: Random, value: Any, whole: Any) -> Any:
    if not isinstance(value, str):
        return -value if isinstance(value, int | float) else [value] * 3
    at = chance.randrange(len(value) + 1)
    token = chance.choice(VALUES)
    return value[:at] + (token if isinstance(token, str) else str(token)) + value[at:]


Change = Callable[[Random, Any, Any], Any]
CHANGES: tuple[Change, ...] = (
    *(_put, _put, _put, _take_from_elsewhere, _swap_type, _change_keys, _change_keys),
    _change_text,
)


# --- by bytes


def _flip(chance: Random, data: bytes, other: bytes) -> bytes:
    if not data:
        return data
    changed = bytearray(data)
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(chance: Random, data: bytes, other: bytes) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _insert(chance: Random, data: bytes, other: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice(TOKENS) * chance.choice((1, 1, 1, 2, 100)) + data[at:]


def _take_out(chance: Random, data: bytes, other: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at + chance.randrange(1, 40) :]


def _double(chance: Random, data: bytes, other: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    return data[:at] + data[at : at + chance.randrange(1, 200)] + data[at:]


def _splice(chance: Random, data: bytes, other: bytes) -> bytes:
    at, of = chance.randrange(len(data) + 1), chance.randrange(len(other) + 1)
    return data[:at] + other[of : of + chance.randrange(1, 400)] + data[at:]


def _take_over(chance: Random, data: bytes, other: bytes) -> bytes:
    at = chance.randrange(len(data) + 1)
    token = chance.choice(TOKENS)
    return data[:at] + token + data[at + len(token) :]


BYTES = (_flip, _flip, _cut, _insert, _insert, _take_out, _double, _splice, _take_over)
