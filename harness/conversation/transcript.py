"""Messages, replies, exchanges and the transcript of one play of a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from harness.conversation.limits import LimitHeaders

Role = Literal["system", "developer", "user", "assistant", "tool"]

ErrorKind = Literal[
    "auth",
    "not_found",
    "rate_limit",
    "content_filter",
    "context_length",
    "bad_request",
    "timeout",
    "connection",
    "server",
    "protocol",
    "budget",
    "judge",
    "stale_recording",
]
"""The reasons why a request has no answer, by the contract's names (section 5)."""

UNLOADABLE = "unloadable"
"""The ``code`` of a failure of our own: a model's files are there, and are no model."""

NOT_SENT = "not_sent"
"""The ``code`` of a failure of our own: no connection was made, so that nothing can be billed."""

EXPIRED = "batch_expired"
"""The ``code`` of a failure in a batch that ended first: what was not executed is not billed.
Source: OpenAI's guide on batches, whose word it is; Azure's documentation."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call that the model asks for; ``arguments`` is the model's text, valid JSON or not."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the model sees it; ``images`` are data URLs, shown after the text.

    ``parts`` are the parts of a content that has several, in the form of chat completions:
    ``content`` is then their text alone.
    """

    role: Role
    content: str | None
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None
    images: tuple[str, ...] = ()
    parts: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the service counted them.

    ``cached_tokens`` are part of ``input_tokens``, ``reasoning_tokens`` part of ``output_tokens``.
    """

    input_tokens: int
    output_tokens: int
    cached_tokens: int = 0
    reasoning_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cached_tokens + other.cached_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """The reason why a request has no answer. A wrong answer is no failure.

    Attributes:
        kind: the contract's word for it.
        status: HTTP status, 0 where there was none.
        code: the service's own code, "" where it gave none.
        message: what the service said, or what we saw.
        retryable: whether the same request may succeed later.
        retry_after_s: how long the service asked to wait, None where it did not say.
        request_id: the service's id of the request, for a support ticket.
        content_filter: Azure's categories where a filter refused the prompt.
        limits: what headers told of rate limits; for who sends the next, and kept nowhere.
    """

    kind: ErrorKind
    message: str
    status: int = 0
    code: str = ""
    retryable: bool = False
    retry_after_s: float | None = None
    request_id: str | None = None
    content_filter: Mapping[str, Any] | None = None
    limits: LimitHeaders | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Served:
    """The model and deployment that really answered, as Azure names them; None where it does not.

    Attributes:
        model: the model with its version: ``gpt-4.1-mini-2025-04-14``.
        deployment: Azure's name of the deployment that served.
        spilled_from: the deployment that was asked, when it was full and another one served.
        tier: the tier of processing, where another one than the usual was asked for or served:
            ``priority``, ``flex``.
    """

    model: str | None = None
    deployment: str | None = None
    spilled_from: str | None = None
    tier: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer of a model to one request.

    Attributes:
        text: what it said, "" when it only called tools; a refusal's text is the text.
        finish_reason: ``stop length content_filter tool_calls``; never None: a reply without an
            ending is a ``protocol`` failure, not a reply.
        model: the model that says it answered, which on Azure is not the deployment's name.
        usage: tokens, None where the service did not count them (unknown is never zero).
        latency_s: seconds from sending to the last byte, waiting for rate limits not included; 0
            where nobody measured it (a transcript made elsewhere), see ``took_s``.
        ttft_s: seconds to the first token when streamed, else None.
        content_filter: Azure's annotations of prompt and completion as they came.
        refusal: whether the model used the protocol's refusal field.
        notes: what was adapted to the model, for the report (``temperature dropped``).
        served: what really answered, where the service says so beside its answer.
        session: what an application knows this conversation by, for its next turn.
        logprobs: the log-probability of each token, where a check wanted them and they came.
        made_calls: the calls that an application made itself: nobody has to answer them.
        context: the passages that an application answered from, None where it does not tell.
        limits: what headers told of rate limits; for who sends the next, and kept nowhere.
    """

    text: str
    finish_reason: str
    tool_calls: tuple[ToolCall, ...] = ()
    model: str | None = None
    usage: Usage | None = None
    latency_s: float = 0.0
    ttft_s: float | None = None
    request_id: str | None = None
    content_filter: Mapping[str, Any] | None = None
    system_fingerprint: str | None = None
    refusal: bool = False
    notes: tuple[str, ...] = ()
    served: Served | None = None
    session: Any = None
    logprobs: tuple[float, ...] | None = None
    made_calls: tuple[ToolCall, ...] = ()
    context: tuple[str, ...] | None = None
    limits: LimitHeaders | None = field(default=None, compare=False, repr=False)

    @property
    def took_s(self) -> float | None:
        """The latency as one that can be judged: None where nobody measured it."""
        return self.latency_s or None


