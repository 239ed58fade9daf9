"""The behaviour of the simulated Azure for a spec."""

from __future__ import annotations

from typing import Literal

from harness.spec.model.base import (
    Declared,
    Flag,
    Json,
    NonNegative,
    Positive,
    Share,
    Text,
    Whole,
    WrittenDate,
)


class ToolCallReply(Declared):
    """A tool call that a scripted reply makes."""

    name: Text
    arguments: dict[str, Json] = {}


class ReplyRule(Declared):
    """A scripted reply: when ``match`` (a regular expression) is found in what ``on`` names.

    ``last_tool`` names the results of tools that a request ends with; without any it never fits.
    """

    on: Literal["last_user", "last_tool", "system", "any"] = "last_user"
    match: Text
    reply: Text | None = None
    tool_calls: tuple[ToolCallReply, ...] = ()
    finish_reason: Text | None = None
    target: Text = "*"


class Fault(Declared):
    """A declared fault: what fails, how, and how often; every occurrence is counted.

    ``rate`` is the share of matching requests that fail (seeded); ``times`` caps their number.
    Without either, every matching request fails.
    """

    operation: Text
    target: Text = "*"
    status: Whole | None = None
    code: Text | None = None
    message: Text | None = None
    body: Json | None = None
    retry_after_s: NonNegative | None = None
    rate: Share | None = None
    times: Positive | None = None
    reset: Literal["connect", "headers", "body"] | None = None
    truncate: Flag | None = None
    delay_s: NonNegative | None = None


class Simulator(Declared):
    """The behaviour of the simulated Azure; read only when the cloud is the simulator."""

    date: WrittenDate | None = None
    catalogue: Text = "strict"
    answers: Text | None = None
    upstream: Text | None = None
    replies: tuple[ReplyRule, ...] = ()
    latency_s: NonNegative = 0.0
    management: Literal["instant", "recorded"] = "instant"
    limits: Literal["off", "enforced"] = "off"
    quota: dict[str, Whole] = {}
    quota_pool: Literal["region", "subscription"] = "region"
    seed: Whole = 7
    faults: tuple[Fault, ...] = ()
