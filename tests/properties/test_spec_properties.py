"""What holds for every text that could be a spec."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from io import StringIO
from typing import Any, TextIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.checks.definitions import FORMS
from harness.errors import Diagnostic, SpecError
from harness.source import Span
from harness.spec.document.located import locate, to_plain
from harness.spec.document.merge import merge
from harness.spec.document.template import find_names, substitute
from harness.spec.formats.data import Format, decode_rows, survey
from harness.spec.formats.scalars import read_scalar
from harness.spec.formats.yaml import parse
from harness.spec.load import load
from harness.spec.ports import UnreadableError


@dataclass(frozen=True)
class OneFile:
    """A project that holds one file."""

    data: bytes
    root: str = "/"

    def resolve(self, naming_file: str, reference: str) -> str:
        return reference

    def matches(self, naming_file: str, pattern: str) -> tuple[str, ...]:
        return ()

    def from_root(self, path: str) -> str:
        return path

    def exists(self, path: str) -> bool:
        return path == "spec.yaml"

    def read(self, path: str, limit: int) -> bytes:
        if path != "spec.yaml":
            raise UnreadableError("H101", "there is no such file")
        return self.data[: limit + 1]

    def stream(self, path: str) -> AbstractContextManager[TextIO]:
        return nullcontext(StringIO(self.data.decode("utf-8", "replace"), newline=""))


def loads_or_says_why(data: bytes) -> None:
    told: tuple[Diagnostic, ...] | None = None
    try:
        load(
            "spec.yaml",
            reader=OneFile(data),
            assertions=FORMS,
            environment={},
            harness_version="0.1.0",
        )
    except SpecError as error:
        told = error.diagnostics
    assert told is None or told
    assert all(re.fullmatch(r"H[1-5]\d\d", problem.code) for problem in told or ())


@given(st.binary(max_size=400))
def test_any_bytes_are_a_spec_or_a_spec_error(data: bytes) -> None:
    loads_or_says_why(data)


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
KEYS = [
    "version",
    "name",
    "cloud",
    "accounts",
    "providers",
    "simulator",
    "variants",
    "evaluation",
    "defaults",
    "conversations",
    "id",
    "turns",
    "user",
    "assert",
    "type",
    "value",
    "cases",
    "matrix",
    "vars",
    "system",
    "tools",
    "include",
    "extends",
    "requires",
    "models",
    "deployments",
    "region",
    "model",
    "judge",
    "target",
    "targets",
    "gate",
    "map",
    "replies",
    "faults",
    "match",
    "contains",
    "regex",
    "is-json",
    "assert-set",
    "json-path",
    "threshold",
    "content_filters",
    "resource_group",
    "api_key",
    "endpoint",
    "body",
]
keys = st.sampled_from(KEYS) | st.text(max_size=8)
documents = st.recursive(
    scalars | st.sampled_from(["file://x", "${AZURE_X}", "{{x.y}}", "openai", "http", "contains"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=25,
)
KNOWN = {
    "version": 1,
    "name": "s",
    "cloud": "simulator",
    "providers": {"p": {"type": "openai-compatible", "base_url": "http://localhost", "models": {}}},
    "conversations": [{"id": "c", "turns": [{"user": "hi", "assert": ["is-json"]}]}],
}


@given(documents)
def test_any_structure_is_a_spec_or_a_spec_error(document: Any) -> None:
    loads_or_says_why(json.dumps(document).encode())


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from places(inner, (*path, at))


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, dict):
        return {k: replaced(v, rest, new) if k == step else v for k, v in value.items()}
    return [replaced(v, rest, new) if k == step else v for k, v in enumerate(value)]


@given(st.data())
@settings(max_examples=150)
def test_a_spec_with_anything_anywhere_is_a_spec_or_a_spec_error(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(list(places(KNOWN))))
    loads_or_says_why(json.dumps(replaced(KNOWN, path, data.draw(documents))).encode())


@given(st.text())
def test_a_plain_scalar_is_itself_or_what_json_would_say(text: str) -> None:
    value = read_scalar(text)
    assert value is None or isinstance(value, (bool, int, float, str))
    if isinstance(value, str):
        assert value == text


# libyaml refuses control characters, and breaks lines at U+0085, U+2028, U+2029 as YAML 1.1 says.
printable = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(printable, max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(printable, max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(json_values.filter(lambda value: value is not None))
def test_json_is_yaml(value: Any) -> None:
    parsed = parse(json.dumps(value, ensure_ascii=False).encode(), "f.yaml")
    if parsed.root is None:  # characters that YAML does not allow anywhere
        assert [problem.code for problem in parsed.problems] == ["H104"]
    else:
        assert to_plain(parsed.root) == value


# --- templates


variables = st.dictionaries(st.sampled_from(["a", "b", "城市", "c-d"]), json_values, max_size=3)
templates = st.lists(
    st.text(max_size=6) | st.sampled_from(["{{a}}", "{{ b.x }}", "\\{{", "{{", "}}", "{{城市}}"]),
    max_size=6,
).map("".join)


@given(templates, variables)
def test_substitution_never_raises(text: str, values: dict[str, Any]) -> None:
    assert isinstance(substitute(text, values), str)


@given(templates)
def test_without_variables_only_the_escape_changes(text: str) -> None:
    assert substitute(text, {}) == text.replace("\\{{", "{{")


@given(st.text())
def test_a_value_is_put_in_as_it_is_and_never_looked_at_again(value: str) -> None:
    assert substitute("<{{a}}>", {"a": value, "b": "expanded"}) == f"<{value}>"


@given(templates, variables)
def test_only_names_that_are_listed_matter(text: str, values: dict[str, Any]) -> None:
    used = {name.split(".")[0] for name in find_names(text)}
    kept = {name: value for name, value in values.items() if name in used}
    assert substitute(text, kept) == substitute(text, values)


# --- extends


trees = st.dictionaries(
    st.sampled_from("abc"),
    st.recursive(
        st.none() | st.integers() | st.lists(st.integers(), max_size=2),
        lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
        max_leaves=8,
    ),
    max_size=3,
)


def laid(base: Any, overlay: Any) -> Any:
    span = Span("f", 1, 1)
    return to_plain(merge(locate(base, span), locate(overlay, span)))


def without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: without_nulls(v) for k, v in value.items() if v is not None}
    return value


@given(trees)
def test_laying_nothing_over_a_base_changes_nothing(base: Any) -> None:
    assert laid(base, {}) == base


@given(trees)
def test_laying_over_nothing_leaves_only_the_nulls_out(overlay: Any) -> None:
    assert laid({}, overlay) == without_nulls(overlay)


@given(trees, trees)
def test_laying_the_same_over_it_again_changes_nothing(base: Any, overlay: Any) -> None:
    once = laid(base, overlay)
    assert laid(once, overlay) == once


@given(trees, trees)
def test_what_an_overlay_says_holds(base: Any, overlay: Any) -> None:
    result = laid(base, overlay)
    for key, value in overlay.items():
        if value is None:
            assert key not in result
        elif not isinstance(value, dict):
            assert result[key] == value
    assert {k: v for k, v in result.items() if k not in overlay} == {
        k: v for k, v in base.items() if k not in overlay
    }


# --- data sets


@pytest.mark.parametrize("form", ["csv", "jsonl", "json", "yaml"])
@given(text=st.text())
@settings(max_examples=60)
def test_any_text_is_a_data_set_or_has_a_problem(form: Format, text: str) -> None:
    lines = text.splitlines(keepends=True)
    shape = survey(decode_rows(lines, form, "d"), "d")
    assert shape.count or shape.problems
