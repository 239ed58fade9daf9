"""A spec that does not load yet: the parts that are refused are taken out, and said.

What another tool accepts and a spec does not (a pattern of another dialect, a schema that is none)
cannot all be known beforehand. The loader of specs knows, so its word is followed.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from harness.errors import Diagnostic
from harness.importers.conversion import Conversion, Unmapped
from harness.source import Span
from harness.spec.document.located import Node, Path
from harness.spec.formats.yaml import parse


def mend(
    conversion: Conversion, text: str, file: str, problems: Sequence[Diagnostic], source: str
) -> Conversion:
    """Return a conversion without the parts that are refused; none is left: without a document.

    Args:
        conversion: what was made of another tool's file.
        text: how its document is written.
        file: the path that the problems name it by.
        problems: why it is refused.
        source: the file that was converted.
    """
    root = parse(text.encode("utf-8", "surrogatepass"), file).root
    units: dict[Path, Diagnostic] = {}
    for problem in problems:
        inside = root is not None and problem.span is not None and problem.span.file == file
        unit = _find_unit(_find_path(root, problem.span)) if inside else None
        if unit is None:
            return replace(conversion, document=None)
        units.setdefault(unit, problem)
    mended: dict[str, Any] = copy.deepcopy(dict(conversion.document or {}))
    for unit in sorted(units, key=_order, reverse=True):
        if not any(unit[: len(other)] == other for other in units if other != unit):
            _take_out(mended, unit, units[unit])
    if mended == conversion.document:
        return replace(conversion, document=None)
    taken = tuple(_describe(unit, problem, source) for unit, problem in units.items())
    return replace(
        conversion,
        document=mended if mended.get("conversations") else None,
        unmapped=(*conversion.unmapped, *taken),
    )


def _order(path: Path) -> tuple[tuple[int, str], ...]:
    return tuple((step, "") if isinstance(step, int) else (-1, step) for step in path)


def _find_path(root: Node | None, span: Span | None) -> Path:
    """Return the path of the last part that begins at or before a place."""
    best: tuple[tuple[int, int], int, Path] = ((0, 0), 0, ())
    if root is None or span is None:
        return ()
    waiting: list[tuple[Node, Path]] = [(root, ())]
    while waiting:
        node, path = waiting.pop()
        begin = (node.span.line, node.span.column)
        if begin <= (span.line, span.column) and (begin, len(path)) >= best[:2]:
            best = (begin, len(path), path)
        for key, below in node.items.items():
            place = node.key_span(key)
            begin = (place.line, place.column)
            if begin <= (span.line, span.column) and (begin, len(path) + 1) >= best[:2]:
                best = (begin, len(path) + 1, (*path, key))
            waiting.append((below, (*path, key)))
        waiting += [(below, (*path, at)) for at, below in enumerate(node.elements)]
    return best[2]


def _find_unit(path: Path) -> Path | None:
    """Return the smallest part around a path without which a spec still means something."""
    for key, length in (("assert", 2), ("parameters", 2)):
        if key in path:
            at = path.index(key)
            if len(path) >= at + length:
                return path[: at + length]
    if path[:1] == ("conversations",) and len(path) > 1:
        return path[:4] if path[2:3] == ("cases",) and len(path) > 3 else path[:2]
    return None


def _take_out(document: Any, unit: Path, problem: Diagnostic) -> None:
    *above, last = unit
    for step in above:
        document = document[step]
    if above and above[-1] == "assert":
        document[last] = {"skip": problem.summary}
    else:
        del document[last]


def _describe(unit: Path, problem: Diagnostic, source: str) -> Unmapped:
    names = [str(step) for step in unit if isinstance(step, str)]
    reason = f"{problem.summary}; {problem.detail}" if problem.detail else problem.summary
    return Unmapped(Span(source, 1, 1), f"a part of {names[-1]}", reason.replace("\n", " "))
