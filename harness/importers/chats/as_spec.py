"""Chats as a spec: a data set of them, the answers of then, and a deployment to ask today.

Each chat is a case that is asked again with the history that it had: what the model said before is
not said anew. The answers of then are a file that a ``recorded`` target reads, so that they stand
beside today's in every table; they are demanded of today's only where that is asked for.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import Any, Literal

from harness.conversation.answers import Answers
from harness.importers.braces import escape
from harness.importers.chats.chat import LoggedChat
from harness.importers.chats.documents import Complaints
from harness.importers.chats.gathering import GatheredChats
from harness.importers.conversion import Conversion, NewFile
from harness.importers.deployments import (
    EMBEDDER,
    JUDGE,
    find_beside,
    find_stand_in,
    make_cloud,
)
from harness.text.numbers import format_plural

Reference = Literal["none", "similar", "llm-rubric"]
THEN, LOG = "then", "log"
"""The handle of the target that answers as the log does, and the version of its answers."""
RUBRIC = """Says the same as the answer that was given before, in whatever words, and nothing that \
contradicts it. The answer of before:

{{recorded}}"""


@dataclass(frozen=True, slots=True)
class _Case:
    chat: LoggedChat
    name: str


def write_spec(gathered: GatheredChats, name: str, reference: Reference, on: date) -> Conversion:
    """Return the spec of a log's chats, and its files.

    Args:
        gathered: the chats.
        name: of the spec, and of its files.
        reference: the assertion, if any, that holds today's answers against those of then.
        on: the day on which models are chosen.
    """
    if not gathered.chats:
        return Conversion(
            document=None,
            out_of_reach="it holds no chat that could be asked again",
            unmapped=gathered.unmapped,
        )
    complaints = Complaints()
    cases, answers = _name_cases(gathered.chats, complaints)
    groups = _group(cases)
    models = Counter(case.chat.model for case in cases if case.chat.model is not None)
    asked = models.most_common(1)[0][0] if models else None
    stand_in = find_stand_in(asked, on)
    deployments: dict[str, Any] = {"today": stand_in.to_document()}
    evaluation: dict[str, Any] = {"targets": ["sweden/today"]}
    if all(case.chat.answer is not None for case in cases):
        evaluation["targets"].append(f"recorded/{THEN}")
    if reference == "similar":
        deployments["embed"] = find_beside(EMBEDDER, on).to_document()
        evaluation["embeddings"] = {"target": "sweden/embed"}
    elif reference == "llm-rubric":
        deployments["judge"] = find_beside(JUDGE, on).to_document()
        evaluation["judge"] = {"target": "sweden/judge"}
    parameters = _choose_parameters(cases, complaints)
    if parameters:
        evaluation["parameters"] = parameters
    stem = PurePosixPath(name).name
    files = [NewFile(f"data/{stem}-answers.jsonl", "".join(answers))] if answers else []
    conversations = []
    for number, group in enumerate(groups, start=1):
        more = "" if len(groups) == 1 else f"-{number}"
        identifier, path = f"chats{more}", f"data/{stem}{more}.jsonl"
        conversations.append(_write_conversation(group, identifier, path, reference))
        files.append(NewFile(path, _write_cases(group, reference)))
    document: dict[str, Any] = {
        "version": 1,
        "name": name,
        "description": _describe(gathered),
        **make_cloud(name, deployments),
    }
    if answers:
        recorded = {"type": "recorded", "answers": f"data/{stem}-answers.jsonl"}
        document["providers"] = {"recorded": {**recorded, "models": {THEN: {"version": LOG}}}}
    document["evaluation"] = evaluation
    document["conversations"] = conversations
    return Conversion(
        document=document,
        files=tuple(files),
        unmapped=(*gathered.unmapped, *complaints.list_unmapped()),
        notes=tuple(_list_notes(gathered, cases, models, stand_in.note, reference)),
    )


def _name_cases(
    chats: Sequence[LoggedChat], complaints: Complaints
) -> tuple[list[_Case], list[str]]:
    """Return the cases and the lines of the answers file.

    An answer is found again by what the user said. A chat whose answer would be another one's is
    left out: nobody shall read a wrong answer as the one of then.
    """
    known = Answers()
    for chat in chats:
        if chat.answer is not None:
            known.add(THEN, LOG, chat.list_turns())
    cases: list[_Case] = []
    lines: list[str] = []
    for chat in chats:
        turns = chat.list_turns()
        if chat.answer is not None:
            found = known.find(THEN, LOG, [user for user, _ in turns])
            if found != chat.answer:
                reason = "the user says what another chat says, under another system text or answer"
                complaints.add(chat.place, "a chat", reason)
                continue
            written = [{"user": user, "assistant": said} for user, said in turns]
            lines.append(_write_line({"model": THEN, "version": LOG, "turns": written}))
        name = blake2b(chat.question.encode("utf-8", "replace"), digest_size=5).hexdigest()
        cases.append(_Case(chat, name))
    return cases, lines


def _group(cases: Sequence[_Case]) -> list[list[_Case]]:
    """Group chats that can be one conversation: by their tools, and by having a system text."""
    groups: dict[tuple[str, bool], list[_Case]] = {}
    for case in cases:
        tools = json.dumps(case.chat.tools, sort_keys=True)
        groups.setdefault((tools, case.chat.system is None), []).append(case)
    return sorted(groups.values(), key=len, reverse=True)


def _write_conversation(
    group: list[_Case], name: str, path: str, reference: Reference
) -> dict[str, Any]:
    conversation: dict[str, Any] = {"id": name, "cases": path}
    systems = {case.chat.system for case in group}
    system = next(iter(systems))
    if len(systems) > 1:
        conversation["system"] = "{{system}}"
    elif system is not None:
        conversation["system"] = escape(system)
    if group[0].chat.tools:
        conversation["tools"] = escape(list(group[0].chat.tools))
    turn: dict[str, Any] = {"messages": "{{messages}}"}
    when = {} if all(case.chat.answer for case in group) else {"when": "{{recorded}}"}
    if reference == "similar":
        turn["assert"] = [{"similar": "{{recorded}}", "threshold": 0.8, **when}]
    elif reference == "llm-rubric":
        turn["assert"] = [{"llm-rubric": RUBRIC, **when}]
    conversation["turns"] = [turn]
    return conversation


def _write_cases(group: list[_Case], reference: Reference) -> str:
    """Write the data set of a group; what only people read begins with ``x-``."""
    several = len({case.chat.system for case in group}) > 1
    recorded = "x-recorded" if reference == "none" else "recorded"
    lines = []
    for case in group:
        chat = case.chat
        lines.append(
            _write_line(
                {
                    "id": case.name,
                    **({"system": chat.system} if several else {}),
                    "messages": list(chat.messages),
                    recorded: chat.answer or "",
                    **({"assert": list(chat.demands)} if chat.demands else {}),
                    "x-model": chat.model or "",
                    "x-from": f"{chat.place.file}:{chat.place.line}",
                }
            )
        )
    return "".join(lines)


def _choose_parameters(cases: Sequence[_Case], complaints: Complaints) -> dict[str, Any]:
    """Return the parameters that all requests shared; the others are told."""
    sets = [case.chat.parameters for case in cases if case.chat.parameters]
    shared = {}
    for name in dict.fromkeys(key for one in sets for key in one):
        values = {json.dumps(one.get(name), sort_keys=True) for one in sets}
        if len(values) == 1:
            shared[name] = sets[0][name]
        else:
            place = next(c.chat.place for c in cases if name in (c.chat.parameters or {}))
            told = f"the parameter {name}"
            complaints.add(place, told, f"requests differ in it ({len(values)} values)")
    return {name: escape(value) for name, value in shared.items()}


def _describe(gathered: GatheredChats) -> str:
    kept = format_plural(len(gathered.chats), "chat")
    return f"{kept} of {gathered.chats[0].place.file}, asked again"


def _list_notes(
    gathered: GatheredChats,
    cases: Sequence[_Case],
    models: Counter[str],
    stand_in: str,
    reference: Reference,
) -> list[str]:
    seen = format_plural(gathered.seen, "chat")
    notes = [f"{seen} read, {gathered.double:,} of them asked before, {len(cases):,} kept"]
    if gathered.hidden:
        kinds = ", ".join(f"{kind} {count}×" for kind, count in sorted(gathered.hidden.items()))
        places = "; ".join(gathered.hidden_at)
        notes.append(f"what looked like a secret was hidden: {kinds} ({places})")
    if stand_in:
        notes.append(stand_in)
    if len(models) > 1:
        named = ", ".join(
            f"{name or 'not said'} {count:,}×" for name, count in models.most_common()
        )
        notes.append(f"several models answered: {named}; the first is asked today")
    if any(case.chat.answer is None for case in cases):
        unknown = sum(case.chat.answer is None for case in cases)
        notes.append(
            f"{format_plural(unknown, 'chat')} without an answer: recorded/{THEN} is asked only "
            f"with -t recorded/{THEN}"
        )
    if reference == "none" and not any(case.chat.demands for case in cases):
        notes.append("nothing is demanded of the answers yet: add `assert`, or --reference similar")
    return notes


def _write_line(value: dict[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text.encode("utf-8", "replace").decode() + "\n"
