"""What users show: small images as they are, others by kind and size, and nothing that can run."""

from __future__ import annotations

from typing import Any

import pytest

from harness.report.html import render_html
from harness.report.pictures import LARGEST, MOST, Album, Picture
from tests.unit.report.bare import read_blocks
from tests.unit.report.factory import MINI, result, run_of, summary_of, turn

PNG = "data:image/png;base64,iVBORw0KGgo="
RUN = run_of([result("a", MINI, "passed", turn(1, "What is this?", "A pixel."))], [MINI])


def spec(*images: object) -> dict[str, Any]:
    return {"conversations": [{"id": "a", "turns": [{"user": "x", "images": list(images)}]}]}


def take(*images: object) -> Picture:
    return Album.of(spec(*images)).take("a")[1][0]


def test_an_image_stands_with_the_turn_that_shows_it() -> None:
    assert take(PNG) == Picture(PNG, "PNG, 8 bytes")
    blocks = read_blocks(RUN, spec(PNG))
    assert blocks["t0"]["0"]["pictures"] == {"1": [{"source": PNG, "caption": "PNG, 8 bytes"}]}
    assert "img-src data:;" in render_html(RUN, summary_of(RUN), spec=spec(PNG))


@pytest.mark.parametrize(
    "image",
    [
        "data:image/svg+xml;base64,PHN2Zz4=",
        'data:image/png;base64,AAAA" onerror="alert(1)',
        "https://example.com/x.png",
        "javascript:alert(1)",
        "file://x.png",
        "",
    ],
)
def test_what_could_run_or_be_fetched_is_not_shown(image: str) -> None:
    assert take(image) == Picture("", "an image that is not shown here")


def test_a_large_image_is_named_with_its_size() -> None:
    large = take("data:image/jpeg;base64," + "A" * LARGEST)
    assert large == Picture("", "JPEG, 300,000 bytes")


def test_all_images_together_have_their_room() -> None:
    album = Album.of(spec("data:image/png;base64," + "A" * (LARGEST - 100)))
    shown = sum(bool(album.take("a")[1][0].source) for _ in range(30))
    assert shown == MOST // (LARGEST - 100 + 22)


@pytest.mark.parametrize(
    "document",
    [None, {}, {"conversations": 1}, {"conversations": [1, {"id": "a", "turns": [2, {}]}]},
     {"conversations": [{"id": "a", "turns": [{"images": "x"}]}]}, spec(1, None)],
)  # fmt: skip
def test_a_spec_that_holds_something_else_shows_nothing(document: dict[str, Any] | None) -> None:
    assert Album.of(document).take("a") == {}
