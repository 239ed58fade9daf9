"""Checks that ask a model: through the run's rate limiters, journal and budget."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from harness.conversation.ports import EmbeddingRequest, Request
from harness.conversation.transcript import Answer, EmbeddingReply, Failure, Reply, Usage
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
name: judged
providers:
  p:
    type: openai-compatible
    base_url: "http://127.0.0.1:1/v1"
    models:
      a: {price: {input: 1, output: 1}}
      judge: {price: {input: 10, output: 10}, parameters: {seed: 4}}
      other: {price: {input: 10, output: 10}}
      embed: {price: {input: 100, output: 0}}
evaluation:
  targets: [p/a]
  judge: {target: p/judge}
  embeddings: {target: p/embed}
  BUDGET
conversations:
  - id: talk
    turns:
      - {user: My name is Ada., assistant: Hello Ada.}
      - user: one
        assert: [{contains: one}, {llm-rubric: R1}, {assert-set: [{llm-rubric: R2}]}]
      - {user: two, assert: [{similar: "two!"}, {llm-rubric: R3, judge: p/other}]}
    assert: [{not-llm-rubric: R4}]
"""
GOOD = '{"reason": "fine", "score": 0.9, "pass": true}'
BAD = '{"reason": "bad", "score": 0.1, "pass": false}'
DOWN = Failure("server", "down", 503, retryable=True)

Said = Callable[[str, Request], Answer | None]


