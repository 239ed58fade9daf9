"""Answers that models gave elsewhere, found again by what the user said.

One file, JSON lines: ``{"model", "version", "turns": [{"user", "assistant"}, …]}``. The simulator
answers from it, and a ``recorded`` provider scores it without calling anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any, Final

from harness.errors import Diagnostic, OutsideError, ProblemsByCause, SpecError
from harness.source import Span

_VALUES: Final = re.compile(r"\d+|, got .*")
"""The parts of a message that tell two lines with the same fault apart."""

_ROOT: Final = 0


class Answers:
    """Every entry of an answers file, indexed by its user turns.

    A request finds its answer when its user turns are a contiguous slice of an entry's. The index
    holds one trie of entries from their first turn, and one of what follows any later turn, keyed
    by pairs, so that finding costs the same among ten entries and ten thousand.
    """

    def __init__(self) -> None:
        self._turns: list[tuple[tuple[str, str], ...]] = []
        self._tries: dict[tuple[str, str | None], _Trie] = {}

    def __len__(self) -> int:
        return len(self._turns)

    def add(self, model: str, version: str, turns: Sequence[tuple[str, str]]) -> None:
        """Add a conversation: ``(user, assistant)`` pairs, in order."""
        number = len(self._turns)
        self._turns.append(tuple(turns))
        for key in ((model, version), (model, None)):
            self._tries.setdefault(key, _Trie(self._turns)).add(number)

    def find(self, model: str, version: str | None, users: Sequence[str]) -> str | None:
        """Return what that model answered to the last of these user turns, byte for byte.

        A slice that starts at an entry's first turn wins, then the longest entry, then the one
        that stands first in the file. Without a version any version's entry will do.
        """
        trie = self._tries.get((model, version))
        place = trie.find(users) if trie is not None and users else None
        if place is None:
            return None
        number, turn = place
        return self._turns[number][turn][1]

    def has(self, model: str, version: str | None) -> bool:
        """Return whether that model has an entry; without a version, any version."""
        return (model, version) in self._tries

    def models(self) -> frozenset[tuple[str, str]]:
        """Return every model and version that has an entry."""
        return frozenset((model, version) for model, version in self._tries if version is not None)


class _Trie:
    """The entries of one model and version; holds places ``(entry, turn)``, never texts twice."""

    def __init__(self, turns: list[tuple[tuple[str, str], ...]]) -> None:
        self._turns = turns
        self._edges: dict[tuple[int, str], int] = {}
        self._at: dict[int, tuple[int, int]] = {}
        self._later: dict[str, tuple[int, int]] = {}
        self._pairs: dict[tuple[str, str], list[tuple[int, int]]] = {}

    def add(self, number: int) -> None:
        node = _ROOT
        turns = self._turns[number]
        for position, (user, _) in enumerate(turns):
            node = self._edges.setdefault((node, user), len(self._edges) + 1)
            self._keep(self._at, node, (number, position))
            if position:
                self._keep(self._later, user, (number, position))
                pair = (turns[position - 1][0], user)
                self._pairs.setdefault(pair, []).append((number, position))

    def find(self, users: Sequence[str]) -> tuple[int, int] | None:
        node = _ROOT
        for user in users:
            following = self._edges.get((node, user))
            if following is None:
                return self._inside(users)
            node = following
        return self._at[node]

    def _inside(self, users: Sequence[str]) -> tuple[int, int] | None:
        """Find a slice that starts later than an entry's first turn: a trimmed history."""
        if len(users) == 1:
            return self._later.get(users[0])
        found: tuple[int, int] | None = None
        wanted = tuple(users)
        for number, position in self._pairs.get((users[-2], users[-1]), ()):
            start = position - len(wanted) + 1
            if start < 0 or (found and len(self._turns[number]) <= len(self._turns[found[0]])):
                continue
            if tuple(user for user, _ in self._turns[number][start : position + 1]) == wanted:
                found = (number, position)
        return found

    def _keep(
        self, places: dict[Any, tuple[int, int]], key: object, place: tuple[int, int]
    ) -> None:
        """Keep the longest entry, the earlier of two that are equally long."""
        known = places.get(key)
        if known is None or len(self._turns[place[0]]) > len(self._turns[known[0]]):
            places[key] = place


