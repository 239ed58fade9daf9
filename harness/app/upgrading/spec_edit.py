"""Edit a spec as somebody would by hand: other values in their places, the rest as it was."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True, slots=True)
class EditedFile:
    """A file of the spec, before and after."""

    path: Path
    before: str
    after: str

    @property
    def diff(self) -> str:
        """The unified diff, as ``git apply`` and ``patch -p1`` take it; "" for no change."""
        name = self.path.as_posix().lstrip("/")
        lines = difflib.unified_diff(
            self.before.splitlines(keepends=True),
            self.after.splitlines(keepends=True),
            f"a/{name}",
            f"b/{name}",
        )
        return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)


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
    # From the end, so that the places before it stay where they are.
    for span, written in sorted(
        _list_edits(spec_file, target, chosen, declared, node), key=lambda one: one[0], reverse=True
    ):
        if span.file not in texts:
            before[span.file] = texts[span.file] = _read(span.file)
        texts[span.file] = _replace_at(texts[span.file], span, written, spec_file, target, chosen)
    return tuple(
        EditedFile(Path(file), before[file], text)
        for file, text in texts.items()
        if text != before[file]
    )


Written = tuple[str, str, tuple[str, str] | None]
"""The value that stands there, the one that shall, and a key and value to put behind it."""


def _list_edits(
    spec_file: SpecFile,
    target: UpgradedTarget,
    chosen: Successor,
    declared: Deployment,
    node: Node,
) -> Iterator[tuple[Span, list[Written]]]:
    wanted: Mapping[str, tuple[str, str]] = {
        "model": (declared.model, chosen.model),
        "version": (declared.version, chosen.version),
        "sku": (declared.sku, chosen.sku),
        "capacity": (str(declared.capacity), str(chosen.capacity)),
    }
    behind: list[tuple[str, str]] = []
    for key in ("sku", "capacity"):
        was, shall = wanted[key]
        if node.at(key) is None and was != shall:
            behind.append((key, shall))
    for key, (was, shall) in wanted.items():
        found = node.at(key)
        if found is None or (was == shall and not (key == "version" and behind)):
            continue
        if found.expanded or _is_shared(spec_file, target, found):
            why = f"`{key}` comes from elsewhere"
            raise _cannot_edit_error(spec_file, target, chosen, why)
        more = behind if key == "version" else []
        edits: list[Written] = [(was, shall, None)]
        edits += [("", "", each) for each in more]
        yield found.span, edits


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


def _replace_at(
    text: str,
    span: Span,
    edits: list[Written],
    spec_file: SpecFile,
    target: UpgradedTarget,
    chosen: Successor,
) -> str:
    lines = text.splitlines(keepends=True)
    line = lines[span.line - 1]
    start = span.column - 1
    token = _TOKEN.match(line, start)
    (was, shall, _), *behind = edits
    if token is None or _read_token(token[0]) != was:
        why = f"{span} does not say {was}"
        raise _cannot_edit_error(spec_file, target, chosen, why)
    written = _write_token(token[0], shall)
    flow = "{" in line[:start]
    tail = line[token.end() :]
    for _, _, more in behind:
        assert more is not None  # noqa: S101 - narrows for the checker
        key, value = more
        if flow:
            written += f", {key}: {value}"
        else:
            indent = line[: len(line) - len(line.lstrip())]
            tail = tail.rstrip("\n") + f"\n{indent}{key}: {value}\n"
    lines[span.line - 1] = line[:start] + written + tail
    return "".join(lines)


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
    return Path(file).read_text(encoding="utf-8")


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
