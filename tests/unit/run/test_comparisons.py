"""Trials that are compared, through the run's own rate limiters, journal and store."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.conversation.ports import Request
from harness.conversation.transcript import Answer, Failure, Reply, Usage
from harness.run.engines.local import LocalEngine
from harness.run.evaluate import Evaluated, evaluate
from harness.run.ports import RunPorts
from harness.run.preparation import EvalOptions, prepare
from harness.run.targets import Target
from harness.spec.model.spec import Conversation
from harness.store.runs import DiskRuns
from harness.wiring import Permissions, read_spec
from tests.unit.run.stepped_clock import SteppedClock

SPEC = """
version: 1
name: compared
providers:
  p:
    type: openai-compatible
    base_url: "http://127.0.0.1:1/v1"
    models:
      a: {price: {input: 1, output: 1}}
      bb: {price: {input: 1, output: 1}}
      judge: {price: {input: 10, output: 10}}
variants: {short: {}, long: {user: "{{user}} please"}}
evaluation: {targets: [p/a, p/bb], judge: {target: p/judge}, repeats: REPEATS MORE}
conversations:
  - id: joke
    matrix: {topic: TOPICS}
    turns: [{user: "about {{topic}}", assert: [{contains: about}, {select-best: Longest?}]}]
"""
FENCED = re.compile(r"\[(\w+) reply (\d+)(?:, turn 1)?\]\n(.*?)\n\[\1 end\]", re.DOTALL)


def longest(request: Request) -> Answer:
    """A judge that likes long replies, whatever their number."""
    found = FENCED.findall(request.messages[-1].content or "")
    number = max(found, key=lambda one: len(one[2]))[1]
    said = json.dumps({"reason": "It is the longest.", "best": int(number)})
    return Reply(said, "stop", usage=Usage(100, 10))


class Lab:
    """Two targets, two variants and a judge of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[tuple[str, Request]] = []
        self.slow = 1
        self.said: Callable[[str, Request], Answer | None] = lambda _name, _request: None
        self.write()

    def write(
        self, repeats: int = 1, topics: str = "[1]", more: str = "", text: str = SPEC
    ) -> None:
        filled = text.replace("REPEATS", str(repeats)).replace("TOPICS", topics)
        (self.folder / "spec.yaml").write_text(filled.replace("MORE", more), encoding="utf-8")

    def run(self, **options: Any) -> Evaluated:
        lab = self

        class Model:
            def __init__(self, target: Target) -> None:
                self.name = target.handle

            async def complete(self, request: Request) -> Answer:
                lab.asked.append((self.name, request))
                for _ in range(lab.slow if self.name == "bb" else 1):
                    await asyncio.sleep(0)
                said = lab.said(self.name, request)
                if said is not None:
                    return said
                if self.name == "judge":
                    return longest(request)
                text = f"{request.messages[-1].content} by {self.name}"
                return Reply(text, "stop", usage=Usage(7, 3))

            async def close(self) -> None:
                pass

        ports = RunPorts(
            model=Model,
            simulated=lambda _: False,
            cases=no_rows,
            store=DiskRuns(self.folder),
            clock=SteppedClock(),
            chance=lambda: 0.5,
        )
        spec_file = read_spec(self.folder / "spec.yaml", Permissions(root=self.folder))
        return evaluate(
            prepare(spec_file, EvalOptions(**options), ports), ports, lambda _: None, LocalEngine()
        )

    @property
    def judged(self) -> list[Request]:
        return [request for name, request in self.asked if name == "judge"]


def no_rows(_: Conversation) -> Iterator[Mapping[str, Any]]:
    return iter(())


