"""Assertions that are code: JavaScript is parsed and translated, Python is named and not read."""

from __future__ import annotations

import re
from typing import Any

from harness.importers.promptfoo.demanding.demands import Assertion, skip
from harness.importers.promptfoo.javascript.translate import read_path, translate
from harness.importers.promptfoo.workbench import SCHEME, Workbench
from harness.spec.document.located import Node, to_plain

CALLS = "$[0].function"
_ARGUMENT = re.compile(r"\$(?:\[0\]\.function)?\.arguments\.\w+")
"""An argument of a call: in the list of `tools`, or of the one that `functions` gave."""


def translate_javascript(
    node: Node, path: str, bench: Workbench, *, negated: bool, tools: tuple[str, ...]
) -> list[Assertion]:
    """Return the assertions that comparisons in JavaScript come to; code is skipped and noted."""
    what = f"assert {'not-' if negated else ''}javascript"
    value = node.at("value")
    if value is None or not value.text or not value.text.strip():
        bench.call_broken(node, what, "it has no code, and checks nothing")
        return []
    code = value.text
    if code.startswith(SCHEME):
        return skip(node, what, f"real code ({code.removeprefix(SCHEME)})", bench)
    transform = node.at("transform")
    base = read_path(transform.text, path) if transform is not None and transform.text else path
    if base is None:
        return skip(node, what, "real code (after a transform that is code)", bench)
    found = translate(code, negated=negated, base=base)
    if found.assertions is None:
        return skip(node, what, found.reason, bench)
    if node.at("threshold") is not None:
        bench.change(node, f"{what} threshold", "a comparison holds or does not: it has no score")
    if not found.keeps_score:
        bench.change(node, what, "its own score is not kept: it holds or does not")
    if found.is_loose:
        bench.change(node, what, "here it is enough that the field is there, though it be empty")
    if found.wants_number:
        bench.change(node, what, "a number in quotes is no number here")
    if not tools:
        return found.assertions
    named = _name_calls(found.assertions, tools)
    return (
        named
        if named is not None
        else skip(node, what, "an argument of one of several tools", bench)
    )


def _name_calls(assertions: list[Assertion], tools: tuple[str, ...]) -> list[Assertion] | None:
    """Write comparisons of fields of a call as `tool-called`; None where it is unclear of which."""
    name: Any = None
    arguments: dict[str, Any] = {}
    rest: list[Assertion] = []
    for one in assertions:
        path = one.get("path", "") if isinstance(one, dict) and "equals" in one else ""
        if path in (f"{CALLS}.name", "$.name"):
            name = one["equals"]  # type: ignore[index]
        elif _ARGUMENT.fullmatch(path):
            arguments[path.rpartition(".")[2]] = one["equals"]  # type: ignore[index]
        else:
            rest.append(one)
    if name is None and not arguments:
        return rest
    if name is None:
        if len(tools) != 1:
            return None
        name = tools[0]
    called: Any = (
        name if name is not None and not arguments else {"name": name, "arguments": arguments}
    )
    return [{"tool-called": called}, *rest]


def translate_python(node: Node, path: str, bench: Workbench, *, negated: bool) -> list[Assertion]:
    """Return the `python` assertion; a file of code is named, never read."""
    what = f"assert {'not-' if negated else ''}python"
    value = node.at("value")
    if value is None or not value.text or not value.text.strip():
        bench.call_broken(node, what, "it has no code, and checks nothing")
        return []
    code = value.text
    if "transform" in node.items or path.startswith(CALLS):
        return skip(node, what, "a transform before code", bench)
    if code.startswith(SCHEME):
        name, _, function = code.removeprefix(SCHEME).partition(":")
        files = bench.list_files(node, name)
        if not files:
            return skip(node, what, "the file of its code is not there", bench)
        code = f"{bench.name_file(node, files[0])}{f':{function}' if function else ''}"
    bench.needs_code = True
    bench.note("the spec runs Python of its own: every command that reads it wants --allow-code")
    found: dict[str, Any] = {f"{'not-' if negated else ''}python": code}
    config = node.at("config")
    if config is not None:
        found["config"] = to_plain(config)
    if path:
        found["path"] = path
    return [found]
