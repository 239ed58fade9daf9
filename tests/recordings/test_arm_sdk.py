"""Recorded answers, read by the real management SDK."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.recordings.sdk_reading import read_again
from tests.recordings.traffic import recordings, single_exchanges


def test_the_management_sdk_reads_every_recorded_answer_as_it_was_sent(shared_data: Path) -> None:
    traffic = [*recordings(shared_data, "arm"), *single_exchanges(shared_data, "arm")]
    table: Mapping[str, Mapping[str, int]] = read_again(traffic)
    assert not {name: found for name, found in table.items() if set(found) != {"read"}}
    assert sum(found["read"] for found in table.values()) > 150
