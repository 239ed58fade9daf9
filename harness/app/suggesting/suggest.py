"""Ask a judge for conversations, one request for each kind, and take what can be used."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness.app.ports import World
from harness.app.suggesting.asking import CaseKind, share_out, write_messages
from harness.app.suggesting.prompts import SuggestionPrompt, list_said
from harness.app.suggesting.reading import Proposals, Unusable
from harness.checks.finding import CannotCheck
from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Reply
from harness.errors import Diagnostic, OutsideError
from harness.results.model import Judging
from harness.run.asking.accounting import LocalAccounting
from harness.run.events import Event
from harness.run.judging.check_executor import JudgeAccount, read_judge_text
from harness.run.judging.labels import Unkept
from harness.run.requests.rate_limiter import RateLimiter
from harness.run.requests.request_executor import Halt, RequestExecutor, RunHaltedError
from harness.run.requests.token_estimate import TokenEstimate
from harness.run.targets import Target
from harness.spec.formats.writing import format_yaml
from harness.spec.parse.assemble import UNREAD

NOTHING_USABLE = "H954"
MOST_OUTPUT_TOKENS = 8_000
"""Of one reply, unless the judge's own parameters say otherwise; reasoning is part of it."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The conversations that a judge suggested; nobody has read them.

    Attributes:
        judge: the target that suggested.
        simulated: the simulator stood in for it.
        prompt: what they are for.
        conversations: as a spec holds them.
        unusable: what was proposed and could not be taken, or why a request came to nothing.
        spent: requests, tokens and money.
        unanswered: requests that got no answer.
    """

    judge: Target
    simulated: bool
    prompt: SuggestionPrompt
    conversations: tuple[dict[str, Any], ...]
    unusable: tuple[Unusable, ...]
    spent: Judging
    unanswered: int = 0

    @property
    def judge_name(self) -> str:
        """The judge with its model, and whether it is simulated."""
        model = f" ({self.judge.model})" if self.judge.model else ""
        return f"{'simulated · ' * self.simulated}{self.judge.name}{model}"

    def format_yaml(self, file: str) -> str:
        """Return the list of conversations as a file that a spec includes once it was read.

        Args:
            file: its name, for the advice at its top.
        """
        header = (
            f"# UNREAD: suggested by {_keep_on_line(self.judge_name)}, for "
            f"{_keep_on_line(self.prompt.origin)}. Nobody has read this yet.\n"
            "# Read each conversation, mend what is wrong, delete what is no use. Then delete the "
            f"entry `{UNREAD}`,\n"
            f"# and let a spec include the file:  conversations: [{{include: {file}}}]\n"
        )
        mark = {UNREAD: "read what is below, then delete this entry: no spec loads with it"}
        return header + format_yaml([mark, *self.conversations])


def suggest_conversations(
    world: World,
    judge: Target,
    prompt: SuggestionPrompt,
    *,
    purpose: str,
    count: int,
    seed: int | None,
    show: Callable[[Event], None],
) -> Suggestion:
    """Ask a judge for conversations; blocks, with an event loop of its own.

    Args:
        world: the outside of the spec.
        judge: the target that is asked.
        prompt: what they are for.
        purpose: a sentence about it; "" where nobody said it.
        count: how many are wanted, shared out over the kinds.
        seed: sent along, so that the same is likelier to come again; None for none.
        show: gets what happens, from within the loop.

    Raises:
        OutsideError: no request was answered, or nothing in the answers can be used.
        HarnessError: nothing was asked, for a reason that it says.
    """
    return asyncio.run(_Asking(world, judge, prompt, show).ask(purpose, count, seed))


class _Asking:
    """One judge, asked about one prompt."""

    def __init__(
        self, world: World, judge: Target, prompt: SuggestionPrompt, show: Callable[[Event], None]
    ) -> None:
        self._ports = world.open_run_ports()
        self._spec_file = world.spec_file
        self._judge, self._prompt, self._show = judge, prompt, show
        self._account = JudgeAccount()

    async def ask(self, purpose: str, count: int, seed: int | None) -> Suggestion:
        evaluation = self._spec_file.spec.evaluation
        model = self._ports.model(self._judge)
        quota = self._ports.quota(self._judge)
        executor = RequestExecutor(
            target=self._judge,
            send=model.complete,
            kind=Reply,
            limiter=RateLimiter(self._ports.clock, 4, quota),
            accounting=LocalAccounting.of(Unkept(), evaluation.budget, self._ports.clock),
            clock=self._ports.clock,
            chance=self._ports.chance,
            halt=Halt(),
            show=self._show,
            estimate=None if quota is None else TokenEstimate.of(self._judge),
        )
        known = list(list_said(self._spec_file))
        ids = frozenset(one.id for one in self._spec_file.spec.conversations)
        proposals = Proposals(self._prompt.base, known, ids)
        try:
            shares = share_out(count)
            replies = await asyncio.gather(
                *(
                    self._ask_one(executor, kind, share, purpose, known, seed)
                    for kind, share in shares
                )
            )
        finally:
            await model.close()
            await self._ports.closing()
        unanswered = 0
        for (kind, share), reply in zip(shares, replies, strict=True):
            if isinstance(reply, str):
                proposals.read(kind.name, reply, share)
            else:
                unanswered += 1
                proposals.unusable.append(Unusable(kind.name, "", str(reply)))
        return self._conclude(proposals, unanswered)

    async def _ask_one(
        self,
        executor: RequestExecutor[Request, Reply],
        kind: CaseKind,
        count: int,
        purpose: str,
        known: list[str],
        seed: int | None,
    ) -> str | CannotCheck:
        messages = write_messages(kind, count, self._prompt.text, purpose, known)
        parameters: dict[str, Any] = {
            "max_output_tokens": MOST_OUTPUT_TOKENS,
            **self._judge.parameters,
            "response_format": {"type": "json_object"},
        }
        if seed is not None:
            parameters["seed"] = seed
        request = Request(
            place=Place(self._judge.name, "suggest", kind.name, "default", 1, 1),
            messages=messages,
            parameters=parameters,
            deadline_s=self._spec_file.spec.evaluation.timeout_s,
            user=messages[-1].content or "",
        )
        try:
            final = await executor(request)
        except RunHaltedError:
            return CannotCheck("The budget of the spec ended")
        self._account.add(final, self._judge)
        try:
            return read_judge_text(final.answer)
        except CannotCheck as why:
            return why

    def _conclude(self, proposals: Proposals, unanswered: int) -> Suggestion:
        simulated = self._ports.simulated(self._judge)
        if not proposals.conversations:
            reasons = dict.fromkeys(f"{one.kind}: {one.reason}" for one in proposals.unusable)
            hint = "try again, or another judge: -t TARGET"
            if simulated:
                hint = (
                    "the simulator's own words hold no cases: give it `simulator.replies` or an "
                    "`upstream` for this, or ask a real judge: --cloud azure"
                )
            raise OutsideError(
                Diagnostic(
                    NOTHING_USABLE,
                    f"{self._judge.name} suggested nothing that can be used",
                    "\n".join(reasons),
                    hint=hint,
                )
            )
        return Suggestion(
            self._judge,
            simulated,
            self._prompt,
            tuple(proposals.conversations),
            tuple(proposals.unusable),
            self._account.spent,
            unanswered,
        )


def _keep_on_line(text: str) -> str:
    """Return a text that cannot end the comment that it stands in."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:200]
