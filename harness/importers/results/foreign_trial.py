"""A result of another tool: what was asked, what came back, what was thought of it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.checks.verdict import Verdict
from harness.conversation.transcript import ErrorKind, Failure, Usage
from harness.importers.chats.chat import join_text
from harness.results.model import Outcome
from harness.source import Span


@dataclass(frozen=True, slots=True)
class ForeignTrial:
    """One answer of one model, judged by another tool.

    Attributes:
        place: where it stands.
        name: what a person would call it: its description, its number.
        providers: names of who answered, the most telling first: a label, an id, a model.
        system: the system text that was sent, "" where there was none.
        users: what the user said, every turn that was sent, the last one last.
        messages: everything that was sent, as chat messages.
        reply: the text that came back, None where none did.
        outcome: *passed*, *failed* or *errored*, as the tool saw it.
        score: in [0, 1], None where nothing was scored.
        test: the number of its test: those of one number are repeats of each other.
        cost_usd: US dollars, None where they are not known; so are the other figures.
    """

    place: Span
    name: str
    providers: tuple[str, ...]
    system: str
    users: tuple[str, ...]
    messages: tuple[Any, ...]
    reply: str | None
    outcome: Outcome
    score: float | None = None
    verdicts: tuple[Verdict, ...] = ()
    failure: Failure | None = None
    test: int = 0
    usage: Usage | None = None
    cost_usd: float | None = None
    latency_s: float | None = None
    model: str | None = None
    finish_reason: str | None = None


@dataclass(frozen=True, slots=True)
class ForeignRun:
    """Everything in a file of results.

    Attributes:
        tool: the tool and its version: ``promptfoo 0.118.0``.
        trials: in the order of the file.
        made_at: when it was, as the file says; "" where it does not.
        config: the configuration that the results were made of; None where the file has none.
        troubles: what could not be read: its place, what it is, why.
    """

    tool: str
    trials: tuple[ForeignTrial, ...]
    made_at: str = ""
    config: Any = None
    troubles: tuple[tuple[Span, str, str], ...] = ()


_STATUS = re.compile(r"\b([45]\d\d)\b")
_KINDS: tuple[tuple[str, ErrorKind], ...] = (
    ("content_filter|content management policy|content filter", "content_filter"),
    ("rate.?limit|too many requests", "rate_limit"),
    ("context.?length|maximum context", "context_length"),
    ("timed?[ -]?out|ETIMEDOUT|abort", "timeout"),
    ("ECONN|ENOTFOUND|fetch failed|network|socket", "connection"),
    ("unauthori[sz]ed|api.?key|permission|credential", "auth"),
    ("not found|DeploymentNotFound|model_not_found", "not_found"),
)
_BY_STATUS: dict[int, ErrorKind] = {
    400: "bad_request",
    401: "auth",
    403: "auth",
    404: "not_found",
    408: "timeout",
    410: "not_found",
    429: "rate_limit",
}


def read_failure(message: str) -> Failure:
    """Return what went wrong, by the words and the HTTP status in a message."""
    status = int(found[1]) if (found := _STATUS.search(message)) else 0
    for pattern, kind in _KINDS:
        if re.search(pattern, message, re.IGNORECASE):
            return Failure(kind, message, status)
    kind = _BY_STATUS.get(status, "server" if status >= 500 else "protocol")
    return Failure(kind, message, status)


def split_messages(messages: Sequence[Any]) -> tuple[str, tuple[str, ...]]:
    """Return the system text of chat messages, and what the user says in them."""
    systems, users = [], []
    for message in messages:
        if not isinstance(message, dict):
            continue
        text = join_text(message.get("content"))
        if message.get("role") in ("system", "developer"):
            systems.append(text)
        elif message.get("role") == "user":
            users.append(text)
    return "\n\n".join(systems), tuple(users)


def read_number(value: object) -> float | None:
    """Return a number, None for what is none or is not finite."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:  # JSON has whole numbers of any length
        return None
    return number if math.isfinite(number) else None


def read_score(value: object) -> float | None:
    """Return a score between 0 and 1; None for what is no number."""
    number = read_number(value)
    return None if number is None else min(1.0, max(0.0, number))
