"""Carry out the checks that ask a model: judges and embeddings, through the run's rate limiters.

What is asked here is queued, retried, journalled, budgeted and paid for like a conversation's own
requests; only its place in the journal says that a check asked it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from harness.checks.definitions import DEFINITIONS
from harness.checks.finding import CannotCheck, Finding, quote
from harness.checks.referred.best import (
    SELECT_BEST,
    Candidate,
    Choice,
    read_chosen,
    write_best_question,
)
from harness.checks.referred.judged.fence import NamedText
from harness.checks.referred.needs import JudgeQuestion, Need, Steps, Texts
from harness.checks.referred.referral import Place as CheckPlace
from harness.checks.referred.referral import Referral
from harness.conversation.play import FinalAnswer
from harness.conversation.ports import EmbeddingRequest, Place, Request
from harness.conversation.transcript import EmbeddingReply, Failure, Reply, Vector
from harness.results.model import Judging
from harness.run.requests.charge import compute_reply_cost
from harness.run.requests.request_executor import Executor
from harness.run.targets import Target
from harness.run.waves.idle import IdleDetector
from harness.spec.model.spec import Assertion

T = TypeVar("T")
JUDGE_PARAMETERS: Mapping[str, Any] = {"temperature": 0}
"""Beneath the judge's own: what a judge decides should depend on chance as little as it can."""
Code = Callable[[Referral], Awaitable[Finding | CannotCheck]]
ChatExecutor = Executor[Request, Reply]
EmbeddingExecutor = Executor[EmbeddingRequest, EmbeddingReply]


@dataclass(slots=True)
class JudgeAccount:
    """The tokens, money and time that the checks of one trial took so far."""

    spent: Judging = field(default_factory=Judging)

    def add(self, final: FinalAnswer[Reply] | FinalAnswer[EmbeddingReply], target: Target) -> None:
        """Add a request; one that was never sent, as its target had been stopped, is none."""
        answer = final.answer
        if isinstance(answer, Failure):  # it has no tokens to be unknown
            self.spent += Judging(requests=int(final.attempts > 0))
            return
        usage = answer.usage
        self.spent += Judging(
            requests=1,
            input_tokens=usage.input_tokens if usage else None,
            output_tokens=usage.output_tokens if usage else None,
            cost_usd=compute_reply_cost(answer, target),
        )