def parse_answers(lines: Iterable[bytes], file: str) -> Answers:
    """Return the answers in the lines of a file, which is read as it comes and never held whole.

    Blank lines are skipped, unknown keys ignored.

    Raises:
        SpecError: naming the lines that are no entries, by what is wrong with them.
    """
    answers = Answers()
    problems = ProblemsByCause()
    for number, line in enumerate(lines, start=1):
        raw = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not raw.strip():
            continue
        try:
            model, version, turns = _read_entry(raw)
        except _NotAnEntryError as problem:
            found = _make_diagnostic(str(problem), Span(file, number, problem.column))
            problems.add(found, _VALUES.sub("", found.summary))
        else:
            answers.add(model, version, turns)
    if told := problems.list_problems():
        raise SpecError(told)
    return answers


def require_answers(
    answers: Answers, model: str, version: str | None, *, file: str, target: str
) -> None:
    """Refuse a file in which a model has no answer at all: every question would miss.

    Raises:
        OutsideError: naming the models that have some.
    """
    if answers.has(model, version):
        return
    wanted = f"{model} {version}" if version else model
    names = sorted(" ".join(one) for one in answers.models())
    close = get_close_matches(wanted, names, n=3, cutoff=0.3) or names[:3]
    hint = f"it has answers of {', '.join(close)}: name them as `model` and `version`"
    raise OutsideError(
        Diagnostic(
            "H463",
            f"{file} has no answer of {wanted}, which {target} stands for",
            hint=hint if names else "the file is empty",
        )
    )


class _NotAnEntryError(ValueError):
    def __init__(self, why: str, column: int = 1) -> None:
        super().__init__(why)
        self.column = column


def _read_entry(line: bytes) -> tuple[str, str, list[tuple[str, str]]]:
    try:
        value = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _NotAnEntryError("this line is not UTF-8", error.start + 1) from None
    except json.JSONDecodeError as error:
        raise _NotAnEntryError(f"this line is not JSON: {error.msg}", error.colno) from None
    except (RecursionError, ValueError):
        raise _NotAnEntryError("this line is not JSON that can be read") from None
    if not isinstance(value, dict):
        raise _NotAnEntryError('expected an object {"model", "version", "turns"}')
    turns = value.get("turns")
    if not isinstance(turns, list) or not turns:
        raise _NotAnEntryError("`turns` must be a list of at least one {user, assistant}")
    return (
        _read_text(value, "model", "model"),
        _read_text(value, "version", "version"),
        [_read_turn(turn, number) for number, turn in enumerate(turns, start=1)],
    )


def _read_turn(turn: object, number: int) -> tuple[str, str]:
    if not isinstance(turn, dict):
        raise _NotAnEntryError(f"turn {number} must be an object {{user, assistant}}")
    return (
        _read_text(turn, "user", f"turn {number}: user"),
        _read_text(turn, "assistant", f"turn {number}: assistant"),
    )


def _read_text(entry: dict[str, Any], key: str, name: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str):
        found = "nothing" if value is None else json.dumps(value)[:60]
        raise _NotAnEntryError(f"`{name}` must be a string, got {found}")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _NotAnEntryError(
            f"`{name}` holds half a surrogate pair, which is no character"
        ) from None
    return value


def _make_diagnostic(summary: str, span: Span) -> Diagnostic:
    return Diagnostic(
        code="H460",
        summary=f"bad answers file: {summary}",
        span=span,
        hint='each line: {"model": "gpt-4o", "version": "2024-05-13", '
        '"turns": [{"user": "…", "assistant": "…"}]}',
    )
