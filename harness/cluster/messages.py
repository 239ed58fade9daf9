"""The messages between a worker and home, as JSON.

A worker's message holds notes in the order in which they were made; a note with a number asks for
an answer, and home's message holds answers by those numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeVar

import msgspec

from harness.conversation.ports import Place
from harness.conversation.transcript import EmbeddingReply, Failure, Reply, Usage
from harness.conversation.vectors import pack, unpack
from harness.results.codec import encode_line
from harness.results.parts import (
    failure_as_json,
    failure_from_json,
    reply_as_json,
    reply_from_json,
)
from harness.run.requests.quota import Quota, QuotaSign, QuotaWindow
from harness.run.requests.spent import Amount, EndedBudget

Json = dict[str, Any]
T = TypeVar("T")


class Note(msgspec.Struct, tag_field="note", frozen=True):
    """Anything that a worker says."""


class WorkerJoined(Note, tag="joined", frozen=True):
    """A worker begins to play a task; who played it before does not any more."""

    task: int
    worker: str = ""


class PackageRequested(Note, tag="package", frozen=True):
    """A worker needs the spec and its files."""


class RecallRequested(Note, tag="recall", frozen=True):
    """Ask what the journal holds of a request."""

    place: Place
    embeds: bool = False


class ReservationRequested(Note, tag="room", frozen=True):
    """Ask whether the budget has room for a request."""

    most: Amount


class ReservationReturned(Note, tag="returned", frozen=True):
    """Give room back: the request was not sent."""

    most: Amount


class RequestSent(Note, tag="sent", frozen=True):
    """A request is about to be sent; ``reserved`` says that the budget's room was asked for it."""

    place: Place
    attempt: int
    most: Amount
    reserved: bool


class AnswerKept(Note, tag="answered", frozen=True):
    """A request has an answer, which took so much of the budget."""

    place: Place
    attempt: int
    answer: Json
    final: bool
    queued_s: float
    took: Amount


class QuotaRequested(Note, tag="draw", frozen=True):
    """Take a request of so many tokens from a quota."""

    quota: int
    tokens: int


class QuotaSignNoted(Note, tag="sign", frozen=True):
    """Tell a quota what an answer tells; its request was let through ``age_s`` seconds ago."""

    quota: int
    sign: QuotaSign
    age_s: float


class TargetPaused(Note, tag="paused", frozen=True):
    """A deployment asked to be left alone for a while."""

    target: str
    seconds: float
    reason: str
    kind: str
    waiting: int


class TargetStopped(Note, tag="stopped", frozen=True):
    """A target is not asked any more."""

    target: str
    failure: Json
    deployed: bool


class TargetHeldUp(Note, tag="held", frozen=True):
    """A target mostly waits for its quota."""

    target: str
    held_s: float
    elapsed_s: float
    limits: str
    kind: str


class TrialEnded(Note, tag="trial", frozen=True):
    """A trial has its result: a line of ``results.jsonl``."""

    index: int
    result: str


class TaskRefused(Note, tag="refused", frozen=True):
    """A worker cannot play: why, and the exit code that this is."""

    exit_code: int
    code: str
    summary: str
    detail: str
    hint: str


class TaskEnded(Note, tag="ended", frozen=True):
    """A worker has played all of a task that it could."""

    adapted: Mapping[str, Sequence[str]]


AnyNote = (
    WorkerJoined
    | PackageRequested
    | RecallRequested
    | ReservationRequested
    | ReservationReturned
    | RequestSent
    | AnswerKept
    | QuotaRequested
    | QuotaSignNoted
    | TargetPaused
    | TargetStopped
    | TargetHeldUp
    | TrialEnded
    | TaskRefused
    | TaskEnded
)


class WorkerMessage(msgspec.Struct, frozen=True):
    """A message to home: notes, each with the number under which its answer is awaited, or 0."""

    connection: str
    notes: Sequence[tuple[int, AnyNote]]


