"""A run that died at any of its requests and was resumed equals one that nothing disturbed.

What a kill leaves is what was on disk when a request was sent: the files are copied at each of
them, and each copy is gone on with.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.app.documents import keep_comparison, write_run_documents
from harness.conversation.ports import Request
from harness.conversation.transcript import Answer, Reply, ToolCall, Usage
from harness.run.evaluate import Evaluated
from harness.store.ownership import RECORD
from harness.wiring.project import DiskArchive
from tests.drills import count_rounds
from tests.unit.run.laboratory import Laboratory
from tests.unit.run.looks.test_stopping import SPEC as MANY_QUESTIONS
from tests.unit.run.looks.test_stopping import STOPS, Shop

SPEC = """
version: 1
name: everything
providers:
  p:
    type: openai-compatible
    base_url: "http://127.0.0.1:1/v1"
    models: {a: {price: {input: 1, output: 1}}, b: {}, judge: {price: {input: 10, output: 10}}}
evaluation: {targets: [p/a, p/b], judge: {target: p/judge}, concurrency: 1, repeats: 2}
conversations:
  - id: talk
    turns: [{user: one}, {user: two, assert: [{llm-rubric: R}, {contains: two}]}]
    assert: [{llm-rubric: of the whole}]
  - id: weather
    tools: [{type: function, function: {name: get, parameters: {type: object}}}]
    turns: [{user: Weather?, tool_results: [{name: get, result: {celsius: 4}}]}, {user: Thanks}]
  - id: joke
    turns: [{user: A joke, assert: [{select-best: Longest?}]}]
  - id: hard
    known_failing: {until: "2099-01-31", issue: "https://example.org/1"}
    turns: [{user: no, assert: [{contains: such thing}]}]
"""
DOCUMENTS = ("results.jsonl", "summary.md", "junit.xml", "report.html", "run.json")
EACH = count_rounds(8, 1)
"""So many requests from one death to the next."""


def answer(request: Request, _: int) -> Answer | None:
    """Answer as models, judges and callers of tools do, the same each time."""
    if request.place.check:
        asked = request.messages[-1].content or ""
        best = json.dumps({"reason": "longest", "best": 1})
        good = json.dumps({"reason": "fine", "score": 0.9, "pass": True})
        said = best if "[" in asked and "reply 1" in asked else good
        return Reply(said, "stop", model="j", usage=Usage(100, 10), latency_s=0.5)
    if request.place.conversation == "weather" and request.messages[-1].content == "Weather?":
        call = ToolCall("c1", "get", "{}")
        return Reply("", "tool_calls", (call,), model="m", usage=Usage(5, 5), latency_s=0.25)
    return None


def finish(lab: Laboratory, done: Evaluated) -> dict[str, str]:
    """Write a run's documents; return them and its results."""
    archive = DiskArchive(lab.folder)
    if done.summary.comparison is not None:
        keep_comparison(archive, done.directory, done.summary.comparison)
    write_run_documents(archive, done.directory, done.summary)
    return {name: (done.directory / name).read_text(encoding="utf-8") for name in DOCUMENTS}


def hide_doubts(documents: dict[str, str]) -> dict[str, str]:
    """Leave out what documents say of requests without an answer, and times that were waited."""
    run = json.loads(documents["run.json"])
    run.pop("unknown", None)
    said = re.sub(r"> ⚠️ \*\*WITHOUT AN ANSWER.*?\n\n- .*?\n\n", "", documents["summary.md"])
    kept = {name: documents[name] for name in ("results.jsonl", "junit.xml")}
    return {**kept, "run.json": json.dumps(run), "summary.md": said}


class Deaths:
    """Copies of a run's files as they were whenever a request was sent."""

    def __init__(self, lab: Laboratory, folder: Path) -> None:
        self.lab = lab
        self.folder = folder
        self.count = 0
        self.answer = lab.answer
        lab.answer = self.die_here

    def die_here(self, request: Request, number: int) -> Answer | None:
        if self.count % EACH == 0:
            (run,) = self.lab.folder.glob("reports/*/*/events.jsonl")
            shutil.copytree(run.parent, self.folder / f"{self.count}" / run.parent.name)
        self.count += 1
        return self.answer(request, number)

    def list_left(self) -> Iterator[Path]:
        """Yield each copy as a killed process leaves it: nobody alive holds it."""
        for number in range(0, self.count, EACH):
            (run,) = (self.folder / f"{number}").iterdir()
            (run / RECORD).unlink()
            yield run


def take_back_last(run: Path) -> None:
    """Take back the last line of the journal: the request that was about to be sent."""
    events = run / "events.jsonl"
    lines = events.read_bytes().splitlines(keepends=True)
    assert b'"sent"' in lines[-1]
    events.write_bytes(b"".join(lines[:-1]))


def require_equal(
    lab: Laboratory, calm: dict[str, str], left: Iterator[Path], *, doubts: bool
) -> int:
    """Go on with each run that died, and hold what comes of it to the calm one's."""
    (home,) = lab.folder.glob("reports/*/*/run.json")
    deaths = 0
    for run in left:
        deaths += 1
        if not doubts:
            take_back_last(run)
        shutil.rmtree(home.parent)
        shutil.copytree(run, home.parent)
        resumed = finish(lab, lab.run(resume=str(home.parent)))
        if doubts:
            assert "WITHOUT AN ANSWER" in resumed["summary.md"]
            assert hide_doubts(resumed) == hide_doubts(calm)
        else:
            assert resumed == calm
    return deaths


@pytest.mark.parametrize("doubts", [False, True], ids=["between requests", "within one"])
def test_a_run_that_died_at_any_request_equals_a_calm_one_once_it_is_resumed(
    tmp_path: Path, doubts: bool
) -> None:
    (tmp_path / "project").mkdir()
    lab = Laboratory(tmp_path / "project")
    lab.write("", SPEC)
    lab.answer = answer
    deaths = Deaths(lab, tmp_path / "deaths")
    calm = finish(lab, lab.run())
    lab.answer = answer
    assert "get" in calm["results.jsonl"]
    assert deaths.count > 35
    assert require_equal(lab, calm, deaths.list_left(), doubts=doubts) >= 35 // EACH


def test_a_run_that_stops_when_it_is_settled_stops_at_the_same_look_when_it_is_resumed(
    tmp_path: Path,
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    shop = Shop(project, "{gate: {baseline: main, on_no_baseline: warn}}")
    shop.keep(shop.run(output=tmp_path / "base"))
    shop.write(STOPS.replace("{", "{concurrency: 1, ", 1), MANY_QUESTIONS)
    shop.fails = 0.6
    deaths = Deaths(shop, tmp_path / "deaths")
    calm = finish(shop, shop.run())
    shop.answer = deaths.answer
    assert json.loads(calm["run.json"])["looks"]["at"] < 4
    left = list(deaths.list_left())[:: count_rounds(2, 1)]
    assert require_equal(shop, calm, iter(left), doubts=False) >= 2
