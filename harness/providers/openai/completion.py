"""A chat completion's JSON as a reply, strictly: what is not an answer is a protocol failure.

The SDK hands a page of HTML back as a string, ``null`` as None and a cut stream as a short answer
(measured with openai 3.54); so the bytes are read here, once, without building its models.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from harness.conversation.transcript import Answer, Failure, Reply, Served, ToolCall, Usage
from harness.providers.failures import classify, read_service_error
from harness.text.numbers import is_number


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """An answer's status and headers, without its body; header names are in lower case."""

    status: int
    headers: Mapping[str, str]

    @property
    def request_id(self) -> str | None:
        """Return the service's id of the request: API Management's where there is one."""
        for name in ("apim-request-id", "x-request-id", "request-id"):
            if self.headers.get(name):
                return self.headers[name]
        return None

    @property
    def served(self) -> Served | None:
        """Return the deployment and model that really answered, where Azure's headers tell.

        Source: headers recorded in 2026; ``x-ms-spillover-from-deployment`` from azure-ai-docs,
        openai/how-to/spillover-traffic-management.md.
        """
        headers = self.headers
        if "x-ms-region" not in headers:  # only Azure sends it: others are not looked at further
            return None
        model = headers.get("x-ms-served-model")
        deployment = headers.get("x-ms-deployment-name")
        spilled = headers.get("x-ms-spillover-from-deployment")
        if not spilled and headers.get("x-ms-is-spilled-over", "").lower() == "true":
            spilled = headers.get("x-ratelimit-key") or "another deployment"
        if model or deployment or spilled:
            return Served(model or None, deployment or None, spilled or None)
        return None


def make_protocol_failure(
    message: str, received: ResponseHead, *, retryable: bool = True
) -> Failure:
    """Return the failure of an answer that the protocol does not allow."""
    return Failure(
        kind="protocol",
        message=message,
        status=received.status,
        retryable=retryable,
        request_id=received.request_id,
    )


def read_completion(body: bytes, received: ResponseHead) -> Answer:
    """Return the reply in the body of a 200, or what is wrong with it."""
    document = read_object(body, received, "a chat completion")
    if isinstance(document, Failure):
        return document
    if document.get("error"):
        return read_error(document, received)
    choices = document.get("choices")
    if not isinstance(choices, list):
        return make_protocol_failure("the answer has no `choices`", received)
    if not choices:
        return _read_without_choices(document, received)
    return _read_reply(document, choices[0], received)


def read_object(body: bytes, received: ResponseHead, expected: str) -> dict[str, Any] | Failure:
    """Return the object in a body that ought to be ``expected``, or what it is instead."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return _explain_no_json(body, received)
    if not isinstance(document, dict):
        return make_protocol_failure(
            f"expected {expected}, got JSON {_name_kind(document)}", received
        )
    return document


def read_error(document: Mapping[str, Any], received: ResponseHead) -> Failure:
    """Return an error inside a 200: by its code when that is known, else the server's fault."""
    error = read_service_error(document)
    failure = classify(_infer_status(error.code), received.headers, error)
    return replace(failure, status=received.status, request_id=received.request_id)


def read_usage(usage: object) -> Usage | None:
    """Return OpenAI's usage object; None when it does not count both directions."""
    if not isinstance(usage, Mapping):
        return None
    sent, received = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if not _is_count(sent) or not _is_count(received):
        return None
    return Usage(
        input_tokens=sent,
        output_tokens=received,
        cached_tokens=_read_detail(usage, "prompt_tokens_details", "cached_tokens"),
        reasoning_tokens=_read_detail(usage, "completion_tokens_details", "reasoning_tokens"),
    )


def join_annotations(prompt: object, completion: object) -> dict[str, Any] | None:
    """Return Azure's filter annotations as they came; None where there are none at all."""
    found = {}
    if prompt:
        found["prompt_filter_results"] = prompt
    if completion:
        found["content_filter_results"] = completion
    return found or None


def read_likelihoods(entries: object) -> tuple[float, ...] | None:
    """Return the log-probability of each token that has one; None where none came."""
    if not isinstance(entries, list):
        return None
    found = [entry.get("logprob") for entry in entries if isinstance(entry, Mapping)]
    numbers = tuple(float(one) for one in found if is_number(one))
    return numbers or None


def find_likelihoods(choice: Mapping[str, Any]) -> list[Any]:
    """Return the entries of a choice, or of a part of one, as they came."""
    given = choice.get("logprobs")
    entries = given.get("content") if isinstance(given, Mapping) else None
    return entries if isinstance(entries, list) else []


