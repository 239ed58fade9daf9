"""Add a conversation to a spec on disk: edited as by hand, and checked before it is written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from harness.app.editing.edited_file import EditedFile
from harness.app.editing.insertion import NoPlaceError, insert_conversation
from harness.app.specs.permissions import Permissions
from harness.app.specs.reading import read_spec_file
from harness.errors import Diagnostic, RequestError, SpecError
from harness.importers.overlay import OverlaidReader
from harness.source import Span
from harness.spec.formats.limits import SPEC
from harness.spec.load import SpecFile
from harness.spec.ports import Reader

ID_TAKEN = "H950"
NOT_ADDED = "H951"


def add_conversation(
    path: Path,
    conversation: Mapping[str, Any],
    permissions: Permissions,
    reader: Reader,
    environment: Mapping[str, str],
) -> EditedFile:
    """Return the spec's file with a conversation behind those that it has; nothing is written.

    Args:
        path: the spec; conversations that it extends or includes stay where they are.
        conversation: as a spec holds it, with an ``id`` of its own.
        permissions: what the spec may do, as when it is read.
        reader: the files beneath the project root.
        environment: variables that the spec may name.

    Raises:
        SpecError: the spec on disk is wrong as it is.
        RequestError: the id is taken, or the spec would not hold what it shall.
    """
    before = read_spec_file(path, permissions, reader, environment)
    _require_free_id(before, str(conversation.get("id", "")))
    text = reader.read(str(path), SPEC.size or 0).decode("utf-8")
    try:
        after = insert_conversation(text, conversation)
    except NoPlaceError as error:
        raise _not_added_error(before, str(error)) from None
    edited = OverlaidReader(reader, {str(path): after})
    try:
        again = read_spec_file(path, permissions, edited, environment)
    except SpecError as error:
        first = error.diagnostics[0]
        raise _not_added_error(before, f"{first.summary}\n{first.detail}", first.hint) from None
    expected = [*(before.document.get("conversations") or ()), dict(conversation)]
    if again.document != {**before.document, "conversations": expected}:
        raise _not_added_error(before, "the spec would not hold exactly this conversation more")
    return EditedFile(path, text, after)


def suggest_free_id(wanted: str, taken: frozenset[str]) -> str:
    """Return an id that no conversation has: the wanted one, or that with the next free number."""
    number, name = 2, wanted
    while name in taken:
        name = f"{wanted}-{number}"
        number += 1
    return name


def _require_free_id(spec_file: SpecFile, name: str) -> None:
    ids = [one.id for one in spec_file.spec.conversations]
    if name not in ids:
        return
    free = suggest_free_id(name, frozenset(ids))
    raise RequestError(
        Diagnostic(
            ID_TAKEN,
            f"the spec has a conversation {name} already",
            span=spec_file.spans.at("conversations", ids.index(name)),
            hint=f"take another id: {free} is free",
        )
    )


def _not_added_error(spec_file: SpecFile, why: str, hint: str = "") -> RequestError:
    return RequestError(
        Diagnostic(
            NOT_ADDED,
            "the conversation cannot be added to the spec, which is left as it is",
            why.strip(),
            spec_file.spans.key("conversations")
            if "conversations" in spec_file.document
            else Span(spec_file.path, 1, 1),
            hint or "write the spec's `conversations` as a list of its own",
        )
    )
