"""``${VAR}`` and ``${VAR:-default}``: where the environment may enter a spec, and where not.

Everywhere else the text is literal, so that no prompt carries a secret out. A variable that is not
set is no problem here: the places are marked, and a command that needs the value asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from harness.errors import Diagnostic, RequestError
from harness.redaction.rules import find_spots
from harness.redaction.variables import is_secret_variable
from harness.source import Span
from harness.spec.document import walk
from harness.spec.document.located import ANY, Node, Path, edit, rewrite
from harness.spec.document.problems import Problems
from harness.spec.document.words import join_names, quote

PREFIXES = ("AZURE_", "OPENAI_", "HARNESS_")

EVERYWHERE_BELOW = ("cloud", "subscription", "resource_group", "accounts")
OF_PROVIDERS = ("endpoint", "base_url", "url", "api_version")

REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
_NESTED = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*:-[^}]*\$\{")
WHOLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}\Z")


@dataclass(frozen=True, slots=True)
class Unset:
    """A variable that a spec names and nobody has set, without a default."""

    name: str
    path: Path
    span: Span


@dataclass(frozen=True, slots=True)
class Environment:
    """The environment that a spec may read: values, and names beside the contract's prefixes."""

    values: Mapping[str, str]
    names: Sequence[str] = ()

    def allows(self, name: str) -> bool:
        """Tell whether a spec may name this variable at all."""
        return name.startswith(PREFIXES) or name in self.names


def interpolate(
    root: Node, environment: Environment, problems: Problems
) -> tuple[Node, tuple[Unset, ...]]:
    """Return the document with the environment's values in it, and the variables that are not set.

    ``api_key`` keeps its reference: the value is read at the moment of the call.
    """
    unset: list[Unset] = []
    _warn_literals(root, problems)

    def expand(path: Path, node: Node) -> Node:
        if node.text is None:
            return node
        expanded = _expand(path, node, environment, problems)
        unset.extend(Unset(name, path, node.span) for name in expanded.unset)
        return expanded

    def expand_below(path: Path, node: Node) -> Node:
        return rewrite(node, expand, path)

    def note_key(path: Path, node: Node) -> Node:
        if node.value is None:
            return node
        name = _read_key_name(node, environment, problems)
        if name and not environment.values.get(name):
            unset.append(Unset(name, path, node.span))
        return node

    for key in EVERYWHERE_BELOW:
        root = edit(root, (key,), expand_below)
    for key in OF_PROVIDERS:
        root = edit(root, ("providers", ANY, key), expand)
    return edit(root, ("providers", ANY, "api_key"), note_key), tuple(unset)


def _expand(path: Path, node: Node, environment: Environment, problems: Problems) -> Node:
    text = node.text or ""
    if "${" not in text:
        return node
    missing: list[str] = []

    def value(match: re.Match[str]) -> str:
        name, default = match.group(1), match.group(2)
        if not _may_read(name, node, environment, problems):
            missing.append(name)
            return match.group(0)
        # An empty value counts as none: CI systems hand over missing secrets as "".
        found = environment.values.get(name)
        if found and not _may_show(name, found, path, node, problems):
            missing.append(name)
            return match.group(0)
        found = found or default
        if found is None:
            missing.append(name)
            return match.group(0)
        return found

    expanded = REFERENCE.sub(value, text)
    if "${" in REFERENCE.sub("", text) or _NESTED.search(text):
        problems.error("H403", node.span, "`${` begins nothing that can be understood", hint=FORMS)
        missing.append(text)
    return replace(node, value=expanded, unset=tuple(missing), expanded=True)


RENAME = "give what is no secret a name, or a form, that does not say it is one"
FORMS = "write ${NAME} or ${NAME:-default}"


def _may_read(name: str, node: Node, environment: Environment, problems: Problems) -> bool:
    if is_secret_variable(name):
        problems.error(
            "H402",
            node.span,
            f"{quote(name)} is a secret by its name, and may stand only in a provider's `api_key`",
            hint=RENAME,
        )
        return False
    return _is_allowed(name, node, environment, problems)


def _may_show(name: str, value: str, path: Path, node: Node, problems: Problems) -> bool:
    """Tell whether a value may stand where it is printed and written; noted where it may not.

    An application's ``url`` is neither, and the key of a function may be part of it. An address of
    e-mail is nobody's key, and tags name those who are responsible. An older key of Azure's has the
    form of a version in a vault, which follows a slash.
    """
    field = next((step for step in reversed(path) if isinstance(step, str)), "")
    kinds = [
        spot.kind
        for spot in find_spots(value, field)
        if spot.kind != "email"
        and not (spot.kind == "azure-key" and value[: spot.start].endswith("/"))
    ]
    if not kinds or (path[:1] == ("providers",) and path[-1:] == ("url",)):
        return True
    problems.error(
        "H402",
        node.span,
        f"the value of {quote(name)} looks like a secret ({kinds[0]}), and would be shown here",
        detail="a secret may stand only in a provider's `api_key`",
        hint=RENAME,
    )
    return False


def _read_key_name(node: Node, environment: Environment, problems: Problems) -> str | None:
    match = WHOLE.match(node.text or "")
    if match is None:
        problems.error(
            "H404",
            node.span,
            "`api_key` names a variable of the environment, and nothing else",
            detail="a key in a spec would be read by everybody who reads the spec",
            hint='api_key: "${OPENAI_API_KEY}"',
        )
        return None
    name = match.group(1)
    return name if _is_allowed(name, node, environment, problems) else None


def _is_allowed(name: str, node: Node, environment: Environment, problems: Problems) -> bool:
    if environment.allows(name):
        return True
    problems.error(
        "H401",
        node.span,
        f"a spec may not read {quote(name)} from the environment",
        detail=f"names beginning with {join_names(PREFIXES)} may be read",
        hint=f"--allow-env {name}",
    )
    return False


def _warn_literals(root: Node, problems: Problems) -> None:
    """Warn of references that look as if they should be read, where nothing is read."""
    waiting = [node for key, node in root.items.items() if key not in EVERYWHERE_BELOW]
    readable = [
        node
        for key in (*OF_PROVIDERS, "api_key")
        for _, provider in walk.list_entries(root, "providers")
        if (node := provider.at(key)) is not None
    ]
    while waiting:
        node = waiting.pop()
        if isinstance(node.value, str):
            if "${" in node.value and not any(node is other for other in readable):
                _warn_literal(node, problems)
        else:
            waiting += node.items.values()
            waiting += node.elements


def _warn_literal(node: Node, problems: Problems) -> None:
    for match in REFERENCE.finditer(node.text or ""):
        name = match.group(1)
        if name.startswith(PREFIXES):
            summary = f"${{{name}}} is not read from the environment here: it stays as written"
            problems.warn("H403", node.span, summary)
            return


def require(unset: Sequence[Unset], *paths: Path) -> None:
    """Refuse to go on while a variable that is needed now is not set.

    A path stands for everything below it: ``("accounts", "sweden")`` needs every variable of that
    account; ``()`` needs all of them.

    Raises:
        RequestError: names every such variable and its place.
    """
    missing = [
        entry for entry in unset if any(entry.path[: len(path)] == tuple(path) for path in paths)
    ]
    if missing:
        raise RequestError(
            *(
                Diagnostic(
                    "H406",
                    f"the variable {entry.name} is not set, and its value is needed",
                    span=entry.span,
                    hint=f"export {entry.name}=…",
                )
                for entry in missing
            )
        )