class Lab:
    """A judged evaluation whose models say what the test says, else what makes it pass."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[tuple[str, Request]] = []
        self.embedded: list[EmbeddingRequest] = []
        self.embedding: Failure | None = None
        self.order: list[str] = []
        self.said: Said = lambda _name, _request: None
        self.most = self._in_flight = 0
        self.simulated: tuple[str, ...] = ()
        self.write()

    def write(self, budget: str = "", text: str = SPEC) -> None:
        (self.folder / "spec.yaml").write_text(text.replace("BUDGET", budget), encoding="utf-8")

    def open_run_ports(self) -> RunPorts:
        lab = self

        class Model:
            def __init__(self, target: Target) -> None:
                self.name = target.handle

            async def complete(self, request: Request) -> Answer:
                lab.asked.append((self.name, request))
                lab.order.append(self.name)
                await asyncio.sleep(0)
                return lab.said(self.name, request) or usual(self.name, request)

            async def embed(self, request: EmbeddingRequest) -> EmbeddingReply | Failure:
                lab.embedded.append(request)
                lab.order.append(self.name)
                vectors = tuple((float(len(text)), 1.0) for text in request.texts)
                return lab.embedding or EmbeddingReply(vectors, usage=Usage(5, 0))

            async def close(self) -> None:
                pass

        return RunPorts(
            model=Model,
            embeddings=Model,
            simulated=lambda target: target.handle in self.simulated,
            cases=no_rows,
            store=DiskRuns(self.folder),
            clock=SteppedClock(),
            chance=lambda: 0.5,
        )

    def run(self, **options: Any) -> Evaluated:
        ports = self.open_run_ports()
        spec_file = read_spec(self.folder / "spec.yaml", Permissions(root=self.folder))
        return evaluate(
            prepare(spec_file, EvalOptions(**options), ports), ports, lambda _: None, LocalEngine()
        )

    def names(self) -> list[str]:
        return self.order


def usual(name: str, request: Request) -> Answer:
    last = request.messages[-1].content or ""
    if name == "a":
        return Reply(f"{last}!", "stop", usage=Usage(7, 3))
    return Reply(BAD if "R4" in last else GOOD, "stop", usage=Usage(100, 10))


def no_rows(_: Conversation) -> Iterator[Mapping[str, Any]]:
    return iter(())


def result(done: Evaluated) -> dict[str, Any]:
    (line,) = (done.directory / "results.jsonl").read_text(encoding="utf-8").splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def journal(done: Evaluated) -> list[dict[str, Any]]:
    text = (done.directory / "events.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


def test_judges_and_embeddings_decide_what_looking_does_not(lab: Lab) -> None:
    done = lab.run()
    found = result(done)
    assert found["outcome"] == "passed"
    assert done.exit_code == 0
    assert lab.names() == ["a", "judge", "judge", "a", "embed", "other", "judge"]
    assert [check["outcome"] for turn in found["turns"] for check in turn["checks"]] == [
        "passed"
    ] * 5
    assert found["checks"][0]["type"] == "not-llm-rubric"


def test_what_judging_took_is_counted_and_is_not_the_conversations_own(lab: Lab) -> None:
    done = lab.run()
    found, totals = result(done), done.info.totals
    assert found["judging"] == {
        "requests": 5, "input_tokens": 405, "output_tokens": 40,
        "cost_usd": pytest.approx((4 * 110 * 10 + 5 * 100) / 1e6),
    }  # fmt: skip
    assert sum(turn["cost_usd"] for turn in found["turns"] if turn["cost_usd"]) == pytest.approx(
        20e-6
    )
    assert (totals.requests, totals.input_tokens, totals.output_tokens) == (7, 419, 46)
    assert totals.cost_usd == pytest.approx(20e-6 + 4900e-6)


def test_a_judge_is_asked_with_its_own_parameters_and_a_schema_of_the_verdict(lab: Lab) -> None:
    lab.run()
    (request,) = [r for name, r in lab.asked if name == "judge" and "R1" in str(r.messages)]
    assert request.parameters["temperature"] == 0
    assert request.parameters["seed"] == 4
    form = request.parameters["response_format"]
    assert form["json_schema"]["schema"]["required"] == ["reason", "score", "pass"]
    json.dumps(form)
    assert "Hello Ada." in (request.messages[-1].content or ""), "scripted turns are history too"


def test_the_whole_transcript_is_judged_at_the_end(lab: Lab) -> None:
    lab.run()
    text = lab.asked[-1][1].messages[-1].content or ""
    for said in ("My name is Ada.", "Hello Ada.", "one", "one!", "two", "two!"):
        assert f"]\n{said}\n[" in text


def test_each_request_of_a_check_has_its_place_in_the_journal(lab: Lab) -> None:
    done = lab.run()
    places = [
        (line["turn"], line.get("check"), line["round"], line["target"])
        for line in journal(done)
        if line["event"] == "sent"
    ]
    assert places == [
        (2, None, 1, "p/a"),
        (2, "2", 1, "p/a"),
        (2, "3.1", 1, "p/a"),
        (3, None, 1, "p/a"),
        (3, "1", 1, "p/a"),
        (3, "2", 1, "p/a"),
        (0, "1", 1, "p/a"),
    ]


@pytest.mark.parametrize("answered", range(7))
def test_a_judged_run_that_stops_anywhere_never_pays_twice(lab: Lab, answered: int) -> None:
    if answered:
        lab.write(f"budget: {{requests: {answered}}}")
        stopped = lab.run()
        assert stopped.exit_code == 4
        done = stopped
        for budget in range(answered + 1, 8):
            lab.write(f"budget: {{requests: {budget}}}")
            done = lab.run(resume=str(stopped.directory))
    else:
        done = lab.run()
    assert lab.names() == ["a", "judge", "judge", "a", "embed", "other", "judge"]
    assert result(done)["outcome"] == "passed"
    assert done.info.totals.requests == 7


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Reply("It is fine.", "stop"), "gave no verdict"),
        (Reply("", "stop"), "gave no verdict"),
        (Reply("I cannot.", "stop", refusal=True), "refused"),
        (Reply(GOOD[:20], "length"), "token limit"),
        (Reply("", "content_filter"), "content filter"),
        (Failure("content_filter", "filtered", 400), "no answer (content_filter)"),
        (Failure("auth", "no key", 401), "no answer (auth)"),
        (DOWN, "no answer (server)"),
    ],
)
@pytest.mark.parametrize("rubric", ["R1", "R4"])
def test_a_judge_without_a_verdict_makes_an_error_of_kind_judge(
    lab: Lab, answer: Answer, said: str, rubric: str
) -> None:
    lab.said = lambda _, request: answer if rubric in str(request.messages[-1].content) else None
    done = lab.run()
    found = result(done)
    assert found["outcome"] == "errored"
    assert found["error"]["kind"] == "judge"
    assert said in found["error"]["message"]
    assert done.exit_code == 3
    negated = [check for check in found["checks"] if check["type"] == "not-llm-rubric"]
    if rubric == "R4":
        assert negated[0]["outcome"] == "errored", "not- turns no error into a pass"
        assert negated[0]["score"] is None


def test_a_judge_that_is_stopped_counts_only_what_it_was_sent(lab: Lab) -> None:
    refused = Failure("auth", "no key", 401)
    lab.said = lambda name, _: refused if name == "judge" else None
    done = lab.run()
    sent = [event for event in journal(done) if event["event"] == "sent" and event.get("check")]
    assert len([name for name, _ in lab.asked if name == "judge"]) == 1
    assert result(done)["judging"]["requests"] == len(sent) == 3


def test_a_judge_that_is_throttled_is_waited_for(lab: Lab) -> None:
    throttled = Failure("rate_limit", "slow down", 429, "429", True, 2.0)
    left = [throttled, throttled]
    lab.said = lambda name, _: left.pop() if name == "judge" and left else None
    assert result(lab.run())["outcome"] == "passed"
    assert lab.names().count("judge") == 5


def test_embeddings_that_fail_are_an_error_too(lab: Lab) -> None:
    lab.embedding = Failure("protocol", "1 vectors of 2 texts", 200)
    found = result(lab.run())
    assert found["error"]["kind"] == "judge"
    assert 'There are no embeddings (protocol): "1 vectors of 2 texts"' in found["error"]["message"]


def test_a_turn_that_a_judge_fails_ends_the_conversation_where_that_is_wanted(lab: Lab) -> None:
    lab.write("on_turn_failure: stop")
    lab.said = lambda _, request: (
        Reply(BAD, "stop") if "R1" in str(request.messages[-1].content) else None
    )
    found = result(lab.run())
    assert found["outcome"] == "failed"
    assert len(found["turns"]) == 2


def test_money_spent_on_judging_counts_towards_the_budget(lab: Lab) -> None:
    lab.write("budget: {usd: 0.003}")
    done = lab.run()
    assert done.exit_code == 4
    assert "usd: 0.003" in done.halted
    spent = sum(110e-5 if name in ("judge", "other") else 0 for name in lab.names())
    assert spent <= 0.003


def test_a_run_that_a_simulator_judged_is_simulated(lab: Lab) -> None:
    lab.simulated = ("judge",)
    done = lab.run()
    assert done.info.simulated
    assert not any(target.simulated for target in done.info.targets)


def test_a_judge_that_nobody_asks_is_not_opened(lab: Lab) -> None:
    lab.write(
        text=SPEC[: SPEC.index("conversations:")] + "conversations: [{id: x, turns: [{user: hi}]}]"
    )
    lab.run()
    assert lab.names() == ["a"]


def test_the_same_judged_run_gives_the_same_bytes_and_the_same_questions(lab: Lab) -> None:
    one = lab.run(output=lab.folder / "one")
    first = [request.messages for _, request in lab.asked]
    lab.asked.clear()
    two = lab.run(output=lab.folder / "two")
    assert [request.messages for _, request in lab.asked] == first
    assert (one.directory / "results.jsonl").read_bytes() == (
        two.directory / "results.jsonl"
    ).read_bytes()


def test_what_checks_will_ask_is_counted_before_anything_is_spent(lab: Lab) -> None:
    spec_file = read_spec(lab.folder / "spec.yaml", Permissions(root=lab.folder))
    prepared = prepare(spec_file, EvalOptions(repeats=3), lab.open_run_ports())
    assert prepared.matrix.advice == {"p/judge": 9, "p/embed": 3, "p/other": 3}
    assert lab.asked == []
