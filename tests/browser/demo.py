"""Two runs of a support desk made up to tell a story: a shorter system prompt cost the refunds.

The same seed gives the same runs. Nobody was called: every target says that it is simulated.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from harness.checks.verdict import Verdict
from harness.compare.comparison.compare import compare_scores
from harness.compare.comparison.scores import Scores
from harness.compare.gate import decide_gate
from harness.compare.summarize import measure_columns, summarize
from harness.compare.summary import Summary
from harness.conversation.transcript import Effort, Exchange, Failure, Reply, Usage
from harness.results.model import JudgedExchange, Outcome, Result, Run, RunInfo, TargetInfo, TrialId
from harness.results.scored import score_result
from harness.spec.model.spec import Gate
from tests.unit.report.factory import run_of

GATE = Gate(baseline="main", margin=0.05, min_pass_rate=0.7, allow_simulated=True)
REPEATS = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing that customers ask: the answer that is right, and the one that is short and wrong."""

    id: str
    tag: str
    asked: str
    right: str
    wrong: str
    wanted: str


SUBJECTS = (
    Subject("refund", "money", "My parcel came broken. Do I get my money back?",
            "I am sorry to hear that. You get the whole price back within 14 days; please send a "
            "photo of the parcel and keep the packaging.",
            "Yes, please contact the shop.", "14 days"),
    Subject("refund-partly", "money", "One of three cups is missing. Can I keep the others?",
            "Of course. Keep the two cups, and we refund the third within 14 days.",
            "You can return the order.", "14 days"),
    Subject("invoice", "money", "I need an invoice with our VAT number on it.",
            "Open the order, choose Invoice, and enter the VAT number there: a corrected PDF comes "
            "by mail.",
            "Invoices are sent by mail.", "VAT number"),
    Subject("late", "delivery", "My order should have been here on Monday. Where is it?",
            "Track it with the number in your mail. After five working days we send it again or "
            "refund it, as you like.",
            "It is on its way.", "five working days"),
    Subject("address", "delivery", "I moved. Can the order go to my new address?",
            "Until it has left the warehouse, yes: change the address under Orders. Afterwards the "
            "carrier can redirect it.",
            "Yes, it can.", "warehouse"),
    Subject("island", "delivery", "Do you deliver to Gotland?",
            "Yes, in three to four days; the island costs 49 kronor more.",
            "Yes, we do.", "49 kronor"),
    Subject("password", "account", "I cannot log in any more.",
            "Choose Forgotten password on the login page; the link is valid for one hour.",
            "Please reset your password.", "one hour"),
    Subject("delete", "account", "Delete everything you know about me.",
            "Under Privacy you can delete the account; we must keep invoices for seven years.",
            "Your account will be deleted.", "seven years"),
    Subject("merge", "account", "I have two accounts. Can they be one?",
            "We can merge them: write from both addresses and name the one to keep.",
            "No, that is not possible.", "both addresses"),
    Subject("warranty", "product", "The lamp went dark after two years.",
            "The lamp has a warranty of three years: we send a new one, and you keep the old.",
            "Please buy a new lamp.", "three years"),
)  # fmt: skip
CUSTOMERS = ("in English", "på svenska", "in haste", "angry")

LONG = (
    "You are the support desk of a shop. Answer kindly, name every condition, deadline and price."
)
SHORT = "You are the support desk of a shop. Answer in one short sentence."


@dataclass(frozen=True, slots=True)
class Model:
    """A target and how well, how quickly and how dearly it answers."""

    target: TargetInfo
    skill: float
    seconds: float
    usd: float
    loss: float
    """How much of its skill about money the short prompt takes."""


def _target(name: str, model: str, version: str) -> TargetInfo:
    return TargetInfo(name, model, version, "swedencentral", "GlobalStandard", 50, True)


MODELS = (
    Model(_target("sweden/large", "gpt-4.1", "2025-04-14"), 0.96, 1.9, 0.0031, 0.1),
    Model(_target("sweden/mini", "gpt-4.1-mini", "2025-04-14"), 0.93, 0.9, 0.0006, 0.75),
    Model(_target("sweden/five", "gpt-5-mini", "2025-08-07"), 0.9, 3.4, 0.0011, 0.15),
    Model(_target("sweden/nano", "gpt-4.1-nano", "2025-04-14"), 0.76, 0.6, 0.00015, 0.2),
)

SPEC: Mapping[str, Any] = {
    "version": 1,
    "name": "desk",
    "description": "The support desk, held to its answers of last week",
    "cloud": "simulator",
    "evaluation": {
        "system": SHORT,
        "repeats": REPEATS,
        "gate": {"baseline": "main", "margin": 0.05, "min_pass_rate": 0.7, "allow_simulated": True},
    },
}


def make_demo(*, compared: bool = True, copies: int = 1) -> tuple[Run, Summary]:
    """Make the run of today, compared with its baseline; its spec is ``SPEC``.

    With ``copies`` each customer asks so many times.
    """
    base, head = make_run("main", copies), make_run("today", copies)
    return head, compare_runs(base, head) if compared else summarize(head, None)


def compare_runs(base: Run, head: Run) -> Summary:
    """Summarize a run with its comparison, as ``eval --baseline`` does."""
    comparison = compare_scores(
        Scores.gather(base.info, map(score_result, base.results), {**SPEC, "evaluation": {}}),
        Scores.gather(head.info, map(score_result, head.results), {**SPEC, "evaluation": {}}),
        GATE,
        baseline="main",
    )
    summary = summarize(head, GATE)
    verdict = decide_gate(
        head.info, summary.rows, summary.cells, GATE, {},
        expected=len(head.results), comparison=comparison,
    )  # fmt: skip
    return replace(summary, verdict=verdict, comparison=comparison)


