from __future__ import annotations

import pytest
from packaging.specifiers import SpecifierSet

from harness.spec.parse.versions import satisfies

RANGES = [
    ">=0.1", ">=0.1,<1", "==0.1", "==0.1.0", "==0.1.*", "!=0.1", "!=0.1.*", "~=0.1", "~=0.1.0",
    ">0.1", "<0.1", "<=0.1", ">=0.1.5", "~=0.0.9", "==1.*", ">= 0.1 , < 2",
]  # fmt: skip


@pytest.mark.parametrize("wanted", RANGES)
@pytest.mark.parametrize("version", ["0.1.0", "0.1.5", "0.2.0", "1.0.0", "1.10.0", "0.0.9"])
def test_ranges_mean_what_pip_means(version: str, wanted: str) -> None:
    assert satisfies(version, wanted) is SpecifierSet(wanted).contains(version, prereleases=True)


def test_a_prerelease_counts_as_its_release() -> None:
    assert satisfies("0.2.0rc1", ">=0.2") is True
    assert satisfies("0.2.0.dev3", "<0.2") is False


@pytest.mark.parametrize("wanted", ["", "soon", "0.1", ">=", ">=0.1,", "~=1", ">=1.*", "=>1"])
def test_what_is_no_range_is_unknown(wanted: str) -> None:
    assert satisfies("0.1.0", wanted) is None
