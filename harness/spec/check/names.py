"""Names: what Azure and the file system would refuse, and what stands twice."""

from __future__ import annotations

import re

from harness.source import Span
from harness.spec.document import walk
from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.words import quote

HANDLE = re.compile(r"[^\W_][\w.-]*\Z")
ACCOUNT = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{1,63}\Z")
"""Source: Microsoft.CognitiveServices accounts, parameter ``accountName`` (2024-04-01-preview)."""
SUBDOMAIN = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9-]{0,62}[a-zA-Z0-9]\Z")
DEPLOYMENT = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}\Z")
GROUP = re.compile(r"[\w()-](?:[\w().-]{0,88}[\w()-])?\Z")
SPEC = re.compile(r"[^\W_](?:[\w. -]{0,62}[\w-])?\Z")
"""It names a folder beneath ``reports/`` and a tag's value."""

Seen = dict[str, Span]


def check(root: Node, problems: Problems) -> None:
    """Note names that cannot be used and names that stand twice."""
    name = root.at("name")
    if name is not None and name.text is not None and not SPEC.match(name.text):
        hint = "letters, digits, `-`, `_`, `.` and spaces, at most 64"
        problems.error("H207", name.span, "the spec's name cannot name a folder", hint=hint)
    _check_group(root.at("resource_group"), problems)
    _check_accounts(root, problems)
    _check_handles(root, problems)
    _check_conversations(root, problems)


def _check_accounts(root: Node, problems: Problems) -> None:
    names: Seen = {}
    subdomains: Seen = {}
    accounts = root.at("accounts")
    for handle, account in walk.list_entries(root, "accounts"):
        key = accounts.key_span(handle) if accounts is not None else account.span
        written = account.at("account_name")
        azure_name = _read_text(written) or handle
        place = written.span if written is not None else key
        if not _is_usable(written):
            continue
        if not ACCOUNT.match(azure_name):
            _refuse(problems, place, "account name", written, "2-64 letters, digits, `-`, `_`, `.`")
        _require_once(f"{_read_scope(account)}/{azure_name}", place, names, "accounts", problems)
        subdomain = account.at("subdomain")
        if _is_usable(subdomain):
            label = azure_name if subdomain is None else subdomain.text or ""
            at = subdomain.span if subdomain is not None else place
            if subdomain is not None and not SUBDOMAIN.match(label):
                _refuse(problems, at, "subdomain", subdomain, "2-64 letters, digits and `-`")
            _require_once(label, at, subdomains, "accounts", problems)
        _check_group(account.at("resource_group"), problems)
        _check_deployments(account, problems)


def _read_scope(account: Node) -> str:
    """Return the subscription and group that an account names: names are unique in a group."""
    group = account.at("resource_group", "name") or account.at("resource_group")
    return f"{_read_text(account.at('subscription'))}/{_read_text(group)}"


def _check_deployments(account: Node, problems: Problems) -> None:
    seen: Seen = {}
    deployments = account.at("deployments")
    for handle, deployment in walk.list_entries(account, "deployments"):
        key = deployments.key_span(handle) if deployments is not None else deployment.span
        written = deployment.at("deployment_name")
        if not _is_usable(written):
            continue
        name = _read_text(written) or handle
        place = written.span if written is not None else key
        if not DEPLOYMENT.match(name):
            _refuse(
                problems, place, "deployment name", written, "1-64 letters, digits, `-`, `_`, `.`"
            )
        _require_once(name, place, seen, "deployments", problems)


def _check_group(node: Node | None, problems: Problems) -> None:
    name = node.at("name") if node is not None and node.items else node
    if name is not None and name.text and _is_usable(name) and not GROUP.match(name.text):
        hint = "1-90 letters, digits, `-`, `_`, `.`, `(`, `)`, no `.` at the end"
        problems.error("H207", name.span, "Azure refuses this resource group name", hint=hint)


def _check_handles(root: Node, problems: Problems) -> None:
    seen: Seen = {}
    for section in ("accounts", "providers"):
        node = root.at(section)
        for handle in node.items if node is not None else ():
            span = node.key_span(handle) if node is not None else root.span
            if not HANDLE.match(handle):
                hint = "letters, digits, `-`, `_`, `.`: targets are written HANDLE/NAME"
                problems.error("H207", span, f"{quote(handle)} cannot be a handle", hint=hint)
            if handle in seen:
                summary = f"{quote(handle)} names an account and a provider"
                problems.error("H305", span, summary, detail=f"first at {seen[handle]}")
            seen.setdefault(handle, span)


def _check_conversations(root: Node, problems: Problems) -> None:
    seen: Seen = {}
    for conversation in walk.list_conversations(root):
        identifier = conversation.at("id")
        if identifier is None or identifier.text is None:
            continue
        if not identifier.text.strip() or not identifier.text.isprintable():
            problems.error("H207", identifier.span, "a conversation's id is a readable name")
        elif identifier.text in seen:
            summary = f"two conversations have the id {quote(identifier.text)}"
            detail = f"first at {seen[identifier.text]}"
            problems.error("H305", identifier.span, summary, detail=detail)
        seen.setdefault(identifier.text, identifier.span)


def _require_once(name: str, span: Span, seen: Seen, what: str, problems: Problems) -> None:
    # Azure's names are the same in any case.
    key = name.casefold()
    if key in seen:
        summary = f"two {what} have one name in Azure"
        problems.error("H305", span, summary, detail=f"first at {seen[key]}")
    seen.setdefault(key, span)


def _refuse(problems: Problems, span: Span, what: str, written: Node | None, allowed: str) -> None:
    hint = allowed if written is not None else f"{allowed}; or give one beside the handle"
    problems.error("H207", span, f"Azure refuses this {what}", hint=hint)


def _is_usable(node: Node | None) -> bool:
    return node is None or (node.text is not None and not node.unset)


def _read_text(node: Node | None) -> str | None:
    return node.text if node is not None else None
