"""Prompts and cases -> variants and conversations, as a person would have written them."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.importers.conversion import NewFile
from harness.importers.promptfoo.cases import PromptTest
from harness.importers.promptfoo.demanding.demands import Assertion
from harness.importers.promptfoo.plays import (
    Play,
    list_ids,
    list_named,
    list_notes,
    list_tags,
    make_matrix,
)
from harness.importers.promptfoo.saying.prompts import WrittenPrompt
from harness.importers.promptfoo.workbench import Workbench
from harness.spec.document.template import fill, find_names, substitute

MOST_INLINE = 100
"""Cases that stand in the spec; more become a data set beside it."""
OF_JUDGES = ("context", "query")
_NAME = re.compile(r"[^\W\d]\w*(?:-\w+)*\Z")
_HANDLE = re.compile(r"[^\w.-]+")


@dataclass(slots=True)
class Builder:
    """Builds the conversations of a spec.

    Attributes:
        name: names the first conversation, and the data sets.
        stands_alone: True where turns name earlier replies, and are not shown them.
        keeps_all: True where the author's own code sees every variable.
    """

    bench: Workbench
    prompts: list[WrittenPrompt]
    name: str
    tools: list[Any] | None = None
    keeps_all: bool = False
    uses_variants: bool = False
    stands_alone: bool = False
    ids: dict[str, int] = field(default_factory=dict)

    def build(self, plays: Sequence[Play]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Return the variants by name, and the conversations."""
        stores = any("storeOutputAs" in play.case.options for play in plays)
        threads = [play for play in plays if stores or self._has_history(play)]
        single = [play for play in plays if not (stores or self._has_history(play))]
        self.stands_alone = stores and not any(map(self._has_history, plays))
        self.uses_variants = not threads and self._can_vary(single)
        conversations = self._build_threads(threads)
        for numbers in [tuple(range(len(self.prompts)))] if self.uses_variants else [
            (number,) for number in range(len(self.prompts))
        ]:  # fmt: skip
            for group in _group(single, numbers):
                conversations.append(self._build_group(group, numbers))
        return (self._write_variants(single[0]) if self.uses_variants else {}), conversations

    def _has_history(self, play: Play) -> bool:
        return any(script.has_history for script in play.scripts.values())

    def _can_vary(self, plays: Sequence[Play]) -> bool:
        """Tell whether the prompts differ in system and user texts alone, in all cases alike."""
        if len(self.prompts) < 2 or not plays:
            return False
        first = plays[0]
        if len(first.scripts) != len(self.prompts):
            return False
        if any(script.messages or script.before for script in first.scripts.values()):
            return False
        shapes = {number: script.shape for number, script in first.scripts.items()}
        return all(
            {number: script.shape for number, script in play.scripts.items()} == shapes
            for play in plays
        )

    # --- variants

    def _write_variants(self, play: Play) -> dict[str, Any]:
        found: dict[str, Any] = {}
        user = self._ask(play, tuple(play.scripts))
        for number, prompt in enumerate(self.prompts):
            script = play.scripts[number]
            variant: dict[str, Any] = {}
            if script.system:
                variant["system"] = script.system
            variant["user"] = (
                script.user.replace(user, "{{user}}") if _is_lone(user) else script.user
            )
            if prompt.parameters:
                variant["parameters"] = prompt.parameters
            found[_choose_name(prompt.label or f"prompt-{number + 1}", found)] = variant
        return found

    def _ask(self, play: Play, numbers: tuple[int, ...]) -> str:
        """Return what a turn says: the prompt, or of several what differs from case to case."""
        if len(numbers) == 1:
            return play.scripts[numbers[0]].user
        names: dict[str, None] = {}
        for number in numbers:
            names |= dict.fromkeys(
                name.split(".")[0] for name in find_names(play.scripts[number].user)
            )
        used = list(names)
        if not used:
            return play.scripts[numbers[0]].user
        if len(used) == 1:
            return f"{{{{{used[0]}}}}}"
        return "\n".join(f"{name}: {{{{{name}}}}}" for name in used)

    # --- conversations

    def _build_group(self, plays: list[Play], numbers: tuple[int, ...]) -> dict[str, Any]:
        script = plays[0].scripts[numbers[0]]
        prompt = self.prompts[numbers[0]]
        label = (
            (prompt.label or f"prompt-{numbers[0] + 1}")
            if len(self.prompts) > 1 and len(numbers) == 1
            else ""
        )
        conversation = self._begin(plays, label)
        if len(numbers) == 1:
            if script.system:
                conversation["system"] = script.system
            if prompt.parameters and len(self.prompts) > 1:
                conversation["parameters"] = prompt.parameters
        turns: list[dict[str, Any]] = [
            {"user": asked, "assistant": replied} for asked, replied in script.before
        ]
        if script.messages:
            turn: dict[str, Any] = {"messages": json.loads(script.messages)}
        else:
            turn = {"user": self._ask(plays[0], numbers) or " "}
        shared = _list_shared(plays)
        names = set().union(
            *(
                play.scripts[one].list_names()
                for play in plays
                for one in numbers
                if one in play.scripts
            )
        )
        self._add_data(conversation, plays, names, shared)
        if shared:
            turn["assert"] = shared
        if plays[0].threshold is not None:
            turn["threshold"] = plays[0].threshold
        conversation["turns"] = [*turns, turn]
        if self.tools:
            conversation["tools"] = self.tools
        return _order(conversation)

    def _begin(self, plays: list[Play], label: str) -> dict[str, Any]:
        case = plays[0].case
        title = case.description if len(plays) == 1 and case.description else self.name
        title = f"{title} · {label}" if label and title else title or label
        conversation: dict[str, Any] = {"id": self._choose_id(title)}
        tags = list_tags([play.case for play in plays])
        if tags:
            conversation["tags"] = tags
        return conversation

    def _choose_id(self, title: str) -> str:
        plain = (
            " ".join("".join(c if c.isprintable() else " " for c in title).split())[:100]
            or self.name
        )
        number = self.ids.get(plain, 0) + 1
        self.ids[plain] = number
        if number == 1:
            return plain
        return self._choose_id(f"{plain[: 99 - len(str(number))]} {number}")

    def _add_data(
        self,
        conversation: dict[str, Any],
        plays: list[Play],
        names: set[str],
        shared: list[Assertion],
    ) -> None:
        """Add what differs from case to case, and what does not."""
        needed = names | list_named([play.asserts for play in plays])
        keys: dict[str, None] = {}
        for play in plays:
            keys |= dict.fromkeys(play.variables)
        keys |= dict.fromkeys(sorted(needed - set(keys)))
        kept: dict[str, str] = {}
        for name in keys:
            if name in needed or self.keeps_all or name in OF_JUDGES:
                kept[name] = name
            elif not any(name in play.taken for play in plays) and not name.startswith("_"):
                kept[name] = f"x-{name}"
        rows = [
            {new: play.variables.get(old, "") for old, new in kept.items() if _NAME.match(old)}
            for play in plays
        ]
        own = [[one for one in play.asserts if one not in shared] for play in plays]
        if len(plays) == 1:
            values = {key: one for key, one in rows[0].items() if not key.startswith("x-")}
            if values:
                conversation["vars"] = values
            return
        common = {
            key: value
            for key, value in rows[0].items()
            if all(row[key] == value for row in rows) and len(rows) > 1
        }
        if common:
            used = {key: one for key, one in common.items() if not key.startswith("x-")}
            if used:
                conversation["vars"] = used
        matrix = make_matrix(plays, rows, own, set(rows[0]) - set(common))
        if matrix:
            conversation["matrix"] = matrix
            return
        self._add_cases(conversation, plays, rows, own, common)

    def _add_cases(
        self,
        conversation: dict[str, Any],
        plays: list[Play],
        rows: list[dict[str, Any]],
        own: list[list[Assertion]],
        common: Mapping[str, Any],
    ) -> None:
        ids = list_ids([play.case for play in plays])
        notes = list_notes([play.case for play in plays])
        cases: list[dict[str, Any]] = []
        for at, row in enumerate(rows):
            case: dict[str, Any] = {"id": ids[at]} if ids else {}
            case |= {key: value for key, value in row.items() if key not in common}
            case |= {key: values[at] for key, values in notes.items() if key not in case}
            if own[at]:
                case["assert"] = own[at]
            cases.append(case)
        if not any(set(case) - {"id", "assert"} for case in cases) and not ids:
            for at, case in enumerate(cases):
                cases[at] = {"id": str(at + 1), **case}
        if len(cases) <= MOST_INLINE:
            conversation["cases"] = cases
            return
        number = f"-{len(self.bench.files) + 1}" if self.bench.files else ""
        stem = posixpath.basename(self.bench.source.out).partition(".")[0]
        file = f"{stem}{number}.cases.jsonl"
        lines = [json.dumps(one, ensure_ascii=False) + "\n" for one in cases]
        self.bench.files[file] = NewFile(file, "".join(lines))
        conversation["cases"] = file

    # --- threads

    def _build_threads(self, plays: Sequence[Play]) -> list[dict[str, Any]]:
        """Build a conversation of each thread: tests that go on with what was said before."""
        found = []
        for number, prompt in enumerate(self.prompts):
            threads: dict[str, list[Play]] = {}
            for play in plays:
                if number in play.scripts:
                    key = str(play.case.metadata.get("conversationId") or "")
                    threads.setdefault(key, []).append(play)
            label = prompt.label or f"prompt-{number + 1}" if len(self.prompts) > 1 else ""
            for key, members in threads.items():
                title = " · ".join(filter(None, (key or self.name, label)))
                found.append(self._build_thread(members, number, title))
        return found

    def _build_thread(self, plays: list[Play], number: int, title: str) -> dict[str, Any]:
        first = plays[0]
        script = first.scripts[number]
        conversation: dict[str, Any] = {"id": self._choose_id(title)}
        if script.system:
            conversation["system"] = _say(script.system, first.variables)
        turns: list[dict[str, Any]] = [
            {"user": _say(asked, first.variables), "assistant": _say(replied, first.variables)}
            for asked, replied in (*script.before, *read_given_history(first.case))
        ]
        names: list[str] = []
        for play in plays:
            mine = play.scripts[number]
            turn: dict[str, Any] = {}
            if mine.messages:
                turn["messages"] = fill(json.loads(mine.messages), play.variables)
            else:
                turn["user"] = _say(mine.user, play.variables, names) or " "
            if play.asserts:
                turn["assert"] = [_fill_assertion(one, play.variables) for one in play.asserts]
            if play.threshold is not None:
                turn["threshold"] = play.threshold
            stored = play.case.options.get("storeOutputAs")
            if stored is not None and stored.text:
                turn["store_as"] = stored.text
                names.append(stored.text)
            turns.append(turn)
        conversation["turns"] = turns
        if self.prompts[number].parameters and len(self.prompts) > 1:
            conversation["parameters"] = self.prompts[number].parameters
        systems = {_say(play.scripts[number].system, play.variables) for play in plays}
        if len(systems) > 1:
            reason = "one system text serves a conversation: that of its first test"
            self.bench.change(first.case.place, "system text", reason)
        if self.tools:
            conversation["tools"] = self.tools
        return _order(conversation)


