"""Look into a text wherever another one is inside it, and change parts of it without the rest.

JSON, event streams, base64 and gzip are opened, to any mixture of them six deep. What is not
changed keeps its bytes: a document is edited literal by literal, never written anew.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import re
import zlib
from collections.abc import Callable, Iterator, Sequence

from harness.redaction.rules import TOKEN
from harness.redaction.streams import rewrite_pieces
from harness.redaction.texts import Edit, Path, apply_edits, find_literals, is_json, write_string

DEEPEST = 6
"""Documents inside documents; what is deeper is read as plain text."""

SHORTEST = 4
"""Characters; nothing that is to be changed is shorter."""

LARGEST_INFLATED = 64 * 1024 * 1024
"""Bytes; what a compressed text may grow to while it is looked into."""

Visit = Callable[[str, str, Path], Sequence[Edit]]
"""Looks at a plain text, the field it is the value of (or none) and where; says what to change."""


def rewrite(text: str, visit: Visit, path: Path = (), depth: int = 0) -> str:
    """Carry out every edit that ``visit`` asks for, in the text and in what is inside it."""
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    if depth < DEEPEST and len(text) > 1:
        if is_json(text):
            return _rewrite_json(text, visit, path, depth)
        if "data:" in text and _EVENT.search(text):
            return _rewrite_events(text, visit, path, depth)
    return apply_edits(text, _find_edits(text, name, visit, path, depth))


def rewrite_bytes(data: bytes, visit: Visit, path: Path = (), depth: int = 0) -> bytes:
    """Rewrite as ``rewrite`` a body: text, something compressed, or with readable parts only."""
    inflated = _inflate(data)
    if inflated is not None and depth < DEEPEST:
        inner = rewrite_bytes(inflated, visit, (*path, "<gzip>"), depth + 1)
        return data if inner == inflated else gzip.compress(inner, mtime=0)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _rewrite_binary(data, visit, path)
    return rewrite(text, visit, path, depth).encode("utf-8", "surrogatepass")


def _find_edits(text: str, name: str, visit: Visit, path: Path, depth: int) -> list[Edit]:
    """Return the edits that ``visit`` wants in a text, and those inside of base64 in it."""
    edits = list(visit(text, name, path))
    if depth >= DEEPEST:
        return edits
    for start, end, token in _find_base64(text):
        if any(edit.start < end and start < edit.end for edit in edits):
            continue
        data = _decode(token)
        if data is None:
            continue
        inner = rewrite_bytes(data, visit, (*path, "<base64>"), depth + 1)
        if inner != data:
            edits.append(Edit(start, end, _encode(inner, like=token)))
    return edits


_WRAPPED = re.compile(r"(?:[A-Za-z0-9+/]{60,76}(?:\\r\\n|\\n|\r?\n)){2,}[A-Za-z0-9+/]*={0,2}")


def _find_base64(text: str) -> Iterator[tuple[int, int, str]]:
    """Find possible base64: runs of its characters, in one line or in lines of one length."""
    done = 0
    for match in _WRAPPED.finditer(text) if "\n" in text or "\\n" in text else ():
        yield from _find_runs(text, done, match.start())
        yield match.start(), match.end(), match[0]
        done = match.end()
    yield from _find_runs(text, done, len(text))


def _find_runs(text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    for match in TOKEN.finditer(text, start, end):
        token = match[0]
        if _decode(token) is not None:
            yield match.start(), match.end(), token
            continue
        for part in re.finditer(r"[A-Za-z0-9+]{20,}={0,2}", token):  # parts of a path or a name
            yield match.start() + part.start(), match.start() + part.end(), part[0]


def _decode(token: str) -> bytes | None:
    """Return the bytes a run of characters encodes, if an encoder would have written it this way.

    Anything else could not be written back as it was.
    """
    plain = re.sub(r"\\r|\\n|\s|=", "", token).replace("-", "+").replace("_", "/")
    if len(plain) % 4 == 1:
        return None
    try:
        data = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if _encode(data, like=token) == token or "\n" in token or "\\n" in token else None


def _encode(data: bytes, *, like: str) -> str:
    urlsafe = "-" in like or "_" in like
    text = (base64.urlsafe_b64encode if urlsafe else base64.b64encode)(data).decode("ascii")
    unpadded = len(re.sub(r"\\r|\\n|\s", "", like)) % 4 != 0
    return text.rstrip("=") if unpadded else text


def _inflate(data: bytes) -> bytes | None:
    if not data.startswith((b"\x1f\x8b\x08", b"\x78\x01", b"\x78\x9c", b"\x78\xda")):
        return None
    machine = zlib.decompressobj(wbits=47)  # gzip or zlib, by its header
    try:
        return machine.decompress(data, LARGEST_INFLATED)
    except zlib.error:
        return None


_READABLE = re.compile(rb"[\x20-\x7e]{8,}")


def _rewrite_binary(data: bytes, visit: Visit, path: Path) -> bytes:
    """Rewrite readable runs of something that is no text; what is edited keeps its length."""

    def mask_run(match: re.Match[bytes]) -> bytes:
        run = match[0].decode("ascii")
        edits = [
            Edit(edit.start, edit.end, "*" * (edit.end - edit.start))
            for edit in visit(run, "", (*path, "<binary>"))
        ]
        return apply_edits(run, edits).encode("ascii") if edits else match[0]

    return _READABLE.sub(mask_run, data)


def _rewrite_json(text: str, visit: Visit, path: Path, depth: int) -> str:
    """Edit the strings of a document in place; the names of fields may be secrets too."""
    return apply_edits(text, _find_json_edits(text, visit, path, depth))


def _find_json_edits(text: str, visit: Visit, path: Path, depth: int) -> list[Edit]:
    edits = []
    for literal in find_literals(text):
        if len(literal.value) < SHORTEST:
            continue
        where = (*path, *(literal.path[:-1] if literal.is_name else literal.path))
        if literal.is_name:
            where = (*where, "<name>")
        new = rewrite(literal.value, visit, where, depth + 1)
        if new != literal.value:
            raw = text[literal.start : literal.end]
            edits.append(Edit(literal.start, literal.end, write_string(new, like=raw)))
    return edits


_EVENT = re.compile(r"^data:", re.MULTILINE)
_LINE = re.compile(r"^(?P<lead>data:[ ]?)(?P<data>.*?)(?P<rest>\r?)$", re.MULTILINE)


def _rewrite_events(text: str, visit: Visit, path: Path, depth: int) -> str:
    """Edit an event stream: what the pieces of several make up, then each event.

    In this order: a piece of a document is no document, and what is put into it alone would not be
    written as it has to be there.
    """
    count = 0

    def join_lines(said: str) -> list[Edit]:
        if depth < DEEPEST and is_json(said):
            return _find_json_edits(said, visit, path, depth + 1)
        return _find_edits(said, "", visit, path, depth)

    def line(match: re.Match[str]) -> str:
        nonlocal count
        where = (*path, f"<event {count}>")
        count += 1
        return match["lead"] + rewrite(match["data"], visit, where, depth + 1) + match["rest"]

    whole = rewrite_pieces(text, _LINE, join_lines)
    return _find_comments(_LINE.sub(line, whole), visit, path)


def _find_comments(text: str, visit: Visit, path: Path) -> str:
    """Return comments, event names and ids of a stream."""
    return "".join(
        line
        if line.startswith("data:") or not line.strip()
        else apply_edits(line, visit(line, "", path))
        for line in text.splitlines(keepends=True)
    )
