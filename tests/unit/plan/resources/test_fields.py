"""One declared field against what Azure holds of it."""

from __future__ import annotations

import pytest

from harness.plan.resources.aspects import Field

WHY = "Azure never changes it"


@pytest.mark.parametrize(
    ("held", "once", "forces"),
    [
        (None, True, ""),
        ("", True, ""),  # ARM writes an empty text where nothing was ever set
        ("other", True, WHY),
        (None, False, WHY),
        ("", False, WHY),
    ],
)
def test_what_can_be_set_once_is_set_in_place_as_long_as_it_is_unset(
    held: str | None, once: bool, forces: str
) -> None:
    field = Field("subdomain", ("properties", "subdomain"), "wanted", forces=WHY, once=once)
    difference = field.compare({"properties": {"subdomain": held}})
    assert difference is not None
    assert difference.forces == forces