def _say(text: str, variables: Mapping[str, Any], stored: Sequence[str] = ()) -> str:
    """Return a text with the variables in it; only names of stored replies stay names."""
    said = substitute(text, variables).replace("{{", "\\{{")
    for name in stored:
        written = f"{{{{{name}}}}}".replace("\\", r"\\")
        said = re.sub(rf"\\\{{\{{\s*{re.escape(name)}\s*\}}\}}", written, said)
    return said


def _fill_assertion(one: Assertion, variables: Mapping[str, Any]) -> Assertion:
    if isinstance(one, str):
        return one
    if any(key.removeprefix("not-") == "python" for key in one):
        return one
    found: dict[str, Any] = fill(one, variables)
    return found


def read_given_history(case: PromptTest) -> list[tuple[str, str]]:
    """Read what a test itself says was said before, in its variable ``_conversation``."""
    given = case.variables.get("_conversation")
    return [
        (one["input"], str(one.get("output", "")))
        for one in (given if isinstance(given, list) else ())
        if isinstance(one, dict) and isinstance(one.get("input"), str)
    ]


def _group(plays: Sequence[Play], numbers: tuple[int, ...]) -> list[list[Play]]:
    """Put cases together that differ in their variables and assertions alone."""
    groups: dict[Any, list[Play]] = {}
    for play in plays:
        if not all(number in play.scripts for number in numbers):
            continue
        shapes = tuple(play.scripts[number].shape for number in numbers)
        groups.setdefault((shapes, play.threshold), []).append(play)
    return list(groups.values())


def _list_shared(plays: list[Play]) -> list[Assertion]:
    """List the assertions that every case has."""
    first = plays[0].asserts
    return [one for one in first if all(one in play.asserts for play in plays)]


def _is_lone(text: str) -> bool:
    return bool(re.fullmatch(r"\{\{\w+\}\}", text))


def _choose_name(label: str, there: Mapping[str, Any]) -> str:
    base = " ".join("".join(c if c.isprintable() else " " for c in label).split())[:60] or "prompt"
    number, chosen = 2, base
    while chosen in there:
        chosen, number = f"{base} {number}", number + 1
    return chosen


_ORDER = ("id", "tags", "system", "vars", "matrix", "tools", "parameters", "cases", "turns")


def _order(conversation: dict[str, Any]) -> dict[str, Any]:
    """Put the keys of a conversation in the order in which people write them; data comes last."""
    keys = [key for key in _ORDER if key in conversation and key != "cases"]
    found = {key: conversation[key] for key in keys}
    if "cases" in conversation:
        found["cases"] = conversation["cases"]
    return found
