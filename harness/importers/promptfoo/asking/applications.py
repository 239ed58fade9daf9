"""An application behind HTTP -> a provider of type ``http``, where it is plain enough."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from harness.importers.promptfoo.asking.parameters import Settings
from harness.importers.promptfoo.asking.targets import Asked, is_url, read_headers, write_address
from harness.importers.promptfoo.javascript.translate import read_path
from harness.importers.promptfoo.saying.templates import TemplateError, read_template
from harness.spec.document.located import Node, to_plain

if TYPE_CHECKING:
    from harness.importers.promptfoo.asking.providers import Cast

TOLD = {"prompt": "user"}
"""promptfoo's name for what is said, and ours."""
_NAME = re.compile(r"[^\w.-]+")


def read_http(  # noqa: PLR0911 - each return is a reason
    cast: Cast, url: str | None, place: Node, config: Node | None, label: str | None
) -> Asked | None:
    """Declare an application behind HTTP; None where more than a request and a path is needed."""
    what = f"provider {label or url or 'http'}"
    items = config.items if config is not None else {}
    address = items["url"].text if "url" in items else url
    if config is None or not address:
        reason = "it says neither what is sent nor where the reply stands"
        cast.refuse(place, what, reason)
        return None
    method = str(to_plain(items["method"])) if "method" in items else "POST"
    if method.upper() not in ("POST", "PUT") or "body" not in items:
        cast.refuse(place, what, "an application is asked by POST, with a body")
        return None
    reply = _read_reply(config)
    if reply is None:
        cast.refuse(place, what, "its reply is taken out of the answer by code")
        return None
    body = _read_body(items["body"])
    if body is None:
        cast.refuse(place, what, "its body is worked out by a template")
        return None
    if "{{" in address and not re.search(r"\{\{\s*(?:process\.)?env\.", address):
        cast.refuse(place, what, "its address is worked out by a template")
        return None
    for key in (
        "session",
        "sessionParser",
        "tls",
        "signatureAuth",
        "transformRequest",
        "queryParams",
    ):
        if key in items:
            cast.bench.leave_out(config.key_span(key), f"{what} {key}", "no part of a request here")
    if not is_url(write_address(address)):
        cast.refuse(place, what, "its address is none", broken=True)
        return None
    declared: dict[str, Any] = {"type": "http", "url": write_address(address)}
    if method.upper() == "PUT":
        declared["method"] = "PUT"
    headers = read_headers(config, cast.bench)
    if headers:
        declared["headers"] = headers
    declared |= {"body": body, "reply": reply}
    handle = cast.choose_handle(_NAME.sub("-", label or "app").strip("-.") or "app")
    cast.declared[handle] = declared
    asked = Asked((), handle, Settings(), place, is_application=True)
    cast.asked.append(asked)
    return asked


def _read_reply(config: Node) -> str | None:
    for key in ("transformResponse", "responseParser"):
        node = config.at(key)
        if node is not None:
            path = read_path(node.text) if node.text is not None else None
            return (path or "$") if path is not None else None
    return "$"


def _read_body(node: Node) -> Any:
    """Return a body with our names in it; None where it is more than names."""
    value = to_plain(node)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    return _rename(value)


def _rename(value: Any) -> Any:
    if isinstance(value, dict):
        found = {key: _rename(inner) for key, inner in value.items()}
        return (
            None if any(one is None and value[k] is not None for k, one in found.items()) else found
        )
    if isinstance(value, list):
        inside = [_rename(inner) for inner in value]
        lost = any(one is None and was is not None for one, was in zip(inside, value, strict=True))
        return None if lost else inside
    if not isinstance(value, str):
        return value
    try:
        template = read_template(value)
    except TemplateError:
        return None
    if template.computed:
        return None
    text = template.text
    for theirs, ours in TOLD.items():
        text = text.replace(f"{{{{{theirs}}}}}", f"{{{{{ours}}}}}")
    return text
