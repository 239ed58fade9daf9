from __future__ import annotations

import json
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from harness.conversation.play import FinalAnswer
from harness.conversation.ports import Place
from harness.conversation.transcript import EmbeddingReply, Failure, Reply, Usage
from harness.errors import OutsideError, RequestError
from harness.fs.names import make_folder_name
from harness.results.codec import encode_result
from harness.results.model import Result, RunInfo, TrialId
from harness.run.ports import Trials
from harness.run.requests.spent import Amount
from harness.store.journal import AppendedFile, mend
from harness.store.runs import DiskLog, DiskRuns
from harness.store.writing import write_atomically

THEN = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
REPLY = Reply("Paul Allen", "stop", usage=Usage(1, 2), latency_s=0.5)


def info(identifier: str = "20261122-130000-abcdef", planned: int = 4) -> RunInfo:
    return RunInfo(identifier, "sweden", "cd", "0.1.0", "", (), planned_trials=planned)


def trial(number: int) -> TrialId:
    return TrialId("founders", None, "sweden/mini", "default", number + 1)


def number_of(trial: TrialId) -> int | None:
    return trial.repeat - 1 if trial.repeat <= 4 else None


def place(number: int, turn: int = 1) -> Place:
    return Place("sweden/mini", "founders", None, "default", number + 1, turn)


def result(number: int) -> Result:
    return Result(trial(number), "ab", "passed", 1.0, ())


@pytest.fixture
def store(tmp_path: Path) -> DiskRuns:
    return DiskRuns(tmp_path, lambda: THEN)


@contextmanager
def begun(store: DiskRuns, directory: Path | None = None) -> Iterator[DiskLog]:
    with store.begin(info(), {"version": 1, "name": "sweden"}, directory) as log:
        log.describe(info())
        yield log


def test_results_that_came_out_of_order_are_put_into_it(store: DiskRuns) -> None:
    with begun(store) as log:
        for number in (2, 0, 3, 1):
            log.append(number, result(number))
        log.arrange()
        assert [r.trial.repeat for r in log.results()] == [1, 2, 3, 4]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the system does not list them")
