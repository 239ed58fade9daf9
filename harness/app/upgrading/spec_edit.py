"""Edit a spec as somebody would by hand: other values in their places, the rest as it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.app.editing.edited_file import EditedFile
from harness.app.upgrading.outlook import UpgradedTarget
from harness.errors import Diagnostic, RequestError
from harness.plan.preflight.successors import Successor
from harness.source import Span
from harness.spec.document.located import Node
from harness.spec.load import SpecFile
from harness.spec.model.spec import Deployment

CANNOT_EDIT = "H933"

_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"'
    r"|'(?:[^']|'')*'"
    r"|[^\s,{}\[\]#\"'&*!|>][^,{}\[\]\n#]*?(?=\s*(?:[,{}\[\]\n]|\s#|$))"
)
"""A quoted scalar, or a plain one up to what ends it on its line."""

_LINE_ENDS = re.compile(r"(?<=\n)")


def edit_spec(
    spec_file: SpecFile, target: UpgradedTarget, chosen: Successor
) -> tuple[EditedFile, ...]:
    """Return the files of a spec in which a deployment has its successor's model and version.

    SKU and capacity change too where the successor cannot have those of the old one.

    Raises:
        RequestError: a value is not written where the deployment stands: it comes from the
            environment, an alias, or a place that others share.
    """
    declared = spec_file.spec.accounts[target.owner].deployments[target.handle]
    place = ("accounts", target.owner, "deployments", target.handle)
    node = spec_file.spans.root.at(*place)
    if node is None:
        raise _cannot_edit_error(spec_file, target, chosen, "it is not written in the spec")
    texts: dict[str, str] = {}
    before: dict[str, str] = {}
    edits = _list_edits(spec_file, target, chosen, declared, node)
    # From the end, so that the places before it stay where they are.
    for edit in sorted(edits, key=lambda one: one.span, reverse=True):
        file = edit.span.file
        if file not in texts:
            before[file] = texts[file] = _read(file)
        after = _replace_at(texts[file], edit, node.span)
        if after is None:
            why = f"{edit.span} does not say {edit.was}"
            raise _cannot_edit_error(spec_file, target, chosen, why)
        texts[file] = after
    return tuple(
        EditedFile(Path(file), before[file], text)
        for file, text in texts.items()
        if text != before[file]
    )


@dataclass(frozen=True, slots=True)
class _Edit:
    """A value to replace, and keys with their values to put behind it."""

    span: Span
    was: str
    shall: str
    behind: tuple[tuple[str, str], ...] = ()


def _list_edits(
    spec_file: SpecFile,
    target: UpgradedTarget,
    chosen: Successor,
    declared: Deployment,
    node: Node,
) -> Iterator[_Edit]:
    wanted: Mapping[str, tuple[str, str]] = {
        "model": (declared.model, chosen.model),
        "version": (declared.version, chosen.version),
        "sku": (declared.sku, chosen.sku),
        "capacity": (str(declared.capacity), str(chosen.capacity)),
    }
    behind = tuple(
        (key, shall)
        for key, (was, shall) in wanted.items()
        if node.at(key) is None and was != shall
    )
    for key, (was, shall) in wanted.items():
        found, more = node.at(key), behind if key == "version" else ()
        if found is None or (was == shall and not more):
            continue
        if found.expanded or _is_shared(spec_file, target, found):
            why = f"`{key}` comes from elsewhere"
            raise _cannot_edit_error(spec_file, target, chosen, why)
        yield _Edit(found.span, was, shall, more)


def _is_shared(spec_file: SpecFile, target: UpgradedTarget, found: Node) -> bool:
    """Return whether another deployment has its value from the same place: an alias."""
    root = spec_file.spans.root
    for owner, account in spec_file.spec.accounts.items():
        for handle in account.deployments:
            other = root.at("accounts", owner, "deployments", handle)
            if other is None or (owner, handle) == (target.owner, target.handle):
                continue
            if any(each.span == found.span for each in other.items.values()):
                return True
    return False


def _replace_at(text: str, edit: _Edit, mapping: Span) -> str | None:
    """Return the text with the edit; None where something else stands there.

    ``mapping`` is the place of the deployment: on one line its keys stand behind each other.
    """
    lines = _LINE_ENDS.split(text)
    line, start = lines[edit.span.line - 1], edit.span.column - 1
    token = _TOKEN.match(line, start)
    if token is None or _read_token(token[0]) != edit.was:
        return None
    body = line.rstrip("\r\n")
    ending, tail = line[len(body) :] or "\n", line[token.end() :]
    is_flow = mapping.file == edit.span.file and lines[mapping.line - 1][
        mapping.column - 1 :
    ].startswith("{")
    indent = body[: len(body) - len(body.lstrip())]
    inline = ""
    for key, value in edit.behind:
        if is_flow:
            inline += f", {_write_new(text, key)}: {_write_new(text, value)}"
        else:
            tail = tail.rstrip("\r\n") + f"{ending}{indent}{key}: {value}{ending}"
    lines[edit.span.line - 1] = line[:start] + _write_token(token[0], edit.shall) + inline + tail
    return "".join(lines)


def _is_json(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n").startswith("{")


def _write_new(text: str, value: str) -> str:
    return f'"{value}"' if _is_json(text) and not value.isdigit() else value


def _read_token(token: str) -> str:
    if token.startswith('"'):
        try:
            return str(json.loads(token))
        except ValueError:
            return token
    if token.startswith("'"):
        return token[1:-1].replace("''", "'")
    return token.strip()


def _write_token(old: str, value: str) -> str:
    """Write a value quoted as the old one was; with quotes where it would be a number or a date."""
    if old[0] in "\"'":
        return f"{old[0]}{value}{old[0]}"
    plain = re.fullmatch(r"[A-Za-z][\w.-]*", value) or (value.isdigit() and old.isdigit())
    return value if plain else f'"{value}"'


def _read(file: str) -> str:
    """Return the text with the line ends that it has."""
    return Path(file).read_bytes().decode("utf-8")


def _cannot_edit_error(
    spec_file: SpecFile, target: UpgradedTarget, chosen: Successor, why: str
) -> RequestError:
    at = spec_file.spans.at("accounts", target.owner, "deployments", target.handle)
    return RequestError(
        Diagnostic(
            CANNOT_EDIT,
            f"the spec cannot be edited for {target.name}: {why}",
            span=at,
            hint=f'write `model: {chosen.model}, version: "{chosen.version}", sku: {chosen.sku}, '
            f"capacity: {chosen.capacity}` where it has them from",
        )
    )