class CoordinatorMessage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message to a worker; an empty one says that home is there.

    Attributes:
        told: answers, by the numbers of their notes.
        halts: why nothing more is sent, "" while the run goes on.
        signal: the signal that stopped it, 0 where none did.
        over: home has done with this connection: whatever goes on is of no use to anybody.
    """

    told: Sequence[tuple[int, Any]] = ()
    halts: str = ""
    signal: int = 0
    over: bool = False


class TaskOrder(msgspec.Struct, frozen=True):
    """A task as Dask carries it: whom to write to, about which task.

    Attributes:
        version: of harness, at home.
        queue: the name of home's queue.
        task: its number in the run.
    """

    version: str
    queue: str
    task: int


class Assignment(msgspec.Struct, frozen=True):
    """A task: what a worker hears when it joins.

    Attributes:
        package: the digest of the spec and its files.
        rows: its questions, by their numbers.
        finished: trials of it that have a result.
        recalls: whether home may know of requests that were sent before.
        limited: whether the budget limits money, requests or tokens.
        per_target, total, adapts: limits of requests in flight (``Widths``), this task's share.
        unknown: what to do with requests whose answer is not known.
        quotas: the number of the quota that a target draws on.
        seen: each quota, by its number.
        stopped: targets that are not asked any more, and why.
    """

    package: str
    rows: Sequence[int]
    finished: Sequence[int]
    recalls: bool
    limited: bool
    per_target: int
    total: int | None
    adapts: bool
    unknown: Literal["retry", "skip"]
    quotas: Mapping[str, int]
    seen: Sequence[QuotaSnapshot]
    stopped: Mapping[str, Json]


class QuotaSnapshot(msgspec.Struct, frozen=True):
    """A quota's limits as (count, seconds), and what its refusals taught; not what was taken."""

    requests: Sequence[tuple[float, float]] = ()
    tokens: Sequence[tuple[float, float]] = ()
    factor: float = 1.0
    binding: Literal["tokens", "requests"] | None = None

    @classmethod
    def of(cls, quota: Quota) -> QuotaSnapshot:
        """Return what others see of a quota."""
        return cls(
            [(one.count, one.period_s) for one in quota.requests],
            [(one.count, one.period_s) for one in quota.tokens],
            quota.factor,
            quota.binding,
        )

    def restore(self) -> Quota:
        """Return the quota, from which nobody takes anything."""
        return Quota(
            [QuotaWindow(*one) for one in self.requests],
            [QuotaWindow(*one) for one in self.tokens],
            factor=self.factor,
            binding=self.binding,
        )


class QuotaAnswer(msgspec.Struct, frozen=True):
    """The answer of a quota: seconds until to ask again, 0 when taken; and how it is now."""

    wait_s: float
    seen: QuotaSnapshot


class ReservationAnswer(msgspec.Struct, frozen=True):
    """The answer of the budget: None, or the limit that ended it."""

    ended: EndedBudget | None = None


class RecallAnswer(msgspec.Struct, frozen=True):
    """The journal's memory of a request: nothing, that it was sent, or its answer."""

    known: Literal["nothing", "sent", "answered"] = "nothing"
    answer: Json = msgspec.field(default_factory=dict)
    attempts: int = 1
    queued_s: float = 0.0


def encode(value: object) -> str:
    """Write a message, an order or an answer."""
    return encode_line(msgspec.to_builtins(value))


def decode(text: str, form: type[T]) -> T:
    """Read what ``encode`` wrote.

    Raises:
        ValueError: it is nothing of that form.
    """
    return msgspec.convert(json.loads(text), form)


def answer_as_json(answer: Reply | EmbeddingReply | Failure) -> Json:
    """Return an answer as a message holds it."""
    match answer:
        case Failure():
            return {"failure": failure_as_json(answer)}
        case Reply():
            return {"reply": reply_as_json(answer)}
        case EmbeddingReply():
            return {
                "vectors": [pack(vector) for vector in answer.vectors],
                "model": answer.model,
                "usage": msgspec.to_builtins(answer.usage),
                "latency_s": answer.latency_s,
                "request_id": answer.request_id,
            }


def answer_from_json(written: Json) -> Reply | EmbeddingReply | Failure:
    """Read an answer."""
    if "failure" in written:
        return failure_from_json(written["failure"])
    if "reply" in written:
        return reply_from_json(written["reply"])
    return EmbeddingReply(
        tuple(unpack(text) for text in written["vectors"]),
        written["model"],
        msgspec.convert(written["usage"], Usage | None),
        written["latency_s"],
        written["request_id"],
    )
