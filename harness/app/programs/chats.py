"""Write a chat as a program: what was said is history, its last message is asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from harness.app.programs.ports import CallForms, WantedProgram
from harness.app.programs.writing import describe_target, write_script_program
from harness.codegen.choice import STYLES, ProgramChoice
from harness.errors import Diagnostic, RequestError

if TYPE_CHECKING:
    from harness.conversation.play import Script
    from harness.run.targets import Target
    from harness.spec.load import SpecFile

_WORDS: Final[dict[str, dict[str, Any]]] = {
    **{style: {"style": style} for style in STYLES},
    "async": {"is_async": True},
    "stream": {"streams": True},
    "whole": {"streams": False},
    "keyless": {"keyless": True},
    "key": {"keyless": False},
    "chat": {"api": "chat"},
    "responses": {"api": "responses"},
}
"""The words behind ``/code``; ``stream`` is what a chat does, ``whole`` the contrary."""


def write_chat_program(
    spec_file: SpecFile, forms: CallForms, target: Target, script: Script, words: Sequence[str]
) -> str:
    """Return a chat as a program.

    Args:
        spec_file: the spec of its target.
        forms: the forms of calls to the spec's targets.
        target: the one that is talked to.
        script: the chat: replies that were given, and a last message that is asked again.
        words: the form of the program: ``curl``, ``async``, ``responses`` …

    Raises:
        RequestError: a word is none of them, or the form, or the call, is none of a program.
    """
    title = f"One question to {describe_target(target)}, as the chat asked it."
    if len(script.lines) > 1:
        title = f"The chat with {describe_target(target)}; its last message is asked again."
    wanted = WantedProgram(target.name, conversation="chat", choice=read_words(words))
    return write_script_program(spec_file, forms, target, script, title, wanted)


def read_words(words: Sequence[str]) -> ProgramChoice:
    """Read the words behind ``/code``.

    Raises:
        RequestError: one of them means nothing.
    """
    choice = ProgramChoice()
    for word in words:
        meant = _WORDS.get(word.lower().lstrip("-"))
        if meant is None:
            known = ", ".join(_WORDS)
            raise RequestError(
                Diagnostic("H963", f"/code knows no word '{word}'", hint=f"words: {known}")
            )
        choice = replace(choice, **meant)
    return choice
