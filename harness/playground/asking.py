"""Ask a target as an evaluation does: the chat so far is a conversation whose last turn is asked.

What was typed is text: it is put into the conversation as values of variables, so that braces in it
name nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from harness.checks.subject import ReplyContext
from harness.conversation.play import Script
from harness.conversation.ports import ChatModel, Embedder, Hear, Place, ReplyPiece, Request
from harness.conversation.transcript import Answer, EmbeddingReply, Reply
from harness.playground.state import Chat, ChatAssertion, ChatTurn
from harness.results.model import JudgedExchange, Judging, Result
from harness.run.asking.accounting import LocalAccounting
from harness.run.asking.question import AskedTurn
from harness.run.events import Event
from harness.run.judging.check_executor import CheckExecutor, JudgeAccount
from harness.run.judging.judges import Judges
from harness.run.judging.labels import Unkept
from harness.run.matrix import Selection, Trial, expand
from harness.run.outcome import attach_verdicts, make_turn_demand
from harness.run.playing import Playing, add_context, make_seed, play_trial
from harness.run.ports import RunPorts
from harness.run.requests.rate_limiter import RateLimiter
from harness.run.requests.request_executor import Halt, RequestExecutor
from harness.run.requests.token_estimate import TokenEstimate
from harness.run.targets import Target, every_target
from harness.spec.model.spec import Budget, Conversation, Defaults, Parameters, Spec, Turn

CHAT = "chat"
"""The id of the conversation that a chat is."""


@dataclass(slots=True)
class Asker:
    """Asks the targets, judges and embeddings of one spec.

    Attributes:
        ports: those of an evaluation; models are opened once each and closed by ``close``.
        show: gets the pauses that a service asks for.
    """

    spec: Spec
    ports: RunPorts
    show: Callable[[Event], None] = lambda _: None
    _models: dict[str, ChatModel] = field(default_factory=dict)
    _embedders: dict[str, Embedder] = field(default_factory=dict)

    async def ask(
        self,
        target: Target,
        chat: Chat,
        text: str,
        *,
        hear: Hear | None = None,
        demands: tuple[ChatAssertion, ...] = (),
        note: Callable[[], None] = lambda: None,
    ) -> tuple[ChatTurn, Judging]:
        """Ask a target after the chat so far; return the turn and what its checks took.

        Args:
            target: the target.
            chat: what was said before, the system message and the parameters.
            text: what the user says.
            hear: gets the reply piece by piece, where it is streamed.
            demands: what is asserted of the reply.
            note: called whenever a request to the target has ended.
        """
        played = await self._play(target, chat, text, demands, hear, note)
        judged = played.turns[-1]
        number = len(chat.turns) + 1
        judged = replace(judged, exchange=replace(judged.exchange, number=number))
        return ChatTurn(judged, demands), played.judging

    async def ask_others(
        self, targets: Sequence[Target], chat: Chat
    ) -> tuple[tuple[Result, ...], Judging]:
        """Put the last thing that the user said to these, all at once; no chat is changed.

        Each result has that one turn; the second part is what all checks took.
        """
        last = chat.turns[-1]
        before = replace(chat, turns=chat.turns[:-1])
        asked = (self._play(one, before, last.user, last.demands) for one in targets)
        results = await asyncio.gather(*asked)
        judging = sum((one.judging for one in results), Judging())
        return tuple(replace(one, turns=one.turns[-1:], system=None) for one in results), judging

    async def judge(
        self, target: Target, chat: Chat, demand: ChatAssertion
    ) -> tuple[JudgedExchange | None, Judging]:
        """Hold the last reply against one more demand.

        Return its exchange with that verdict alone, None where nothing can be said of a reply that
        was cut off; and what the check took of other models.
        """
        last = chat.turns[-1]
        before = tuple(turn.exchange for turn in chat.turns[:-1])
        turn = AskedTurn(last.user, None, {}, (), (demand.assertion,), None)
        wanted = make_turn_demand(last.exchange, turn, target)
        if wanted is None:
            return None, Judging()
        place = Place(target.name, CHAT, None, "default", 1, len(chat.turns))
        account = JudgeAccount()
        variables = add_context({}, (last.exchange,))
        setting = ReplyContext(before, variables, make_seed(place))
        spec = self._write_spec(chat, "", (demand,))[0]
        checks = self._make_checks(spec)
        found = await checks.findings(wanted.list_referrals(setting), place, account)
        judged = attach_verdicts(wanted, last.exchange, target, found)
        return judged, account.spent

    def write_script(self, target: Target, chat: Chat, text: str) -> Script:
        """Return what would be sent if the user said this after the chat so far."""
        spec, _ = self._write_spec(chat, text, ())
        matrix = expand(spec, [target], Selection(), lambda _: ())
        return next(matrix.trials(target)).script

    async def close(self) -> None:
        """Let go of every connection."""
        for model in self._models.values():
            await model.close()
        for embedder in self._embedders.values():
            await embedder.close()
        await self.ports.closing()

    async def _play(
        self,
        target: Target,
        chat: Chat,
        text: str,
        demands: tuple[ChatAssertion, ...],
        hear: Hear | None = None,
        note: Callable[[], None] = lambda: None,
    ) -> Result:
        spec, variables = self._write_spec(chat, text, demands)
        matrix = expand(spec, [target], Selection(), lambda _: ())
        trial = next(matrix.trials(target))
        if chat.session is not None:
            variables = {**variables, "session": chat.session}
        trial = _hide_variables(trial, variables)
        executor = self._make_executor(target, self._open(target), hear, note)
        return (await play_trial(trial, Playing(executor, self._make_checks(spec)))).result()

    def _write_spec(
        self, chat: Chat, text: str, demands: tuple[ChatAssertion, ...]
    ) -> tuple[Spec, Mapping[str, Any]]:
        """Return the spec with this chat as its only conversation, and the texts in it."""
        texts: dict[str, Any] = {"said_0": text}
        turns = []
        for number, turn in enumerate(chat.turns, start=1):
            texts |= {f"said_{number}": turn.user, f"reply_{number}": turn.reply}
            said, reply = f"{{{{said_{number}}}}}", f"{{{{reply_{number}}}}}"
            turns.append(Turn(user=said, assistant=reply))
        wanted = tuple(demand.assertion for demand in demands)
        turns.append(Turn(user="{{said_0}}").model_copy(update={"assertions": wanted}))
        if chat.system is not None:
            texts["system_0"] = chat.system
        conversation = Conversation(
            id=CHAT,
            system=None if chat.system is None else "{{system_0}}",
            vars=texts,
            parameters=Parameters.model_validate(chat.parameters),
            turns=tuple(turns),
        )
        evaluation = self.spec.evaluation.model_copy(
            update={"system": None, "stream": True, "repeats": 1}
        )
        update = {
            "conversations": (conversation,),
            "defaults": Defaults(),
            "variants": {},
            "evaluation": evaluation,
        }
        return self.spec.model_copy(update=update), texts

    def _make_checks(self, spec: Spec) -> CheckExecutor:
        judges, targets = Judges.of(spec), {one.name: one for one in every_target(spec)}
        judge = spec.evaluation.judge
        embedding = None
        if judges.embeddings is not None and self.ports.embeddings is not None:
            target = targets[judges.embeddings]
            embedder = self._embedders.get(target.name) or self.ports.embeddings(target)
            self._embedders[target.name] = embedder
            embedding = RequestExecutor(
                target=target,
                send=embedder.embed,
                kind=EmbeddingReply,
                **self._make_patience(target),
            )
        return CheckExecutor(
            judge=None if judge is None else judge.target,
            judges={
                name: self._make_executor(targets[name], self._open(targets[name]))
                for name in judges.judges
            },
            embeddings=embedding,
            code=self.ports.code,
            deadline_s=spec.evaluation.timeout_s,
        )

    def _make_executor(
        self,
        target: Target,
        model: ChatModel,
        hear: Hear | None = None,
        note: Callable[[], None] = lambda: None,
    ) -> RequestExecutor[Request, Reply]:
        async def send(request: Request) -> Answer:
            if hear is not None:
                hear(ReplyPiece("", "begin"))
            try:
                return await model.complete(replace(request, hear=hear))
            finally:
                note()

        return RequestExecutor(target=target, send=send, kind=Reply, **self._make_patience(target))

    def _make_patience(self, target: Target) -> dict[str, Any]:
        """Make what one turn's requests share: a target that refused a turn is asked the next."""
        quota = self.ports.quota(target)
        return {
            "limiter": RateLimiter(self.ports.clock, 1, quota),
            "estimate": None if quota is None else TokenEstimate.of(target),
            "accounting": LocalAccounting.of(Unkept(), Budget(), self.ports.clock),
            "clock": self.ports.clock,
            "chance": self.ports.chance,
            "halt": Halt(),
            "show": self.show,
        }

    def _open(self, target: Target) -> ChatModel:
        if target.name not in self._models:
            self._models[target.name] = self.ports.model(target)
        return self._models[target.name]


def _hide_variables(trial: Trial, variables: Mapping[str, Any]) -> Trial:
    """Return the trial without the chat's own texts among what an application may fill in."""
    told = {name: value for name, value in variables.items() if name == "session"}
    return replace(trial, script=replace(trial.script, variables=told))
