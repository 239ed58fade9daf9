"""A prompt with the variables of a test -> what is said: system, history, the user's words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from harness.importers.promptfoo.saying.prompts import WrittenPrompt, looks_like_chat
from harness.importers.promptfoo.saying.templates import (
    Template,
    TemplateError,
    read_template,
    work_out,
)
from harness.spec.document.located import to_plain
from harness.spec.document.template import find_names, read_lone_name
from harness.spec.formats.yaml import parse

_HISTORY = re.compile(
    r"\{%-?\s*for\s+(\w+)\s+in\s+_conversation\s*-?%\}.*?\{%-?\s*endfor\s*-?%\}\s*,?", re.DOTALL
)
_DUMPED = re.compile(
    r"(?<![\"\w])\{\{-?\s*([\w.]+)\s*\|\s*(?:dump|tojson)\s*(?:\|\s*safe\s*)?-?\}\}"
)
ROLES = {"system", "developer", "user", "assistant", "tool"}
_COMMA = re.compile(r",(\s*[\]}])")


@dataclass(frozen=True, slots=True)
class SaidScript:
    """The words that a model is told, with plain names for what a test brings.

    Attributes:
        system: the system text; "" where there is none.
        before: history that the prompt itself holds: pairs of what the user and the model said.
        user: the last thing that the user says.
        messages: instead of all three, where the roles are others.
        has_history: True where the conversation's own history goes before it.
        computed: what was worked out for this test, by the name that stands for it.
    """

    system: str = ""
    before: tuple[tuple[str, str], ...] = ()
    user: str = ""
    messages: str = ""
    has_history: bool = False
    computed: tuple[tuple[str, str], ...] = ()

    @property
    def shape(self) -> tuple[Any, ...]:
        """Everything but what was worked out: equal shapes are one conversation."""
        names = tuple(name for name, _ in self.computed)
        return self.system, self.before, self.user, self.messages, self.has_history, names

    def list_names(self) -> set[str]:
        """List the variables that it names."""
        texts = [
            self.system,
            self.user,
            self.messages,
            *(one for two in self.before for one in two),
        ]
        return {name.split(".")[0] for text in texts for name in find_names(text)}


def make_script(prompt: WrittenPrompt, variables: Mapping[str, Any]) -> SaidScript:
    """Return what a prompt says with these variables.

    Raises:
        TemplateError: a template in it cannot be worked out.
    """
    if prompt.messages is not None:
        return _make_chat(json.dumps(prompt.messages, ensure_ascii=False), variables)
    text = prompt.text
    if looks_like_chat(text):
        if text.lstrip().startswith("-"):
            root = parse(text.encode("utf-8", "replace"), "prompt").root
            if root is not None and isinstance(root.value, list):
                return _make_chat(json.dumps(to_plain(root), ensure_ascii=False), variables)
        return _make_chat(text, variables)
    has_history = bool(_HISTORY.search(text)) or "_conversation" in text
    if has_history:
        text = _cut_history(text)
    template = read_template(text)
    return SaidScript(
        user=template.text.strip("\n"),
        has_history=has_history,
        computed=_compute(template, variables),
    )


def _cut_history(text: str) -> str:
    """Take the loop over what was said before out of a text: a conversation sends it by itself."""
    if not _HISTORY.search(text):
        raise TemplateError("it shows the history in a form of its own")
    return _HISTORY.sub("", text)


def _compute(template: Template, variables: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple((name, work_out(source, variables)) for name, source in template.computed.items())


def _make_chat(text: str, variables: Mapping[str, Any]) -> SaidScript:
    has_history = bool(_HISTORY.search(text))
    text = _HISTORY.sub("", text)
    if "_conversation" in text:
        raise TemplateError("it shows the history in a form of its own")
    text = _DUMPED.sub(lambda match: f'"{{{{{match.group(1)}}}}}"', text)
    messages = _read_messages(text)
    if messages is None:
        messages = _read_messages(_unroll(text, variables))
    if messages is None:
        raise TemplateError("what it comes to is no JSON")
    found: list[tuple[str, str]] = []
    templates = Template()
    plain = _show_pictures(_plain_messages(messages, templates), variables)
    computed = _compute(templates, variables)
    simple = all(
        set(one) == {"role", "content"} and isinstance(one["content"], str) for one in plain
    )
    roles = [str(one.get("role")) for one in plain]
    if not set(roles) <= ROLES:
        raise TemplateError("a message has no role that is known")
    system = ""
    if simple and roles and roles[0] in ("system", "developer"):
        system, plain, roles = plain[0]["content"], plain[1:], roles[1:]
    if not simple or not _alternates(roles):
        whole = [{"role": "system", "content": system}, *plain] if system else plain
        return SaidScript(
            messages=json.dumps(whole, ensure_ascii=False),
            has_history=has_history,
            computed=computed,
        )
    for asked, replied in zip(plain[:-1:2], plain[1::2], strict=True):
        found.append((asked["content"], replied["content"]))
    return SaidScript(system, tuple(found), plain[-1]["content"], "", has_history, computed)


def _alternates(roles: list[str]) -> bool:
    """Tell whether the user and the model speak in turn, the user first and last."""
    wanted = ["user" if at % 2 == 0 else "assistant" for at in range(len(roles))]
    return len(roles) % 2 == 1 and roles == wanted


def _read_messages(text: str) -> list[Any] | None:
    for candidate in (text, _COMMA.sub(r"\1", text)):
        try:
            found = json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and isinstance(found.get("messages"), list):
            found = found["messages"]
        if isinstance(found, list) and found and all(isinstance(one, dict) for one in found):
            return found
    return None


def _unroll(text: str, variables: Mapping[str, Any]) -> str:
    """Work a chat out: what is a text keeps its name where no condition looks at it."""
    looks = any(sign in text for sign in ("{% if", "{%- if", "{% elif"))
    given = {
        name: _escape(value) if looks and isinstance(value, str)
        else f"{{{{{name}}}}}" if isinstance(value, str) else value
        for name, value in variables.items()
    }  # fmt: skip
    return work_out(text, given)


def _escape(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _show_pictures(value: Any, variables: Mapping[str, Any]) -> Any:
    """Write the path of a picture where a variable names it: messages read files of pictures."""
    if isinstance(value, dict):
        return {key: _show_pictures(inner, variables) for key, inner in value.items()}
    if isinstance(value, list):
        return [_show_pictures(inner, variables) for inner in value]
    name = read_lone_name(value) if isinstance(value, str) else None
    path = variables.get(name) if name else None
    return path if isinstance(path, str) and path.startswith("file://") else value


def _plain_messages(value: Any, templates: Template) -> Any:
    if isinstance(value, dict):
        return {key: _plain_messages(inner, templates) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain_messages(inner, templates) for inner in value]
    if isinstance(value, str):
        found = read_template(value)
        templates.computed |= found.computed
        return found.text
    return value