Answer = Reply | Failure
"""The end of a request: a reply or a failure; a ``match`` tells which."""


Vector = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class EmbeddingReply:
    """The vectors of texts, in the order of the texts.

    Attributes:
        model: the model that says it embedded them.
        usage: tokens, None where the service did not count them.
        latency_s: seconds from sending to the last byte.
        limits: what headers told of rate limits; for who sends the next, and kept nowhere.
    """

    vectors: tuple[Vector, ...]
    model: str | None = None
    usage: Usage | None = None
    latency_s: float = 0.0
    request_id: str | None = None
    limits: LimitHeaders | None = field(default=None, compare=False, repr=False)


AnswerT = TypeVar("AnswerT", bound=Reply | EmbeddingReply)
"""The answer that one kind of request has where it does not fail."""


@dataclass(frozen=True, slots=True)
class Effort:
    """The requests and the waiting time that an answer took.

    Attributes:
        requests: HTTP requests that were answered for this turn (tool rounds included).
        attempts: HTTP requests that were sent for it (retries included).
        queued_s: seconds spent waiting for a rate limit or a free slot; not part of latency.
    """

    requests: int = 1
    attempts: int = 1
    queued_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A turn with its reply.

    ``reply`` is the last of the turn's rounds with the usage and latency of all of them;
    ``scripted`` turns were history, not calls. ``dropped`` messages of earlier turns were not
    sent again because the history is trimmed. Where a later round failed there is no ``reply``;
    ``unfinished`` is what the rounds before it came to: paid for, and no answer.
    ``messages`` are those that the author gave in the place of what the user says; ``user`` is then
    the text of the user's last one. ``rounds`` are the replies one by one, where there were
    several: each is priced by what answered it.
    """

    number: int
    user: str
    reply: Reply | None
    effort: Effort = Effort()
    failure: Failure | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    scripted: bool = False
    dropped: int = 0
    unfinished: Reply | None = None
    messages: tuple[Message, ...] = ()
    rounds: tuple[Reply, ...] = ()

    @property
    def asked(self) -> str:
        """The text that the model was given in this turn: several messages with their roles."""
        if len(self.messages) < 2 and self.user:
            return self.user
        return "\n\n".join(f"{one.role}: {_show_message(one)}" for one in self.messages)

    @property
    def paid(self) -> Reply | None:
        """The reply that tokens and money were spent on, or the part that came before a failure."""
        return self.unfinished if self.reply is None else self.reply


def _show_message(message: Message) -> str:
    calls = [f"{call.name}({call.arguments})" for call in message.tool_calls]
    others = [f"[{part.get('type')}]" for part in message.parts if part.get("type") != "text"]
    return "\n".join([message.content or "", *others, *calls]).strip("\n")


@dataclass(frozen=True, slots=True)
class Transcript:
    """The exchanges of one play, complete or ended by a failure."""

    system: str | None
    exchanges: tuple[Exchange, ...]
    failure: Failure | None = None
    complete: bool = field(default=True)

    @property
    def replies_text(self) -> str:
        """The assistant's replies joined by a blank line: what conversation-level checks see."""
        return "\n\n".join(
            e.reply.text for e in self.exchanges if e.reply is not None and not e.scripted
        )
