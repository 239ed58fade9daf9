"""A plan in a file: what would be done, and what Azure held when it was made.

It is read by people, and carried out only as long as both still hold. It has no secrets: declared
fields come from the spec, where keys cannot stand, and of everything else only digests are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from harness.plan.model import Action, Change, Delete, Intent, Plan, Purge, Put, Restore, Step
from harness.plan.rendering.plans import make_plan_document
from harness.plan.resources.fields import hash_values
from harness.text.values import format_value

KIND = "harness plan"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Origin:
    """The origin of a plan: what it was made from.

    Attributes:
        path: the spec's, from the folder of the plan's file.
        sha256: of the spec as it was loaded, with all that it includes.
        cloud: by the name that a spec gives it.
    """

    path: str
    sha256: str
    cloud: str


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan as it was read from a file; ``document`` is all of it."""

    origin: Origin
    intent: Intent
    document: Mapping[str, Any]


class NotAPlanError(ValueError):
    """The text is JSON, calls itself a plan, and is not one that this version can read."""


class _Spec(msgspec.Struct):
    path: str
    sha256: str


class _Intent(msgspec.Struct):
    adopt: bool
    prune: bool
    only: tuple[str, ...]
    skip: tuple[str, ...]
    accept_loss: bool = False


class _Change(msgspec.Struct):
    address: str
    action: Action
    reasons: tuple[str, ...]
    after: dict[str, Any] | None = None


class _Problem(msgspec.Struct):
    severity: str
    code: str
    message: str


class _Plan(msgspec.Struct):
    summary: dict[str, int]
    changes: tuple[_Change, ...]
    preflight: tuple[_Problem, ...]


class _Seen(msgspec.Struct):
    fields: dict[str, Any]


class _Document(msgspec.Struct):
    """The parts of a plan's file that are looked into, each of its type."""

    spec: _Spec
    cloud: str
    intent: _Intent
    plan: _Plan
    saw: dict[str, _Seen | None]


def make_saved_document(
    plan: Plan, origin: Origin, intent: Intent, *, made_at: str, version: str
) -> dict[str, Any]:
    """Return the document of a plan file (provisional).

    ``made_at`` and ``version`` are for people.
    """
    return {
        "format_version": FORMAT_VERSION,
        "kind": KIND,
        "harness_version": version,
        "made_at": made_at,
        "spec": {"name": plan.spec, "path": origin.path, "sha256": origin.sha256},
        "cloud": origin.cloud,
        "intent": {
            "adopt": intent.adopt,
            "prune": intent.prune,
            "accept_loss": intent.accept_loss,
            "only": list(intent.only),
            "skip": sorted(intent.skip),
        },
        **_describe_state(plan),
    }


def read_saved(text: str) -> SavedPlan | None:
    """Return the plan that a text holds; None where it is something else, such as a spec.

    Raises:
        NotAPlanError: it is a plan of another version, or a broken one.
    """
    if not text.lstrip().startswith("{"):
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or document.get("kind") != KIND:
        return None
    if document.get("format_version") != FORMAT_VERSION:
        written = document.get("format_version")
        raise NotAPlanError(f"its format_version is {written}, and this version reads 1")
    try:
        held = msgspec.convert(document, _Document)
    except (msgspec.ValidationError, UnicodeError, RecursionError) as error:
        why = f"something in it is missing, or not what it should be: {error}"
        raise NotAPlanError(why) from None
    wish = held.intent
    return SavedPlan(
        Origin(held.spec.path, held.spec.sha256, held.cloud),
        Intent(
            "apply",
            adopt=wish.adopt,
            skip=frozenset(wish.skip),
            prune=wish.prune,
            only=wish.only,
            accept_loss=wish.accept_loss,
        ),
        document,
    )


def list_what_changed(before: SavedPlan | Plan, plan: Plan) -> tuple[str, ...]:
    """Return why an earlier plan may no longer be carried out, in lines; empty where it may.

    ``plan`` is what would be planned now for the same spec and the same intent.
    """
    was = before.document if isinstance(before, SavedPlan) else _describe_as_json(before)
    now = _describe_as_json(plan)
    told = tuple(_list_changed(was["saw"], now["saw"]))
    if told or all(was.get(key) == now[key] for key in ("saw", "steps")):
        same = was["plan"].get("changes") == now["plan"]["changes"]
        return told or (() if same else ("what the spec comes to is not the same any more",))
    return ("what would be done is not the same any more",)


def _describe_as_json(plan: Plan) -> Mapping[str, Any]:
    """Return the state of a plan as it would be read back from a file."""
    state = json.dumps(_describe_state(plan), ensure_ascii=False, default=str)
    described: dict[str, Any] = json.loads(state)
    return described


def _describe_state(plan: Plan) -> dict[str, Any]:
    """Return what decides whether a plan still holds."""
    document = make_plan_document(plan)
    return {
        "plan": document,
        "steps": [
            {"address": change.address, **_describe_step(step)}
            for change in plan.changes
            for step in change.steps
        ],
        "saw": {change.address: _describe_seen(change) for change in plan.changes},
    }


def _describe_seen(change: Change) -> dict[str, Any] | None:
    """Return what was there; None for nothing."""
    if change.before is None:
        return None
    fingerprint = change.trace.fingerprint if change.trace else ""
    return {"fields": dict(change.before), "fingerprint": fingerprint}


def _describe_step(step: Step) -> dict[str, Any]:
    match step:
        case Put():
            fields: dict[str, Any] = {"fresh": step.fresh, "owner": step.owner}
            what = {"digest": hash_values(step.patch)} if step.carries else {"patch": step.patch}
            return {"do": "put", "resource": str(step.resource), **fields, **what}
        case Restore() | Purge() | Delete():
            rest = {key: value for key, value in asdict(step).items() if key != "resource"}
            return {"do": type(step).__name__.lower(), "resource": str(step.resource), **rest}


def _list_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is otherwise than the plan saw it, address by address."""
    for address in dict.fromkeys((*before, *after)):
        was, now = before.get(address), after.get(address)
        if was == now:
            continue
        if was is None or now is None:
            yield f"{address}: {'it is there now' if was is None else 'it is gone'}"
            continue
        fields = [
            f"{name} was {format_value(was['fields'].get(name))}, "
            f"and is {format_value(now['fields'].get(name))}"
            for name in dict.fromkeys((*was["fields"], *now["fields"]))
            if was["fields"].get(name) != now["fields"].get(name)
        ]
        yield f"{address}: {', '.join(fields) or 'something that the spec does not name changed'}"