@dataclass(frozen=True, slots=True)
class CheckExecutor:
    """Carries out the checks that a look at the reply does not decide.

    Attributes:
        judge: the target that judges where an assertion names none.
        judges: the way to each judge, by its target's name.
        embeddings: the way to the embeddings, None where no check needs them.
        code: carries out the author's code, None where that is not allowed.
        deadline_s: wall-clock seconds for one request.
        idle: counts checks that are carried out beside each other, where a judge is asked in
            batches; None: they are carried out one after the other.
    """

    judge: str | None = None
    judges: Mapping[str, ChatExecutor] = field(default_factory=dict)
    embeddings: EmbeddingExecutor | None = None
    code: Code | None = None
    deadline_s: float = 120.0
    idle: IdleDetector | None = None

    async def findings(
        self, referrals: Sequence[Referral], place: Place, account: JudgeAccount
    ) -> dict[CheckPlace, Finding | CannotCheck]:
        """Carry out these checks and return their findings.

        ``place`` is the turn's whose reply is checked; its turn is 0 for the conversation's own.

        Raises:
            RunHaltedError: the run sends nothing more.
        """
        tasks = [partial(self._find, one, place, account) for one in referrals]
        found = await self.carry_out(tasks)
        return {one.place: finding for one, finding in zip(referrals, found, strict=True)}

    @property
    def is_late(self) -> bool:
        """True where checks wait until a conversation has ended: a judge answers in batches."""
        return self.idle is not None

    async def carry_out(self, tasks: Sequence[Callable[[], Awaitable[T]]]) -> list[T]:
        """Carry out tasks of one trial: beside each other where a judge answers in batches."""
        if self.idle is not None:
            return await self.idle.gather(tasks)
        return [await task() for task in tasks]

    async def choose(
        self,
        assertion: Assertion,
        asked: Sequence[NamedText],
        candidates: Sequence[Candidate],
        where: tuple[Place, str],
        account: JudgeAccount,
    ) -> Choice | CannotCheck:
        """Ask the judge for the best of several replies, or return why it is not known.

        ``where`` is the place in the journal, and the seed of the order in which they are shown.

        Raises:
            RunHaltedError: the run sends nothing more.
        """
        place, seed = where
        try:
            need = write_best_question(assertion, asked, candidates, seed)
            reply = await self._answer(need, assertion, place, account)
            return read_chosen(reply, candidates, seed)
        except CannotCheck as why:
            return why

    async def _find(
        self, referral: Referral, place: Place, account: JudgeAccount
    ) -> Finding | CannotCheck:
        assertion = referral.assertion
        if assertion.type == SELECT_BEST:
            return CannotCheck("Replies are compared in a run of several targets or variants")
        definition = DEFINITIONS[assertion.type]
        if definition.decided_by == "code":
            return await self._run(referral)
        here = replace(place, check=number_place(referral.place), round=0)
        steps: Steps = definition.load_function()(assertion, referral.subject)
        try:
            return await self._carry_out(steps, assertion, here, account)
        except CannotCheck as why:
            return why

    async def _run(self, referral: Referral) -> Finding | CannotCheck:
        if self.code is None:
            return CannotCheck("This check is code, which runs only with --allow-code")
        return await self.code(referral)

    async def _carry_out(
        self, steps: Steps, assertion: Assertion, place: Place, account: JudgeAccount
    ) -> Finding:
        gift: Any = None
        while True:
            try:
                need = steps.send(gift)
            except StopIteration as end:
                finding: Finding = end.value
                return finding
            except CannotCheck:
                raise
            except Exception as error:  # a crash is a verdict: what was asked has been paid for
                what = f"{type(error).__name__}: {quote(str(error))}"
                raise CannotCheck(f"The check broke off: {what}") from error
            place = replace(place, round=place.round + 1)
            gift = await self._gift(need, assertion, place, account)

    async def _gift(
        self, need: Need, assertion: Assertion, place: Place, account: JudgeAccount
    ) -> str | tuple[Vector, ...]:
        """Return the answer to what a check needs.

        Raises:
            CannotCheck: there is none, or it is no answer.
        """
        match need:
            case JudgeQuestion():
                return await self._answer(need, assertion, place, account)
            case Texts():
                if self.embeddings is None:
                    raise CannotCheck("There are no embeddings: evaluation.embeddings names them")
                request = EmbeddingRequest(place, need.texts, self.deadline_s)
                embedded = await self.embeddings(request)
                account.add(embedded, self.embeddings.target)
                answer = embedded.answer
                if isinstance(answer, Failure):
                    why = f"({answer.kind}): {quote(answer.message, 300)}"
                    raise CannotCheck(f"There are no embeddings {why}")
                return answer.vectors

    async def _answer(
        self, need: JudgeQuestion, assertion: Assertion, place: Place, account: JudgeAccount
    ) -> str:
        """Ask the judge a question and return its answer's text.

        Raises:
            CannotCheck: nothing that could be a verdict.
        """
        executor = self.judges.get(assertion.judge or self.judge or "")
        if executor is None:
            raise CannotCheck("There is no judge to ask: evaluation.judge names one")
        request = make_judge_request(need, place, self.deadline_s, executor.target)
        final = await executor(request)
        account.add(final, executor.target)
        return read_judge_text(final.answer)


def number_place(place: CheckPlace) -> str:
    """Return a check's number as people count: ``2`` is the second, ``2.1`` the first inside it."""
    return ".".join(str(number + 1) for number in place)


def make_judge_request(
    need: JudgeQuestion, place: Place, deadline_s: float, target: Target
) -> Request:
    """Make a judge's request: its own parameters, and its answer's form held to a schema."""
    form = {"name": "verdict", "strict": True, "schema": need.schema}
    return Request(
        place=place,
        messages=need.messages,
        parameters={
            **JUDGE_PARAMETERS,
            **target.parameters,
            "response_format": {"type": "json_schema", "json_schema": form},
        },
        deadline_s=deadline_s,
        user=need.messages[-1].content or "",
    )


def read_judge_text(answer: Reply | Failure) -> str:
    """Return the text that a judge answered.

    Raises:
        CannotCheck: nothing that could be a verdict: no answer, a refusal, half an answer.
    """
    if isinstance(answer, Failure):
        raise CannotCheck(f"The judge gave no answer ({answer.kind}): {quote(answer.message, 300)}")
    if answer.refusal:
        raise CannotCheck(f"The judge refused: {quote(answer.text)}")
    if answer.finish_reason == "content_filter":
        raise CannotCheck("A content filter ended the judge's reply")
    if answer.finish_reason == "length":
        raise CannotCheck("The judge's reply was cut off at its token limit")
    return answer.text
