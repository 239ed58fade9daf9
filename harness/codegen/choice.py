"""The choice of a program's form, and the reasons why some forms are no program."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, get_args

from harness.codegen.call import Api, ModelCall, Protocol
from harness.codegen.curl import write_curl
from harness.codegen.python.asking import PythonForm
from harness.codegen.python.program import has_results, write_python
from harness.errors import Diagnostic, RequestError

Style = Literal["azure", "v1", "openai", "curl", "legacy"]
STYLES: Final[tuple[str, ...]] = get_args(Style)

DATED: Final = "2024-10-21"
"""The last dated API that is no preview.

Source: azure-ai-docs, openai/api-version-lifecycle.md (2026-09).
"""
DATED_RESPONSES: Final = "2025-04-01-preview"
"""The last dated API, which has responses. Source: the same."""

CANNOT: Final = "H961"


@dataclass(frozen=True, slots=True)
class ProgramChoice:
    """The form of a program as it is asked for; None where the target or the spec decides.

    Attributes:
        style: the service and the language; None: the target's service, in Python.
        api: chat completions or responses.
        keyless: whether it signs in with Entra.
        streams: whether replies come in parts.
        is_async: the program is asynchronous.
        api_version: of Azure's dated API.
    """

    style: Style | None = None
    api: Api | None = None
    keyless: bool | None = None
    streams: bool | None = None
    is_async: bool = False
    api_version: str | None = None


def choose_protocol(choice: ProgramChoice, own: Protocol) -> Protocol:
    """Return the protocol of a program, given that by which the target is called."""
    if choice.style in ("azure", "v1", "openai"):
        return choice.style
    dated = choice.api_version is not None or choice.style == "legacy"
    return "azure" if dated and own != "openai" else own


def refuse_choice(choice: ProgramChoice, own: Protocol, *, is_compatible: bool) -> None:
    """Refuse what cannot be combined, whatever is said in the conversation.

    Args:
        choice: as it is asked for.
        own: the protocol by which the target is called.
        is_compatible: the target is a model on somebody's own server.

    Raises:
        RequestError: says which two exclude each other, and why.
    """
    protocol = choose_protocol(choice, own)
    if protocol != "openai" and is_compatible:
        raise _refuse(
            f"--style {choice.style}: the target is a model on a server of its own",
            "that server speaks OpenAI's protocol, not Azure's",
            "--style openai, curl or legacy",
        )
    if choice.keyless and protocol == "openai":
        raise _refuse(
            "--keyless: only Azure is called without a key",
            "Entra signs in to Azure; OpenAI, and servers like it, want their own key",
            "leave --keyless out, or choose --style azure or v1",
        )
    if choice.api_version is not None and protocol != "azure":
        raise _refuse(
            f"--api-version: {'the v1 API' if protocol == 'v1' else 'OpenAI'} has none",
            "only Azure's dated API is asked by a version",
            "leave it out, or choose --style azure",
        )
    if choice.is_async and choice.style == "curl":
        raise _refuse(
            "--async: a shell script waits for curl",
            "asynchronous are only the Python programs",
            "leave --async out, or choose another style",
        )
    if choice.style == "legacy" and choice.api == "responses":
        raise _refuse(
            "--api responses: openai 0.x had no Responses API",
            "it came with openai 1.66, in March 2025",
            "--style legacy with --api chat; any other style has both",
        )


def refuse_call(choice: ProgramChoice, call: ModelCall) -> None:
    """Refuse a call that the chosen form cannot hold.

    Raises:
        RequestError: says what of the call it is.
    """
    service = call.service
    if choice.style == "legacy" and call.tools:
        raise _refuse(
            "--style legacy: the conversation has tools",
            "openai 0.x had `functions`; tools came with openai 1.0",
            "another style, or a conversation without tools",
        )
    if choice.style == "legacy" and (service.headers or service.key_header):
        raise _refuse(
            "--style legacy: the target is behind a gateway that wants headers of its own",
            "openai 0.x sends the key in the service's header and nowhere else",
            "another style",
        )
    if choice.style == "curl" and (has_results(call) or (call.tools and not call.is_single)):
        raise _refuse(
            "--style curl: the conversation has tools that answer, or later turns",
            "a script that gathers calls and feeds results back is better read in Python",
            "another style",
        )
    if choice.style == "curl" and call.max_tokens is not None and _shows_parts(call):
        raise _refuse(
            "--style curl: `history: {max_tokens: …}` with messages in parts",
            "the script counts texts, and has no way to count pictures",
            "another style",
        )


def _shows_parts(call: ModelCall) -> bool:
    said = (message for turn in call.turns for message in turn.said)
    return any(isinstance(message.get("content"), list) for message in said)


def _refuse(summary: str, detail: str, hint: str) -> RequestError:
    return RequestError(Diagnostic(CANNOT, summary, detail, hint=hint))


def choose_version(choice: ProgramChoice, declared: str, api: Api) -> str:
    """Return the api-version of a program for Azure's dated API."""
    usual = DATED_RESPONSES if api == "responses" else DATED
    return choice.api_version or declared or usual


def name_file(choice: ProgramChoice, words: str) -> str:
    """Return a name for the program's file, made of these words."""
    stem = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_") or "call"
    return f"{stem[:60]}.sh" if choice.style == "curl" else f"{stem[:60]}.py"


def write_program(choice: ProgramChoice, call: ModelCall, name: str) -> str:
    """Return the text of the program; ``name`` is that of its file.

    Raises:
        RequestError: the form cannot hold the call.
    """
    refuse_call(choice, call)
    if choice.style == "curl":
        return write_curl(call, name)
    return write_python(call, PythonForm(choice.is_async, choice.style == "legacy"), name)
