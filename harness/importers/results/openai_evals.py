"""Results of OpenAI Evals: the output items of hosted evals, and the log of the open-source ones.

Hosted: a line (or an element of ``data``) is an ``eval.run.output_item`` with the item of the data
source, the sample that was taken and the result of each grader. Open source: a line is the
``spec``, an event (``sampling``, ``match``, ``metrics``, ``error``) or the ``final_report``.

Source: OpenAI's API reference, evals, output items (read 2026; the service ends on 2026-11-30);
openai/evals, evals/record.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from harness.checks.verdict import CheckOutcome, Verdict
from harness.conversation.transcript import Usage
from harness.importers.chats.chat import join_text
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

Located = tuple[Span, Mapping[str, Any]]
JUDGED = {"match", "metrics", "fuzzy_match", "f1", "includes"}


def is_output_item(value: object) -> bool:
    """Tell whether a value is an output item of a hosted eval."""
    if not isinstance(value, Mapping):
        return False
    if value.get("object") == "eval.run.output_item":
        return True
    return "sample" in value and "datasource_item" in value


def is_event(value: object) -> bool:
    """Tell whether a value is a line of an open-source eval's log."""
    if not isinstance(value, Mapping):
        return False
    spec = value.get("spec")
    if isinstance(spec, Mapping) and "completion_fns" in spec:
        return True
    return {"run_id", "event_id", "type", "data"} <= value.keys() or "final_report" in value


def read_items(items: Iterable[Located]) -> ForeignRun:
    """Read the output items of a hosted eval."""
    trials, troubles, made_at = [], [], ""
    for number, (place, item) in enumerate(items):
        if not is_output_item(item):
            troubles.append((place, f"line {place.line}", "it is no output item of an eval"))
            continue
        trials.append(_read_item(item, place, number))
        made_at = made_at or _read_moment(item.get("created_at"))
    return ForeignRun("OpenAI Evals", tuple(trials), made_at, troubles=tuple(troubles))


def _read_item(item: Mapping[str, Any], place: Span, number: int) -> ForeignTrial:
    sample = item.get("sample")
    sample = sample if isinstance(sample, Mapping) else {}
    messages = _list(sample.get("input"))
    system, users = split_messages(messages)
    replies = [join_text(one.get("content")) for one in _list(sample.get("output"))]
    error = sample.get("error")
    error = (
        error
        if isinstance(error, Mapping) and (error.get("message") or error.get("code"))
        else None
    )
    verdicts = tuple(map(_read_grade, _list(item.get("results"))))
    reply = replies[-1] if replies else None
    status = str(item.get("status") or "")
    outcome: Outcome = "passed" if status == "pass" else "failed"
    if error is not None or (reply is None and status not in {"pass", "fail"}):
        outcome = "errored"
    message = f"{error.get('code') or ''} {error.get('message') or ''}".strip() if error else status
    model = sample.get("model")
    scores = [one.score for one in verdicts if one.score is not None]
    return ForeignTrial(
        place=place,
        name=f"item {item.get('datasource_item_id', number)}",
        providers=(str(model),) if model else (),
        system=system,
        users=users,
        messages=tuple(messages),
        reply=reply,
        outcome=outcome,
        score=sum(scores) / len(scores) if scores and outcome != "errored" else None,
        verdicts=verdicts,
        failure=read_failure(message or "no answer") if outcome == "errored" else None,
        test=_read_id(item.get("datasource_item_id"), number),
        usage=_read_usage(sample.get("usage")),
        model=str(model) if model else None,
        finish_reason=str(sample.get("finish_reason") or "") or None,
    )


def _read_grade(grade: Mapping[str, Any]) -> Verdict:
    passed = grade.get("passed")
    outcome: CheckOutcome = "passed" if passed else "failed"
    named = grade.get("name")
    kind = str(grade.get("type") or named or "grader")
    said = "passed" if passed else "did not pass"
    return Verdict(
        type=kind,
        value=None,
        outcome=outcome,
        score=read_score(grade.get("score")),
        reason=f"The grader {named or kind} of OpenAI Evals {said}.",
        metric=str(named) if named and named != kind else None,
    )


