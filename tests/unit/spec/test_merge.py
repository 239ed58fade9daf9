from __future__ import annotations

from typing import Any

import pytest

from harness.source import Span
from harness.spec.document.located import locate, to_plain
from harness.spec.document.merge import merge


def merged(base: Any, overlay: Any) -> Any:
    here, there = Span("base.yaml", 1, 1), Span("spec.yaml", 1, 1)
    return to_plain(merge(locate(base, here), locate(overlay, there)))


@pytest.mark.parametrize(
    ("base", "overlay", "result"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": {"x": 1, "y": 1}}, {"a": {"y": 2}}, {"a": {"x": 1, "y": 2}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"x": 1}}, {"a": None}, {}),
        ({"a": {"x": 1, "y": 2}}, {"a": {"x": None}}, {"a": {"y": 2}}),
        ({"a": 1}, {"a": {"x": 1}}, {"a": {"x": 1}}),
        ({"a": {"x": 1}}, {"a": 1}, {"a": 1}),
        ({"a": None}, {}, {"a": None}),
        ({"conversations": [1]}, {"conversations": [2]}, {"conversations": [1, 2]}),
        ({"conversations": [1]}, {"conversations": None}, {}),
        ({"x": {"conversations": [1]}}, {"x": {"conversations": []}}, {"x": {"conversations": []}}),
    ],
)  # fmt: skip
def test_an_overlay_is_laid_over_a_base(base: Any, overlay: Any, result: Any) -> None:
    assert merged(base, overlay) == result


def test_each_part_keeps_its_place() -> None:
    base = locate({"a": {"x": 1}}, Span("base.yaml", 1, 1))
    both = merge(base, locate({"a": {"y": 2}}, Span("spec.yaml", 1, 1)))
    x, y = both.at("a", "x"), both.at("a", "y")
    assert x is not None
    assert y is not None
    assert (x.span.file, y.span.file) == ("base.yaml", "spec.yaml")
