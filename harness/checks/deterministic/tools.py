"""Checks about the tools that the model calls."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from harness.checks.definitions import choose_threshold
from harness.checks.deterministic.text import is_same
from harness.checks.finding import CannotCheck, Finding, as_json, quote
from harness.checks.reading.json import NotJson, read_json
from harness.checks.reading.schema import find_violation
from harness.checks.subject import Subject
from harness.conversation.transcript import ToolCall
from harness.spec.model.spec import Assertion
from harness.spec.values.filling import split_texts


def tool_called(assertion: Assertion, subject: Subject) -> Finding:
    """Check that a tool was called, with at least these arguments where some are named."""
    wanted = assertion.value
    if isinstance(wanted, str):
        wanted = {"name": wanted}
    if not isinstance(wanted, Mapping) or not isinstance(wanted.get("name"), str):
        raise CannotCheck("tool-called needs the tool's name, or {name, arguments}")
    name, arguments = wanted["name"], wanted.get("arguments") or {}
    if not isinstance(arguments, Mapping):
        raise CannotCheck(f"arguments of tool-called are a mapping, not {quote(arguments)}")
    with_them = f" with {quote(arguments)}" if arguments else ""
    calls = _read_calls(subject)
    for call in calls:
        if call.name == name and _has_arguments(call.arguments, arguments):
            return Finding(True, f"{quote(name)} was called{with_them}")
    fact = f"{quote(name)} was not called{with_them}; the calls were: {_list_calls(calls)}"
    return Finding(False, fact)


def _has_arguments(text: str, wanted: Mapping[str, Any]) -> bool:
    if not wanted:
        return True
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and all(
        key in found and is_same(found[key], wanted[key]) for key in wanted
    )


def is_valid_tools_call(assertion: Assertion, subject: Subject) -> Finding:
    """Check that tools were called, all declared, with arguments that fit their schemas."""
    del assertion
    declared = _read_declared(subject)
    if not declared:
        raise CannotCheck("The conversation declares no tools whose calls could be valid")
    calls = _read_calls(subject)
    if not calls:
        return Finding(False, f"No tool was called: {quote(subject.text)}")
    for call in calls:
        if call.name not in declared:
            known = ", ".join(quote(name, 40) for name in declared)
            return Finding(False, f"{quote(call.name)} was called; the tools are: {known}")
        try:
            arguments = read_json(call.arguments or "{}")
        except NotJson as why:
            what = f"The arguments of {quote(call.name)} are not JSON"
            return Finding(False, f"{what}: {why}: {quote(call.arguments)}")
        if misfit := find_violation(declared[call.name], arguments):
            what = f"The arguments of {quote(call.name)} do not fit its schema"
            return Finding(False, f"{what}: {misfit}")
    noun = "call fits its" if len(calls) == 1 else "calls fit their"
    return Finding(True, f"{len(calls)} {noun} declaration: {_list_calls(calls)}")


def _read_declared(subject: Subject) -> dict[str, Any]:
    """Read the schemas of the functions that the model could call, by name."""
    schemas: dict[str, Any] = {}
    for tool in subject.tools:
        if not isinstance(tool, Mapping):
            continue
        function = tool.get("function", tool)
        if isinstance(function, Mapping) and isinstance(function.get("name"), str):
            schemas[function["name"]] = function.get("parameters") or {"type": "object"}
    return schemas


def tool_call_f1(assertion: Assertion, subject: Subject) -> Finding:
    """Score the names called against those wanted by F1; order, repeats, arguments do not count.

    Source: promptfoo, tool-call-f1.
    """
    wanted = _read_names(assertion)
    calls = _read_calls(subject)
    found = {call.name for call in calls}
    shared = len(found & wanted)
    score = 2 * shared / (len(found) + len(wanted))
    limit = choose_threshold(assertion)
    names = ", ".join(quote(name, 40) for name in sorted(wanted))
    fact = (
        f"F1 of the tools called is {score:.3f}; wanted: at least {limit:g} with {names}; "
        f"the calls were: {_list_calls(calls)}"
    )
    return Finding(score >= limit, fact, score)


def _read_names(assertion: Assertion) -> set[str]:
    value = assertion.value
    parts = split_texts(value) if isinstance(value, str) else value
    if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
        raise CannotCheck(f"tool-call-f1 needs names of tools, not {quote(value)}")
    names = {part.strip() for part in parts if part.strip()}
    if not names:
        raise CannotCheck("tool-call-f1 needs at least one name of a tool")
    return names


def _read_calls(subject: Subject) -> tuple[ToolCall, ...]:
    """Read the calls that the model asked for: the protocol's, else those its text spells out.

    Applications and recordings have only their text: a JSON of chat ``tool_calls``, of Responses
    ``function_call`` items, or of plain ``{name, arguments}``.
    """
    if subject.tool_calls and subject.found is None:
        return subject.tool_calls
    if subject.found is not None:
        document = subject.found.value
    else:
        try:
            document = read_json(subject.text)
        except NotJson:
            return ()
    if isinstance(document, Mapping) and isinstance(document.get("tool_calls"), list):
        document = document["tool_calls"]
    if isinstance(document, Mapping):
        typed = document.get("type") in ("function", "function_call") or "function" in document
        document = [document] if typed else []
    items = document if isinstance(document, list) else []
    return tuple(call for item in items if (call := _read_call(item)) is not None)


def _read_call(item: Any) -> ToolCall | None:
    if not isinstance(item, Mapping):
        return None
    function = item.get("function", item)
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
        return None
    arguments = function.get("arguments", "{}")
    text = arguments if isinstance(arguments, str) else as_json(arguments)
    return ToolCall(str(item.get("id", "")), function["name"], text)


def _list_calls(calls: Sequence[ToolCall]) -> str:
    made = ", ".join(f"{quote(c.name, 40)} {quote(c.arguments, 60)}" for c in calls[:5])
    return made or "none"