def results(done: Evaluated) -> list[dict[str, Any]]:
    text = (done.directory / "results.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def verdicts(done: Evaluated) -> dict[str, str]:
    """The outcome of the comparison, by target and variant."""
    return {
        f"{one['target'][2:]} {one['variant']}": one["turns"][0]["checks"][1]["outcome"]
        for one in results(done)
    }


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


def test_one_of_all_targets_and_variants_is_chosen(lab: Lab) -> None:
    done = lab.run()
    assert verdicts(done) == {
        "a short": "failed",
        "a long": "failed",
        "bb short": "failed",
        "bb long": "passed",
    }
    assert [one["outcome"] for one in results(done)] == ["failed", "failed", "failed", "passed"]
    assert len(lab.judged) == 1


def test_the_judge_is_asked_once_a_question_and_repeat(lab: Lab) -> None:
    lab.write(repeats=3, topics="[1, 2, 3, 4]")
    done = lab.run()
    assert len(lab.judged) == 12
    outcomes = [one["turns"][0]["checks"][1]["outcome"] for one in results(done)]
    assert outcomes.count("passed") == 12
    assert len(outcomes) == 48


def test_its_place_is_the_first_targets_and_its_cost_counts_there(lab: Lab) -> None:
    done = lab.run()
    place = lab.judged[0].place
    assert (place.target, place.variant, place.turn, place.check) == ("p/a", "short", 1, "2")
    judging = [one.get("judging", {}).get("requests", 0) for one in results(done)]
    assert judging == [1, 0, 0, 0]
    assert done.info.totals.requests == 5
    assert done.info.totals.cost_usd == pytest.approx((4 * 10 + 1100) / 1e6)


def test_negated_all_but_the_chosen_pass(lab: Lab) -> None:
    lab.write(text=SPEC.replace("{select-best", "{not-select-best"))
    assert list(verdicts(lab.run()).values()) == ["passed", "passed", "passed", "failed"]


def test_who_gave_no_answer_takes_no_part(lab: Lab) -> None:
    down = Failure("bad_request", "no", 400)
    blocked = Reply("", "content_filter")

    def said(name: str, request: Request) -> Answer | None:
        if name == "bb":
            return down if "please" in (request.messages[-1].content or "") else blocked
        return None

    lab.said = said
    done = lab.run()
    assert [one["outcome"] for one in results(done)] == ["failed", "passed", "blocked", "errored"]
    assert len(FENCED.findall(lab.judged[0].messages[-1].content or "")) == 2


def test_alone_there_is_nothing_to_compare(lab: Lab) -> None:
    lab.write(text=SPEC.replace("variants: {short: {}, long", "x-variants: {long"))
    done = lab.run(targets=("p/a",))
    (only,) = results(done)
    assert only["outcome"] == "errored"
    assert "There is one reply, of a run of one" in only["error"]["message"]
    assert lab.judged == []


def test_a_judge_that_cannot_decide_errs_all_that_were_compared(lab: Lab) -> None:
    lab.said = lambda name, _: Reply("Both are nice.", "stop") if name == "judge" else None
    done = lab.run()
    assert {one["outcome"] for one in results(done)} == {"errored"}
    assert {one["error"]["kind"] for one in results(done)} == {"judge"}


def test_a_whole_conversation_is_compared_as_well(lab: Lab) -> None:
    text = SPEC.replace("{select-best: Longest?}]}]", "]}]\n    assert: [{select-best: Longest?}]")
    lab.write(text=text.replace("}, ]", "}]"))
    done = lab.run()
    assert [one["checks"][0]["outcome"] for one in results(done)].count("passed") == 1
    assert lab.judged[0].place.turn == 0
    assert "reply 1, turn 1]" in (lab.judged[0].messages[-1].content or "")


def test_a_conversation_does_not_stop_at_what_is_not_compared_yet(lab: Lab) -> None:
    text = SPEC.replace("Longest?}]}]", "Longest?}]}, {user: about more}]")
    lab.write(more=", on_turn_failure: stop", text=text)
    assert [len(one["turns"]) for one in lab_results(lab)] == [2, 2, 2, 2]


def lab_results(lab: Lab) -> list[dict[str, Any]]:
    return results(lab.run())


def test_inside_a_set_it_decides_with_the_others(lab: Lab) -> None:
    lab.write(text=SPEC.replace("{select-best: Longest?}", "{assert-set: [{select-best: L?}]}"))
    done = lab.run()
    assert list(verdicts(done).values()).count("passed") == 1
    assert lab.judged[0].place.check == "2.1"


def test_the_number_of_questions_is_known_beforehand(lab: Lab) -> None:
    lab.write(repeats=3, topics="[1, 2]")
    lab.run()
    spec_file = read_spec(lab.folder / "spec.yaml", Permissions(root=lab.folder))
    ports = RunPorts(
        model=lambda _: (_ for _ in ()).throw(AssertionError),
        simulated=lambda _: False,
        cases=no_rows,
        store=DiskRuns(lab.folder),
        clock=SteppedClock(),
        chance=lambda: 0.5,
    )
    assert prepare(spec_file, EvalOptions(), ports).matrix.advice == {"p/judge": 6}


@pytest.mark.parametrize("stop", range(1, 11))
def test_a_run_that_stopped_anywhere_goes_on_as_if_it_had_not(lab: Lab, stop: int) -> None:
    lab.write(topics="[1, 2]")
    calm = lab.run(output=lab.folder / "calm")
    lab.asked.clear()
    text = (lab.folder / "spec.yaml").read_text("utf-8")
    stopped = lab.run(output=lab.folder / "stopped")
    asked = len(lab.asked)
    cut(stopped.directory, stop)
    lab.asked.clear()
    lab.write(topics="[1, 2]")
    assert (lab.folder / "spec.yaml").read_text("utf-8") == text
    resumed = lab.run(resume=str(stopped.directory))
    assert (calm.directory / "results.jsonl").read_bytes() == (
        resumed.directory / "results.jsonl"
    ).read_bytes()
    assert len(lab.asked) == max(0, asked - stop)


def cut(directory: Path, answers: int) -> None:
    """Leave a run as a process leaves it that was killed after so many answers."""
    path = directory / "events.jsonl"
    kept, seen = [], 0
    for line in path.read_text("utf-8").splitlines(keepends=True):
        event = json.loads(line)["event"]
        if seen < answers or event not in ("sent", "answered"):
            kept.append(line)
            seen += event == "answered"
    path.write_text("".join(kept), encoding="utf-8")
    lines = (directory / "results.jsonl").read_text("utf-8").splitlines(keepends=True)
    # Of the first comparison one result was written, and not the others.
    (directory / "results.jsonl").write_text("".join(lines[1:2]), encoding="utf-8")


def test_a_target_far_ahead_waits_for_the_slowest(lab: Lab) -> None:
    lab.write(topics=str(list(range(300))), more=", concurrency: 2")
    lab.slow = 30
    ahead: list[int] = []
    counts = {"a": 0, "bb": 0}

    def said(name: str, _: Request) -> Answer | None:
        if name in counts:
            counts[name] += 1
            ahead.append(counts["a"] - counts["bb"])
        return None

    lab.said = said
    done = lab.run()
    assert done.info.totals.trials == 1200
    assert 100 < max(ahead) <= 2 * 66
