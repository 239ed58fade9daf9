"""Paths and patterns that take something out of an answer: of an application, of a reply."""

from __future__ import annotations

from typing import Final

from harness.spec.document import walk
from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.words import quote
from harness.spec.values.patterns import check_path, check_pattern

_PATHS: Final = ("reply", "usage", "session", "tool_calls", "context")


def check(root: Node, problems: Problems) -> None:
    """Note paths and patterns that cannot be understood, and transforms that store nothing."""
    for conversation in walk.list_conversations(root):
        for turn in walk.list_turns(conversation):
            transform = turn.at("transform")
            if transform is not None:
                _check_transform(turn, transform, problems)
    for _, provider in walk.list_entries(root, "providers"):
        for key in _PATHS:
            node = provider.at(key)
            if node is not None:
                check_path(node, problems, strict=False)
        _check_command(provider, problems)


def _check_transform(turn: Node, transform: Node, problems: Problems) -> None:
    if turn.at("store_as") is None:
        summary = (
            "`transform` takes the part of a reply that `store_as` names, and no name is given"
        )
        problems.error("H202", turn.key_span("transform"), summary)
    if transform.text is not None:
        check_path(transform, problems)
        return
    pattern, group = transform.at("regex"), transform.at("group")
    if pattern is None or pattern.text is None:
        return
    before = len(problems.found)
    check_pattern(pattern, problems)
    if group is not None and len(problems.found) == before:
        _check_group(pattern.text, group, problems)


def _check_group(pattern: str, group: Node, problems: Problems) -> None:
    import regex

    compiled = regex.compile(pattern)
    if group.value not in (*range(compiled.groups + 1), *compiled.groupindex):
        summary = f"the pattern has no group {quote(group.value)}"
        hint = "groups are counted by their opening brackets, from 1; 0 is the whole match"
        problems.error("H208", group.span, summary, hint=hint)


def _check_command(provider: Node, problems: Problems) -> None:
    """Note paths into a program's output where its whole output is the reply."""
    kind = provider.at("type")
    if kind is None or kind.text != "command" or provider.at("reply") is not None:
        return
    for key in _PATHS:
        if provider.at(key) is not None:
            problems.error(
                "H209",
                provider.key_span(key),
                f"`{key}` is a path into JSON, and the program's whole output is the reply",
                hint="say where in that JSON the reply is: reply: $.answer",
            )
