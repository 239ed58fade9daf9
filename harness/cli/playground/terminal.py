"""A chat on the terminal: type, read the reply as it comes, give slash commands."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cli.playground.markdown import ReplyScreen
from harness.cli.playground.prompt import make_prompt, read_typed
from harness.conversation.ports import ReplyPiece
from harness.errors import HarnessError
from harness.playground.commands import is_command, run_command
from harness.playground.commands.keeping import describe_verdicts, describe_waiting
from harness.playground.failing import describe_failure
from harness.playground.session import ChatSession
from harness.playground.state import ChatTurn
from harness.playground.status import describe_status, lay_out
from harness.run.events import Event, Paused
from harness.run.requests.throttle import name_throttle
from harness.text.safe import clip_line, visible

if TYPE_CHECKING:
    from rich.console import Console

HISTORY = "chat_history"


class TerminalChat:
    """A chat between a person at a terminal and a target.

    Args:
        session: the chat.
        console: where it is drawn.
        keep: keeps the chat on disk; called after whatever changed it.
    """

    def __init__(self, session: ChatSession, console: Console, keep: Callable[[], None]) -> None:
        self._session = session
        self._console = console
        self._keep_chat = keep
        self._screen = ReplyScreen(console)
        session.show = self._show_event

    async def run(self, history: Path) -> None:
        """Chat until the person ends it."""
        prompt = make_prompt(history, self._describe_status, self._session.ports.hide_secrets)
        draft = ""
        while True:
            try:
                typed = read_typed(await prompt.prompt_async("> ", default=draft))
            except KeyboardInterrupt:  # what was typed is in the scrollback
                draft = ""
                continue
            except EOFError:
                return
            draft = ""
            if typed or self._session.chat.attached:
                draft = await self.take(typed)

    def _describe_status(self) -> str:
        return "\n".join(lay_out(describe_status(self._session), self._console.width))

    async def take(self, typed: str) -> str:
        """Take what was typed: a slash command, or a message; return what to type on with."""
        text: str | None = typed
        if is_command(typed):
            text = await self._command(typed)
        elif typed.startswith("//"):
            text = typed[1:]
        if text is None:
            return ""
        return await self._ask(self._session.chat.take_message(text))

    async def _command(self, typed: str) -> str | None:
        """Carry out a slash command; return what it wants said to the model, if anything."""
        task = asyncio.create_task(run_command(self._session, typed))
        try:
            with _stop_at_interrupt(task):
                outcome = await task
        except asyncio.CancelledError:
            self._say("stopped")
            return None
        except HarnessError as error:
            for line in str(error).splitlines():
                self._say(line, "red")
            return None
        for line in outcome.lines:
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)
        self._keep()
        return outcome.ask

    async def _ask(self, message: str) -> str:
        """Ask and draw the reply; return the message where it is to be typed again."""
        heard: list[str] = []

        def hear(piece: ReplyPiece) -> None:
            if piece.kind == "begin":
                if heard:
                    self._screen.end()
                    self._say("the reply broke off; it is asked for again")
                heard.clear()
                self._screen.wait()
            elif piece.kind == "reasoning":
                self._screen.add_thought(piece.text)
            else:
                heard.append(piece.text)
                self._screen.add(piece.text)

        task = asyncio.create_task(self._session.ask(message, hear))
        try:
            with _stop_at_interrupt(task):
                turn = await task
        except asyncio.CancelledError:
            self._screen.end()
            return self._stop(message, "".join(heard))
        except HarnessError as error:
            self._screen.end()
            for line in str(error).splitlines():
                self._say(line, "red")
            return ""
        self._draw(turn, "".join(heard))
        self._keep()
        return ""

    def _draw(self, turn: ChatTurn, heard: str) -> None:
        reply, failure = turn.exchange.reply, turn.exchange.failure
        if reply is not None and not heard:
            self._screen.add(reply.text)
        self._screen.end()
        if failure is not None:
            for line in describe_failure(failure, self._session):
                self._say(line, "red")
            return
        if reply is None:
            return
        for call in turn.exchange.tool_calls:
            self._say(f"it calls {clip_line(f'{call.name}({call.arguments})')}")
        if reply.finish_reason == "length":
            self._say("cut off at its token limit; /param max_output_tokens changes it")
        elif reply.finish_reason == "content_filter":
            self._say("a content filter ended the reply")
        elif not reply.text and not turn.exchange.tool_calls:
            self._say("the reply is empty")
        for note in reply.notes:
            self._say(f"sent otherwise: {visible(note)}")
        for line in (*describe_verdicts(turn), *describe_waiting(self._session)):
            self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def _stop(self, message: str, heard: str) -> str:
        """Keep the part of a reply that had come; without any, give the message back."""
        if not heard:
            self._session.chat.unsent = message
            self._say("stopped before anything came; your message is in the line below")
            return message
        self._session.keep_stopped(message, heard)
        self._say("stopped; the part above is kept, /undo forgets it")
        self._keep()
        return ""

    def _keep(self) -> None:
        """Keep the chat on disk; a disk that refuses does not end it."""
        try:
            self._keep_chat()
        except HarnessError as error:
            for line in str(error).splitlines():
                self._say(line, "red")

    def _show_event(self, event: Event) -> None:
        if isinstance(event, Paused):
            said = f"{name_throttle(event.kind, event.target)}: {clip_line(event.reason, 120)}"
            self._say(f"waiting {event.seconds:.0f} s, Ctrl-C stops: {said}")

    def _say(self, line: str, style: str = "dim") -> None:
        from rich.text import Text

        self._console.print(Text(visible(line), style=style), soft_wrap=True)


@contextmanager
def _stop_at_interrupt(task: asyncio.Task[Any]) -> Iterator[None]:
    """Let Ctrl-C cancel a task, and nothing else."""
    loop, before = asyncio.get_running_loop(), signal.getsignal(signal.SIGINT)
    with suppress(NotImplementedError):  # Windows: Ctrl-C then ends the chat
        loop.add_signal_handler(signal.SIGINT, task.cancel)
    try:
        yield
    finally:
        with suppress(NotImplementedError):
            loop.remove_signal_handler(signal.SIGINT)
            signal.signal(signal.SIGINT, before)
