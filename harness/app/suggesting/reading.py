"""Read what a judge proposes: anybody's text, of which only whole and valid cases are taken."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness._version import __version__
from harness.app.editing.adding import suggest_free_id
from harness.app.specs.default_spec import TextReader
from harness.app.suggesting.asking import ASSERTIONS
from harness.checks.finding import CannotCheck
from harness.checks.reading.json import find_json
from harness.errors import SpecError
from harness.spec.formats.writing import format_yaml

MOST_TURNS = 4
MOST_ASSERTIONS = 6
LONGEST_MESSAGE = 8_000
LONGEST_VALUE = 1_000
LONGEST_WHY = 300
LONGEST_ID = 48
MOST_ITEMS = 12
"""Texts in the list of one assertion."""
MOST_CASES = 100
"""Cases of one reply that are looked at."""

_WITHOUT_VALUE = frozenset({"is-json", "is-refusal", "not-is-refusal"})
_WITH_LIST = frozenset(name for name in ASSERTIONS if name.endswith(("-any", "-all")))
_NO_WORD = re.compile(r"[\W_]+")
_NOT_IN_ID = re.compile(r"[^a-z0-9]+")


class NotACase(Exception):  # noqa: N818 - a finding about a proposal, not an error of ours
    """A proposal cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """A proposal, or a whole reply, that could not be used.

    Attributes:
        kind: the kind that was asked for.
        shown: the beginning of it, as it came: untrusted.
        reason: why.
    """

    kind: str
    shown: str
    reason: str


@dataclass(slots=True)
class Proposals:
    """Conversations that were taken from replies, and what could not be.

    Attributes:
        base: keys that each conversation has beside its turns: ``system``, ``vars``.
        known: what users say in the spec's own conversations.
        taken_ids: the ids of the spec's own conversations.
        conversations: those that were taken, in their order.
        unusable: the rest.
    """

    base: Mapping[str, Any]
    known: Iterable[str]
    taken_ids: frozenset[str]
    conversations: list[dict[str, Any]] = field(default_factory=list)
    unusable: list[Unusable] = field(default_factory=list)
    _said: set[str] = field(default_factory=set)
    _ids: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._said.update(map(_fold, self.known))
        self._ids.update(self.taken_ids)

    def read(self, kind: str, reply: str, most: int) -> None:
        """Take up to ``most`` cases of a reply."""
        try:
            cases = list(_find_cases(reply))
        except NotACase as why:
            self.unusable.append(Unusable(kind, reply[:LONGEST_WHY], str(why)))
            return
        before = len(self.conversations)
        for case in cases:
            try:
                self._take(kind, case, room=most - len(self.conversations) + before)
            except NotACase as why:
                self.unusable.append(Unusable(kind, _show(case), str(why)))

    def _take(self, kind: str, case: Any, *, room: int) -> None:
        if not room:
            raise NotACase("there are more than were asked for")
        if not isinstance(case, Mapping):
            raise NotACase("it is no object")
        turns = _read_turns(case)
        said = _fold("\n".join(turn["user"] for turn in turns))
        if said in self._said:
            raise NotACase("it says what another conversation says already")
        wanted = _NOT_IN_ID.sub("-", str(case.get("id") or kind).lower())[:LONGEST_ID].strip("-")
        name = suggest_free_id(wanted or kind, frozenset(self._ids))
        made: dict[str, Any] = {"id": name}
        why = case.get("why")
        if isinstance(why, str) and why.strip():
            made["description"] = _escape(" ".join(why.split())[:LONGEST_WHY])
        made["tags"] = ["suggested", kind]
        made |= self.base
        made["turns"] = turns
        problem = find_problem(made)
        if problem:
            raise NotACase(problem)
        self._said.add(said)
        self._ids.add(name)
        self.conversations.append(made)