def make_history(head: Run) -> tuple[RunInfo, ...]:
    """Make what ``run.json`` says of the runs of the weeks before, this one the last."""
    past: list[RunInfo] = []
    for week in range(6):
        run = make_run("main", seed=week)
        day = f"2026-10-{17 + 7 * week}" if week < 3 else f"2026-11-{7 * (week - 2):02}"
        past.append(
            replace(
                run.info,
                id=f"{day.replace('-', '')}-090000-0000{week:02x}",
                started_at=f"{day}T09:00:00Z",
                verdict="passed",
                columns=measure_columns(summarize(run, None).rows),
            )
        )
    last = measure_columns(summarize(head, None).rows)
    changed = replace(head.info, columns=last, verdict="regressed", spec_sha256="a1" * 32)
    return (*past, changed)


def make_run(which: str, copies: int = 1, seed: int = 5) -> Run:
    """Make the run ``main`` (a week ago, the long prompt) or ``today``."""
    chance = random.Random(f"{which} {seed}")
    results = tuple(_play(which, chance, copies))
    run = run_of(results, [m.target for m in MODELS], **_describe(which, results))
    turns = [turn for result in results for turn in result.turns if turn.exchange.reply]
    usages = [turn.exchange.reply.usage or Usage(0, 0) for turn in turns if turn.exchange.reply]
    totals = replace(
        run.info.totals,
        input_tokens=sum(usage.input_tokens for usage in usages),
        output_tokens=sum(usage.output_tokens for usage in usages),
        cost_usd=sum(turn.cost_usd or 0.0 for turn in turns),
        wall_s=252.0,
    )
    return replace(run, info=replace(run.info, totals=totals))


def _describe(which: str, results: tuple[Result, ...]) -> dict[str, Any]:
    day = "2026-11-21" if which == "main" else "2026-11-28"
    return {
        "id": f"{day.replace('-', '')}-090000-{'ba5e11' if which == 'main' else '70da11'}",
        "spec_name": "desk",
        "started_at": f"{day}T09:00:00Z",
        "finished_at": f"{day}T09:04:12Z",
        "planned_trials": len(results),
    }


def _list_customers(copies: int) -> list[str]:
    again = [f"{one}, again {n}" for n in range(1, copies) for one in CUSTOMERS]
    return [*CUSTOMERS, *again]


def _play(which: str, chance: random.Random, copies: int) -> Iterator[Result]:
    for subject in SUBJECTS:
        for customer in _list_customers(copies):
            if (subject.id, customer, which) == ("merge", "angry", "main"):
                continue  # a conversation that is new today
            for model in MODELS:
                # A conversation that a model finds hard is hard for it on both days.
                hard = random.Random(f"{subject.id} {customer} {model.target.name}")
                rate = 0.985 if hard.random() < model.skill else 0.3
                if which == "today" and subject.tag == "money" and hard.random() < model.loss:
                    rate = 0.08
                for repeat in range(1, REPEATS + 1):
                    trial = TrialId(subject.id, customer, model.target.name, "default", repeat)
                    yield _answer(which, chance, trial, subject, model, rate)


def _answer(
    which: str, chance: random.Random, trial: TrialId, subject: Subject, model: Model, rate: float
) -> Result:
    outcome: Outcome = "passed" if chance.random() < rate else "failed"
    if which == "today" and model.target.name == "sweden/nano" and chance.random() < 0.02:
        outcome = "errored"
    said = subject.right if outcome == "passed" else subject.wrong
    quick = 0.55 if which == "today" else 1.0  # short answers take less time and money
    turns = [
        _turn(chance, 1, f"{subject.asked} ({trial.case})", said, model, quick),
        _turn(chance, 2, "Thank you. Is that all?", "It is. Have a good day!", model, quick),
    ]
    found = outcome == "passed"
    verdict = Verdict(
        "icontains", subject.wanted, "passed" if found else "failed", 1.0 if found else 0.0,
        "it is there" if found else f'"{subject.wanted}" is not in the reply',
    )  # fmt: skip
    turns[0] = replace(turns[0], verdicts=(verdict,))
    failure = None
    if outcome == "errored":
        failure = Failure("rate_limit", "the service asked to wait, four times", 429, "429")
        turns = [JudgedExchange(Exchange(1, turns[0].exchange.user, None, failure=failure))]
    return Result(
        trial=trial,
        question_sha256=f"{subject.id}/{trial.case}".encode().hex().ljust(64, "0")[:64],
        outcome=outcome,
        score=None if failure else 1.0 if found else 0.0,
        turns=tuple(turns),
        failure=failure,
        system=SHORT if which == "today" else LONG,
        tags=(subject.tag,),
    )


def _turn(
    chance: random.Random, number: int, user: str, said: str, model: Model, quick: float
) -> JudgedExchange:
    seconds = quick * model.seconds * math.exp(chance.gauss(0, 0.45)) * (1 if number == 1 else 0.6)
    waited = chance.random() < 0.06
    reply = Reply(
        said,
        "stop",
        model=f"{model.target.model}-{model.target.version}",
        usage=Usage(60 * number, len(said) // 4),
        latency_s=round(seconds, 3),
        ttft_s=round(0.2 + 0.15 * seconds, 3),
    )
    effort = Effort(1, 2 if waited else 1, round(chance.random(), 2) if waited else 0.0)
    exchange = Exchange(number, user, reply, effort=effort)
    return JudgedExchange(exchange, cost_usd=quick * model.usd * (0.8 + 0.4 * chance.random()) / 2)
