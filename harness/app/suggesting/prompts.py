"""The prompt that conversations are suggested for: a text, or what a spec has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness.app.suggesting.reading import find_problem
from harness.errors import Diagnostic, RequestError
from harness.spec.document.template import find_names
from harness.spec.load import SpecFile

BAD_PROMPT = "H953"
LONGEST_PROMPT = 100_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class SuggestionPrompt:
    """A prompt and where it is from.

    Attributes:
        text: what a judge is shown.
        origin: where it is from, for people.
        base: what each conversation needs beside its turns, to be played with this prompt.
    """

    text: str
    origin: str
    base: Mapping[str, Any] = field(default_factory=dict)


def find_in_spec(spec_file: SpecFile, name: str) -> SuggestionPrompt | None:
    """Return the prompt of a conversation or a variant of that name; None where there is none.

    Raises:
        RequestError: its system text has variables that only its cases give, or there is no text.
    """
    spec, document = spec_file.spec, spec_file.document
    for conversation, written in zip(
        spec.conversations, document.get("conversations") or (), strict=False
    ):
        if conversation.id != name:
            continue
        base = {key: written[key] for key in ("system", "vars", "tools") if key in written}
        problem = find_problem({"id": name, **base, "turns": [{"user": name}]})
        if problem:
            raise _bad_prompt_error(
                f"the prompt of the conversation {name} cannot stand alone: {problem}",
                "name a conversation whose `vars` give them, or write the prompt as a text",
            )
        system = conversation.system or spec.evaluation.system or ""
        said = "\n".join(f"user: {turn.user}" for turn in conversation.turns if turn.user)
        text = f"{system}\n\nA conversation with it:\n{said}" if said else system
        return SuggestionPrompt(text[:LONGEST_PROMPT], f"the conversation {name}", base)
    variant = spec.variants.get(name)
    if variant is None:
        return None
    text = "\n\n".join(filter(None, (variant.system or spec.evaluation.system, variant.user)))
    if not text:
        raise _bad_prompt_error(f"the variant {name} has no prompt of its own")
    return SuggestionPrompt(text[:LONGEST_PROMPT], f"the variant {name}")


def make_prompt(spec_file: SpecFile, text: str, origin: str) -> SuggestionPrompt:
    """Return the prompt that is a text.

    It is the system text of each conversation, unless it is that of the spec anyway.

    Raises:
        RequestError: it is empty, too long, or has variables that nobody gives.
    """
    text = text.strip()
    if not text:
        raise _bad_prompt_error(f"{origin} is empty")
    if len(text) > LONGEST_PROMPT:
        raise _bad_prompt_error(f"{origin} has more than {LONGEST_PROMPT:,} characters")
    if text.startswith("file://"):
        raise _bad_prompt_error("the prompt begins with file://", "name the file itself: PATH")
    names = sorted(find_names(text))
    if names:
        raise _bad_prompt_error(
            f"{origin} has variables, and nobody gives them values: {', '.join(names)}",
            "name a conversation of the spec that has them, or put values into the text",
        )
    is_spec_s = text == (spec_file.spec.evaluation.system or "").strip()
    return SuggestionPrompt(text, origin, {} if is_spec_s else {"system": text})


def list_said(spec_file: SpecFile) -> Iterator[str]:
    """Yield what users say in the spec's own conversations: of each, its turns together."""
    for conversation in spec_file.spec.conversations:
        said = "\n".join(turn.user for turn in conversation.turns if turn.user)
        if said:
            yield said


def _bad_prompt_error(summary: str, hint: str = "") -> RequestError:
    return RequestError(Diagnostic(BAD_PROMPT, summary, hint=hint))
