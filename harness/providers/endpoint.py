"""Endpoints of targets, and how one signs in there: values only, chosen by the wiring.

Each has an ``address``: the URL that its requests go to, None where there is no HTTP.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from harness.conversation.answers import Answers

AsyncText = Callable[[], Awaitable[str]]

Api = Literal["auto", "chat", "responses"]
"""Chat completions or responses; ``auto``: chat, until the service says that it is the other."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key, or a simulator's token; it shows itself to nobody."""

    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TokenProvider:
    """Signing in with Entra, and what to do where that identity has no role.

    Attributes:
        token: asked once per attempt; it caches, and renews what is about to expire.
        key: the account's key, asked for once after a 401 PermissionDenied; None where keys are
            switched off (``local_auth: false``).
    """

    token: AsyncText = field(repr=False)
    key: AsyncText | None = field(default=None, repr=False)


Auth = ApiKey | TokenProvider


@dataclass(frozen=True, slots=True)
class AzureV1:
    """A deployment behind Azure's v1 API, where ``model`` is the deployment's name.

    Attributes:
        base_url: ``https://<account>.openai.azure.com/openai/v1/`` (see ``v1_base_url``).
        reasoning: whether the model is a reasoning model; None where nobody knows, and then it is
            learned from the service. Never guessed from a name.
        api: which API it is asked by.
    """

    base_url: str
    deployment: str
    auth: Auth
    reasoning: bool | None = None
    api: Api = "auto"

    @property
    def address(self) -> str:
        """Return the base URL."""
        return self.base_url


@dataclass(frozen=True, slots=True)
class AzureClassic:
    """A deployment behind Azure's dated API; ``endpoint`` may carry a path (a gateway's)."""

    endpoint: str
    deployment: str
    api_version: str
    auth: Auth
    reasoning: bool | None = None
    api: Api = "auto"

    @property
    def address(self) -> str:
        """Return the endpoint."""
        return self.endpoint


@dataclass(frozen=True, slots=True)
class OpenAIEndpoint:
    """OpenAI's own API (no ``base_url``), or a server that speaks it; local ones need no key."""

    base_url: str | None
    model: str
    auth: Auth | None
    reasoning: bool | None = None
    api: Api = "auto"

    @property
    def address(self) -> str:
        """Return the base URL, which is OpenAI's own by default."""
        return self.base_url or "https://api.openai.com/v1"


@dataclass(frozen=True, slots=True)
class HttpEndpoint:
    """An application under test.

    Attributes:
        body: JSON in which ``{{messages}}``, ``{{user}}`` and variables are filled in.
        reply: JSONPath of the reply's text in the answer.
        usage: JSONPath of ``{input_tokens, output_tokens}`` (or OpenAI's names), if it tells.
        session: JSONPath of what it knows the conversation by, if it keeps one.
        auth: sent as a bearer token.
    """

    url: str
    body: Any
    reply: str
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    usage: str | None = None
    session: str | None = None
    auth: ApiKey | None = None

    @property
    def address(self) -> str:
        """Return the application's URL."""
        return self.url


Run = Callable[[bytes, float], Awaitable[tuple[bytes, bytes, int]]]
"""Starts a program: what it is told and its seconds; its stdout, stderr and exit status."""


@dataclass(frozen=True, slots=True)
class CommandEndpoint:
    """A program under test.

    Attributes:
        run: starts it.
        reply: JSONPath of the reply's text in its output; without, the output is the reply.
        usage: JSONPath of its tokens, if it tells.
    """

    run: Run = field(repr=False)
    reply: str | None = None
    usage: str | None = None

    @property
    def address(self) -> str | None:
        """Return None: a program is started, not called."""
        return None


@dataclass(frozen=True, slots=True)
class RecordedEndpoint:
    """Transcripts made elsewhere; nothing is called. Without a version any version will do."""

    answers: Answers
    model: str
    version: str | None = None

    @property
    def address(self) -> str | None:
        """Return None: nothing is called."""
        return None


@dataclass(frozen=True, slots=True)
class LocalEndpoint:
    """A model of sentence-transformers, computed by this process.

    Attributes:
        folder: where its files are.
        model: what it is called.
    """

    folder: str
    model: str

    @property
    def address(self) -> str | None:
        """Return None: nothing is called."""
        return None


EmbeddingEndpoint = AzureV1 | AzureClassic | OpenAIEndpoint | LocalEndpoint
"""An endpoint that embeds texts."""

Endpoint = (
    AzureV1 | AzureClassic | OpenAIEndpoint | HttpEndpoint | CommandEndpoint | RecordedEndpoint
)


def v1_base_url(endpoint: str) -> str:
    """Return Azure's v1 base URL of an account's endpoint, which may already carry part of it.

    Source: azure-ai-docs, openai/includes/api-version-lifecycle-content.md (2026-09).
    """
    stem = endpoint.rstrip("/").removesuffix("/openai/v1")
    if urlsplit(stem).path == "/openai":
        stem = stem.removesuffix("/openai")
    return f"{stem}/openai/v1/"
