"""Chats in the forms of OpenAI's APIs: a line of a log, of a fine-tuning file, of a batch.

Understood: ``{"messages": […]}`` alone (the last message of the assistant is the answer) or beside
an answer; ``{"request": {…}, "response": {…}}`` and ``{"body": {…}}`` of a batch, of Chat
Completions and of Responses; ``{"input", "output"}`` of Responses; ``{"prompt", "completion"}``.

Source: OpenAI's API reference (chat completions, responses, batch, fine-tuning formats), read 2026.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.importers.chats.chat import LoggedChat, NotAChatError, make_chat
from harness.importers.chats.messages import Json, UnreadableMessageError
from harness.importers.chats.responses_form import read_input, read_output, read_tools
from harness.source import Span

FORMS = "{messages: […]}, {request, response}, {body}, {input, output} or {prompt, completion}"
REQUESTS = ("request", "body", "kwargs", "request_body", "requestBody")
ANSWERS = ("response", "completion", "output", "answer", "response_body", "responseBody", "result")
PARAMETERS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "max_tokens": "max_output_tokens",
    "max_completion_tokens": "max_output_tokens",
    "max_output_tokens": "max_output_tokens",
    "seed": "seed",
    "stop": "stop",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
    "reasoning_effort": "reasoning_effort",
    "response_format": "response_format",
    "tool_choice": "tool_choice",
    "parallel_tool_calls": "parallel_tool_calls",
}
"""Parameters of requests, and what a spec calls them."""


def is_chat(value: object) -> bool:
    """Tell whether a line of JSON looks like a chat in one of these forms."""
    if not isinstance(value, dict):
        return False
    request = _find_request(value)
    return bool({"messages", "input", "prompt"} & request.keys())


def read_chat(value: object, place: Span) -> LoggedChat:
    """Read a chat of a line that was decoded.

    Raises:
        NotAChatError: it is none of the forms, or nobody could be asked it.
    """
    if not isinstance(value, dict):
        raise NotAChatError(f"the line is no object; a chat is {FORMS}")
    request = _find_request(value)
    try:
        return _read(value, request, place)
    except UnreadableMessageError as error:
        raise NotAChatError(str(error)) from error


def _read(value: Json, request: Json, place: Span) -> LoggedChat:
    answered, answer, told = _find_answer(value, request)
    notes = [told] if told else []
    about: dict[str, Any] = {
        "model": _find_model(value, request),
        "parameters": {
            ours: request[theirs]
            for theirs, ours in PARAMETERS.items()
            if request.get(theirs) is not None
        },
        "tools": read_tools(request.get("tools"), request.get("functions"), notes),
    }
    if "messages" in request:
        messages: object = request["messages"]
    elif "input" in request:
        messages = read_input(request["input"], request.get("instructions"), notes)
    elif isinstance(request.get("prompt"), str):
        messages = [{"role": "user", "content": request["prompt"]}]
    else:
        raise NotAChatError(f"the line holds no chat; a chat is {FORMS}")
    return make_chat(place, messages, answer=answer, answered=answered, about=about, notes=notes)


def _find_request(value: Json) -> Json:
    """Return the request's body: beneath one of the usual names, or the line itself."""
    for name in REQUESTS:
        beneath = value.get(name)
        if isinstance(beneath, dict):
            return _find_request(beneath) if "messages" not in beneath else beneath
    nested = value.get("input")
    if isinstance(nested, dict) and "messages" in nested:  # preference fine-tuning
        return nested
    return value


def _find_model(value: Json, request: Json) -> str | None:
    """Return the model that answered, else the one that was asked."""
    bodies = [value.get(name) for name in ANSWERS]
    bodies = [one.get("body", one) if isinstance(one, dict) else None for one in bodies]
    for body in (*bodies, request, value):
        if isinstance(body, dict) and isinstance(body.get("model"), str) and body["model"]:
            return str(body["model"])
    return None


def _find_answer(value: Json, request: Json) -> tuple[bool, str | None, str]:
    """Return whether the answer stands beside the request, its text, and what is amiss with it."""
    if isinstance(value.get("preferred_output"), list):
        return True, read_output(value["preferred_output"]), ""
    if isinstance(value.get("choices"), list):
        return _read_body(value)
    for name in ANSWERS:
        found = value.get(name)
        if found is None or (name == "completion" and found is request):
            continue
        if isinstance(found, str):
            return True, found, ""
        if isinstance(found, list):
            return True, read_output(found), ""
        if isinstance(found, dict):
            return _read_body(found)
    return False, None, ""


def _read_body(found: Json) -> tuple[bool, str | None, str]:
    status = found.get("status_code") or found.get("status")
    if isinstance(status, int) and status >= 400:
        return True, None, f"its request failed with HTTP {status}: there is no answer"
    body = found.get("body") if isinstance(found.get("body"), dict) else found
    if not isinstance(body, dict) or body.get("error"):
        return True, None, "its request failed: there is no answer"
    choices = body.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], dict):
        said = choices[0].get("message") or choices[0]
        return _read_said(said if isinstance(said, dict) else {})
    if isinstance(body.get("output_text"), str):
        return True, body["output_text"], ""
    if isinstance(body.get("output"), list):
        text = read_output(body["output"])
        return True, text, "" if text else "the answer holds no text"
    return _read_said(body)


def _read_said(said: Mapping[str, Any]) -> tuple[bool, str | None, str]:
    for key in ("content", "text", "refusal"):
        if isinstance(said.get(key), str):
            return True, said[key], ""
    if isinstance(said.get("content"), list):
        return True, read_output([{"type": "message", **said}]), ""
    if said.get("tool_calls") or said.get("function_call"):
        return True, None, "the answer was a call of tools, which no answers file holds"
    return True, None, "nobody can tell what the answer was"
