"""The results of a promptfoo evaluation: ``results.json``, and the lines of ``-o results.jsonl``.

Read are versions 1 to 4 of the summary, alone (``-o results.json``) or as it is exported
(``{"evalId", "results": {"version": 3, "results": […]}, "config"}``).

Source: promptfoo, src/types/index.ts (EvaluateResult, EvaluateSummaryV2, EvaluateSummaryV3,
GradingResult), read 2026; facts of the example files of 2023 (version 1).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from harness.checks.verdict import CheckOutcome, Verdict
from harness.conversation.transcript import Usage
from harness.importers.results.foreign_trial import (
    ForeignRun,
    ForeignTrial,
    read_failure,
    read_number,
    read_score,
    split_messages,
)
from harness.results.model import Outcome
from harness.source import Span
from harness.spec.document.located import Node

FAILED, ERRORED = 1, 2
"""Promptfoo's ``failureReason``: an assertion said no; something else went wrong."""


def is_results(document: object) -> bool:
    """Tell whether a document is a whole file of results, or a line of one."""
    if not isinstance(document, Mapping):
        return False
    if is_result(document):
        return True
    held = _find_list(document)
    return isinstance(held, list) and all(is_result(one) for one in held[:5])


def is_result(value: object) -> bool:
    """Tell whether a value is one result."""
    if not isinstance(value, Mapping):
        return False
    return "success" in value and "vars" in value and ("prompt" in value or "response" in value)


def _find_list(document: Mapping[str, Any]) -> Any:
    held = document.get("results")
    return held.get("results") if isinstance(held, Mapping) else held


def read_results(document: Mapping[str, Any], path: str, root: Node | None) -> ForeignRun:
    """Read a whole file.

    Args:
        document: its JSON.
        path: its name, for places.
        root: the same with places; None where they are not known.
    """
    outer = document.get("results")
    summary = outer if isinstance(outer, Mapping) else document
    nested = isinstance(outer, Mapping)
    listed = _find_list(document)
    trials, troubles = [], []
    for number, one in enumerate(listed if isinstance(listed, list) else []):
        steps = ("results", "results", number) if nested else ("results", number)
        node = None if root is None else root.at(*steps)
        place = Span(path, 1, 1) if node is None else node.span
        if is_result(one):
            trials.append(read_result(one, place, number))
        else:
            troubles.append((place, f"result {number + 1}", "it is no result"))
    about = document.get("metadata")
    version = about.get("promptfooVersion") if isinstance(about, Mapping) else None
    created = about.get("evaluationCreatedAt") if isinstance(about, Mapping) else None
    return ForeignRun(
        tool=f"promptfoo {version}" if version else "promptfoo",
        trials=tuple(trials),
        made_at=str(created or summary.get("timestamp") or ""),
        config=document.get("config"),
        troubles=tuple(troubles),
    )


def read_result(one: Mapping[str, Any], place: Span, number: int) -> ForeignTrial:
    """Read one result."""
    response = one.get("response")
    response = response if isinstance(response, Mapping) else {}
    reply = _read_output(response.get("output"))
    outcome = _read_outcome(one, response, reply)
    messages = _read_prompt(one)
    system, users = split_messages(messages)
    grading = one.get("gradingResult")
    usage = response.get("tokenUsage") or one.get("tokenUsage")
    cost = read_number(one.get("cost")) or read_number(response.get("cost"))
    latency = read_number(one.get("latencyMs"))
    was_cached = bool(response.get("cached"))
    error = response.get("error") or one.get("error") or "promptfoo says that it errored, not why"
    return ForeignTrial(
        place=place,
        name=_name(one, number),
        providers=_list_providers(one),
        system=system,
        users=users,
        messages=tuple(messages),
        reply=reply,
        outcome=outcome,
        score=read_score(one.get("score")) if outcome != "errored" else None,
        verdicts=tuple(_list_verdicts(grading)) if isinstance(grading, Mapping) else (),
        failure=read_failure(str(error)) if outcome == "errored" else None,
        test=_read_integer(one.get("testIdx"), number),
        usage=_read_usage(usage) if isinstance(usage, Mapping) else None,
        cost_usd=cost or None,  # promptfoo writes 0 where it does not know
        latency_s=latency / 1000 if latency and not was_cached else None,
        finish_reason=_read_text(response.get("finishReason")),
    )


def _read_outcome(
    one: Mapping[str, Any], response: Mapping[str, Any], reply: str | None
) -> Outcome:
    """Return how it ended; ``error`` also holds the reason of an assertion that failed."""
    reason = one.get("failureReason")
    if one.get("success") is True:
        return "passed"
    if reason == ERRORED or (reason != FAILED and (response.get("error") or reply is None)):
        return "errored"
    return "failed"


def _read_output(output: object) -> str | None:
    if output is None or isinstance(output, str):
        return output
    return json.dumps(output, ensure_ascii=False)


def _read_prompt(one: Mapping[str, Any]) -> list[Any]:
    """Return the prompt that was sent, as chat messages."""
    prompt = one.get("prompt")
    raw = prompt.get("raw") if isinstance(prompt, Mapping) else prompt
    if not isinstance(raw, str):
        return []
    if raw.lstrip()[:1] == "[":
        try:
            messages = json.loads(raw)
        except (ValueError, RecursionError):
            messages = None
        if isinstance(messages, list) and all(isinstance(each, Mapping) for each in messages):
            return messages
    return [{"role": "user", "content": raw}]


def _list_providers(one: Mapping[str, Any]) -> tuple[str, ...]:
    provider = one.get("provider")
    if isinstance(provider, Mapping):
        names = [provider.get("label"), provider.get("id")]
    else:
        names = [provider]
    return tuple(str(name) for name in names if name)


def _name(one: Mapping[str, Any], number: int) -> str:
    case = one.get("testCase")
    described = case.get("description") if isinstance(case, Mapping) else one.get("description")
    return f"result {number + 1}" + (f" ({str(described)[:60]})" if described else "")


def _list_verdicts(grading: Mapping[str, Any]) -> Iterator[Verdict]:
    parts = grading.get("componentResults")
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, Mapping):
            yield _read_verdict(part)


def _read_verdict(part: Mapping[str, Any]) -> Verdict:
    assertion = part.get("assertion")
    assertion = assertion if isinstance(assertion, Mapping) else {}
    outcome: CheckOutcome = "passed" if part.get("pass") else "failed"
    weight = read_number(assertion.get("weight"))
    metric = assertion.get("metric")
    return Verdict(
        type=str(assertion.get("type") or "assert"),
        value=assertion.get("value"),
        outcome=outcome,
        score=read_score(part.get("score")),
        reason=str(part.get("reason") or ""),
        weight=1.0 if weight is None or weight < 0 else weight,
        metric=str(metric) if metric else None,
        parts=tuple(_list_verdicts(part)),
    )


def _read_usage(usage: Mapping[str, Any]) -> Usage | None:
    """Return tokens; None where only promptfoo's own cache was asked, which counts otherwise."""
    given, made = read_number(usage.get("prompt")), read_number(usage.get("completion"))
    if given is None or made is None or not (given or made):
        return None
    details = usage.get("completionDetails")
    thought = read_number(details.get("reasoning")) if isinstance(details, Mapping) else None
    return Usage(int(given), int(made), reasoning_tokens=min(int(thought or 0), int(made)))


def _read_integer(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def _read_text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
