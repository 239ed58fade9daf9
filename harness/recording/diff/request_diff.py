"""Compare two request bodies, in the words of who wrote the conversation."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from harness.recording.diff.request_view import RequestView, Said
from harness.recording.diff.word_diff import diff_words, shorten
from harness.text.safe import printable

_VALUE: Final = 60
"""Characters of a value that are shown."""

_DEEPEST: Final = 40
_ABSENT: Final = "not sent"


@dataclass(frozen=True, slots=True)
class RequestDifference:
    """One thing that changed: ``part`` names it in a few words, ``how`` says it on one line."""

    part: str
    how: str

    def __str__(self) -> str:
        return f"{self.part}: {self.how}"


def list_differences(asked: RequestView, recorded: RequestView) -> Iterator[RequestDifference]:
    """List what is asked otherwise than recorded: messages first, then model, tools, parameters."""
    yield from _compare_messages(asked.messages, recorded.messages)
    if asked.model != recorded.model:
        yield RequestDifference("model", f"{_to_name(recorded.model)} -> {_to_name(asked.model)}")
    yield from _compare_tools(asked.tools, recorded.tools)
    yield from list_value_differences(asked.parameters, recorded.parameters)


def list_value_differences(
    asked: Any, recorded: Any, path: str = ""
) -> Iterator[RequestDifference]:
    """List the differences of two decoded JSON values, each by its path: ``sku.capacity``."""
    if asked is recorded or (asked == recorded and not _may_hide_truth(asked, recorded)):
        return
    if path.count(".") + path.count("[") < _DEEPEST:
        if isinstance(asked, Mapping) and isinstance(recorded, Mapping):
            yield from _compare_objects(asked, recorded, path)
            return
        if isinstance(asked, list) and isinstance(recorded, list) and len(asked) == len(recorded):
            for number, (new, old) in enumerate(zip(asked, recorded, strict=True)):
                yield from list_value_differences(new, old, f"{path}[{number}]")
            return
    elif asked == recorded:
        return
    if (
        isinstance(asked, str)
        and isinstance(recorded, str)
        and max(map(len, (asked, recorded))) > 30
    ):
        yield RequestDifference(_to_name(path), diff_words(recorded, asked))
    else:
        yield RequestDifference(_to_name(path), f"{_show_value(recorded)} -> {_show_value(asked)}")


def _may_hide_truth(asked: Any, recorded: Any) -> bool:
    """Return whether equal values may still differ: true equals 1, and 1.0 is written as 1."""
    if isinstance(asked, bool) or isinstance(recorded, bool):
        return type(asked) is not type(recorded)
    return isinstance(asked, Mapping | list)


def _compare_objects(
    asked: Mapping[str, Any], recorded: Mapping[str, Any], path: str
) -> Iterator[RequestDifference]:
    prefix = f"{path}." if path else ""
    for name in {**recorded, **asked}:
        where = f"{prefix}{name}"
        if name not in asked:
            yield RequestDifference(_to_name(where), f"{_show_value(recorded[name])} -> {_ABSENT}")
        elif name not in recorded:
            yield RequestDifference(_to_name(where), f"{_ABSENT} -> {_show_value(asked[name])}")
        else:
            yield from list_value_differences(asked[name], recorded[name], where)


def _compare_messages(
    asked: Sequence[Said], recorded: Sequence[Said]
) -> Iterator[RequestDifference]:
    if asked == recorded:
        return
    if len(asked) == len(recorded) and Counter(asked) == Counter(recorded):
        was = [name for name, said in zip(_name_messages(recorded), recorded, strict=True)]
        now = [was[recorded.index(said)] for said in asked]
        yield RequestDifference("order of messages", f"{_to_list(was)} -> {_to_list(now)}")
        return
    if len(asked) != len(recorded):
        yield RequestDifference("number of messages", f"{len(recorded)} -> {len(asked)}")
    for new, old in _pair_messages(asked, recorded):
        if old is None and new is not None:
            name, said = _name_messages(asked)[new], asked[new]
            yield RequestDifference(name, f"added {_quote(said)}")
        elif new is None and old is not None:
            name, said = _name_messages(recorded)[old], recorded[old]
            yield RequestDifference(name, f"no longer there {_quote(said)}")
        elif new is not None and old is not None:
            yield from _compare_message(_name_messages(asked)[new], asked[new], recorded[old])


def _pair_messages(
    asked: Sequence[Said], recorded: Sequence[Said]
) -> Iterator[tuple[int | None, int | None]]:
    """Pair each message with the recorded one that it stands for, where they differ."""
    if [said.role for said in asked] == [said.role for said in recorded]:
        yield from ((n, n) for n in range(len(asked)) if asked[n] != recorded[n])
        return
    steps = SequenceMatcher(None, recorded, asked, autojunk=False).get_opcodes()
    for kind, old, old_end, new, new_end in steps:
        if kind == "equal":
            continue
        left, right = list(range(old, old_end)), list(range(new, new_end))
        for number in list(right):
            same = next((n for n in left if recorded[n].role == asked[number].role), None)
            if same is not None:
                left.remove(same)
                right.remove(number)
                yield number, same
        yield from ((None, number) for number in left)
        yield from ((number, None) for number in right)


def _compare_message(name: str, asked: Said, recorded: Said) -> Iterator[RequestDifference]:
    if asked.text != recorded.text:
        yield RequestDifference(name, diff_words(recorded.text, asked.text))
    if asked.calls != recorded.calls:
        was, now = (_to_list([f"{n}({a})" for n, a in s.calls]) for s in (recorded, asked))
        yield RequestDifference(f"{name}, tool calls", diff_words(was or "none", now or "none"))
    if asked.images != recorded.images:
        if len(asked.images) != len(recorded.images):
            counts = f"{len(recorded.images)} -> {len(asked.images)}"
            yield RequestDifference(f"{name}, images", counts)
        else:
            yield RequestDifference(f"{name}, images", "another picture")


def _name_messages(messages: Sequence[Said]) -> list[str]:
    """Return ``system message``, ``user turn 2``, ``tool result 1``: each counted by its role."""
    seen: Counter[str] = Counter()
    names = []
    for said in messages:
        seen[said.role] += 1
        match said.role:
            case "system":
                names.append("system message" + (f" {seen['system']}" * (seen["system"] > 1)))
            case "tool":
                names.append(f"tool result {seen['tool']}")
            case "text":
                names.append(f"text {seen['text']}")
            case role:
                names.append(f"{shorten(role, 20)} turn {seen[role]}")
    return names


def _compare_tools(
    asked: Mapping[str, Any], recorded: Mapping[str, Any]
) -> Iterator[RequestDifference]:
    for name in {**recorded, **asked}:
        label = f"tool {shorten(name, 40)}"
        if name not in asked:
            yield RequestDifference(label, "removed")
        elif name not in recorded:
            yield RequestDifference(label, "added")
        else:
            for found in list_value_differences(asked[name], recorded[name]):
                yield RequestDifference(label, str(found))
    if list(asked) != list(recorded) and set(asked) == set(recorded):
        yield RequestDifference(
            "order of tools", f"{_to_list(list(recorded))} -> {_to_list(list(asked))}"
        )


def _quote(said: Said) -> str:
    calls = [name for name, _ in said.calls]
    return _show_value(said.text) if said.text or not calls else f"calling {_to_list(calls)}"


def _to_list(names: Sequence[str]) -> str:
    shown = [shorten(name, 80) for name in names[:6]]
    return ", ".join(shown) + (f", and {len(names) - 6} more" if len(names) > 6 else "")


def _to_name(text: str) -> str:
    return shorten(text, _VALUE) if text else "unnamed"


def _show_value(value: Any) -> str:
    """Return a value as JSON, short, on one line."""
    if isinstance(value, Mapping | list) and len(value) > 20:
        return f"{len(value)} {'keys' if isinstance(value, Mapping) else 'items'}"
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError, TypeError):
        text = type(value).__name__
    half = _VALUE // 2
    return printable(text if len(text) <= _VALUE else f"{text[:half]}…{text[-half:]}")
