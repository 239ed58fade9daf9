"""A chat with its target and its outside: what slash commands work on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from harness.azure.models import find_context_window
from harness.checks.verdict import Verdict
from harness.conversation.ports import Hear
from harness.conversation.transcript import Exchange, Reply
from harness.playground.asking import Asker
from harness.playground.ports import ChatPorts, WireExchange
from harness.playground.state import Chat, ChatAssertion, ChatTurn
from harness.results.model import JudgedExchange, Result
from harness.run.events import Event
from harness.run.targets import Target, select_targets
from harness.spec.load import SpecFile


@dataclass(slots=True)
class ChatSession:
    """A chat as it goes on.

    Attributes:
        spec_file: the spec that the target is of; without one, what stands for it.
        has_spec: whether that is a file of somebody's, into which a chat can be saved.
        simulated: whether the simulator answers.
        flags: options with which ``eval`` may do what this chat may.
        show: gets what happens while one waits for a reply: a pause that a service asked for.
        wire: the last request of the chat and its answer; None before, and for what sends none.
    """

    target: Target
    spec_file: SpecFile
    ports: ChatPorts
    chat: Chat = field(default_factory=Chat)
    has_spec: bool = True
    simulated: bool = False
    flags: tuple[str, ...] = ()
    show: Callable[[Event], None] = lambda _: None
    wire: WireExchange | None = None
    _asker: Asker | None = None

    @property
    def asker(self) -> Asker:
        """The way to models and judges for this chat."""
        if self._asker is None:
            self._asker = Asker(self.spec_file.spec, self.ports.run, self.show)
        return self._asker

    @property
    def context_window(self) -> int | None:
        """The tokens that fit into one request; None where nobody knows."""
        target = self.target
        if target.context is not None:
            return target.context
        if target.price_table is None or target.model is None:
            return None
        window = find_context_window(target.model, target.version, target.sku)
        return None if window is None else window.context

    async def ask(self, text: str, hear: Hear | None = None) -> ChatTurn:
        """Say something to the target and keep the turn; a failure is returned and not kept.

        What was said is in ``chat.unsent`` until there is a reply.

        Args:
            text: what the user says, whole.
            hear: gets the reply piece by piece, where it is streamed.
        """
        chat = self.chat
        chat.unsent = text
        turn, judging = await self.asker.ask(
            self.target,
            chat,
            text,
            hear=hear,
            demands=chat.find_demands(text),
            note=self._note_wire,
        )
        paid = turn.exchange.paid
        if paid is not None:
            chat.spent = chat.spent.add(paid.usage, turn.judged.cost_usd)
        if judging.requests:
            chat.spent = chat.spent.add_judging(judging)
        if turn.exchange.reply is not None:
            self.keep(turn)
        return turn

    def _note_wire(self) -> None:
        """Note what went over the wire: what judges and others are asked is not the chat's."""
        self.wire = self.ports.find_wire()

    def keep(self, turn: ChatTurn) -> None:
        """Keep a turn that has a reply."""
        chat = self.chat
        chat.turns.append(turn)
        chat.unsent = ""
        if chat.waiting and chat.waiting[0].user == turn.user:
            del chat.waiting[0]
        reply = turn.exchange.reply
        if reply is not None and reply.session is not None:
            chat.session = reply.session

    def keep_stopped(self, text: str, heard: str) -> None:
        """Keep a turn whose reply was stopped: the part that had come, of unknown tokens."""
        reply = Reply(text=heard, finish_reason="stop")
        number = len(self.chat.turns) + 1
        judged = JudgedExchange(Exchange(number, text, reply), (), None)
        self.chat.spent = self.chat.spent.add(None, None)
        self.keep(ChatTurn(judged, stopped=True))

    async def judge(self, demand: ChatAssertion) -> Verdict | None:
        """Hold the last reply against a demand, which is kept on its turn with the verdict.

        Return None where the reply was cut off: only checks about its ending can be carried out.
        """
        chat = self.chat
        last = chat.turns[-1]
        judged, judging = await self.asker.judge(self.target, chat, demand)
        if judging.requests:
            chat.spent = chat.spent.add_judging(judging)
        if judged is None:
            return None
        verdict = judged.verdicts[0]
        kept = replace(last.judged, verdicts=(*last.judged.verdicts, verdict))
        chat.turns[-1] = replace(last, judged=kept, demands=(*last.demands, demand))
        return verdict

    async def ask_others(self, names: Sequence[str]) -> list[tuple[Target, Result]]:
        """Put the last thing that the user said to other targets, after the same conversation.

        Raises:
            RequestError: there is no such target.
        """
        targets = select_targets(self.spec_file.spec, names)
        results, judging = await self.asker.ask_others(targets, self.chat)
        for result in results:
            paid = result.turns[-1].exchange.paid if result.turns else None
            if paid is not None:
                self.chat.spent = self.chat.spent.add(paid.usage, result.turns[-1].cost_usd)
        if judging.requests:
            self.chat.spent = self.chat.spent.add_judging(judging)
        return list(zip(targets, results, strict=True))

    async def close(self) -> None:
        """Let go of connections."""
        if self._asker is not None:
            await self._asker.close()
