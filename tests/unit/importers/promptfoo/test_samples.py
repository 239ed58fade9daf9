"""Real configurations: what becomes of promptfoo's own examples."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.app.converting.specs import Converted, convert_file
from harness.importers.formats import FORMATS
from harness.store.files import DiskReader

OUT_OF_REACH = {
    "azure-foundry-agent/promptfooconfig.yaml": "Azure AI Foundry",
    "f-score/promptfooconfig.yaml": "their file is not there",
}


@pytest.fixture(scope="module")
def converted(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Converted]:
    folder = tmp_path_factory.mktemp("samples")
    shutil.copytree(shared_data / "promptfoo", folder, dirs_exist_ok=True)
    reader = DiskReader(folder)
    found = {}
    for path in sorted(folder.rglob("promptfooconfig*.yaml")):
        out = str(path.with_name(f"{path.stem}.harness.yaml"))
        name = path.relative_to(folder).as_posix()
        found[name] = convert_file(str(path), out, reader, reader)
    return found


def test_every_sample_is_recognised(converted: dict[str, Converted]) -> None:
    assert len(converted) == 25
    assert {one.form for one in converted.values()} == {FORMATS[0]}


def test_those_out_of_reach_say_precisely_why(converted: dict[str, Converted]) -> None:
    reasons = {
        name: one.conversion.out_of_reach
        for name, one in converted.items()
        if one.conversion.document is None
    }
    assert reasons.keys() == OUT_OF_REACH.keys()
    for name, reason in reasons.items():
        assert OUT_OF_REACH[name] in reason


def test_at_least_six_in_ten_of_the_others_have_nothing_left_over(
    converted: dict[str, Converted],
) -> None:
    reached = [one for one in converted.values() if one.conversion.document is not None]
    whole = [one for one in reached if one.conversion.is_whole]
    assert len(reached) == 23
    assert len(whole) >= 16
    untouched = [one for one in whole if not one.conversion.unmapped]
    assert len(untouched) >= 0.6 * len(reached)


def test_each_thing_left_out_has_a_place_in_a_file_and_a_reason(
    converted: dict[str, Converted],
) -> None:
    listed = [one for found in converted.values() for one in found.conversion.unmapped]
    assert listed
    for one in listed:
        assert one.span.line <= len(Path(one.span.file).read_text("utf-8").splitlines())
        assert one.what
        assert one.reason
