"""Batches of one target through the openai SDK: Azure's v1 and dated APIs, and OpenAI's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from harness.conversation.ports import Request
from harness.conversation.transcript import Answer, Failure
from harness.net import InnerHosts
from harness.providers.auth import ApiKey, Auth, TokenProvider
from harness.providers.connections import Connections
from harness.providers.discreet import conceal
from harness.providers.endpoint import Endpoint
from harness.providers.failures import classify, read_service_error
from harness.providers.openai.batches.lines import BatchWording, read_output_line, split_lines
from harness.providers.openai.client import SdkClient, find_renewal
from harness.providers.openai.endpoints import AzureClassic, AzureV1, SdkEndpoint
from harness.providers.openai.sdk_transport import SdkTransport, make_client, make_gateway_headers
from harness.providers.transport import limit_silence
from harness.providers.trouble import explain_exception
from harness.redaction.sent import SentSecrets
from harness.run.targets import Target
from harness.run.waves.ports import (
    Batch,
    BatchLimits,
    BatchProblem,
    BatchTroubleError,
    InputLine,
    OutputLine,
)

if TYPE_CHECKING:
    from openai import AsyncOpenAI

POLL_S: Final = 60.0
"""Seconds between two looks at a batch. Source: azure-ai-docs, batch-rest.md: at least 60."""
LARGEST_FILE_BYTES: Final = 2 * 1024 * 1024 * 1024
"""More than any output file has: 100,000 answers of 20 kB."""
KEPT_S: Final = 1_209_600
"""Seconds after which an input file goes by itself: the shortest that Azure takes, 14 days."""
TOKENS_A_UNIT: Final = 1000
AZURE_LINES: Final = 100_000
OPENAI_LINES: Final = 50_000
"""Requests in a file of OpenAI's own. Source: its API reference, 2026."""
ANSWERED_WITHIN_S: Final = 120.0
UPLOADED_WITHIN_S: Final = 1800.0
"""Seconds for a file of 200 MB, and for the service to take it in."""
IN_THE_MAKING: Final = frozenset({"pending", "running", "notRunning"})
"""States of a file that cannot be submitted yet. Source: Azure's API descriptions; recorded is
``processed``, at once."""
FILE_POLL_S: Final = 5.0
MOST_LISTED: Final = 2_000
"""Files and batches that are looked through for one of ours, the newest first."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BatchTuning:
    """Settings by which a target's batches are asked for.

    Attributes:
        queue: tokens that may wait in its queue, None where nobody says.
        poll_s: seconds between two looks at a batch.
        lines: requests in one file.
    """

    queue: int | None = None
    poll_s: float = POLL_S
    lines: int = AZURE_LINES


class SdkBatches:
    """A ``BatchService`` through the openai SDK, which is imported with the first call.

    Args:
        endpoint: where the target is.
        connections: closed with the service; it lets large answers through.
        tuning: how its batches are asked for.
        sent: takes in credentials; answers repeat none.
    """

    def __init__(
        self,
        endpoint: SdkEndpoint,
        connections: Connections,
        tuning: BatchTuning,
        sent: SentSecrets,
    ) -> None:
        self._endpoint = endpoint
        self._connections = connections
        self._tuning = tuning
        self._sent = sent
        self._wording = BatchWording(endpoint)
        self._signer = SdkClient(endpoint, SdkTransport(endpoint, connections))
        self._client: tuple[Auth | None, AsyncOpenAI] | None = None
        self.limits = BatchLimits(lines=tuning.lines, queue=tuning.queue)
        self.poll_s = tuning.poll_s

    @property
    def adapted(self) -> tuple[str, ...]:
        """Everything that was sent otherwise than asked, so far."""
        return self._wording.adapted

    def write(self, request: Request, custom_id: str) -> InputLine:
        """Write a request as a line of an input file."""
        return self._wording.write(request, custom_id)

    def understand(self, line: OutputLine, request: Request) -> Answer:
        """Return the answer that a line is."""
        return conceal(self._wording.understand(line, request), self._sent)

    async def upload(self, name: str, content: bytes) -> str:
        """Upload an input file, which goes by itself after 14 days; return its id."""
        kept: dict[str, Any] = {"expires_after": {"anchor": "created_at", "seconds": KEPT_S}}
        if isinstance(self._endpoint, AzureClassic):  # versions differ in what they know
            kept = {}

        async def call(client: AsyncOpenAI) -> str:
            file = (name, content, "application/jsonl")
            made = await client.files.create(file=file, purpose="batch", **self._options, **kept)
            while str(made.status) in IN_THE_MAKING:
                await asyncio.sleep(FILE_POLL_S)
                made = await client.files.retrieve(made.id, **self._options)
            return made.id

        return await self._call(call, UPLOADED_WITHIN_S)

    async def find_file(self, name: str) -> str | None:
        """Return the id of an input file by its name; None where there is none."""

        async def call(client: AsyncOpenAI) -> str | None:
            seen = set[str]()
            async for file in client.files.list(purpose="batch", **self._options):
                if file.filename == name:
                    return file.id
                if file.id in seen or len(seen) >= MOST_LISTED:  # Azure may know no pages
                    break
                seen.add(file.id)
            return None

        return await self._call(call)

    async def delete_file(self, file: str) -> None:
        """Delete a file; one that is gone is no trouble."""

        async def call(client: AsyncOpenAI) -> None:
            await client.files.delete(file, **self._options)

        try:
            await self._call(call)
        except BatchTroubleError as trouble:
            if trouble.failure.kind != "not_found":
                raise

    async def create(self, file: str, url: str, labels: Mapping[str, str]) -> Batch:
        """Submit a file."""

        async def call(client: AsyncOpenAI) -> Batch:
            raw = await client.batches.with_raw_response.create(
                completion_window="24h",
                endpoint=cast("Any", url),
                input_file_id=file,
                metadata=dict(labels),
                **self._options,
            )
            return read_batch(raw.parse(), raw.headers)

        return await self._call(call)

    async def find_batch(self, file: str) -> Batch | None:
        """Return the newest batch of a file that the queue took; None where there is none."""

        async def call(client: AsyncOpenAI) -> Batch | None:
            seen = set[str]()
            async for one in client.batches.list(limit=100, **self._options):
                batch = read_batch(one, {})
                if batch.input_file == file and not batch.is_refused_for_room:
                    return batch
                if batch.id in seen or len(seen) >= MOST_LISTED:
                    break
                seen.add(batch.id)
            return None

        return await self._call(call)

    async def look(self, batch: str) -> Batch:
        """Look at a batch."""

        async def call(client: AsyncOpenAI) -> Batch:
            return read_batch(await client.batches.retrieve(batch, **self._options), {})

        return await self._call(call)

    async def read(self, file: str) -> AsyncIterator[OutputLine]:
        """Read the lines of an output file as they come."""
        client = await self._sign_in()
        try:
            async with client.files.with_streaming_response.content(
                file, **self._options
            ) as response:
                async for raw in split_lines(limit_silence(response.iter_bytes())):
                    if (line := read_output_line(raw)) is not None:
                        yield line
        except Exception as error:
            raise BatchTroubleError(await self._explain(error)) from error

    def describe_cancelling(self, batch: str) -> str:
        """Return the request that cancels a batch."""
        return f"POST {self._endpoint.url_of(f'/batches/{batch}/cancel')}"

    async def close(self) -> None:
        """Let go of connections."""
        await self._connections.close()

    @property
    def _options(self) -> dict[str, Any]:
        headers = make_gateway_headers(self._endpoint.gateway, self._signer.auth)
        return {"extra_headers": headers} if headers else {}

    async def _call(
        self, ask: Callable[[AsyncOpenAI], Awaitable[T]], within_s: float = ANSWERED_WITHIN_S
    ) -> T:
        """Call the service; once more by the account's key, where Entra's identity has no role.

        Raises:
            BatchTroubleError: it did not do what it was asked.
        """
        renewed = False
        while True:
            auth, began = self._signer.auth, monotonic()
            try:
                async with asyncio.timeout(within_s):
                    return await ask(await self._sign_in())
            except TimeoutError as error:
                said = f"no answer within {within_s:g} s"
                raise BatchTroubleError(Failure("timeout", said, retryable=True)) from error
            except Exception as error:
                failure = await self._explain(error)
                forget = find_renewal(auth, failure)
                if forget is not None and not renewed:  # a token that ended before its time
                    forget(began)
                    renewed = True
                    continue
                try:
                    refused = await self._signer.sign_in_otherwise(auth, failure)
                except Exception as why:
                    raise BatchTroubleError(explain_exception(why)) from why
                if refused is not None:
                    raise BatchTroubleError(conceal(refused, self._sent)) from error

    async def _sign_in(self) -> AsyncOpenAI:
        auth = self._signer.auth
        if isinstance(auth, ApiKey):
            self._sent.add(auth.value)
        elif isinstance(auth, TokenProvider):
            with suppress(Exception):  # the call itself says so where there is none
                self._sent.add(await auth.token())
        if self._client is None or self._client[0] is not auth:
            self._client = (auth, make_client(self._endpoint, auth, self._connections))
        return self._client[1]

    async def _explain(self, error: Exception) -> Failure:
        import openai

        if not isinstance(error, openai.APIStatusError):
            return explain_exception(error)
        response = error.response
        with suppress(Exception):
            await response.aread()
        headers = {name.lower(): value for name, value in response.headers.items()}
        said = read_service_error(response.content)
        return classify(response.status_code, headers, said)


def make_batches(
    endpoint: Endpoint,
    target: Target,
    reach: InnerHosts | None,
    sent: SentSecrets,
    *,
    simulated_s: float | None = None,
) -> SdkBatches:
    """Make the batches of a target; ``simulated_s`` is how long a simulated one takes.

    The capacity of a batch deployment is taken for thousands of tokens in its queue. Assumed: what
    Azure answers when a batch is submitted says it better.
    """
    if not isinstance(endpoint, SdkEndpoint):  # the spec's check of targets lets no other through
        raise TypeError(f"{target.name} is asked by no SDK that has batches")
    capacity = target.capacity if target.is_batch_deployment else None
    tuning = BatchTuning(
        queue=None if capacity is None else capacity * TOKENS_A_UNIT,
        poll_s=POLL_S if simulated_s is None else min(POLL_S, max(0.05, simulated_s / 8)),
        lines=OPENAI_LINES if target.price_table == "openai" else AZURE_LINES,
    )
    return SdkBatches(
        _advise(endpoint, target), Connections(reach, LARGEST_FILE_BYTES), tuning, sent
    )


def _advise(endpoint: SdkEndpoint, target: Target) -> SdkEndpoint:
    """Let a refusal say which role uploads files: who may call a model may not do that.

    Source: the description of "Cognitive Services OpenAI User": "can't make any changes".
    """
    auth = endpoint.auth
    if not isinstance(auth, TokenProvider) or not isinstance(endpoint, AzureV1):
        return endpoint
    advice = (
        "batches upload files, which takes the role Cognitive Services OpenAI Contributor: write "
        f"`access: [{{principal: me, role: Cognitive Services OpenAI Contributor}}]` under "
        f"accounts.{target.owner}, run `harness apply`, and wait five minutes until it works"
    )
    return replace(endpoint, auth=replace(auth, advice=advice))


def read_batch(one: Any, headers: Mapping[str, str]) -> Batch:
    """Read the SDK's batch; it builds it without looking, so that anything may be in it."""
    counts, errors = one.request_counts, one.errors
    problems = tuple(
        BatchProblem(str(each.code or ""), str(each.message or ""), _read_number(each.line))
        for each in ((errors.data if errors is not None else None) or ())
    )
    return Batch(
        id=str(one.id),
        # The documentation's examples write `Validating`; recorded is `validating`.
        status=str(one.status or "").lower(),
        input_file=str(one.input_file_id or ""),
        output_file=str(one.output_file_id or ""),
        error_file=str(one.error_file_id or ""),
        total=_count(counts, "total"),
        completed=_count(counts, "completed"),
        failed=_count(counts, "failed"),
        problems=problems,
        labels=dict(one.metadata or {}),
        queued=_read_header(headers, "deployment-enqueued-tokens"),
        most_queued=_read_header(headers, "deployment-maximum-enqueued-tokens"),
    )


def _count(counts: Any, name: str) -> int:
    return _read_number(getattr(counts, name, None)) or 0


def _read_number(said: Any) -> int | None:
    return said if isinstance(said, int) else None


def _read_header(headers: Mapping[str, str], name: str) -> int | None:
    said = headers.get(name) or ""
    return int(said) if said.isdecimal() else None
