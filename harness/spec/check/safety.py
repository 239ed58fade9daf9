"""Checks that a spec neither runs code, nor carries a credential or sends one unencrypted."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import SplitResult, urlsplit

from harness.redaction.rules import Spot, find_spots
from harness.source import Span
from harness.spec.document import walk
from harness.spec.document.located import Node
from harness.spec.document.problems import Problems
from harness.spec.document.words import quote
from harness.spec.model.assertion_forms import AssertionForms, is_code
from harness.spec.model.providers import find_kind

URL_KEYS = ("endpoint", "base_url", "url")
CODE_HINT = "if you trust this spec and its files: --allow-code"


_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A header's name. Source: RFC 9110, 5.6.2."""
_CREDENTIAL: Final = re.compile(
    r"(?:^|[-_])(?:authorization|auth|cookie|tokens?|secret|password|credentials?)(?:$|[-_])"
    r"|(?:api|access|subscription|function)s?[-_]?key",
    re.IGNORECASE,
)
_OURS: Final = frozenset({"host", "content-length", "transfer-encoding", "connection"})
"""Headers that the connection itself decides."""


def check(
    root: Node,
    assertions: list[Node],
    problems: Problems,
    forms: AssertionForms,
    *,
    allow_code: bool,
) -> None:
    """Note code that nobody allowed, literal credentials and unprotected connections."""
    if not allow_code:
        for assertion in assertions:
            if is_code(walk.read_kind(assertion), forms):
                _refuse_code(assertion.key_span("type"), problems)
    for _, provider in walk.list_entries(root, "providers"):
        if not allow_code and find_kind(provider).runs_code:
            _refuse_code(provider.key_span("type"), problems)
        for key in URL_KEYS:
            node = provider.at(key)
            if node is not None:
                _check_endpoint(
                    node, sends_credential=_sends_credential(provider), problems=problems
                )
                if key != "url":
                    _refuse_query(node, problems)
        for name, value in walk.list_entries(provider, "headers"):
            _check_header(provider, name, value, problems)
        _check_key_header(provider, problems)
    for _, account in walk.list_entries(root, "accounts"):
        _refuse_secrets(account, problems)
    upstream = root.at("simulator", "upstream")
    if upstream is not None:
        _check_endpoint(upstream, sends_credential=False, problems=problems)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine by its very name; nothing is looked up."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse_code(span: Span, problems: Problems) -> None:
    problems.error("H313", span, "the spec wants to run code", hint=CODE_HINT)


def _sends_credential(provider: Node) -> bool:
    return find_kind(provider).needs_key or provider.at("api_key") is not None


def _check_endpoint(node: Node, *, sends_credential: bool, problems: Problems) -> None:
    if node.text is None or node.unset:
        return
    url = _split_url(node.text)
    if url is None or url.scheme not in ("http", "https") or not url.hostname:
        hint = "for example https://contoso.openai.azure.com"
        problems.error("H208", node.span, "not a URL with https:// (or http://)", hint=hint)
        return
    if url.username is not None or url.password is not None:
        problems.error("H404", node.span, "the URL holds a user name or a password")
    if url.scheme == "http" and sends_credential and not is_loopback(url.hostname):
        problems.error(
            "H405",
            node.span,
            "a credential would travel over http",
            detail="credentials go over https; over http only to this machine",
            hint="write https://",
        )


def _refuse_query(node: Node, problems: Problems) -> None:
    url = _split_url(node.text or "")
    if url is not None and (url.query or url.fragment):
        hint = "the path ends the URL; a version goes to api_version"
        problems.error("H208", node.span, "the URL holds a query or a fragment", hint=hint)


def _refuse_secrets(account: Node, problems: Problems) -> None:
    """Note each property and tag of an account and its deployments that holds a secret.

    Plans and reports show them. What came out of the environment was looked at when it was read.
    """
    resources = [account, *(node for _, node in walk.list_entries(account, "deployments"))]
    waiting = [
        (key, node)
        for resource in resources
        for key in ("properties", "tags")
        if (node := resource.at(key)) is not None
    ]
    while waiting:
        name, node = waiting.pop()
        waiting += node.items.items()
        waiting += [(name, element) for element in node.elements]
        if node.text is None or node.expanded or name == "keyVersion":
            continue
        kinds = [spot.kind for spot in find_spots(node.text, name) if _is_secret(spot, node.text)]
        if kinds:
            problems.error(
                "H404",
                node.span,
                f"the value of {quote(name)} looks like a secret ({kinds[0]})",
                detail="what a spec says of a resource stands in plans, reports and recordings",
                hint="leave it out, set it in Azure, and make a new one if this was shared; "
                "where it is no secret, give it by a variable: ${NAME}",
            )


def _is_secret(spot: Spot, text: str) -> bool:
    """Tell a secret from an address of e-mail and from the version of a vault's key."""
    return spot.kind != "email" and not (
        spot.kind == "azure-key" and text[: spot.start].endswith("/")
    )


def _split_url(text: str) -> SplitResult | None:
    if not text.isprintable() or any(c.isspace() for c in text):
        return None
    try:
        url = urlsplit(text)
        _ = url.port
    except ValueError:
        return None
    return url


def _check_header(provider: Node, name: str, value: Node, problems: Problems) -> None:
    span = provider.items["headers"].key_span(name)
    if _CREDENTIAL.search(name):
        summary = f"the header {quote(name)} would hold a credential in the spec"
        problems.error("H404", span, summary, hint=_advise(provider, name))
    elif not _TOKEN.fullmatch(name) or name.lower() in _OURS:
        problems.error("H208", span, f"{quote(name)} is no header that can be set")
    elif value.text is not None and not _is_header_value(value.text):
        summary = f"the value of the header {quote(name)} holds what a header cannot"
        problems.error("H208", value.span, summary, hint="printable ASCII, on one line")


def _advise(provider: Node, name: str) -> str:
    if provider.at("type") is not None and provider.items["type"].text == "http":
        return 'api_key: "${NAME}" is sent as a bearer token'
    return f'api_key: "${{NAME}}", and api_key_header: {name} says where it is sent'


def _is_header_value(text: str) -> bool:
    return text.isascii() and text.isprintable() and text == text.strip()


def _check_key_header(provider: Node, problems: Problems) -> None:
    node = provider.at("api_key_header")
    if node is None or node.text is None:
        return
    if not _TOKEN.fullmatch(node.text) or node.text.lower() in _OURS:
        problems.error("H208", node.span, f"{quote(node.text)} is no header that can be set")
    elif provider.at("api_key") is None:
        problems.error(
            "H209",
            provider.key_span("api_key_header"),
            "`api_key_header` says where a key is sent, and there is no `api_key`",
            hint='api_key: "${NAME}"',
        )
