"""Where other YAML readers take a value for something else, `validate` warns and shows the cure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from harness.spec.document.located import to_plain
from harness.spec.formats.readers import find_other_reading
from harness.spec.formats.yaml import parse


def warn(text: str) -> list[str]:
    return [f"{one.span}: {one.hint}" for one in parse(text.encode(), "s.yaml").differences]


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("a: {user: Bread?, n: 1}", ['s.yaml:1:11: quote it: "Bread?"']),
        ("a: [Bread?]", ['s.yaml:1:5: quote it: "Bread?"']),
        ("a: Bread?", []),
        ("a: no", ['s.yaml:1:4: quote it: "no"']),
        ('a: "no"', []),
        ("on: 1", ['s.yaml:1:1: quote it: "on"']),
        ("a: 12:30", ['s.yaml:1:4: quote it: "12:30"']),
        ("a: 2026-09-01", ['s.yaml:1:4: quote it: "2026-09-01"']),
        ("date: 2026-09-01", []),
        ("a: 0613", ['s.yaml:1:4: quote it: "0613"']),
        ("a: 0x1f", ['s.yaml:1:4: quote it: "0x1f"']),
        ("a: 0o17", ['s.yaml:1:4: quote it: "0o17"']),
        ("a: 1_000", ['s.yaml:1:4: quote it: "1_000"']),
        ("a: 1e3", ['s.yaml:1:4: quote it: "1e3"']),
        ("a: .inf", ['s.yaml:1:4: quote it: ".inf"']),
        ("a: {b: 1.5, c: true, d: null, e: text, f: 42, g: -3, h: ~}", []),
        ("a: &x {b: 1}\nc: {<<: *x}", []),
    ],
)
def test_a_value_that_others_take_for_something_else_is_told_with_its_place(
    text: str, warnings: list[str]
) -> None:
    assert warn(text) == warnings


def test_the_warning_says_what_it_is_here_and_there() -> None:
    (warning,) = parse(b"a: off", "s.yaml").differences
    assert warning.severity == "warning"
    assert warning.detail == "it is text in a spec, and false in YAML 1.1"


SCALARS = st.one_of(
    st.from_regex(r"[-+]?[0-9_.:eExo]{1,8}", fullmatch=True),
    st.sampled_from(["yes", "No", "ON", "off", "true", "False", "null", "~", "y", "N"]),
    st.sampled_from([".nan", "-.Inf", "=", "1:2:3", "2024-1-1", "-_"]),
    st.text(st.sampled_from("ab?:-. #"), max_size=8).map(lambda text: f"a{text}".strip()),
)


def read_all(text: str) -> list[Any]:
    """What libyaml, PyYAML's own parser and a reader of YAML 1.2 find; an error by its type."""
    ruamel: Any = YAML(typ="safe", pure=True)
    readers: tuple[Callable[[], Any], ...] = (
        lambda: yaml.load(text, yaml.CSafeLoader),
        lambda: yaml.load(text, yaml.SafeLoader),
        lambda: ruamel.load(text),
    )
    found = []
    for reader in readers:
        try:
            found.append(repr(reader()))
        except Exception as error:  # noqa: BLE001 - of three libraries
            found.append(type(error).__name__)
    return found


@given(SCALARS, st.sampled_from(["a: %s", "a: [%s, 1]", "{a: %s, b: 1}"]))
def test_what_is_not_told_is_read_the_same_by_all(scalar: str, form: str) -> None:
    text = form % scalar
    parsed = parse(text.encode(), "s.yaml")
    if parsed.root is None or parsed.problems or parsed.differences:
        return
    assert set(read_all(text)) == {repr(to_plain(parsed.root))}


@given(st.text(max_size=8))
def test_any_text_can_be_asked_about(raw: str) -> None:
    assert isinstance(find_other_reading(raw, in_flow=True), str | None)


@pytest.mark.parametrize("long", ["0x" + "f" * 4000, "0b" + "1" * 20_000, "0" + "7" * 6000])
def test_a_number_that_no_reader_could_print_is_text(long: str) -> None:
    parsed = parse(f"a: {long}".encode(), "s.yaml")
    assert parsed.root is not None
    assert to_plain(parsed.root) == {"a": long}
    assert not parsed.problems
