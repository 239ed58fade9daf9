"""Lines of a program, some of which openai 0.x wrote otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

NOW = "# now: "
GONE = "# now: gone"
FARTHEST = 64
"""The column beyond which no comment is pushed by the longest line before it."""


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """A line that the library's first version wrote otherwise.

    Attributes:
        then: the line as openai 0.x has it; None where there was none.
        now: the line as it is today; None where there is none any more.
    """

    then: str | None
    now: str | None


Line = str | ChangedLine


def indent(lines: Iterable[Line], by: int = 4) -> Iterator[Line]:
    """Yield the lines farther to the right; empty ones stay empty."""
    pad = " " * by
    for line in lines:
        if isinstance(line, ChangedLine):
            yield ChangedLine(_push(line.then, pad), _push(line.now, pad))
        else:
            yield "\n".join(pad + part if part else "" for part in line.split("\n"))


def _push(text: str | None, pad: str) -> str | None:
    return text if not text else pad + text


def space_out(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the lines of a module with two empty lines around functions, and one elsewhere."""
    in_function = waits = False
    for line in lines:
        if not line:
            waits = True
            continue
        text = line if isinstance(line, str) else line.now or line.then or ""
        begins = text.startswith(("def ", "async def "))
        leaves = in_function and not text.startswith(" ")
        if begins or leaves:
            yield from ("", "")
        elif waits:
            yield ""
        waits = False
        in_function = begins or (in_function and not leaves)
        yield line


def write_now(lines: Iterable[Line]) -> str:
    """Return the program as it is written today."""
    kept = (line.now if isinstance(line, ChangedLine) else line for line in lines)
    return "".join(f"{line}\n" for line in kept if line is not None)


def write_then(lines: Sequence[Line]) -> str:
    """Return the program as openai 0.x wants it, beside each changed line that of today."""
    written: list[str] = []
    for is_changed, group in groupby(lines, key=lambda line: isinstance(line, ChangedLine)):
        if is_changed:
            written += _write_beside([line for line in group if isinstance(line, ChangedLine)])
        else:
            written += [line for line in group if isinstance(line, str)]
    return "".join(f"{line}\n" for line in written)


def _write_beside(lines: Sequence[ChangedLine]) -> Iterator[str]:
    widths = [len(line.then or "") for line in lines]
    column = max(width for width in [0, *widths] if width <= FARTHEST)
    shown = [line.now for line in lines if line.now]
    margin = min((len(now) - len(now.lstrip()) for now in shown), default=0)
    for line in lines:
        remark = GONE if line.now is None else f"{NOW}{line.now[margin:]}"
        yield f"{line.then or '':<{column}}  {remark}".rstrip()