def test_no_file_is_replaced_while_it_is_open_which_windows_refuses(
    store: DiskRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced: list[str] = []
    replace_file = os.replace

    def refuse_open_files(source: str, target: Path) -> None:
        opened = [str(link.resolve()) for link in Path("/proc/self/fd").iterdir()]
        assert str(target) not in opened, "it is open"
        replaced.append(Path(target).name)
        replace_file(source, target)

    monkeypatch.setattr(os, "replace", refuse_open_files)
    with begun(store) as log:
        for number in (1, 0):
            log.append(number, result(number))
        log.arrange()
    assert replaced[-1] == "results.jsonl"


def test_a_run_is_where_the_contract_says(store: DiskRuns, tmp_path: Path) -> None:
    with begun(store) as log:
        assert log.directory == tmp_path / "reports" / "sweden" / "20261122-130000-abcdef"
        spec = json.loads((log.directory / "spec.json").read_text(encoding="utf-8"))
    assert spec == {"version": 1, "name": "sweden"}


def test_a_reopened_run_knows_what_is_finished_answered_and_unknown(store: DiskRuns) -> None:
    with begun(store) as log:
        for number in (0, 1, 2):
            log.note_sent(place(number), 1, Amount(0.5))
        log.keep_answer(place(0), 1, REPLY, final=True, queued_s=0.0)
        log.append(0, result(0))
        log.keep_answer(place(1), 2, REPLY, final=True, queued_s=1.5)
        directory = log.directory
    with store.reopen(directory, Trials(4, number_of)) as log:
        assert [log.is_finished(number) for number in range(4)] == [True, False, False, False]
        assert log.recall(place(0), Reply) is None, (
            "its trial has a result: nothing is kept in memory"
        )
        assert log.recall(place(1), Reply) == FinalAnswer(REPLY, 2, 1.5)
        assert log.recall(place(2), Reply) == "unknown"
        assert log.recall(place(3), Reply) is None


def test_vectors_survive_the_journal(store: DiskRuns) -> None:
    embedded = EmbeddingReply(((0.5, -1.25), (3.0, 0.0)), "e", Usage(4, 0), 0.25, "r1")
    with begun(store) as log:
        log.keep_answer(place(0), 2, embedded, final=True, queued_s=0.5)
        directory = log.directory
        (line,) = (directory / "events.jsonl").read_text(encoding="utf-8").splitlines()[-1:]
    assert json.loads(line)["reply"]["text"] == '["AAAAPwAAoL8=", "AABAQAAAAAA="]'
    with store.reopen(directory, Trials(4, number_of)) as log:
        assert log.recall(place(0), EmbeddingReply) == FinalAnswer(embedded, 2, 0.5)


@pytest.mark.parametrize("text", ["{}", "[1]", '["?"]', '["AAA="]', "x", "1"])
def test_what_the_journal_keeps_and_is_no_vector_is_asked_for_again(
    store: DiskRuns, text: str
) -> None:
    with begun(store) as log:
        log.keep_answer(place(0), 1, replace(REPLY, text=text), final=True, queued_s=0.0)
        directory = log.directory
    with store.reopen(directory, Trials(4, number_of)) as log:
        assert log.recall(place(0), EmbeddingReply) is None


def test_a_failure_that_was_to_be_tried_again_is_no_answer(store: DiskRuns) -> None:
    down = Failure("server", "down", 500, retryable=True)
    with begun(store) as log:
        log.note_sent(place(0), 1, Amount(0.5))
        log.keep_answer(place(0), 1, down, final=False, queued_s=0.0)
        log.note_sent(place(1), 1, Amount(0.5))
        log.keep_answer(place(1), 5, down, final=True, queued_s=0.0)
        directory = log.directory
    with store.reopen(directory, Trials(4, number_of)) as log:
        assert log.recall(place(0), Reply) is None
        recalled = log.recall(place(1), Reply)
        assert isinstance(recalled, FinalAnswer)
        assert isinstance(recalled.answer, Failure)
        assert (recalled.answer.kind, recalled.attempts) == ("server", 5)


def test_a_line_that_is_no_text_is_no_result(store: DiskRuns, tmp_path: Path) -> None:
    with begun(store, tmp_path / "run") as log:
        for number in (0, 1):
            log.append(number, result(number))
    results = tmp_path / "run" / "results.jsonl"
    results.write_bytes(results.read_bytes().replace(b"{", b'{"more":"\xff",', 1))
    with store.reopen(tmp_path / "run", Trials(4, number_of)) as log:
        assert (log.is_finished(0), log.is_finished(1)) == (False, True)
        log.arrange()
        assert [r.trial.repeat for r in log.results()] == [2]


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_torn_last_line_costs_that_line_and_no_other(
    store: DiskRuns, tmp_path: Path, cut: int
) -> None:
    with begun(store, tmp_path / "run") as log:
        for number in (1, 0):
            log.append(number, result(number))
    results = tmp_path / "run" / "results.jsonl"
    os.truncate(results, results.stat().st_size - cut)
    with store.reopen(tmp_path / "run", Trials(4, number_of)) as log:
        assert (log.is_finished(0), log.is_finished(1)) == (False, True)
        log.append(0, result(0))
        log.arrange()
        assert [r.trial.repeat for r in log.results()] == [1, 2]


def test_nothing_is_added_behind_a_torn_line_of_the_journal(
    store: DiskRuns, tmp_path: Path
) -> None:
    with begun(store, tmp_path / "run") as log:
        log.note_sent(place(0), 1, Amount(0.5))
    events = tmp_path / "run" / "events.jsonl"
    with events.open("ab") as file:
        file.write(b'{"event":"answered","conversation":"foun')
    with store.reopen(tmp_path / "run", Trials(4, number_of)) as log:
        assert log.recall(place(0), Reply) == "unknown"
    notes = [json.loads(line)["event"] for line in events.read_text("utf-8").splitlines()]
    assert notes == ["opened", "described", "sent", "opened"]


def test_half_a_line_that_a_full_disk_took_is_taken_back(tmp_path: Path) -> None:
    file = AppendedFile(tmp_path / "events.jsonl")
    file.append("whole")
    limit, before = resource.RLIMIT_FSIZE, resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(limit, (10, before[1]))
    try:
        with pytest.raises(OutsideError, match="cannot write"):
            file.append("not whole")
    finally:
        resource.setrlimit(limit, before)
    assert file.append("after") == 6
    file.close()
    assert (tmp_path / "events.jsonl").read_text(encoding="utf-8") == "whole\nafter\n"


def test_lines_that_are_no_results_are_run_again_and_leave_no_trace(
    store: DiskRuns, tmp_path: Path
) -> None:
    with begun(store, tmp_path / "run") as log:
        log.append(0, result(0))
    with (tmp_path / "run" / "results.jsonl").open("ab") as file:
        file.write(b"\x00\xff garbage\n{}\n" + b"[" * 5000 + b"\n")
        wrong: tuple[Any, ...] = ("2", {}, [2])
        for repeat in wrong:
            line = json.loads(encode_result(result(1)))
            file.write(json.dumps({**line, "repeat": repeat}).encode() + b"\n")
    with store.reopen(tmp_path / "run", Trials(4, number_of)) as log:
        log.append(1, result(1))
        log.arrange()
        assert [r.trial.repeat for r in log.results()] == [1, 2]


def test_a_second_process_is_refused_while_the_first_writes(store: DiskRuns) -> None:
    with (
        begun(store) as log,
        pytest.raises(RequestError, match="another process is writing this run"),
        store.reopen(log.directory, Trials(4, number_of)),
    ):
        pass


def test_a_run_is_found_by_id_by_directory_and_as_the_latest(
    store: DiskRuns, tmp_path: Path
) -> None:
    ids = ["20261120-080000-ffffff", "20261122-130000-000000"]
    for identifier in ids:
        with store.begin(info(identifier), {}, None) as log:
            log.describe(info(identifier))
    folder = tmp_path / "reports" / "sweden"
    assert store.find(ids[0]) == folder / ids[0]
    assert store.find("latest") == store.find("latest", "sweden") == folder / ids[1]
    assert store.find(str(folder / ids[0])) == folder / ids[0]
    assert [found.id for _, found in store.runs()] == list(reversed(ids))
    with pytest.raises(RequestError) as refused:
        store.find("20261122-130000-000001")
    assert ids[1] in str(refused.value)
    with pytest.raises(RequestError, match="no run of 'norway' yet"):
        store.find("latest", "norway")


def test_a_run_in_a_directory_of_another_name_is_as_old_as_its_id_says(
    store: DiskRuns, tmp_path: Path
) -> None:
    own = tmp_path / "reports" / "sweden" / "zzz"
    with store.begin(info("20261122-120000-aaaaaa"), {}, own) as log:
        log.describe(info("20261122-120000-aaaaaa"))
    assert store.find("latest") == store.find("20261122-120000-aaaaaa") == own
    with begun(store) as log:
        assert store.find("latest") == log.directory
    assert [run.id[9:15] for _, run in store.runs()] == ["130000", "120000"]


def test_a_directory_that_is_not_empty_is_refused(store: DiskRuns, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(RequestError, match="holds no run"), store.begin(info(), {}, tmp_path):
        pass
    (tmp_path / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(RequestError, match="--resume"), store.begin(info(), {}, tmp_path):
        pass


def test_a_place_that_cannot_be_written_is_told_before_anything_is_spent(
    store: DiskRuns, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with (
        pytest.raises(OutsideError, match="cannot create the run's directory"),
        store.begin(info(), {}, tmp_path / "file" / "run"),
    ):
        pass


def test_what_is_no_run_is_told(store: DiskRuns, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(RequestError, match="this run cannot be read"):
        store.info(tmp_path)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a" / "run.json"
    write_atomically(path, "one")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "two \ud800")
    assert path.read_text(encoding="utf-8") == "one"
    assert [entry.name for entry in path.parent.iterdir()] == ["run.json"]


def test_a_link_stays_one_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "target.html", tmp_path / "link.html"
    target.write_text("old")
    link.symlink_to(target)
    write_atomically(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_what_is_no_file_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_atomically(pipe, "through")
        assert os.read(reader, 100) == b"through"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


@pytest.mark.parametrize("line", [b"\xff\xfe", b"[" * 100_000, b"{}", b"no", b"3", b"null"])
def test_a_result_that_is_none_is_told_with_its_place(
    line: bytes, store: DiskRuns, tmp_path: Path
) -> None:
    with begun(store, tmp_path / "run") as log:
        log.append(0, result(0))
    with (tmp_path / "run" / "results.jsonl").open("ab") as file:
        file.write(line + b"\n")
    results = store.read(tmp_path / "run").results
    with pytest.raises(RequestError, match=r"results\.jsonl:2"):
        list(results)
    with pytest.raises(RequestError, match=r"results\.jsonl:2"):
        results[1]


def test_results_are_read_from_the_disk_in_any_order_and_as_often_as_they_are_wanted(
    store: DiskRuns, tmp_path: Path
) -> None:
    held = [result(number) for number in range(4)]
    with begun(store, tmp_path / "run") as log:
        for number, each in enumerate(held):
            log.append(number, each)
    with (tmp_path / "run" / "results.jsonl").open("ab") as file:
        file.write(b'{"torn')
    results = store.read(tmp_path / "run").results
    assert len(results) == 4
    assert list(results) == list(results) == held
    assert [results[index] for index in (3, 0, -2)] == [held[3], held[0], held[2]]
    assert results[1:3] == tuple(held[1:3])
    with pytest.raises(IndexError):
        results[4]


def test_a_run_without_any_result_has_none(store: DiskRuns, tmp_path: Path) -> None:
    with begun(store, tmp_path / "run"):
        pass
    results = store.read(tmp_path / "run").results
    assert (len(results), list(results), results[:]) == (0, [], ())


def test_mending_a_file_without_any_whole_line_empties_it(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"x" * 200_000)
    mend(path)
    assert path.read_bytes() == b""


@pytest.mark.parametrize(
    "name", ["../../etc", "a/b", "con", "NUL.txt", "", ".", "..", "x" * 300, "a\0b"]
)
def test_any_name_makes_one_harmless_folder(name: str) -> None:
    folder = make_folder_name(name)
    assert folder not in {"", ".", ".."}
    assert "/" not in folder
    assert "\0" not in folder
    assert len(folder.encode()) <= 80
    assert folder.lower() not in {"con", "nul.txt"}


def test_names_that_differ_have_folders_that_differ() -> None:
    assert make_folder_name("a/b") != make_folder_name("a-b") != make_folder_name("a b")
    assert make_folder_name("北欧") == "北欧"


@pytest.mark.parametrize(
    "change",
    [
        {"event": ["sent"]},
        {"conversation": {}},
        {"repeat": "1"},
        {"attempt": "2"},
        {"queued_s": []},
        {"reply": {"text": 7, "finish_reason": "stop"}},
        {"reply": None, "failure": {"kind": "\ud800"}},
        {"reply": "x"},
    ],
)
def test_a_line_of_the_journal_that_is_none_is_passed_over(
    store: DiskRuns, change: dict[str, Any]
) -> None:
    with begun(store) as log:
        log.keep_answer(place(0), 1, REPLY, final=True, queued_s=0.0)
        directory = log.directory
    events = directory / "events.jsonl"
    lines = [json.loads(line) for line in events.read_text(encoding="utf-8").splitlines()]
    changed = [{**line, **change} if line["event"] == "answered" else line for line in lines]
    deep = "[" * 5000 + "\n"
    events.write_text(deep + "".join(f"{json.dumps(line)}\n" for line in changed), encoding="utf-8")
    with store.reopen(directory, Trials(4, number_of)) as log:
        assert log.recall(place(0), Reply) is None
