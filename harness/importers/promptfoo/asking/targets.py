"""A target that is asked, and the addresses, headers and keys of its ``config``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from harness.importers.promptfoo.asking.parameters import Settings
from harness.importers.promptfoo.workbench import Workbench
from harness.spec.document.located import Node

VARIABLE = re.compile(r"\{\{\s*(?:process\.)?env\.(\w+)\s*\}\}")
"""A variable of the environment, as promptfoo's templates name it."""


@dataclass(slots=True)
class Asked:
    """A target that the spec declares.

    Attributes:
        ids: the names by which the configuration may mean it: its id and its label.
        name: its name in the spec, ``HANDLE/MODEL``.
        settings: parameters, tools and system text of its ``config``.
        embeds: True where it embeds texts and holds no conversation.
        api: ``responses`` where it is asked so by name.
        prompts: the only prompts that it is asked, by label or id; None for all.
        is_application: True where it is no model.
        place: where it stands.
    """

    ids: tuple[str, ...]
    name: str
    settings: Settings
    place: Node
    embeds: bool = False
    api: str = "auto"
    prompts: tuple[str, ...] | None = None
    is_application: bool = False


def make_parameters(settings: Settings) -> dict[str, Any]:
    """Return what stands under a declared model."""
    return {"parameters": dict(settings.parameters)} if settings.parameters else {}


def read_config(config: Node | None, key: str) -> str | None:
    """Return a text or a number of a ``config`` as it is written, None where there is none."""
    node = config.at(key) if config is not None else None
    if node is None:
        return None
    return node.text if node.text is not None else node.raw


def list_texts(node: Node | None) -> tuple[str, ...]:
    """List the text that a node holds, if it holds one."""
    return (node.text,) if node is not None and node.text is not None else ()


def speaks_chat(url: str) -> bool:
    """Tell whether a URL is that of chat completions."""
    return urlsplit(url).path.rstrip("/").endswith("/chat/completions")


def is_local(url: str) -> bool:
    """Tell whether an address is this machine's, by its name."""
    host = urlsplit(url if "://" in url else f"https://{url}").hostname or ""
    return host in ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104 - compared, not bound


def write_address(text: str) -> str:
    """Return an address with its scheme, variables of the environment as a spec writes them."""
    text = VARIABLE.sub(lambda match: f"${{{_choose_variable(match.group(1))}}}", text.strip())
    text = text if "://" in text else f"https://{text}"
    return text.rstrip("/")


def is_url(address: str) -> bool:
    """Tell whether an address is one that a spec may name: with a host, without white space."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return False
    plain = address.isprintable() and not any(one.isspace() for one in address)
    return (
        plain
        and parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and "@" not in parts.netloc
    )


def _choose_variable(name: str) -> str:
    return name if name.startswith(("AZURE_", "OPENAI_", "HARNESS_")) else f"HARNESS_{name}"


def read_headers(config: Node | None, bench: Workbench) -> dict[str, str]:
    """Read the headers that a spec may hold; those that carry a credential are noted."""
    headers = config.at("headers") if config is not None else None
    found: dict[str, str] = {}
    for name, value in headers.items.items() if headers is not None else ():
        lowered = name.lower()
        if lowered in ("content-type", "accept"):
            continue
        if (
            value.text is None
            or "{{" in value.text
            or re.search("auth|key|token|secret|cookie", lowered)
        ):
            bench.leave_out(
                value, f"header {name}", "a spec holds no credential: `api_key` names a variable"
            )
        else:
            found[name] = value.text
    return found