def read_content(content: object) -> str:
    """Return the text of a message's content, which some servers send in parts."""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, Mapping)]
        return mend_characters("".join(part for part in parts if isinstance(part, str)))
    return mend_characters(content) if isinstance(content, str) else ""


def mend_characters(text: str) -> str:
    """Return text in which halves of surrogate pairs are joined, and lone ones are U+FFFD.

    A model that is cut inside an emoji sends half of one, which no file can hold.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def read_tool_call(call: object) -> ToolCall | None:
    """Return one entry of ``tool_calls``."""
    if not isinstance(call, Mapping) or not isinstance(call.get("function"), Mapping):
        return None
    function = call["function"]
    arguments = function.get("arguments")
    if not isinstance(arguments, str):
        arguments = "" if arguments is None else json.dumps(arguments, ensure_ascii=False)
    return ToolCall(
        str(call.get("id") or ""), str(function.get("name") or ""), mend_characters(arguments)
    )


def _read_reply(document: dict[str, Any], choice: object, received: ResponseHead) -> Answer:
    if not isinstance(choice, dict):
        return make_protocol_failure("the answer's first choice is not an object", received)
    finish = choice.get("finish_reason")
    if not isinstance(finish, str) or not finish:
        return make_protocol_failure("the answer has no finish_reason", received)
    message = choice.get("message")
    if not isinstance(message, dict):
        if finish != "content_filter":
            return make_protocol_failure("the answer's choice has no message", received)
        message = {}  # recorded: a filtered completion may come without one
    if not isinstance(message.get("content"), str | list | None):
        return make_protocol_failure("the answer's content is no text", received)
    refusal = message.get("refusal")
    refused = isinstance(refusal, str) and bool(refusal)
    calls = _read_calls(message)
    if message.get("content") is None and finish == "stop" and not (refused or calls):
        return make_protocol_failure(
            "the answer's content is null, and there is nothing else in it", received
        )
    return Reply(
        text=read_content(refusal if refused else message.get("content")),
        finish_reason=finish,
        tool_calls=calls,
        model=_read_name(document.get("model")),
        usage=read_usage(document.get("usage")),
        request_id=received.request_id,
        content_filter=join_annotations(
            document.get("prompt_filter_results") or document.get("prompt_annotations"),
            choice.get("content_filter_results"),
        ),
        system_fingerprint=_read_name(document.get("system_fingerprint")),
        refusal=refused,
        served=received.served,
        logprobs=read_likelihoods(find_likelihoods(choice)),
    )


def _read_calls(message: Mapping[str, Any]) -> tuple[ToolCall, ...]:
    calls = message.get("tool_calls")
    found = [read_tool_call(call) for call in calls] if isinstance(calls, list) else []
    if not found and isinstance(message.get("function_call"), Mapping):
        found = [read_tool_call({"function": message["function_call"]})]
    return tuple(call for call in found if call is not None)


def _read_without_choices(document: Mapping[str, Any], received: ResponseHead) -> Answer:
    prompt = document.get("prompt_filter_results")
    if 'filtered": true' not in json.dumps(prompt):
        return make_protocol_failure("the answer's `choices` are empty", received)
    return Reply(
        text="",
        finish_reason="content_filter",
        model=_read_name(document.get("model")),
        usage=read_usage(document.get("usage")),
        request_id=received.request_id,
        content_filter=join_annotations(prompt, None),
    )


def _explain_no_json(body: bytes, received: ResponseHead) -> Failure:
    start = body[:200].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        page = read_service_error(body).message
        return make_protocol_failure(
            f"expected JSON, got a web page: {page}", received, retryable=False
        )
    if not start:
        return make_protocol_failure("the answer is empty", received)
    if start.startswith(b"{") and not body.rstrip().endswith(b"}"):
        return make_protocol_failure(f"the answer was cut off after {len(body)} bytes", received)
    return make_protocol_failure("the answer is not JSON", received)


def _infer_status(code: str) -> int:
    match code:
        case "content_filter" | "context_length_exceeded" | "invalid_prompt":
            return 400
        case "429" | "rate_limit_exceeded" | "insufficient_quota" | "RateLimitReached":
            return 429
        case _:
            return 500


def _read_detail(usage: Mapping[str, Any], group: str, name: str) -> int:
    details = usage.get(group)
    value = details.get(name) if isinstance(details, Mapping) else None
    return value if _is_count(value) else 0


def _is_count(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _read_name(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _name_kind(value: object) -> str:
    return "null" if value is None else type(value).__name__
