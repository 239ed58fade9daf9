"""Read from a cassette how long a target's replies were, for the forecast of the next run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from harness.conversation.ports import Place
from harness.errors import HarnessError
from harness.fs.names import join_names
from harness.providers.openai.usage import read_usage
from harness.recording.storage.codec import decode_trials
from harness.recording.storage.exchange import RecordedExchange
from harness.recording.storage.folder import BrokenFileError, Folder, read_manifest
from harness.recording.storage.naming import CONVERSATIONS
from harness.run.forecast.past import PastReplies, PastTurns
from harness.run.requests.charge import is_declared_model
from harness.run.targets import Target
from harness.wiring.recording.cassette import lock_listing

MOST_FILES: Final = 500
"""Conversations that are read: they are read before anything is sent."""

_CHAT_NAMES: Final = {"input_tokens": "prompt_tokens", "output_tokens": "completion_tokens"}


def read_recorded_replies(path: Path, target: Target, *, simulated: bool) -> PastReplies | None:
    """Return a target's replies in a cassette; None where it holds none of their kind.

    They are those of the same model, and of the simulator where it is to answer again. What cannot
    be read says nothing: a replay tells what is wrong with it.

    Args:
        path: the folder of the cassette, which need not exist.
        target: the target, whose model has to be the one that answered.
        simulated: whether the simulator is to answer.
    """
    try:
        manifest = read_manifest(path)
    except HarnessError:
        return None
    if manifest is None or (manifest.cloud == "simulator") != simulated:
        return None
    folder, turns = Folder(path, lock_listing, manifest), PastTurns()
    ending = f"/{join_names(target.name.split('/', 1))}."
    names = (name for name in manifest.files if name.startswith(f"{CONVERSATIONS}/"))
    for name in [name for name in names if ending in name][:MOST_FILES]:
        try:
            document = folder.read(name)
            exchanges = decode_trials(document) if document else []
        except (BrokenFileError, ValueError):
            continue
        for exchange in exchanges:
            _add(turns, exchange, target)
    return turns.make_past(f"the recording {path.name}", simulated=simulated)


def _add(turns: PastTurns, exchange: RecordedExchange, target: Target) -> None:
    """Add a reply of this target to a turn; a judge's and what only taught something are none."""
    place = exchange.slot
    if not isinstance(place, Place) or place.target != target.name:
        return
    if place.check or exchange.lesson or exchange.received.status != 200:
        return
    documents = list(_read_documents(exchange.received.body))
    counted = next((one for one in reversed(documents) if one.get("usage")), None)
    if counted is None or not _is_model(counted.get("model"), target):
        return
    usage = read_usage(_rename(counted["usage"]), spoke=False).usage
    if usage is not None:
        key = (place.conversation, place.case, place.variant, place.turn)
        turns.add(key, usage, plays=int(place.round == 1))


def _is_model(answered: object, target: Target) -> bool:
    """Tell whether the target's model answered; of one that says nothing it is supposed."""
    if target.model is None or not isinstance(answered, str):
        return True
    return is_declared_model(answered, target)


def _read_documents(body: bytes) -> Iterator[dict[str, Any]]:
    """Yield the objects of an answer that may hold its usage: it is one, or streams them."""
    text = body.decode("utf-8", "replace")
    if text.lstrip().startswith("{"):
        lines = [text]
    else:
        lines = [line[5:] for line in text.splitlines() if line.startswith("data:")]
    for line in lines:
        try:
            document = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict):
            inner = document.get("response")
            yield inner if isinstance(inner, dict) else document


def _rename(usage: Any) -> Any:
    """Return the usage of the Responses API under the names of chat completions."""
    if not isinstance(usage, dict) or "input_tokens" not in usage:
        return usage
    named = {f"{old}_details": f"{new}_details" for old, new in _CHAT_NAMES.items()} | _CHAT_NAMES
    return {named.get(name, name): value for name, value in usage.items()}
