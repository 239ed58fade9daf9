"""The state of a chat: what was said, what is sent along, what is about to be said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from harness.conversation.transcript import Exchange, Usage
from harness.results.model import JudgedExchange, Judging
from harness.spec.model.spec import Assertion


@dataclass(frozen=True, slots=True)
class ChatAssertion:
    """An assertion on a reply: decoded, and as an author writes it in a spec."""

    assertion: Assertion
    written: Any


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """A turn of a chat that has its reply.

    Attributes:
        judged: the exchange, its cost, and the verdicts of ``demands`` in their order.
        demands: what was asserted of the reply.
        stopped: whether somebody stopped the reply, so that it is the part that had come.
    """

    judged: JudgedExchange
    demands: tuple[ChatAssertion, ...] = ()
    stopped: bool = False

    @property
    def user(self) -> str:
        """The text that the user said."""
        return self.judged.exchange.user

    @property
    def reply(self) -> str:
        """The text that the model said."""
        reply = self.judged.exchange.reply
        return "" if reply is None else reply.text

    @property
    def exchange(self) -> Exchange:
        """The exchange itself."""
        return self.judged.exchange


@dataclass(frozen=True, slots=True)
class WaitingTurn:
    """A message of a conversation that was loaded: what the user says, and what is demanded."""

    user: str
    demands: tuple[ChatAssertion, ...] = ()


@dataclass(frozen=True, slots=True)
class ChatSpending:
    """The tokens and money that a chat took so far; None is unknown, never zero.

    Attributes:
        usage: of all requests, those of replies that were undone among them.
        usd: US dollars, what checks asked of a judge among them.
    """

    usage: Usage | None = field(default_factory=lambda: Usage(0, 0))
    usd: float | None = 0.0

    def add(self, usage: Usage | None, usd: float | None) -> ChatSpending:
        """Return the sum with one more request."""
        return ChatSpending(
            None if self.usage is None or usage is None else self.usage + usage,
            None if self.usd is None or usd is None else self.usd + usd,
        )

    def add_judging(self, judging: Judging) -> ChatSpending:
        """Return the sum with what a check took of other models."""
        return replace(self, usd=None) if judging.cost_usd is None else self.add(
            Usage(0, 0), judging.cost_usd
        )  # fmt: skip


@dataclass(slots=True)
class Chat:
    """A chat with one target.

    Attributes:
        system: the system message; None for none.
        parameters: what was set in the chat, by the contract's names; it wins over the spec's, and
            None takes a parameter of the spec away.
        turns: those that have a reply, oldest first; of the last one the verdicts are.
        attached: texts of files that go along with the next message.
        unsent: what the user said and nobody answered.
        waiting: messages of a loaded conversation that were not asked yet, in their order.
        spent: what it took so far.
        session: what an application knows this chat by.
    """

    system: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    turns: list[ChatTurn] = field(default_factory=list)
    attached: list[str] = field(default_factory=list)
    unsent: str = ""
    waiting: list[WaitingTurn] = field(default_factory=list)
    spent: ChatSpending = field(default_factory=ChatSpending)
    session: Any = None

    @property
    def last(self) -> ChatTurn | None:
        """The newest turn; None before the first reply."""
        return self.turns[-1] if self.turns else None

    def take_message(self, text: str) -> str:
        """Return the message that the user sends: what was attached, then the text."""
        message = "\n\n".join(
            [*(one.rstrip("\n") for one in self.attached), *([text] if text else [])]
        )
        self.attached.clear()
        return message

    def find_demands(self, text: str) -> tuple[ChatAssertion, ...]:
        """Return what is demanded of the reply to a message: of one that waits, else nothing."""
        waits = bool(self.waiting) and self.waiting[0].user == text
        return self.waiting[0].demands if waits else ()

    def undo(self) -> ChatTurn | None:
        """Forget the newest turn and return it; None where there is none."""
        return self.turns.pop() if self.turns else None

    def clear(self) -> None:
        """Forget everything that was said; the system message and the parameters stay."""
        self.turns.clear()
        self.attached.clear()
        self.waiting.clear()
        self.unsent, self.session = "", None

    def list_layers(self, *beneath: Mapping[str, Any]) -> dict[str, Any]:
        """Return the parameters that are sent: the chat's own over those ``beneath``."""
        laid: dict[str, Any] = {}
        for layer in (*beneath, self.parameters):
            laid |= layer
        return {name: value for name, value in laid.items() if value is not None}
