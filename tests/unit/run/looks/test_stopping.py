"""The engine that stops at a look, with a model of the test's own and the real store on disk."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from harness.compare.comparison.scores import Scores
from harness.conversation.ports import Request
from harness.conversation.transcript import Answer, Reply, Usage
from harness.errors import RequestError
from harness.results.scored import decode_scored
from harness.run.evaluate import Evaluated
from harness.run.events import Finished, Looked, Started
from tests.unit.run.laboratory import Laboratory, lines

MANY = 100
HEAD = """
version: 1
name: engine
providers: {p: {type: openai-compatible, base_url: "http://127.0.0.1:1/v1", models: {a: {}}}}
evaluation: EVALUATION
conversations:
"""
SPEC = HEAD + "\n".join(
    f"  - {{id: c{number}, turns: [{{user: question {number}, assert: [{{contains: good}}]}}]}}"
    for number in range(MANY)
)
STOPS = "{gate: {baseline: main, stop: settled}}"


class Shop(Laboratory):
    """A laboratory with a hundred conversations, whose model fails a share of them."""

    def __init__(self, folder: Path, evaluation: str = STOPS) -> None:
        super().__init__(folder)
        self.fails = 0.0
        self.answer = self.reply
        self.write(evaluation, SPEC)

    def reply(self, request: Request, _: int) -> Answer:
        digest = hashlib.sha256(request.place.conversation.encode()).digest()[0]
        said = "bad" if digest / 256 < self.fails else "good"
        return Reply(said, "stop", model="m", usage=Usage(7, 3), latency_s=0.25)

    def keep(self, done: Evaluated) -> None:
        """Make a run the baseline of those that follow."""
        text = (done.directory / "results.jsonl").read_text(encoding="utf-8")
        self.base = Scores.gather(done.info, map(decode_scored, text.splitlines()))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    shop = Shop(tmp_path)
    shop.write("{gate: {baseline: main, on_no_baseline: warn}}", SPEC)
    shop.keep(shop.run(output=tmp_path / "base"))
    shop.write(STOPS, SPEC)
    shop.events.clear()
    shop.models.clear()
    return shop


def read_looks(done: Evaluated) -> dict[str, Any]:
    run = json.loads((done.directory / "run.json").read_text(encoding="utf-8"))
    looks: dict[str, Any] = run["looks"]
    return looks


def test_a_head_that_is_much_worse_is_told_at_an_early_look(shop: Shop) -> None:
    shop.fails = 0.5
    done = shop.run(seed=3)
    assert (done.info.verdict, done.exit_code) == ("regressed", 1)
    assert done.info.status == "complete"
    assert read_looks(done) == {"planned": 4, "at": 1, "seed": 3, "trials": MANY}
    assert done.info.planned_trials == done.info.totals.trials == shop.asked == 25
    assert done.summary.verdict.reasons[-1] == (
        "The gate was settled at look 1 of 4: 75 of 100 trials were not needed, "
        "about 75 requests saved."
    )


def test_a_head_that_is_as_good_passes_once_that_is_sure(shop: Shop) -> None:
    done = shop.run()
    assert (done.info.verdict, done.exit_code, shop.asked) == ("passed", 0, 75)
    assert read_looks(done)["at"] == 3
    looked = [event for event in shop.events if isinstance(event, Looked)]
    assert looked == [Looked(1, 4, settled=False), Looked(2, 4, settled=False), Looked(3, 4, True)]
    assert next(event for event in shop.events if isinstance(event, Started)).looks == 4


def test_what_no_look_settles_is_asked_to_the_end(shop: Shop) -> None:
    shop.fails = 0.03
    done = shop.run()
    assert (done.info.verdict, shop.asked) == ("inconclusive", MANY)
    assert read_looks(done)["at"] == 4
    assert done.summary.verdict.reasons[-1] == (
        "The gate was decided at look 4 of 4, with every conversation asked."
    )


@pytest.mark.parametrize("fails", [0.0, 0.06, 0.2, 0.5])
def test_the_same_result_whatever_the_concurrency(shop: Shop, fails: float) -> None:
    shop.fails = fails
    seen = []
    for concurrency in (1, 16):
        shop.write(STOPS.replace("{gate", f"{{concurrency: {concurrency}, gate"), SPEC)
        # The order comes from the spec, and that has just changed.
        done = shop.run(seed=5, output=shop.folder / f"run-{concurrency}")
        results = [(line["conversation"], line["outcome"]) for line in lines(done.directory)]
        seen.append((done.info.verdict, done.info.looks, results))
    assert seen[0] == seen[1]


def test_results_stand_in_the_order_of_the_spec(shop: Shop) -> None:
    done = shop.run()
    numbers = [int(line["conversation"][1:]) for line in lines(done.directory)]
    assert numbers == sorted(numbers)
    asked = [e.result.trial.conversation for e in shop.events if isinstance(e, Finished)]
    assert asked != [f"c{number}" for number in numbers]


def write_budget(shop: Shop, requests: int) -> None:
    shop.write(STOPS.replace("{gate", f"{{budget: {{requests: {requests}}}, gate"), SPEC)


@pytest.mark.parametrize(("requests", "taken"), [(10, 0), (25, 1), (30, 1)])
def test_a_stopped_run_goes_on_to_the_same_look(shop: Shop, requests: int, taken: int) -> None:
    shop.fails = 0.2
    whole = shop.run(output=shop.folder / "whole")
    expected = shop.asked
    write_budget(shop, requests)
    stopped = shop.run(seed=whole.info.looks.seed if whole.info.looks else None)
    assert stopped.info.status == "partial"
    assert stopped.info.looks is not None
    assert stopped.info.looks.at == taken
    assert stopped.info.verdict == "incomplete"
    first, done, budget = shop.asked, stopped, requests
    while done.info.status == "partial":
        assert budget < expected, "it goes on with a budget that holds everything"
        budget += requests
        write_budget(shop, budget)
        done = shop.run(resume=stopped.directory.name)
        first += shop.asked
    assert first == expected
    assert (done.info.verdict, done.info.looks) == (whole.info.verdict, whole.info.looks)
    assert lines(done.directory) == lines(whole.directory)


def test_a_run_that_was_settled_is_not_gone_on_with(shop: Shop) -> None:
    shop.fails = 0.5
    done = shop.run()
    again = shop.run(resume=done.directory.name)
    assert shop.asked == 0
    assert (again.info.looks, again.info.planned_trials) == (
        done.info.looks,
        done.info.planned_trials,
    )


def test_a_seed_gives_another_order_and_is_kept(shop: Shop) -> None:
    shop.fails = 0.5
    one, other = (shop.run(seed=seed, output=shop.folder / str(seed)) for seed in (1, 2))
    assert read_looks(one)["seed"] == 1
    names = [{line["conversation"] for line in lines(done.directory)} for done in (one, other)]
    assert names[0] != names[1]


def test_without_a_baseline_nothing_is_settled_and_that_is_said(shop: Shop) -> None:
    shop.base = None
    shop.write("{gate: {baseline: main, on_no_baseline: warn, stop: settled}}", SPEC)
    done = shop.run()
    assert shop.asked == MANY
    assert done.info.looks is None
    assert "every conversation was asked" in " ".join(done.summary.verdict.reasons)


def test_until_settled_stops_whatever_the_spec_says(shop: Shop) -> None:
    shop.write("{gate: {baseline: main}}", SPEC)
    assert shop.run(output=shop.folder / "all").info.looks is None
    shop.fails = 0.5
    assert shop.run(until_settled=True).info.totals.trials < MANY


@pytest.mark.parametrize(
    ("evaluation", "options", "said"),
    [
        ("{}", {"until_settled": True}, "there is nothing to settle: the spec has no gate"),
        ("{}", {"seed": 1}, "there is nothing for the seed to order"),
        ("{gate: {baseline: main}}", {"seed": 1}, "there is nothing for the seed to order"),
    ],
)
def test_what_cannot_be_settled_is_refused(
    shop: Shop, evaluation: str, options: dict[str, Any], said: str
) -> None:
    shop.write(evaluation, SPEC)
    with pytest.raises(RequestError, match=said):
        shop.run(**options)
    assert shop.asked == 0


def test_a_conversation_that_must_pass_is_asked_at_the_first_look(shop: Shop) -> None:
    must = SPEC.replace("{id: c99,", "{id: c99, must_pass: true,")
    shop.write(STOPS, must)
    done = shop.run()
    asked = [e.result.trial.conversation for e in shop.events if isinstance(e, Finished)]
    assert "c99" in asked[:25]
    assert done.info.verdict == "passed"


def test_a_look_that_is_taken_again_sees_nothing_of_the_next(shop: Shop) -> None:
    """With seed 3 eleven of 25 fail before the first look: one fewer than settles it."""
    shop.fails = 0.45
    whole = shop.run(seed=3, output=shop.folder / "whole")
    write_budget(shop, 40)
    stopped = shop.run(seed=3)
    assert sum(line["outcome"] == "failed" for line in lines(stopped.directory)) > 11
    write_budget(shop, MANY)
    done = shop.run(resume=stopped.directory.name)
    assert read_looks(done) == read_looks(whole) == {**read_looks(whole), "at": 2}


def test_nothing_passes_before_all_that_must_pass_was_asked(shop: Shop) -> None:
    must = SPEC
    for number in range(80):
        must = must.replace(f"{{id: c{number},", f"{{id: c{number}, must_pass: true,")
    shop.write(STOPS, must)
    done = shop.run()
    assert (done.info.verdict, read_looks(done)["at"]) == ("passed", 4)
