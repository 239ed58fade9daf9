"""A chat completion's JSON as a reply, strictly: what is not an answer is a protocol failure.

The SDK hands a page of HTML back as a string, ``null`` as None and a cut stream as a short answer
(measured with openai 3.54); so the bytes are read here, once, without building its models.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from harness.conversation.transcript import Answer, Failure, Reply, Served
from harness.providers.failures import classify, read_service_error
from harness.providers.openai.annotations import join_annotations, note_filter_error
from harness.providers.openai.content import UnknownShapeError, read_content, read_tool_calls
from harness.providers.openai.usage import read_usage
from harness.providers.strict_json import load_strictly
from harness.text.numbers import is_number

_USUAL_TIERS: Final = ("default", "auto")


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """An answer's status and headers, without its body; header names are in lower case.

    ``tier_asked`` says that the request asked for a tier: the usual one is then worth a word.
    """

    status: int
    headers: Mapping[str, str]
    tier_asked: bool = False

    @property
    def request_id(self) -> str | None:
        """Return the service's id of the request: API Management's where there is one."""
        for name in ("apim-request-id", "x-request-id", "request-id"):
            if self.headers.get(name):
                return self.headers[name]
        return None

    def find_served(self, tier: object) -> Served | None:
        """Find what really answered, as Azure's headers tell, and the tier that the body names.

        Source: headers recorded in 2026; ``x-ms-spillover-from-deployment`` from azure-ai-docs,
        openai/how-to/spillover-traffic-management.md.
        """
        headers = self.headers
        tier = tier or headers.get("azureai-processed-tier")
        if not isinstance(tier, str) or (tier in _USUAL_TIERS and not self.tier_asked):
            tier = None
        if "x-ms-region" not in headers:  # only Azure sends it: others are not looked at further
            return None if tier is None else Served(tier=tier)
        model = headers.get("x-ms-served-model")
        deployment = headers.get("x-ms-deployment-name")
        spilled = headers.get("x-ms-spillover-from-deployment")
        if not spilled and headers.get("x-ms-is-spilled-over", "").lower() == "true":
            spilled = headers.get("x-ratelimit-key") or "another deployment"
        if model or deployment or spilled or tier:
            return Served(model or None, deployment or None, spilled or None, tier)
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
    return read_document(document, received)


def read_document(document: Mapping[str, Any], received: ResponseHead) -> Answer:
    """Return the reply in a completion, which came whole or was put together from a stream."""
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
        document = load_strictly(body)
    except UnknownShapeError as error:
        return make_protocol_failure(f"the answer's {error}", received, retryable=False)
    except (ValueError, RecursionError):
        return explain_no_json(body, received)
    if not isinstance(document, dict):
        return make_protocol_failure(
            f"expected {expected}, got JSON {_name_kind(document)}", received
        )
    return document


def read_event(data: bytes, received: ResponseHead) -> dict[str, Any] | Failure:
    """Return the object in an event of a stream, or what it is instead."""
    try:
        event = load_strictly(data, in_pieces=True)
    except UnknownShapeError as error:
        return make_protocol_failure(f"the answer's {error}", received, retryable=False)
    except (ValueError, RecursionError):
        return make_protocol_failure("the stream broke off inside an event", received)
    if not isinstance(event, dict):
        return make_protocol_failure("an event of the stream is not an object", received)
    return event


def read_error(document: Mapping[str, Any], received: ResponseHead) -> Failure:
    """Return an error inside a 200: by its code when that is known, else the server's fault."""
    error = read_service_error(document)
    failure = classify(_infer_status(error.code), received.headers, error)
    return replace(failure, status=received.status, request_id=received.request_id)


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


def _read_reply(document: Mapping[str, Any], choice: object, received: ResponseHead) -> Answer:
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
    try:
        content, calls = read_content(message.get("content")), read_tool_calls(message)
        refusal = content.refusal or read_content(message.get("refusal") or None).text
    except UnknownShapeError as error:
        return make_protocol_failure(f"the answer's {error}", received, retryable=False)
    if message.get("content") is None and finish == "stop" and not (refusal or calls):
        return make_protocol_failure(
            "the answer's content is null, and there is nothing else in it", received
        )
    text = refusal or content.text
    counted = read_usage(document.get("usage"), spoke=bool(text or calls))
    annotations = join_annotations(
        document.get("prompt_filter_results") or document.get("prompt_annotations"),
        choice.get("content_filter_results"),
    )
    return Reply(
        text=text,
        finish_reason=finish,
        tool_calls=calls,
        model=_read_name(document.get("model")),
        usage=counted.usage,
        request_id=received.request_id,
        content_filter=annotations,
        system_fingerprint=_read_name(document.get("system_fingerprint")),
        refusal=bool(refusal),
        notes=(*counted.notes, *note_filter_error(annotations)),
        served=received.find_served(document.get("service_tier")),
        logprobs=read_likelihoods(find_likelihoods(choice)),
    )


def _read_without_choices(document: Mapping[str, Any], received: ResponseHead) -> Answer:
    prompt = document.get("prompt_filter_results")
    if 'filtered": true' not in json.dumps(prompt):
        return make_protocol_failure("the answer's `choices` are empty", received)
    return Reply(
        text="",
        finish_reason="content_filter",
        model=_read_name(document.get("model")),
        usage=read_usage(document.get("usage"), spoke=False).usage,
        request_id=received.request_id,
        content_filter=join_annotations(prompt, None),
    )


def explain_no_json(body: bytes, received: ResponseHead, what: str = "the answer") -> Failure:
    """Say what an answer is that is no JSON: a web page, nothing, half of it, or something else."""
    start = body[:200].lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<head")):
        page = read_service_error(body).message
        return make_protocol_failure(
            f"expected JSON, got a web page: {page}", received, retryable=False
        )
    if not start:
        return make_protocol_failure(f"{what} is empty", received)
    if start.startswith(b"{") and not body.rstrip().endswith(b"}"):
        return make_protocol_failure(f"{what} was cut off after {len(body)} bytes", received)
    return make_protocol_failure(f"{what} is not JSON", received)


def _infer_status(code: str) -> int:
    match code:
        case "content_filter" | "context_length_exceeded" | "invalid_prompt":
            return 400
        case "429" | "rate_limit_exceeded" | "insufficient_quota" | "RateLimitReached":
            return 429
        case _:
            return 500


def _read_name(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _name_kind(value: object) -> str:
    return "null" if value is None else type(value).__name__
