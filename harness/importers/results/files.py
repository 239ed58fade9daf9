"""Files of results, as a format that can be converted: to the spec that they are results of.

The spec comes from the configuration in the file, where there is one; else it is what was asked.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from itertools import islice
from typing import Any

from harness.azure.catalogue import find_newest_day
from harness.importers.braces import escape
from harness.importers.chats.as_spec import write_spec
from harness.importers.chats.chat import NotAChatError, make_chat
from harness.importers.chats.documents import Complaints, decode_documents, split_lines
from harness.importers.chats.gathering import GatheredChats
from harness.importers.chats.messages import UnreadableMessageError
from harness.importers.conversion import Conversion, Unmapped
from harness.importers.formats import SourceFile, find_format
from harness.importers.results import openai_evals, promptfoo_results
from harness.importers.results.foreign_trial import ForeignRun, ForeignTrial
from harness.source import Span
from harness.spec.document.located import locate

LOOKED_AT = 5
MEANT = {"match": "starts-with", "includes": "contains"}
"""Checks of open-source evals that hold what they expected, and the assertion that means the same.

Source: openai/evals, evals/elsuite/basic/match.py and includes.py.
"""


def recognise(source: SourceFile) -> bool:
    """Tell whether a file holds results of promptfoo or of OpenAI Evals."""
    return _find_kind(source) is not None


def convert(source: SourceFile) -> Conversion:
    """Return the spec that the results of a file belong to."""
    found = read_run(source)
    troubles = tuple(Unmapped(span, what, why) for span, what, why in found.troubles)
    if found.config is not None:
        place = Span(source.path, 1, 1)
        text = json.dumps(found.config, ensure_ascii=False)
        inner = replace(source, text=text, root=locate(found.config, place))
        form = find_format(inner)
        if form is not None and not form.holds_results:
            made = form.convert(inner)
            return replace(made, unmapped=(*troubles, *made.unmapped))
    made = _convert_questions(found, source)
    note = "the file holds no configuration that is known: the spec asks what was asked"
    return replace(made, unmapped=(*troubles, *made.unmapped), notes=(note, *made.notes))


def read_run(source: SourceFile) -> ForeignRun:
    """Read the results of a file that was recognised."""
    kind = _find_kind(source)
    complaints = Complaints()
    lines = split_lines(source.text)
    whole = _parse(source.text)
    if kind == "promptfoo" and isinstance(whole, dict) and not promptfoo_results.is_result(whole):
        return promptfoo_results.read_results(whole, source.path, source.root)
    located = [
        (place, one)
        for place, value in decode_documents(lines, source.path, complaints)
        for one in _open(value)
    ]
    held = [(place, one) for place, one in located if isinstance(one, dict)]
    if kind == "items":
        found = openai_evals.read_items(held)
    elif kind == "log":
        found = openai_evals.read_log(held)
    else:
        trials = tuple(
            promptfoo_results.read_result(one, place, number)
            for number, (place, one) in enumerate(held)
            if promptfoo_results.is_result(one)
        )
        others = tuple(
            (place, "a line", "it is no result")
            for place, one in held
            if not promptfoo_results.is_result(one)
        )
        found = ForeignRun("promptfoo", trials, troubles=others)
    broken = tuple((one.span, one.what, one.reason) for one in complaints.list_unmapped())
    return replace(found, troubles=(*found.troubles, *broken))


def _open(value: Any) -> list[Any]:
    """Return what a document holds: an API's page of items, a list, or itself."""
    if isinstance(value, dict) and isinstance(value.get("data"), list) and "object" in value:
        return list(value["data"])
    return value if isinstance(value, list) else [value]


def _find_kind(source: SourceFile) -> str | None:
    """Return whose results a file holds, by its first documents."""
    if source.text.lstrip("\ufeff \t\r\n")[:1] not in {"{", "["}:
        return None
    lines = split_lines(source.text)
    documents = decode_documents(lines, "", Complaints())
    for _, document in islice(documents, LOOKED_AT):
        if promptfoo_results.is_results(document):
            return "promptfoo"
        for one in _open(document)[:LOOKED_AT]:
            if openai_evals.is_output_item(one):
                return "items"
            if openai_evals.is_event(one):
                return "log"
            if promptfoo_results.is_result(one):
                return "promptfoo"
    return None


def _parse(text: str) -> Any:
    try:
        return json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None


def _convert_questions(found: ForeignRun, source: SourceFile) -> Conversion:
    """Return a spec that asks what was asked: its chats, and the answers of then."""
    complaints = Complaints()
    chats, known = [], set()
    for one in found.trials:
        about = {"model": one.model or (one.providers[-1] if one.providers else None)}
        try:
            chat = make_chat(
                one.place, list(one.messages), answer=one.reply, answered=True, about=about
            )
        except (NotAChatError, UnreadableMessageError) as error:
            complaints.add(one.place, one.name, str(error))
            continue
        if chat.question not in known:
            known.add(chat.question)
            chats.append(replace(chat, demands=_list_demands(one)))
    double = len(found.trials) - len(known)
    gathered = GatheredChats(
        tuple(chats), len(found.trials), double, Counter(), (), complaints.list_unmapped()
    )
    stem = re.sub(r"\.[^.]*$", "", re.split(r"[/\\]", source.out)[-1])
    name = re.sub(r"[^\w.-]+", "-", stem).strip("-._")[:60].rstrip("-._") or "results"
    return write_spec(gathered, name, source.options.reference, find_newest_day())


def _list_demands(trial: ForeignTrial) -> tuple[dict[str, Any], ...]:
    """Return the assertions that mean what a check with an expected text meant."""
    demands = []
    for verdict in trial.verdicts:
        name, wanted = MEANT.get(verdict.type), verdict.value
        if isinstance(wanted, list) and len(wanted) == 1:
            wanted = wanted[0]
        if name is not None and isinstance(wanted, str) and wanted:
            demands.append({name: escape(wanted)})
    return tuple(demands)
