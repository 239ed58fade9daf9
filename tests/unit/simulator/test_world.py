"""What the simulated Azure holds, and for whom it behaves how."""

from __future__ import annotations

import json
import threading
from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from harness.errors import OutsideError
from harness.simulator.session import ProviderModelInfo, Sessions, open_session
from harness.simulator.world import SimulatedWorld
from harness.spec.model.spec import Simulator


def test_a_world_is_written_with_every_change_and_read_again(tmp_path: Path) -> None:
    with SimulatedWorld(tmp_path).writing() as state:
        state.groups["/g"] = {"name": "g", "tags": {"stad": "Malmö"}}
    with SimulatedWorld(tmp_path).reading() as state:
        assert state.groups == {"/g": {"name": "g", "tags": {"stad": "Malmö"}}}


def test_counters_outlive_the_command(tmp_path: Path) -> None:
    world = SimulatedWorld(tmp_path)
    world.count("chat", "200")
    world.close()
    again = SimulatedWorld(tmp_path)
    again.count("chat", "200")
    assert again.count_requests() == {"chat": {"200": 2}}


def test_a_world_of_a_newer_version_is_refused_and_stays(tmp_path: Path) -> None:
    text = json.dumps({"format_version": 9, "groups": {"/g": {}}, "tomorrow": 1})
    (tmp_path / "world.json").write_text(text, encoding="utf-8")
    with pytest.raises(OutsideError, match="newer version of harness"):
        SimulatedWorld(tmp_path)
    assert (tmp_path / "world.json").read_text(encoding="utf-8") == text


def test_keys_that_nobody_knows_are_left_aside(tmp_path: Path) -> None:
    document = {"format_version": 1, "groups": {"/g": {}}, "tomorrow": 1}
    (tmp_path / "world.json").write_text(json.dumps(document), encoding="utf-8")
    with SimulatedWorld(tmp_path).reading() as state:
        assert state.groups == {"/g": {}}


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "null", "\0", '{"counters": {"chat": 3}}', '{"groups": ' + "[" * 2000]
)
def test_a_damaged_world_is_an_error_that_says_where(tmp_path: Path, text: str) -> None:
    (tmp_path / "world.json").write_text(text, encoding="utf-8")
    with pytest.raises(OutsideError, match=r"world\.json"):
        SimulatedWorld(tmp_path)


def test_writers_in_many_threads_lose_nothing(tmp_path: Path) -> None:
    world = SimulatedWorld(tmp_path)

    def write(number: int) -> None:
        with world.writing() as state:
            state.groups[str(number)] = {"name": str(number)}

    threads = [threading.Thread(target=write, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with SimulatedWorld(tmp_path).reading() as state:
        assert len(state.groups) == 40
    assert [path.name for path in tmp_path.iterdir()] == ["world.json"]


def test_what_a_session_leaves_unset_is_the_servers() -> None:
    sessions = Sessions(open_session("root", Simulator(latency_s=0.5, seed=3)))
    opened = sessions.make({"simulator": {"seed": 9, "date": "2024-06-01"}})
    assert opened.simulator.latency_s == 0.5
    assert opened.simulator.seed == 9
    assert opened.today == date(2024, 6, 1)
    assert opened.now.date() == date(2024, 6, 1)
    assert sessions.by_token(opened.token) is None
    sessions.keep(opened)
    assert sessions.by_token(opened.token) is opened
    assert sessions.newest is opened


def test_a_providers_model_stands_for_itself_unless_it_says_otherwise() -> None:
    sessions = Sessions(open_session("root", Simulator()))
    wish = {"providers": {"o": {"chat": {"model": "gpt-4o"}, "gpt-4": {}}}}
    assert sessions.make(wish).providers == {
        "o": {"chat": ProviderModelInfo("gpt-4o"), "gpt-4": ProviderModelInfo("gpt-4")}
    }


@pytest.mark.parametrize("wish", [[], {"simulator": {"typo": 1}}, {"what": 1}, {"providers": 3}])
def test_a_session_that_is_misspelt_is_refused(wish: object) -> None:
    with pytest.raises(ValidationError):
        Sessions(open_session("root", Simulator())).make(wish)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("acc", ("acc", "sweden")),
        ("acc/mini", ("acc/mini", "sweden/small")),
        ("acc/other", ("acc/other", "sweden/other")),
        ("stranger/mini", ("stranger/mini",)),
    ],
)
def test_a_thing_is_called_by_azures_name_and_by_the_specs(
    name: str, called: tuple[str, ...]
) -> None:
    names = {"acc": "sweden", "acc/mini": "sweden/small"}
    assert open_session("t", Simulator(), names=names).list_names(name) == called


def test_today_is_today_unless_declared() -> None:
    assert open_session("t", Simulator(date=date(2024, 2, 29))).now.day == 29
