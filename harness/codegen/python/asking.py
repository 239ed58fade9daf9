"""The lines of a Python program that send one request and take in its answer.

The lines after them find ``answer``, the text of the reply; with tools also ``calls``, the calls of
tools in the form in which they are sent again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from harness.codegen.call import Api, ModelCall
from harness.codegen.lines import ChangedLine, Line
from harness.codegen.literals import write_plain_text, write_value
from harness.codegen.python.clients import write_key_header

_OF_CHAT: Final = """
audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens
max_tokens metadata modalities moderation n parallel_tool_calls prediction presence_penalty
prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort
response_format safety_identifier seed service_tier stop store stream_options temperature
tool_choice top_logprobs top_p user verbosity web_search_options
"""
_OF_RESPONSES: Final = """
background context_management conversation include max_output_tokens max_tool_calls metadata
moderation parallel_tool_calls previous_response_id prompt prompt_cache_key
prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store
stream_options temperature text tool_choice top_logprobs top_p truncation user
"""
ARGUMENTS: Final[Mapping[Api, frozenset[str]]] = {
    "chat": frozenset(_OF_CHAT.split()),
    "responses": frozenset(_OF_RESPONSES.split()),
}
"""Parameters that the library's ``create`` has by name; others go through ``extra_body``.

