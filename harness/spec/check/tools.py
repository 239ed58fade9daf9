"""Tools and their results: whether a model could be given them."""

from __future__ import annotations

import re

from harness.spec.document import walk
from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.words import quote
from harness.spec.values.json_schemas import check_schema

NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}\Z")
"""Source: OpenAI API reference, chat completions, ``tools[].function.name``."""
EXAMPLE = "{type: function, function: {name: get_weather, parameters: {type: object}}}"


def check(root: Node, problems: Problems) -> None:
    """Note tools that the API would refuse, and results of tools that are not declared."""
    for conversation in walk.list_conversations(root):
        declared = [
            name
            for tool in _list_elements(conversation.at("tools"))
            if (name := _check_tool(tool, problems)) is not None
        ]
        for turn in walk.list_turns(conversation):
            for result in _list_elements(turn.at("tool_results")):
                _check_result(result, declared, problems)


def _list_elements(node: Node | None) -> list[Node]:
    return node.elements if node is not None else []


def _check_tool(tool: Node, problems: Problems) -> str | None:
    kind = tool.at("type")
    if kind is None or kind.text is None:
        problems.error("H307", tool.span, "a tool has a type", hint=EXAMPLE)
        return None
    if kind.text != "function":
        return None
    function = tool.at("function")
    name = function.at("name") if function is not None else None
    if function is None or name is None or name.text is None:
        problems.error(
            "H307", tool.span, "a function tool has a function with a name", hint=EXAMPLE
        )
        return None
    if not NAME.match(name.text):
        hint = "1-64 letters, digits, `-`, `_`"
        problems.error("H307", name.span, "the API refuses this function name", hint=hint)
    parameters = function.at("parameters")
    if parameters is not None:
        check_schema(parameters, "H307", problems)
    return name.text


def _check_result(result: Node, declared: list[str], problems: Problems) -> None:
    name = result.at("name")
    if name is None or name.text is None or name.text in declared:
        return
    hint = problems.suggest(name.text, declared) or "declare it under the conversation's `tools`"
    problems.error("H307", name.span, f"there is no tool {quote(name.text)}", hint=hint)