def find_problem(conversation: Mapping[str, Any]) -> str:
    """Return the first problem that a spec would have with a conversation; "" for none.

    The spec is made up, and there is no file beside it, whatever the conversation names.
    """
    from harness.checks.definitions import FORMS
    from harness.spec.load import load

    document = {
        "version": 1,
        "name": "suggested",
        "providers": {
            "p": {
                "type": "openai-compatible",
                "base_url": "http://127.0.0.1/v1",
                "models": {"m": {}},
            }
        },
        "evaluation": {"targets": ["p/m"], "judge": {"target": "p/m"}},
        "conversations": [conversation],
    }
    try:
        load(
            "suggested.yaml",
            reader=TextReader(Path("/"), format_yaml(document)),
            assertions=FORMS,
            environment={},
            harness_version=__version__,
        )
    except SpecError as error:
        first = error.diagnostics[0]
        return f"{first.summary}: {first.detail}" if first.detail else first.summary
    return ""


def _find_cases(reply: str) -> Iterator[Any]:
    """Yield what stands under ``cases``, or the list that the whole reply is."""
    try:
        found = list(find_json(reply))
    except CannotCheck as why:
        raise NotACase(str(why)) from None
    for value in found:
        cases = value.get("cases") if isinstance(value, Mapping) else value
        if isinstance(cases, list):
            yield from cases[:MOST_CASES]
            return
    raise NotACase("the reply holds no JSON with cases" if reply.strip() else "the reply is empty")


def _read_turns(case: Mapping[str, Any]) -> list[dict[str, Any]]:
    turns = case.get("turns")
    if not isinstance(turns, list) or not turns:
        raise NotACase("it has no turns")
    if len(turns) > MOST_TURNS:
        raise NotACase(f"it has more than {MOST_TURNS} turns")
    made = [_read_turn(turn) for turn in turns]
    if "assert" not in made[-1]:
        raise NotACase("its last turn asserts nothing, so it would show nothing")
    return made


def _read_turn(turn: Any) -> dict[str, Any]:
    user = turn.get("user") if isinstance(turn, Mapping) else None
    if not isinstance(user, str) or not user.strip():
        raise NotACase("a turn has no message of the user")
    if len(user) > LONGEST_MESSAGE:
        raise NotACase(f"a message has more than {LONGEST_MESSAGE:,} characters")
    made: dict[str, Any] = {"user": _require_text(user)}
    asserted = turn.get("assert") or []
    if not isinstance(asserted, list) or len(asserted) > MOST_ASSERTIONS:
        raise NotACase(f"`assert` is no list of up to {MOST_ASSERTIONS}")
    if asserted:
        made["assert"] = [_read_assertion(one) for one in asserted]
    return made


def _read_assertion(asserted: Any) -> Any:
    if not isinstance(asserted, Mapping) or asserted.get("type") not in ASSERTIONS:
        name = asserted.get("type") if isinstance(asserted, Mapping) else asserted
        raise NotACase(f"{str(name)[:60]!r} is none of the assertions that may be suggested")
    name, value = asserted["type"], asserted.get("value")
    if name in _WITHOUT_VALUE:
        return name
    if name in _WITH_LIST:
        if not isinstance(value, list) or not 0 < len(value) <= MOST_ITEMS:
            raise NotACase(f"the value of {name} is no list of up to {MOST_ITEMS} texts")
        return {name: [_read_value(name, one) for one in value]}
    return {name: _read_value(name, value)}


def _read_value(name: str, value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise NotACase(f"{name} has no value")
    if len(value) > LONGEST_VALUE:
        raise NotACase(f"the value of {name} has more than {LONGEST_VALUE:,} characters")
    return _require_text(value)


def _require_text(text: str) -> str:
    if text.startswith("file://"):
        raise NotACase("a text begins with file://, which a spec would read as a file")
    if "\0" in text:
        raise NotACase("a text holds a NUL character")
    return _escape(text)


def _escape(text: str) -> str:
    """Return a text in which braces name no variable."""
    return text.replace("{{", "\\{{")


def _fold(text: str) -> str:
    """Return a text without what makes no other question of it: case, marks and spaces."""
    return _NO_WORD.sub(" ", text.casefold()).strip()


def _show(case: Any) -> str:
    if isinstance(case, Mapping):
        turns = case.get("turns")
        first = turns[0] if isinstance(turns, list) and turns else None
        user = first.get("user") if isinstance(first, Mapping) else None
        return str(case.get("id") or user or "")[:LONGEST_WHY]
    return str(case)[:LONGEST_WHY]