def read_log(events: Iterable[Located]) -> ForeignRun:
    """Read the log of an open-source eval: the events of one sample are one trial.

    Of several answers to a sample the first is the model's; others are its judge's.
    """
    samples: dict[str, list[Located]] = {}
    troubles: list[tuple[Span, str, str]] = []
    models: tuple[str, ...] = ()
    made_at = ""
    for place, event in events:
        spec = event.get("spec")
        if isinstance(spec, Mapping):
            asked = spec.get("completion_fns")
            models = tuple(map(str, asked)) if isinstance(asked, list) else ()
            made_at = _read_moment(spec.get("created_at"))
        elif "sample_id" in event:
            samples.setdefault(str(event["sample_id"]), []).append((place, event))
        elif "final_report" not in event and not is_event(event):
            troubles.append((place, f"line {place.line}", "it is no event of an eval"))
    trials = []
    for number, (name, held) in enumerate(samples.items()):
        trial = _read_sample(name, held, models, number)
        if trial is None:
            troubles.append((held[0][0], f"sample {name}", "nothing was asked in it"))
        else:
            trials.append(trial)
    return ForeignRun("OpenAI Evals", tuple(trials), made_at, troubles=tuple(troubles))


def _read_sample(
    name: str, held: list[Located], models: tuple[str, ...], number: int
) -> ForeignTrial | None:
    by_type: dict[str, list[Mapping[str, Any]]] = {}
    for _, event in held:
        data = event.get("data")
        if isinstance(data, Mapping):
            by_type.setdefault(str(event.get("type")), []).append(data)
    asked = next(iter(by_type.get("sampling", ())), None)
    if asked is None:
        return None
    prompt = asked.get("prompt")
    whole = [{"role": "user", "content": str(prompt)}]
    messages: list[Any] = prompt if isinstance(prompt, list) else whole
    system, users = split_messages(messages)
    sampled = asked.get("sampled")
    replies = sampled if isinstance(sampled, list) else [sampled]
    reply = str(replies[0]) if replies and replies[0] is not None else None
    verdicts = tuple(
        _read_event(kind, data) for kind in by_type if kind in JUDGED for data in by_type[kind]
    )
    errors = by_type.get("error", ())
    outcome: Outcome = "passed"
    if any(one.outcome == "failed" for one in verdicts):
        outcome = "failed"
    if reply is None or (errors and not verdicts):
        outcome = "errored"
    scores = [one.score for one in verdicts if one.score is not None]
    message = str(next(iter(errors), {}).get("message") or "no answer")
    model = asked.get("model") or (models[0] if models else None)
    return ForeignTrial(
        place=held[0][0],
        name=f"sample {name}",
        providers=tuple(dict.fromkeys(str(one) for one in (model, *models) if one)),
        system=system,
        users=users,
        messages=tuple(messages),
        reply=reply,
        outcome=outcome,
        score=sum(scores) / len(scores) if scores and outcome != "errored" else None,
        verdicts=verdicts,
        failure=read_failure(message) if outcome == "errored" else None,
        test=number,
        usage=_read_usage(asked.get("usage")),
        model=str(model) if model else None,
    )


def _read_event(kind: str, data: Mapping[str, Any]) -> Verdict:
    """Return a verdict: of a ``match`` whether it is correct, else of the first figure."""
    figures = {key: value for key, value in data.items() if read_number(value) is not None}
    correct = data.get("correct", data.get("match"))
    score = read_score(next(iter(figures.values()), None))
    if isinstance(correct, bool):
        score = 1.0 if correct else 0.0
    outcome: CheckOutcome = "passed" if (score or 0.0) > 0 else "failed"
    expected = data.get("expected")
    choice = data.get("choice")
    told = f"choice {choice}" if choice is not None else f"{kind}: {score}"
    return Verdict(kind, expected, outcome, score, f"OpenAI Evals: {told}.")


def _read_usage(usage: object) -> Usage | None:
    if not isinstance(usage, Mapping):
        return None
    given, made = (
        read_number(usage.get("prompt_tokens")),
        read_number(usage.get("completion_tokens")),
    )
    if given is None or made is None:
        return None
    cached = min(int(read_number(usage.get("cached_tokens")) or 0), int(given))
    return Usage(int(given), int(made), cached)


def _read_moment(value: object) -> str:
    """Return a moment as the file says it; seconds since 1970 are kept as such, in digits."""
    number = read_number(value)
    return str(int(number)) if number is not None else str(value or "")


def _read_id(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def _list(value: object) -> list[Mapping[str, Any]]:
    found = value if isinstance(value, list) else []
    return [one for one in found if isinstance(one, Mapping)]