Source: openai 3.54; a test compares them with its signatures.
"""


@dataclass(frozen=True, slots=True)
class PythonForm:
    """The form of a Python program."""

    is_async: bool = False
    is_legacy: bool = False

    @property
    def waits(self) -> str:
        """The word before what is waited for."""
        return "await " if self.is_async else ""

    @property
    def loops(self) -> str:
        """The word before ``for``, over what comes in parts."""
        return "async " if self.is_async else ""


def write_request(call: ModelCall, form: PythonForm, *, own_options: bool) -> Iterator[Line]:
    """Yield the lines that ask, up to ``answer``.

    Args:
        call: the call; the program has its ``messages``.
        form: the form of the program.
        own_options: whether a turn may have parameters of its own, in ``turn["options"]``.
    """
    arguments = list(_write_arguments(call, form, own_options=own_options))
    if call.api == "responses":
        yield from _ask_responses(call, form, arguments)
    else:
        yield from _ask_chat(call, form, arguments)


def _write_arguments(call: ModelCall, form: PythonForm, *, own_options: bool) -> Iterator[Line]:
    model = write_plain_text(call.service.model)
    if form.is_legacy and call.service.protocol == "azure":
        yield ChangedLine(f"    engine={model},", f"    model={model},")
    else:
        remark = "  # the deployment's name" if call.service.deploys else ""
        yield f"    model={model},{remark}"
    if call.api == "chat":
        yield "    messages=messages,"
    else:
        if call.system is not None:
            yield "    instructions=SYSTEM,"
        yield "    input=messages,"
    known: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for name, value in call.common_options.items():
        (known if name in ARGUMENTS[call.api] else extra)[name] = value
    for name, value in known.items():
        yield f"    {name}={write_value(value, 4, len(name) + 1)},"
    if call.tools:
        yield "    tools=TOOLS,"
    if call.streams:
        yield "    stream=True,"
    yield from write_key_header(call.service)
    if extra:
        now = f"    extra_body={write_value(extra, 4, 11)},"
        yield ChangedLine(f"    **{write_value(extra, 4, 2)},", now) if form.is_legacy else now
    if own_options:
        yield '    **turn.get("options", {}),'
    if form.is_legacy:
        yield ChangedLine(f"    request_timeout={write_value(call.timeout_s)},", None)


def _ask_chat(call: ModelCall, form: PythonForm, arguments: list[Line]) -> Iterator[Line]:
    name = "stream" if call.streams else "completion"
    now = f"{name} = {form.waits}client.chat.completions.create("
    made = "acreate" if form.is_async else "create"
    then = f"{name} = {form.waits}openai.ChatCompletion.{made}("
    yield ChangedLine(then, now) if form.is_legacy else now
    yield from arguments
    yield ")"
    yield from (_gather_chat if call.streams else _read_chat)(call, form)


def _read_chat(call: ModelCall, form: PythonForm) -> Iterator[Line]:
    if form.is_legacy:
        yield ChangedLine('choice = completion["choices"][0]', "choice = completion.choices[0]")
        yield ChangedLine(
            'answer = choice["message"].get("content") or ""',
            'answer = choice.message.content or choice.message.refusal or ""',
        )
    else:
        yield "choice = completion.choices[0]"
        yield 'answer = choice.message.content or choice.message.refusal or ""'
    if call.tools:
        yield "calls = ["
        yield '    {"id": one.id, "type": "function", "function": one.function.model_dump()}'
        yield "    for one in choice.message.tool_calls or []"
        yield "]"
    yield "print(answer)"
    now = "finish = choice.finish_reason"
    yield ChangedLine('finish = choice["finish_reason"]', now) if form.is_legacy else now
    yield from _tell_ending(call)


def _gather_chat(call: ModelCall, form: PythonForm) -> Iterator[Line]:
    yield 'answer, finish = "", None'
    if call.tools:
        yield "parts = {}"
    yield f"{form.loops}for chunk in stream:"
    now, then = "    if not chunk.choices:", '    if not chunk["choices"]:'
    remark = "  # the tokens used, at the end; on Azure also the first"
    yield ChangedLine(then, now) if form.is_legacy else now + remark
    yield "        continue"
    now = "    choice = chunk.choices[0]"
    yield ChangedLine('    choice = chunk["choices"][0]', now) if form.is_legacy else now
    now = '    piece = choice.delta.content or choice.delta.refusal or ""'
    then = '    piece = choice["delta"].get("content") or ""'
    yield ChangedLine(then, now) if form.is_legacy else now
    yield '    print(piece, end="", flush=True)'
    yield "    answer += piece"
    now = "    finish = choice.finish_reason or finish"
    then = '    finish = choice["finish_reason"] or finish'
    yield ChangedLine(then, now) if form.is_legacy else now
    if call.tools:
        yield "    for part in choice.delta.tool_calls or []:  # a call comes in parts too"
        yield '        one = parts.setdefault(part.index, {"id": "", "name": "", "arguments": ""})'
        yield '        one["id"] = part.id or one["id"]'
        yield '        one["name"] = part.function.name or one["name"]'
        yield '        one["arguments"] += part.function.arguments or ""'
    yield "print()"
    if call.tools:
        yield "calls = ["
        yield "    {"
        yield '        "id": one["id"],'
        yield '        "type": "function",'
        yield '        "function": {"name": one["name"], "arguments": one["arguments"]},'
        yield "    }"
        yield "    for one in parts.values()"
        yield "]"
    yield from _tell_ending(call)


def _tell_ending(call: ModelCall) -> Iterator[Line]:
    whole = '("stop", "tool_calls")' if call.tools else '"stop"'
    test = "not in" if call.tools else "!="
    yield f"if finish {test} {whole}:  # length: cut off; content_filter: stopped by a filter"
    yield '    print(f"[ended by {finish}]", file=sys.stderr)'


def _ask_responses(call: ModelCall, form: PythonForm, arguments: list[Line]) -> Iterator[Line]:
    name = "stream" if call.streams else "response"
    yield f"{name} = {form.waits}client.responses.create("
    yield from arguments
    yield ")"
    if call.streams:
        yield f"{form.loops}for event in stream:"
        yield '    if event.type in ("response.output_text.delta", "response.refusal.delta"):'
        yield '        print(event.delta, end="", flush=True)'
        yield '    elif event.type == "error":'
        yield "        sys.exit(event.message)"
        yield '    elif event.type in ("response.completed", "response.incomplete", "response.failed"):'
        yield "        response = event.response  # the whole answer, once more"
        yield "print()"
        yield "answer = response.output_text"
    else:
        yield "answer = response.output_text"
        yield "print(answer)"
    if call.tools:
        yield "calls = ["
        yield '    {"type": one.type, "call_id": one.call_id, "name": one.name, "arguments": one.arguments}'
        yield '    for one in response.output if one.type == "function_call"'
        yield "]"
    yield 'if response.status != "completed":  # cut off, filtered, or failed'
    yield "    print(response.status, response.incomplete_details, response.error, file=sys.stderr)"
