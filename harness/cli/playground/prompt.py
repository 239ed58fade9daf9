"""The line in which one types: several lines, history, search and completion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.playground.commands import COMMANDS

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory
    from prompt_toolkit.key_binding import KeyBindings

QUOTES = '"""'


def is_open(text: str) -> bool:
    """Return whether more lines belong to what was typed: a backslash at its end, open quotes."""
    if text.startswith(QUOTES):
        return not (text.endswith(QUOTES) and len(text.strip()) >= 2 * len(QUOTES))
    return text.endswith("\\")


def read_typed(text: str) -> str:
    """Return what is meant by what was typed: without quotes around it and marks of line ends.

    What is no character, as a broken paste may hold, becomes a question mark.
    """
    text = text.encode("utf-8", "replace").decode()
    if text.startswith(QUOTES):
        return text.strip().removeprefix(QUOTES).removesuffix(QUOTES).strip("\n")
    return text.replace("\\\n", "\n").strip()


def make_prompt(
    history: Path, toolbar: Callable[[], str], hide_secrets: Callable[[str], str]
) -> PromptSession[str]:
    """Make the prompt.

    Args:
        history: the file of what was typed before; made, for nobody else to read.
        toolbar: the status line below it.
        hide_secrets: leaves out of a text what looks like a secret.
    """
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.formatted_text import FormattedText

    names = [f"/{one.name}" for one in COMMANDS]
    meta: dict[str, Any] = {f"/{one.name}": one.summary for one in COMMANDS}
    return PromptSession(
        history=open_history(history, hide_secrets),
        key_bindings=_make_keys(),
        multiline=True,
        prompt_continuation="  … ",
        completer=WordCompleter(names, meta_dict=meta, sentence=True),
        complete_while_typing=False,
        enable_history_search=False,
        bottom_toolbar=lambda: FormattedText([("", toolbar())]),
    )


def open_history(path: Path, hide_secrets: Callable[[str], str]) -> FileHistory:
    """Return what was typed in chats before, kept in a file without what looks like a secret.

    A disk that refuses does not end a chat: what is typed then is known until its end.
    """
    from prompt_toolkit.history import FileHistory

    class DiscreetHistory(FileHistory):
        def load_history_strings(self) -> Iterator[str]:
            with suppress(OSError):
                yield from super().load_history_strings()

        def store_string(self, string: str) -> None:
            with suppress(OSError):
                super().store_string(hide_secrets(string))

    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
    return DiscreetHistory(str(path))


def _make_keys() -> KeyBindings:
    from prompt_toolkit.filters import is_searching
    from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

    keys = KeyBindings()

    @keys.add("enter", filter=~is_searching)
    def send(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if is_open(buffer.text):
            buffer.insert_text("\n")
        else:
            buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def begin_line(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys
