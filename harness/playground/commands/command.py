"""The form of a slash command: a module and a row in the table make one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from harness.errors import Diagnostic, RequestError
from harness.playground.session import ChatSession

BAD_ARGUMENT = "H941"


@dataclass(frozen=True, slots=True)
class CommandOutcome:
    """The end of a slash command.

    Attributes:
        lines: what is shown; text of others in it has been made safe to show.
        ask: what is said to the model next, as if it had been typed; None for nothing.
    """

    lines: tuple[str, ...] = ()
    ask: str | None = None


@dataclass(frozen=True, slots=True)
class SlashCommand:
    """A slash command.

    Attributes:
        name: without the slash.
        usage: what may follow the name; "" for nothing.
        summary: a sentence for the list of all.
        run: carries it out, given what follows the name, white space around it removed; raises
            ``HarnessError`` with what to do instead.
    """

    name: str
    usage: str
    summary: str
    run: Callable[[ChatSession, str], Awaitable[CommandOutcome]]


def make_usage_error(summary: str, hint: str = "", detail: str = "") -> RequestError:
    """Make the error for a slash command that cannot do what it is told."""
    return RequestError(Diagnostic(BAD_ARGUMENT, summary, detail, hint=hint))
