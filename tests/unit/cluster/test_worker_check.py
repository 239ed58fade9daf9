"""What is looked at before a run is played on a cluster."""

from __future__ import annotations

import pytest

from harness._version import __version__
from harness.cluster import connecting
from harness.cluster.worker_check import WorkerNeeds, check_workers, describe_worker
from harness.errors import HarnessError


def test_without_the_extra_the_command_that_installs_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connecting, "find_spec", lambda _: None)
    with pytest.raises(HarnessError, match="H860") as refused:
        connecting.require_dask()
    assert refused.value.exit_code == 2
    assert "pip install 'azure-openai-harness[dask]'" in str(refused.value)


@pytest.mark.parametrize(
    ("said", "code", "exit_code", "words"),
    [
        ({"version": "0.0.1", "unset": [], "reaches": True}, "H863", 2, "harness 0.0.1"),
        (ModuleNotFoundError("No module named 'harness'"), "H863", 2, "no harness"),
        ({"version": __version__, "unset": ["A_KEY"], "reaches": True}, "H864", 3, "A_KEY"),
        ({"version": __version__, "unset": [], "reaches": False}, "H865", 3, "simulator"),
    ],
)
def test_a_worker_that_cannot_play_is_named(
    said: object, code: str, exit_code: int, words: str
) -> None:
    with pytest.raises(HarnessError, match=code) as refused:
        check_workers({"tcp://10.0.0.9:1": said}, WorkerNeeds())
    assert refused.value.exit_code == exit_code
    assert "tcp://10.0.0.9:1" in str(refused.value)
    assert words in str(refused.value)


def test_a_worker_tells_names_and_no_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", "a-value-that-nobody-sees")
    monkeypatch.delenv("ANOTHER", raising=False)
    told = describe_worker(["A_KEY", "ANOTHER"], "http://127.0.0.1:1")
    assert told == {"version": __version__, "unset": ["ANOTHER"], "reaches": False}
    check_workers({"here": describe_worker(["A_KEY"], "")}, WorkerNeeds())
