"""A scheduler's address that is none: told as such, and nothing is left open."""

from __future__ import annotations

import asyncio
import gc
import warnings

import pytest

from harness.cluster.connecting import open_cluster
from harness.errors import OutsideError

pytest.importorskip("distributed")


def test_an_address_that_is_none_is_told_and_leaves_nothing_open() -> None:
    async def connect() -> None:
        async with open_cluster("nonsense"):
            pass

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with pytest.raises(OutsideError, match="no scheduler of Dask answers at nonsense"):
            asyncio.run(connect())
        gc.collect()
    assert [str(one.message) for one in told if "never awaited" in str(one.message)] == []
