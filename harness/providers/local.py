"""Texts embedded by this process: models of sentence-transformers, without any request.

Nothing is downloaded and no socket is opened, so that a replay, and a machine without network,
embed as any other. A result depends on the texts of its own request alone: those are one batch, and
requests are never put together, for what is padded otherwise is rounded otherwise.
"""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from harness.conversation.ports import EmbeddingRequest
from harness.conversation.transcript import UNLOADABLE, EmbeddingReply, Failure, Usage
from harness.conversation.vectors import round_vector
from harness.providers.endpoint import LIVE, Carrier, EmbeddingEndpoint

MARKS: Final = ("modules.json", "config.json")
"""Files of which a folder that holds a model has at least one."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """Vectors in the order of their texts; ``tokens`` that were read, None if not counted."""

    vectors: Sequence[Sequence[float]]
    tokens: int | None = None


Embed = Callable[[Sequence[str]], Embedded]
Load = Callable[[str], Embed]
"""From the folder of a model to what embeds texts; both take their time."""


def load_model(folder: str) -> Embed:
    """Load a model on the processor, for the same numbers wherever it runs.

    Code that a model brings is never run: release 6 refuses it in folders as well.
    """
    _keep_off_the_network()
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    model = SentenceTransformer(
        folder, device="cpu", local_files_only=True, trust_remote_code=False
    )

    def embed(texts: Sequence[str]) -> Embedded:
        vectors = model.encode(list(texts), convert_to_numpy=True, show_progress_bar=False)
        return Embedded([vector.tolist() for vector in vectors], _count_tokens(model, texts))

    return embed


def find_cached_folder(name: str) -> Path | None:
    """Return the folder of a model in this machine's Hugging Face cache, None if it has none.

    A name without an owner is one of sentence-transformers' own, as that library takes it too.
    """
    _keep_off_the_network()
    from huggingface_hub import snapshot_download

    for full in (name,) if "/" in name else (f"sentence-transformers/{name}", name):
        try:
            folder = Path(snapshot_download(full, local_files_only=True))
        except (OSError, ValueError):  # it is not there; or it is no name at all
            continue
        if is_model(folder):
            return folder
    return None


def is_model(folder: Path) -> bool:
    """Say whether a folder looks like a model's."""
    return any((folder / mark).is_file() for mark in MARKS)


@dataclass(frozen=True, slots=True)
class LocalEndpoint(EmbeddingEndpoint):
    """A model of sentence-transformers, computed by this process.

    Attributes:
        folder: where its files are.
        model: what it is called.
    """

    folder: str
    model: str

    @property
    def address(self) -> None:
        """Nothing is called."""
        return

    def open_embedder(self, carrier: Carrier = LIVE) -> LocalEmbeddings:
        """Return the model, which is loaded with its first request."""
        del carrier
        return LocalEmbeddings(self)


class LocalEmbeddings:
    """An ``Embedder`` on this machine.

    One thread of its own loads the model when the first request comes, and embeds one request after
    the other; the event loop goes on meanwhile.
    """

    def __init__(self, endpoint: LocalEndpoint, load: Load = load_model) -> None:
        self._endpoint = endpoint
        self._load = load
        self._loading: asyncio.Future[Embed] | None = None
        self._thread = ThreadPoolExecutor(1, "embeddings")

    async def embed(self, request: EmbeddingRequest) -> EmbeddingReply | Failure:
        """Return the vectors of the request's texts; the deadline counts once it is loaded."""
        texts = request.texts
        loop = asyncio.get_running_loop()
        if self._loading is None:
            self._loading = loop.run_in_executor(self._thread, self._load, self._endpoint.folder)
        try:
            embed = await asyncio.shield(self._loading)
        except Exception as error:  # noqa: BLE001 - the port's promise: whatever a library raises
            message = f"the model cannot be loaded: {_write_line(error)}"
            return Failure(kind="not_found", message=message, code=UNLOADABLE)
        try:
            computed = loop.run_in_executor(self._thread, _time, embed, texts)
            embedded, latency_s = await asyncio.wait_for(computed, request.deadline_s)
        except TimeoutError:
            message = f"the texts were not embedded within {request.deadline_s:g} s"
            return Failure(kind="timeout", message=message)
        except Exception as error:  # noqa: BLE001 - likewise
            return Failure(kind="server", message=f"the model broke off: {_write_line(error)}")
        return self._reply(embedded, len(texts), latency_s)

    def _reply(self, embedded: Embedded, count: int, latency_s: float) -> EmbeddingReply | Failure:
        vectors, tokens = embedded.vectors, embedded.tokens
        if len(vectors) != count:
            message = f"the model made {len(vectors)} vectors of {count} texts"
            return Failure(kind="protocol", message=message)
        if not all(math.isfinite(number) for vector in vectors for number in vector):
            return Failure(kind="protocol", message="the model computed what is no number")
        return EmbeddingReply(
            vectors=tuple(round_vector(vector) for vector in vectors),
            model=self._endpoint.model,
            usage=None if tokens is None else Usage(tokens, 0),
            latency_s=latency_s,
        )

    async def close(self) -> None:
        """Wait for nobody: what is being computed is thrown away."""
        if self._loading is not None:
            self._loading.cancel()  # else it would tell a loop that is closed when it is through
        self._thread.shutdown(wait=False, cancel_futures=True)


def _time(embed: Embed, texts: Sequence[str]) -> tuple[Embedded, float]:
    begun = perf_counter()
    return embed(texts), perf_counter() - begun


def _count_tokens(model: Any, texts: Sequence[str]) -> int | None:
    """Return the number of tokens that the model reads, without what it cuts off."""
    read = model.preprocess(list(texts))
    counted = read.get("attention_mask")
    if counted is not None:
        return int(counted.sum())
    ids = read.get("input_ids")
    return None if ids is None else int(ids.numel())


def _keep_off_the_network() -> None:
    """Tell Hugging Face's libraries, which look at this when they are imported, and never again."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # they warn after every fork, else


def _write_line(error: Exception) -> str:
    """Return the message of an exception on one line."""
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said[:300]}" if said else type(error).__name__
