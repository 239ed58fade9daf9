"""The behaviour of the simulated Azure for a spec."""

from __future__ import annotations

from typing import Literal

from harness.spec.model.base import (
    Count,
    Declared,
    Flag,
    Json,
    NonNegative,
    Number,
    Positive,
    Share,
    Text,
    Whole,
    WrittenDate,
)


class ToolCallReply(Declared):
    """A tool call that a scripted reply makes."""

    name: Text
    """The tool. Example: `get_weather`"""
    arguments: dict[str, Json] = {}
    """The arguments of the call. Example: `{city: Malmö}`"""


class ReplyRule(Declared):
    """A scripted reply: when ``match`` (a regular expression) is found in what ``on`` names.

    ``last_tool`` names the results of tools that a request ends with; without any it never fits.
    """

    on: Literal["last_user", "last_tool", "system", "any"] = "last_user"
    """The text that `match` looks at. Example: `last_tool`"""
    match: Text
    """A regular expression. Example: `(?i)weather`"""
    reply: Text | None = None
    """The text of the reply. Example: `Take an umbrella.`"""
    tool_calls: tuple[ToolCallReply, ...] = ()
    """Tools that the reply calls. Example: `[{name: get_weather, arguments: {city: Malmö}}]`"""
    finish_reason: Text | None = None
    """The reason that the reply ends for. Example: `length`"""
    target: Text = "*"
    """The targets that it answers for: a name or a glob. Example: `sweden/*`"""


MalformedKind = Literal[
    "cut-json",
    "html",
    "empty",
    "json-null",
    "empty-object",
    "no-choices",
    "null-content",
    "wrong-types",
    "text-numbers",
    "double-keys",
    "nan",
    "split-utf8",
    "lone-surrogate",
    "filter-error",
    "huge",
    "short-body",
    "endless",
    "no-finish",
    "half-event",
    "error-event",
    "no-done",
    "after-end",
    "crlf",
    "byte-chunks",
    "comments",
    "no-space",
]
"""The ways for an answer to be broken; ``harness.simulator.malformed`` makes each."""


class Fault(Declared):
    """A declared fault: what fails, how, and how often; every occurrence is counted.

    ``rate`` is the share of matching requests that fail (seeded); ``times`` caps their number,
    ``after`` spares the first ones. Without them, every matching request fails. Effects may be
    joined: a refusal may drip, or be a page of HTML.
    """

    operation: Text
    """The operation that fails: chat, responses, embeddings, files.create, batches.create,
    batches.run (docs/batch.md), one of the management plane, or `*`. Example: `chat`
    """
    target: Text = "*"
    """The targets that fail: a name or a glob. Example: `sweden/mini`"""
    status: Whole | None = None
    """The HTTP status. Example: `429`"""
    code: Text | None = None
    """The error's code. Example: `content_filter`"""
    message: Text | None = None
    """The error's message. Example: `Too many requests.`"""
    body: Json | None = None
    """The whole body, instead of code and message. Example: `{error: {code: "429"}}`"""
    retry_after_s: NonNegative | None = None
    """Seconds in the header Retry-After. Example: `2`"""
    rate: Share | None = None
    """The share of requests that fail. Example: `0.1`"""
    times: Positive | None = None
    """The most requests that fail. Example: `1`"""
    after: Count = 0
    """The requests that are answered as ever before the first one fails. Example: `20`"""
    reset: Literal["connect", "in-headers", "headers", "body"] | None = None
    """The moment at which the connection breaks: before, in or after the headers, or in the body.
    Example: `headers`
    """
    truncate: Flag | None = None
    """End a streamed reply in the middle. Example: `true`"""
    delay_s: NonNegative | None = None
    """Seconds before the answer. Example: `1.5`"""
    grow_s: NonNegative | None = None
    """Seconds by which each answer is later than the one before. Example: `0.1`"""
    drip_s: NonNegative | None = None
    """Send the answer byte by byte, and wait so many seconds between two. Example: `5`"""
    malform: MalformedKind | None = None
    """The way in which the answer is broken; docs/drills.md lists them. Example: `html`"""
    model: Text | None = None
    """The model that answers as another one, as the answer names it.
    Example: `gpt-4.1-mini-2026-10-01`
    """
    limit: Share | None = None
    """The share of its rate limits that the deployment is left with, where limits are enforced.
    Example: `0.5`
    """
    headers: dict[str, Text] = {}
    """Headers of the answer, beside its own or instead of them.
    Example: `{x-ms-spillover-from-deployment: mini}`
    """
    clock_s: Number | None = None
    """Seconds by which the service's clock is ahead in the header Date; Retry-After is a date then.
    Example: `-3600`
    """


class Simulator(Declared):
    """The behaviour of the simulated Azure; read only when the cloud is the simulator."""

    date: WrittenDate | None = None
    """The day that it is in the simulated Azure. Example: `"2026-11-01"`"""
    catalogue: Text = "strict"
    """The models that it offers: strict, open, or a file that `models --save` wrote.
    Example: `open`
    """
    answers: Text | None = None
    """A file of JSON lines with the replies to give. Example: `data/answers.jsonl`"""
    upstream: Text | None = None
    """A server that answers what nothing else does. Example: `http://127.0.0.1:11434/v1`"""
    replies: tuple[ReplyRule, ...] = ()
    """Rules for replies; the first that matches wins. Example: `[{match: hello, reply: Hello!}]`"""
    latency_s: NonNegative = 0.0
    """Seconds before each answer. Example: `0.2`"""
    batch_s: NonNegative = 0.2
    """Seconds that a batch takes, at least. Example: `30`"""
    management: Literal["instant", "recorded"] = "instant"
    """The time that operations take: none, or as recorded. Example: `instant`"""
    limits: Literal["off", "enforced"] = "off"
    """Rate limits: off, or enforced with 429. Example: `"off"`"""
    quota: dict[str, Whole] = {}
    """Quota by Azure's name of it, instead of the recorded one.
    Example: `{OpenAI.GlobalStandard.gpt4.1-mini: 1000}`
    """
    quota_pool: Literal["region", "subscription"] = "region"
    """Count quota for each region, or for the subscription. Example: `region`"""
    seed: Whole = 7
    """The seed of made-up replies and of faults. Example: `7`"""
    faults: tuple[Fault, ...] = ()
    """Faults to practise with. Example: `[{operation: chat, status: 429, times: 1}]`"""
