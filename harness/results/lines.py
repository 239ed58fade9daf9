"""``run.json`` and the lines of ``results.jsonl`` as they are read: each field of its type.

People may edit files, and other versions write them: keys that nobody knows are left aside, those
that are missing have their defaults, and what is there and of another type is told by its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from harness.checks.verdict import Verdict
from harness.conversation.transcript import Failure, ToolCall, Usage
from harness.results.measured import MeasuredColumn
from harness.results.model import Judging, Looks, Outcome, RunStatus, Shard, TargetInfo, Totals
from harness.results.unknown import UnknownRequests

_MISSING = re.compile(r"missing required field `([^`]*)`")
_PLACE = re.compile(
    r"(?P<what>.*) - at `(?P<path>.*?(?P<name>[^.\[\]$]*)(?:\[[^\]]*\])*)`", re.DOTALL
)


class RunFormatError(ValueError):
    """This text is no run or no result that this version can read; the message says why."""


class TurnLine(msgspec.Struct):
    """A turn; ``assistant`` is None where there is no reply."""

    user: str
    assistant: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str | None = None
    model: str | None = None
    usage: Usage | None = None
    cost_usd: float | None = None
    latency_s: float | None = None
    queued_s: float | None = None
    ttft_s: float | None = None
    attempts: int = 1
    requests: int = 1
    request_id: str | None = None
    content_filter: Mapping[str, Any] | None = None
    checks: tuple[Verdict, ...] = ()
    messages: tuple[Any, ...] = ()
    scripted: bool = False
    unfinished: bool = False
    dropped: int = 0
    refusal: bool = False
    notes: tuple[str, ...] = ()
    system_fingerprint: str | None = None
    context: tuple[str, ...] | None = None
    served_model: str | msgspec.UnsetType | None = msgspec.UNSET
    served_deployment: str | None = None
    spilled_over_from: str | None = None
    service_tier: str | None = None


class ResultLine(msgspec.Struct):
    """A result; ``error`` is the failure of its last turn."""

    conversation: str
    target: str
    outcome: Outcome
    case: str | None = None
    variant: str = "default"
    repeat: int = 1
    question_sha256: str = ""
    score: float | None = None
    turns: tuple[TurnLine, ...] = ()
    checks: tuple[Verdict, ...] = ()
    error: Failure | None = None
    system: str | None = None
    tags: tuple[str, ...] = ()
    judging: Judging = Judging()


class SpecName(msgspec.Struct):
    """The spec of a run."""

    name: str
    sha256: str = ""
    path: str | None = None


class RunDocument(msgspec.Struct):
    """The document of ``run.json``."""

    id: str
    spec: SpecName
    harness_version: str = ""
    started_at: str = ""
    targets: tuple[TargetInfo, ...] = ()
    finished_at: str | None = None
    status: RunStatus = "partial"
    verdict: str | None = None
    exit_code: int | None = None
    simulated: bool = False
    replayed: bool = False
    totals: Totals = Totals()
    planned_trials: int | None = None
    selection: Mapping[str, Any] = {}
    stale: tuple[str, ...] = ()
    judges: tuple[TargetInfo, ...] = ()
    embeddings: TargetInfo | None = None
    looks: Looks | None = None
    columns: tuple[MeasuredColumn, ...] = ()
    halted: str = ""
    unknown: UnknownRequests | None = None
    shard: Shard | None = None
    engine: str = "local"


_LINE = msgspec.json.Decoder(ResultLine)
ShapeT = TypeVar("ShapeT")


def decode_line(text: str | bytes) -> ResultLine:
    """Read a line of ``results.jsonl``.

    Raises:
        RunFormatError: it is not JSON, or no result.
    """
    try:
        return _LINE.decode(text)
    except msgspec.ValidationError as error:
        raise _explain(error, "a result") from error
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        # Lone surrogates and NaN, which Python's reader knows: replies may hold the former.
        return convert(parse_object(text, "a result"), ResultLine, "a result")


def parse_object(text: str | bytes, what: str) -> dict[str, Any]:
    """Parse a JSON object, as freely as Python does; a number that is none is not known.

    Raises:
        RunFormatError: it is none.
    """
    try:
        # Bytes are UTF-8, strictly: `json` would take halves of characters and other encodings.
        plain = text if isinstance(text, str) else text.decode()
        document = json.loads(plain, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise RunFormatError(f"{what} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise RunFormatError(f"{what} is not a JSON object")
    return document


def convert(document: Mapping[str, Any], shape: type[ShapeT], what: str) -> ShapeT:
    """Hold a document to a shape.

    Raises:
        RunFormatError: a field is missing, or does not hold what it should.
    """
    try:
        return msgspec.convert(document, shape)
    except msgspec.ValidationError as error:
        raise _explain(error, what) from error


def _explain(error: msgspec.ValidationError, what: str) -> RunFormatError:
    """Name the field that is missing, or that does not hold what it should."""
    said = str(error)
    if missing := _MISSING.search(said):
        return RunFormatError(f"not {what}: `{missing[1]}` is missing")
    if place := _PLACE.fullmatch(said):
        why = place["what"][:1].lower() + place["what"][1:]
        wrong = f"`{place['name']}` does not hold what it should"
        return RunFormatError(f"not {what}: {wrong} (at {place['path']}: {why})")
    return RunFormatError(f"{what} is not a JSON object")
