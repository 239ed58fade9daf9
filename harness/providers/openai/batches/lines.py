"""Lines of input, output and error files: requests and answers as a batch has them.

Source: output lines recorded in 2025; error lines as OpenAI's API reference and Azure's
documentation describe them, never recorded of Azure.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any

from harness.conversation.ports import Request
from harness.conversation.transcript import EXPIRED, Answer, Failure, Reply
from harness.providers.connections import LARGEST_BODY_BYTES, BodyTooLargeError
from harness.providers.failures import ServiceError, classify, read_service_error
from harness.providers.openai.apis import BY_RESPONSES, CHAT, RESPONSES, Wording, serves_no_chat
from harness.providers.openai.completion import ResponseHead
from harness.providers.openai.endpoints import AzureClassic, SdkEndpoint
from harness.providers.openai.parameters import Adaptation
from harness.run.waves.ports import InputLine, OutputLine


class BatchWording:
    """The words of one target's lines; learns what its model refuses, as a direct model does.

    Args:
        endpoint: the target.
    """

    def __init__(self, endpoint: SdkEndpoint) -> None:
        self._endpoint = endpoint
        self._adaptation = Adaptation.of(endpoint.reasoning)
        self._wording = RESPONSES if endpoint.api == "responses" else CHAT
        self._sent: dict[str, int] = {}

    @property
    def adapted(self) -> tuple[str, ...]:
        """Everything that was sent otherwise than asked, so far."""
        return tuple(self._adaptation.reported)

    def write(self, request: Request, custom_id: str) -> InputLine:
        """Write a request as a line; nothing is streamed in a batch."""
        url = self._name_operation(self._wording)
        body = self._write_body(request)
        line = {"custom_id": custom_id, "method": "POST", "url": url, "body": body}
        content = f"{_encode(line)}\n".encode()
        self._sent[custom_id] = hash(_encode(body))
        return InputLine(url, content)

    def understand(self, line: OutputLine, request: Request) -> Answer:
        """Return the answer in a line; one that asking otherwise would mend is retryable."""
        sent = self._sent.pop(line.custom_id, None)
        if line.status == 0:
            return _read_lost(line)
        received = ResponseHead(line.status, {"apim-request-id": line.request_id or ""})
        if 200 <= line.status < 300:
            return self._read_reply(line, received, request)
        said = read_service_error(line.body)
        failure = classify(line.status, {}, said, request_id=line.request_id)
        if self._endpoint.api == "auto" and self._wording is CHAT and serves_no_chat(failure):
            self._wording = RESPONSES
            self._adaptation.reported[BY_RESPONSES] = None
            return replace(failure, retryable=True)
        if failure.kind == "bad_request":
            before = self._write_body(request)
            self._adaptation.learn(said.param, said.message, before)
            after = hash(_encode(self._write_body(request)))
            was = hash(_encode(before)) if sent is None else sent
            return replace(failure, retryable=after != was)
        return failure

    def _read_reply(self, line: OutputLine, received: ResponseHead, request: Request) -> Answer:
        is_response = b'"object": "response"' in line.body or b'"object":"response"' in line.body
        answer = (RESPONSES if is_response else CHAT).read(line.body, received)
        if not isinstance(answer, Reply):
            return answer
        notes = self._wording.write(
            replace(request, stream=False), self._endpoint.named_model, self._adaptation
        ).notes
        return replace(answer, notes=(*notes, *answer.notes), latency_s=0.0, ttft_s=None)

    def _write_body(self, request: Request) -> dict[str, Any]:
        plain = replace(request, stream=False)
        return self._wording.write(plain, self._endpoint.named_model, self._adaptation).body

    def _name_operation(self, wording: Wording) -> str:
        """Return the operation as lines name it: the dated API's without ``/v1``."""
        dated = isinstance(self._endpoint, AzureClassic)
        return wording.path if dated else f"/v1{wording.path}"


async def split_lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the lines of a file that comes in chunks; none is larger than an answer may be.

    Raises:
        BodyTooLargeError: one is.
    """
    begun, size = list[bytes](), 0
    async for chunk in chunks:
        first, *others = chunk.split(b"\n")
        begun.append(first)
        size += len(first)
        if size > LARGEST_BODY_BYTES:
            raise BodyTooLargeError
        for other in others:
            yield b"".join(begun)
            begun, size = [other], len(other)
    yield b"".join(begun)


def read_output_line(raw: bytes) -> OutputLine | None:
    """Read a line of an output or error file; None where it is none."""
    try:
        line = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(line, Mapping) or not isinstance(line.get("custom_id"), str):
        return None
    response, error = line.get("response"), line.get("error")
    said = read_service_error({"error": error}) if isinstance(error, Mapping) else ServiceError()
    if not isinstance(response, Mapping):
        return OutputLine(line["custom_id"], 0, b"", None, said.code, said.message)
    status, body = response.get("status_code"), response.get("body")
    if isinstance(body, Mapping):
        body = body if body or not isinstance(error, Mapping) else {"error": error}
    identity = response.get("request_id")
    return OutputLine(
        line["custom_id"],
        status if isinstance(status, int) else 0,
        body.encode(errors="replace") if isinstance(body, str) else json.dumps(body).encode(),
        identity if isinstance(identity, str) and identity else None,
        said.code,
        said.message,
    )


def _read_lost(line: OutputLine) -> Failure:
    """Return the failure of a line without a response: it was not processed."""
    said = line.message or "the batch has no response for this request, and does not say why"
    if line.code == EXPIRED:
        return Failure("timeout", said, code=line.code, retryable=True)
    return Failure("server", said, code=line.code or "no_response", retryable=True)


def _encode(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
