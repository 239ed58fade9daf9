"""``tests``, ``scenarios`` and ``defaultTest`` -> cases, each with all that is its own."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from harness.importers.promptfoo.expected import read_table
from harness.importers.promptfoo.workbench import SCHEME, Workbench
from harness.source import Span
from harness.spec.document.located import Node, to_plain

MOST = 20_000
"""Cases that a configuration may come to; arrays of variables multiply."""
IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
WIDER: Mapping[str, str] = MappingProxyType(
    {
        "provider": "every conversation goes to every target",
        "providers": "every conversation goes to every target",
        "prompts": "every conversation has every variant",
    }
)
"""Keys that keep a test from some targets or prompts: here it is played with all of them."""
NOT_CARRIED: Mapping[str, str] = MappingProxyType(
    {
        "providerOutput": "a reply that was made elsewhere: `type: recorded` scores such",
        "assertScoringFunction": "scores are joined by weight and threshold, not by code",
    }
)
QUIET = ("config", "weight", "$ref", "disableVarExpansion")


@dataclass(slots=True)
class PromptTest:
    """A test with what the defaults and its scenario give it.

    Attributes:
        variables: by name; a list may still stand for several tests.
        asserts: what is demanded, in the order of promptfoo.
        defaults: how many of the first of these come from ``defaultTest``.
    """

    place: Node
    description: str = ""
    variables: dict[str, Any] = field(default_factory=dict)
    asserts: list[Node] = field(default_factory=list)
    defaults: int = 0
    options: dict[str, Node] = field(default_factory=dict)
    threshold: Any = None
    metadata: dict[str, Any] = field(default_factory=dict)
    matrix: tuple[str, ...] = ()


def read_cases(root: Node, bench: Workbench) -> list[PromptTest]:
    """Read every test of a configuration."""
    default = _read_default(root.at("defaultTest"), bench)
    found: list[PromptTest] = []
    tests = root.at("tests")
    found += [_join(default, _read_one(node, bench)) for node in _iterate_tests(tests, bench, 0)]
    for node in _iterate_scenarios(root.at("scenarios"), bench):
        found += _cross(default, node, bench)
    if not found and tests is None and root.at("scenarios") is None:
        found.append(_join(default, PromptTest(root)))  # prompts alone are asked once
    expanded = [one for case in found for one in _expand(case, bench)]
    if len(expanded) > MOST:
        bench.leave_out(
            root, f"{len(expanded) - MOST} tests", f"more than {MOST:,} are not converted"
        )
    return expanded[:MOST]


def _read_default(node: Node | None, bench: Workbench) -> PromptTest:
    if node is None:
        return PromptTest(Node({}, Span(bench.source.path, 1, 1)))
    node = bench.follow(node)
    if node.text is not None:
        return PromptTest(node)  # it could not be read, which is noted
    return _read_one(bench.resolve_refs(node), bench)


def _iterate_tests(  # noqa: PLR0911 - each return is a reason
    node: Node | None, bench: Workbench, depth: int
) -> Iterator[Node]:
    if node is None or node.value is None or depth > 5:
        return
    if isinstance(node.value, list):
        for element in node.elements:
            yield from _iterate_tests(element, bench, depth + 1)
        return
    text = node.text
    if text is None:
        node = bench.resolve_refs(node)
        path = node.at("path")
        if path is not None and path.text is not None and "vars" not in node.items:
            bench.leave_out(node, f"tests {path.text}", "code makes them, and nothing here runs it")
            return
        yield node
        return
    plain = text.removeprefix(SCHEME)
    if text.startswith(("http://", "https://", "huggingface://", "s3://", "az://", "sharepoint")):
        bench.leave_out(node, f"tests {text}", "they are kept elsewhere: save them as a file")
        return
    name, _, sheet = plain.partition("#")
    if ".xls" in name.lower():
        bench.leave_out(node, f"tests {text}", "a spreadsheet: save it as CSV")
        return
    base, _, function = name.rpartition(":")
    if (base or name).lower().endswith((".py", ".js", ".ts", ".mjs", ".cjs")):
        bench.leave_out(node, f"tests {text}", "code makes them, and nothing here runs it")
        return
    del sheet, function
    for found in bench.list_files(node, name):
        yield from _read_file(node, found, bench, depth)


def _read_file(node: Node, path: str, bench: Workbench, depth: int) -> Iterator[Node]:
    lowered = path.lower()
    if lowered.endswith((".csv", ".tsv", ".jsonl", ".ndjson")):
        text = bench.read_text(node, path)
        if text is not None:
            yield from read_table(text, path, bench)
    elif lowered.endswith((".yaml", ".yml", ".json")):
        below = bench.read_node(node, path)
        if below is not None and isinstance(below.value, dict) and "tests" in below.items:
            below = below.items["tests"]
        yield from _iterate_tests(below, bench, depth + 1)
    else:
        bench.leave_out(node, f"tests {path}", "no table, YAML or JSON")


def _iterate_scenarios(node: Node | None, bench: Workbench) -> Iterator[Node]:
    for element in node.elements if node is not None else ():
        if element.text is not None:
            for path in bench.list_files(element, element.text):
                below = bench.read_node(element, path)
                if below is not None:
                    yield from below.elements or [below]
        else:
            yield element


def _cross(default: PromptTest, scenario: Node, bench: Workbench) -> list[PromptTest]:
    """Return every test of a scenario with every one of its settings."""
    config = scenario.at("config")
    settings = [_read_one(one, bench) for one in _iterate_tests(config, bench, 0)]
    tests = [_read_one(one, bench) for one in _iterate_tests(scenario.at("tests"), bench, 0)]
    title = scenario.at("description")
    found = []
    for setting, test in itertools.product(
        settings or [PromptTest(scenario)], tests or [PromptTest(scenario)]
    ):
        joined = _join(_join(default, setting), test)
        joined.defaults = default.defaults if joined.defaults else 0
        parts = [setting.description, test.description]
        joined.description = " · ".join(filter(None, parts)) or (title.text or "" if title else "")
        found.append(joined)
    return found


def _read_one(node: Node, bench: Workbench) -> PromptTest:
    """Read one test, or the defaults of all, or a part of one that a scenario gives."""
    case = PromptTest(node)
    for key, below in node.items.items():
        if key in ("description", "key"):
            case.description = case.description or str(to_plain(below) or "")
        elif key == "vars":
            case.variables = _read_variables(below, bench)
        elif key == "assert":
            case.asserts = list(_iterate_asserts(below, bench))
        elif key == "options":
            case.options = {**case.options, **below.items}
        elif key == "storeOutputAs":
            case.options = {**case.options, key: below}
        elif key == "threshold":
            case.threshold = to_plain(below)
        elif key == "metadata":
            case.metadata = to_plain(below) if below.items else {}
        else:
            _note_key(key, node.key_span(key), bench)
    case.defaults = len(case.asserts)
    return case


def _note_key(key: str, place: Span, bench: Workbench) -> None:
    """Note a key of a test that no case has."""
    if key in WIDER:
        bench.change(place, f"test {key}", WIDER[key])
    elif key in NOT_CARRIED:
        bench.leave_out(place, f"test {key}", NOT_CARRIED[key])
    elif key not in QUIET:
        bench.call_broken(place, f"test {key}", "a key that means nothing there")


def _read_variables(node: Node, bench: Workbench) -> dict[str, Any]:
    if node.text is not None or isinstance(node.value, list):
        found: dict[str, Any] = {}
        for one in node.elements if isinstance(node.value, list) else [node]:
            for path in bench.list_files(one, one.text or ""):
                below = bench.read_node(one, path)
                if below is not None and below.items:
                    found |= _read_variables(below, bench)
        return found
    found = {}
    for name, value in node.items.items():
        if name == "assert" and value.elements and all(one.at("type") for one in value.elements):
            bench.call_broken(
                node.key_span(name),
                "assert under vars",
                "there it is a variable and checks nothing: it belongs beside `vars`",
            )
            continue
        found[name] = _read_variable(value, bench)
    return found


def _read_variable(node: Node, bench: Workbench) -> Any:  # noqa: PLR0911 - a table reads downwards
    text = node.text
    if text is None:
        if isinstance(node.value, list):
            return [_read_variable(one, bench) for one in node.elements]
        if node.raw is not None and not isinstance(node.value, bool) and node.value is not None:
            return node.value if str(node.value) == node.raw else node.raw
        return to_plain(node)
    if not text.startswith(SCHEME):
        return text
    lowered = text.lower()
    if lowered.endswith((".js", ".py", ".ts", ".mjs", ".cjs")):
        bench.leave_out(node, f"variable {text}", "code makes it, and nothing here runs it")
        return text.removeprefix(SCHEME)
    if lowered.endswith(IMAGES):
        files = bench.list_files(node, text)
        return f"{SCHEME}{bench.refer(files[0])}" if files else text.removeprefix(SCHEME)
    if lowered.endswith((".mp3", ".wav", ".mp4", ".pdf", ".svg")):
        bench.leave_out(node, f"variable {text}", "media that is no picture")
        return text.removeprefix(SCHEME)
    if any(sign in text for sign in "*?"):
        files = bench.list_files(node, text)
        return [bench.read_text(node, path) or "" for path in files]
    found = to_plain(bench.follow(node))
    return found.removeprefix(SCHEME) if isinstance(found, str) else found


def _iterate_asserts(node: Node, bench: Workbench) -> Iterator[Node]:
    node = bench.follow(node)
    for element in node.elements if isinstance(node.value, list) else [node]:
        if element.text is not None and element.text.startswith(SCHEME):
            below = bench.follow(element)
            yield from below.elements or ([below] if below.items else [])
        else:
            yield bench.resolve_refs(element)


def _join(default: PromptTest, test: PromptTest) -> PromptTest:
    """Return a test with what the defaults give it: its own word wins, assertions add up."""
    off = test.options.get("disableDefaultAsserts")
    inherited = [] if off is not None and off.value is True else default.asserts
    return replace(
        test,
        variables={**default.variables, **test.variables},
        asserts=[*inherited, *test.asserts],
        defaults=len(inherited),
        options={**default.options, **test.options},
        threshold=test.threshold if test.threshold is not None else default.threshold,
        metadata={**default.metadata, **test.metadata},
    )


def _expand(case: PromptTest, bench: Workbench) -> Sequence[PromptTest]:
    """Return a test for each combination of its lists, as promptfoo does."""
    off = case.options.get("disableVarExpansion")
    names = [
        name
        for name, value in case.variables.items()
        if isinstance(value, list)
        and name not in ("_conversation", "messages")
        and all(not isinstance(one, (dict, list)) for one in value)
    ]
    if not names or (off is not None and off.value is True):
        return [case]
    lists = [case.variables[name] for name in names]
    combinations = list(itertools.islice(itertools.product(*lists), MOST + 1))
    if len(combinations) > MOST:
        bench.leave_out(case.place, "lists of variables", f"more than {MOST:,} combinations")
        return [case]
    return [
        replace(
            case,
            variables={**case.variables, **dict(zip(names, values, strict=True))},
            matrix=tuple(names),
        )
        for values in combinations
    ]
