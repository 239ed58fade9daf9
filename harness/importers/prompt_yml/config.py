"""A prompt of GitHub Models as a spec: the same messages, data and checks, on Azure.

Source: github/gh-models, pkg/prompt/prompt.go and cmd/eval/eval.go (2025), and GitHub's page
"Storing prompts in GitHub repositories". GitHub Models ended on 2026-07-30.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from harness.azure.catalogue import find_newest_day
from harness.importers.braces import escape
from harness.importers.conversion import Conversion, Fate, Unmapped
from harness.importers.deployments import StandIn, find_stand_in, make_cloud
from harness.importers.formats import SourceFile
from harness.importers.prompt_yml.evaluators import JudgeDeployments, read_evaluator
from harness.source import Span
from harness.spec.document.located import Node, to_plain
from harness.spec.document.template import REFERENCE

KNOWN = {
    "name",
    "description",
    "model",
    "modelParameters",
    "responseFormat",
    "jsonSchema",
    "messages",
    "testData",
    "evaluators",
}
PARAMETERS = {
    "temperature": "temperature",
    "topP": "top_p",
    "top_p": "top_p",
    "maxTokens": "max_output_tokens",
    "max_tokens": "max_output_tokens",
    "maxCompletionTokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "frequencyPenalty": "frequency_penalty",
    "presencePenalty": "presence_penalty",
    "stop": "stop",
    "seed": "seed",
    "reasoningEffort": "reasoning_effort",
    "reasoning_effort": "reasoning_effort",
}
ENDED = (
    "GitHub Models ended on 2026-07-30: the spec deploys {model} {version} on Azure in its place"
)
MISSING = "(nobody wrote a value for this)"
TARGET = "sweden/main"
COMPLETION = "completion"
"""The name of the reply in the prompt of a judge; harness knows it by the same name."""


def recognise(source: SourceFile) -> bool:
    """Tell whether a file is a prompt of GitHub Models."""
    root = source.root
    if source.text.lstrip()[:1] == "{":  # a request, in a log of one line
        return False
    if root is None or {"prompts", "providers", "version", "tests"} & root.items.keys():
        return False
    messages = root.at("messages")
    if messages is None or not messages.elements:
        return False
    has_roles = all(one.at("role") is not None for one in messages.elements)
    return has_roles and bool({"model", "testData", "evaluators"} & root.items.keys())


def convert(source: SourceFile) -> Conversion:
    """Convert a prompt of GitHub Models."""
    root = source.root
    assert root is not None, "it was recognised"  # noqa: S101 - for the type checker
    return _Prompt(root).convert(source.path)


class _Prompt:
    """A prompt while it is converted."""

    def __init__(self, root: Node) -> None:
        self._root = root
        self._unmapped: list[Unmapped] = []
        rows = root.at("testData")
        self._rows = rows.elements if rows is not None else []
        names = (name for row in self._rows for name in row.items)
        self._names = dict.fromkeys(names)

    def convert(self, path: str) -> Conversion:
        root = self._root
        for key in root.items:
            if key not in KNOWN:
                self._note(root.key_span(key), key, "it is no key of a prompt of GitHub Models")
        model = root.at("model")
        asked = str(model.value) if model is not None and model.value is not None else None
        stand_in = find_stand_in(asked, find_newest_day())
        if asked is None:
            self._note(root.span, "model", f"none is named: {stand_in.model} stands in", "broken")
        name = _make_name(root, path)
        conversation = self._make_conversation(name)
        if not conversation["turns"]:
            return Conversion(None, "it holds no message of a user", unmapped=self._list())
        judges = JudgeDeployments()
        evaluators = root.at("evaluators")
        checks = [
            check
            for one in (evaluators.elements if evaluators is not None else [])
            for check in read_evaluator(one, tuple(self._names), judges, self._note)
        ]
        if checks:
            conversation["turns"][-1]["assert"] = checks
        self._add_data(conversation)
        deployments = {"main": stand_in.to_document(), **judges.list_deployments()}
        evaluation: dict[str, Any] = {"targets": [TARGET]}
        if judges.first is not None:
            evaluation["judge"] = {"target": judges.first}
        if parameters := self._read_parameters():
            evaluation["parameters"] = parameters
        document: dict[str, Any] = {"version": 1, "name": name}
        description = root.at("description")
        if description is not None and description.text:
            document["description"] = description.text
        document |= make_cloud(name, deployments)
        document["evaluation"] = evaluation
        document["conversations"] = [conversation]
        return Conversion(document, unmapped=self._list(), notes=self._list_notes(stand_in))

    def _note(self, span: Span, what: str, reason: str, fate: Fate = "left out") -> None:
        self._unmapped.append(Unmapped(span, what, reason, fate))

    def _list(self) -> tuple[Unmapped, ...]:
        return tuple(sorted(self._unmapped, key=lambda one: one.span))

    def _list_notes(self, stand_in: StandIn) -> tuple[str, ...]:
        notes = [ENDED.format(model=stand_in.model, version=stand_in.version)]
        if stand_in.note:
            notes.append(stand_in.note)
        if not self._root.at("evaluators"):
            notes.append("it has no evaluators: nothing is demanded of the replies yet")
        return tuple(notes)

    def _make_conversation(self, name: str) -> dict[str, Any]:
        conversation: dict[str, Any] = {"id": name}
        messages = self._root.at("messages")
        written = list(messages.elements if messages is not None else [])
        if (
            written
            and written[0].at(
                "role",
            )
            is not None
        ):
            role = _read_role(written[0])
            if role in {"system", "developer"}:
                conversation["system"] = self._read_text(written.pop(0))
        conversation["turns"] = self._make_turns(written)
        return conversation

    def _make_turns(self, written: list[Node]) -> list[dict[str, Any]]:
        """Make turns of users and assistants by turns; what comes otherwise is one of messages."""
        if written and _read_role(written[-1]) == "assistant":
            reason = "nobody answers after it: it is history, and the user's words are missing"
            self._note(written[-1].span, "a last message of the assistant", reason, "broken")
            written = written[:-1]
        roles = [_read_role(one) for one in written]
        alternate = ["user", "assistant"] * (len(roles) // 2 + 1)
        if roles == alternate[: len(roles)] and roles:
            turns: list[dict[str, Any]] = []
            for one, role in zip(written, roles, strict=True):
                if role == "user":
                    turns.append({"user": self._read_text(one)})
                else:
                    turns[-1]["assistant"] = self._read_text(one)
            return turns
        if "user" not in roles:
            return []
        kept = [
            {"role": role, "content": self._read_text(one)}
            for one, role in zip(written, roles, strict=True)
            if role in {"system", "developer", "user", "assistant"}
        ]
        return [{"messages": kept}]

    def _read_text(self, message: Node) -> str:
        """Return a message's text: what names no data is text, as GitHub Models takes it."""
        content = message.at("content")
        text = content.text if content is not None else None
        if content is None or text is None:
            self._note(message.span, "a message", "its content is no text", "broken")
            return ""

        def keep(match: re.Match[str]) -> str:
            name = match[1]
            if name is None:
                return "\\" + match[0].replace("\\{{", "\\\\{{")
            if name in self._names:
                return match[0]
            reason = "no test data has it"
            if self._rows:
                self._note(content.span, f"{{{{{name}}}}}", f"{reason}: it stays as text", "broken")
                return "\\" + match[0]
            self._names.setdefault(name)
            return match[0]

        return REFERENCE.sub(keep, text)

    def _add_data(self, conversation: dict[str, Any]) -> None:
        """Add the test data as cases; a column that nothing names is one for people."""
        named = {name.split(".")[0] for name in _list_names(conversation)}
        used = named - {COMPLETION}
        if not self._rows:
            if used:
                conversation["vars"] = dict.fromkeys(sorted(used), MISSING)
                names = ", ".join(sorted(used))
                span = self._root.key_span("messages")
                self._note(span, names, "there is no test data: write a value in `vars`", "broken")
                conversation["turns"] = conversation.pop("turns")
            return
        cases = []
        for row in self._rows:
            values = to_plain(row) if row.items else {}
            missing = [name for name in used if name not in values]
            for name in missing:
                self._note(row.span, f"{{{{{name}}}}}", "this row has no value for it", "broken")
            case = {name: values.get(name, MISSING if name in used else "") for name in self._names}
            cases.append(
                {
                    (name if name in used or name == "id" else f"x-{name}"): case[name]
                    for name in case
                }
            )
        conversation["cases"] = cases
        # As people read it: what it is asked with comes before what is asked.
        conversation["turns"] = conversation.pop("turns")

    def _read_parameters(self) -> dict[str, Any]:
        parameters: dict[str, Any] = {}
        written = self._root.at("modelParameters")
        for name, node in (written.items if written is not None else {}).items():
            ours = PARAMETERS.get(name)
            if ours is None:
                span = written.key_span(name) if written is not None else node.span
                self._note(span, f"modelParameters.{name}", "a spec has no such parameter")
            elif node.value is not None:
                parameters[ours] = to_plain(node)
        form = self._root.at("responseFormat")
        schema = self._root.at("jsonSchema")
        kind = form.text if form is not None else None
        if kind == "json_object":
            parameters["response_format"] = {"type": "json_object"}
        elif schema is not None and kind in {None, "json_schema"}:
            read = self._read_schema(schema)
            if read is not None:
                parameters["response_format"] = {"type": "json_schema", "json_schema": read}
        elif form is not None and kind not in {None, "text"}:
            self._note(form.span, f"responseFormat {kind}", "it is none that there is", "broken")
        return parameters

    def _read_schema(self, node: Node) -> Any:
        """Return a schema: the JSON in a text, as it must be, or a mapping, as people write it."""
        schema = to_plain(node)
        if isinstance(schema, str):
            try:
                schema = json.loads(schema)
            except (ValueError, RecursionError) as error:
                self._note(node.span, "jsonSchema", f"it is not JSON: {error}", "broken")
                return None
        if not isinstance(schema, dict):
            self._note(node.span, "jsonSchema", "it is no JSON Schema", "broken")
            return None
        if "schema" not in schema:
            reason = "it has no `name` and `schema`, which the API wants: it was put into them"
            self._note(node.span, "jsonSchema", reason, "broken")
            schema = {"name": "reply", "schema": schema}
        return escape(schema)


def _read_role(message: Node) -> str:
    role = message.at("role")
    return str(role.value).lower() if role is not None else ""


def _list_names(value: Any) -> list[str]:
    if isinstance(value, str):
        return [match[1] for match in REFERENCE.finditer(value) if match[1] is not None]
    if isinstance(value, Mapping):
        value = list(value.values())
    return [name for one in value for name in _list_names(one)] if isinstance(value, list) else []


def _make_name(root: Node, path: str) -> str:
    """Return a name for the spec: the prompt's own, else the file's."""
    named = root.at("name")
    text = str(named.value) if named is not None and named.value else ""
    stem = re.split(r"[/\\]", path)[-1]
    text = text or re.sub(r"\.prompt\.ya?ml$|\.ya?ml$", "", stem)
    kept = re.sub(r"[^\w.-]+", "-", text).strip("-._").lower()
    return kept[:60].rstrip("-._") or "prompt"
