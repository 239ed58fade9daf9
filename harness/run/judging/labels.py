"""Judge answers that people have judged already, to learn what a judge's word is worth."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harness.checks.finding import CannotCheck, quote
from harness.checks.referred.referral import Referral
from harness.checks.subject import ReplyContext, Subject
from harness.compare.calibration import Agreement
from harness.conversation.ports import Place
from harness.conversation.transcript import AnswerT, Reply
from harness.errors import Diagnostic, ProblemsByCause, RequestError
from harness.results.model import Judging
from harness.run.asking.accounting import LocalAccounting
from harness.run.events import Event
from harness.run.judging.check_executor import CheckExecutor, JudgeAccount
from harness.run.ports import Recalled, RunPorts
from harness.run.requests.rate_limiter import RateLimiter
from harness.run.requests.request_executor import Halt, RequestExecutor, RunHaltedError
from harness.run.requests.token_estimate import TokenEstimate
from harness.run.requests.width import ASSUMED_WIDTH
from harness.run.targets import Target
from harness.source import Span
from harness.spec.formats.data import DataRow
from harness.spec.model.spec import Assertion, Evaluation

UNUSABLE = "H608"
QUESTIONS = ("question", "user", "prompt", "input")
ANSWERS = ("answer", "reply", "assistant", "output")
GOOD = ("label", "good", "pass")
BAD = ("human_hallucination", "hallucination")
WORDS = {
    **dict.fromkeys(("true", "yes", "1", "good", "pass", "passed", "correct"), True),
    **dict.fromkeys(("false", "no", "0", "bad", "fail", "failed", "incorrect"), False),
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """An answer and what people said of it; ``line`` is where it stands in its file."""

    line: int
    question: str
    answer: str
    good: bool
    variables: Mapping[str, Any] = field(default_factory=dict)


def read_labelled(rows: Iterable[DataRow | Diagnostic], file: str) -> tuple[Labelled, ...]:
    """Return the labelled answers of a file.

    Raises:
        RequestError: rows that hold no answer or no label, by what they lack; or no rows.
    """
    found: list[Labelled] = []
    problems = ProblemsByCause()
    for row in rows:
        if isinstance(row, Diagnostic):
            problems.add(row)
            continue
        values = row.values
        question, answer = _first(values, QUESTIONS), _first(values, ANSWERS)
        good = _label(values)
        if answer is None or good is None:
            lacks = "an answer" if answer is None else "a label that says yes or no"
            names = ANSWERS if answer is None else (*GOOD, *BAD)
            problems.add(
                Diagnostic(
                    UNUSABLE,
                    f"this row has not {lacks}",
                    f"its columns: {', '.join(values)}",
                    Span(file, row.line, 1),
                    f"one of the columns {', '.join(names)}",
                )
            )
            continue
        found.append(Labelled(row.line, str(question or ""), str(answer), good, values))
    if told := problems.list_problems():
        raise RequestError(*told)
    if not found:
        raise RequestError(Diagnostic(UNUSABLE, "there are no labelled answers", file))
    return tuple(found)


def _first(values: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((values[name] for name in names if values.get(name) is not None), None)


def _label(values: Mapping[str, Any]) -> bool | None:
    good, bad = _first(values, GOOD), _first(values, BAD)
    if good is not None:
        return _yes_or_no(good)
    said = None if bad is None else _yes_or_no(bad)
    return None if said is None else not said


def _yes_or_no(value: Any) -> bool | None:
    return WORDS.get(str(value).strip().lower())


@dataclass(frozen=True, slots=True)
class JudgedLabels:
    """A judge's verdicts on labelled answers.

    Attributes:
        agreement: answers that got a verdict, counted.
        unjudged: lines without one, and why.
        asked: how many were asked about; fewer than there are when it halted.
        judging: what it took.
        halted: why it stopped early, "" when it did not.
    """

    agreement: Agreement
    unjudged: tuple[tuple[int, str], ...]
    asked: int
    judging: Judging
    halted: str = ""


class Unkept:
    """A journal that keeps nothing: what asks with it is begun anew, never resumed."""

    def recall(self, place: Place, kind: type[AnswerT]) -> Recalled[AnswerT] | None:
        """Recall nothing."""
        del place, kind
        return None

    def note_sent(self, *_: object) -> None:
        """Note nothing."""

    def keep_answer(self, *_: object, **__: object) -> None:
        """Keep nothing."""


def judge_labels(
    answers: Iterable[Labelled],
    assertion: Assertion,
    target: Target,
    ports: RunPorts,
    *,
    evaluation: Evaluation,
    show: Callable[[Event], None],
) -> JudgedLabels:
    """Ask the judge about each answer; blocks, with an event loop of its own.

    Raises:
        RequestError: the judge cannot be reached as declared.
    """
    model = ports.model(target)
    halt, quota = Halt(), ports.quota(target)
    width = ASSUMED_WIDTH if evaluation.concurrency == "auto" else evaluation.concurrency

    async def run() -> JudgedLabels:
        executor = RequestExecutor(
            target=target,
            send=model.complete,
            kind=Reply,
            limiter=RateLimiter(ports.clock, width, quota),
            accounting=LocalAccounting.of(Unkept(), evaluation.budget, ports.clock),
            clock=ports.clock,
            chance=ports.chance,
            halt=halt,
            show=show,
            estimate=None if quota is None else TokenEstimate.of(target),
        )
        check_executor = CheckExecutor(
            target.name, {target.name: executor}, deadline_s=evaluation.timeout_s
        )
        try:
            judged = await _judge_all(answers, assertion, check_executor, width)
            return replace(judged, halted=halt.reason)
        finally:
            await model.close()
            await ports.closing()

    return asyncio.run(run())


async def _judge_all(
    answers: Iterable[Labelled], assertion: Assertion, check_executor: CheckExecutor, width: int
) -> JudgedLabels:
    account = JudgeAccount()
    pairs: list[tuple[bool, bool]] = []
    unjudged: list[tuple[int, str]] = []
    queue = iter(answers)

    async def work() -> None:
        for one in queue:
            try:
                found = await check_executor.findings(
                    _referrals(one, assertion), _place(one), account
                )
            except RunHaltedError:
                return
            finding = found[0,]
            if isinstance(finding, CannotCheck):
                unjudged.append((one.line, str(finding)))
            else:
                pairs.append((one.good, finding.holds))

    await asyncio.gather(*(work() for _ in range(width)))
    return JudgedLabels(
        agreement=Agreement.of(pairs),
        unjudged=tuple(sorted(unjudged)),
        asked=len(pairs) + len(unjudged),
        judging=account.spent,
    )


def _referrals(one: Labelled, assertion: Assertion) -> tuple[Referral, ...]:
    setting = ReplyContext(variables=one.variables, seed=quote(one.line))
    subject = replace(Subject(text=one.answer, user=one.question), setting=setting)
    return (Referral((0,), assertion, subject),)


def _place(one: Labelled) -> Place:
    return Place("", "calibration", f"line {one.line}", "default", 1, 1)
