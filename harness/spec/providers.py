"""Targets that are not provisioned here."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from harness.spec.base import Declared, Flag, Json, Positive, Text
from harness.spec.resources import Parameters, Price


class ProviderModel(Declared):
    """A model of a provider; ``model`` says what a deployment's name stands for."""

    model: Text | None = None
    version: Text | None = None
    context: Positive | None = None
    parameters: Parameters = Parameters()
    price: Price | None = None
    reasoning: Flag | None = None


class OpenAIProvider(Declared):
    """OpenAI's own API."""

    type: Literal["openai"]
    api_key: Text
    base_url: Text | None = None
    models: dict[str, ProviderModel]


class CompatibleProvider(Declared):
    """An OpenAI-compatible server."""

    type: Literal["openai-compatible"]
    base_url: Text
    api_key: Text | None = None
    models: dict[str, ProviderModel]


class AzureProvider(Declared):
    """An Azure OpenAI endpoint that exists already.

    No ``api_version`` means the v1 API, no ``api_key`` means Entra.
    """

    type: Literal["azure-openai"]
    endpoint: Text
    api_version: Text | None = None
    api_key: Text | None = None
    models: dict[str, ProviderModel]


class HttpProvider(Declared):
    """An application under test: JSON in, JSON out; its target is the provider's own name.

    Where it streams (server-sent events), ``reply`` is looked for in each event and the parts are
    joined. What ``session``, a JSONPath, finds in the answer to a turn is the variable
    ``session`` of the conversation's next one.
    """

    type: Literal["http"]
    url: Text
    method: Literal["POST", "PUT"] = "POST"
    headers: dict[str, Text] = {}
    body: Json
    reply: Text
    usage: Text | None = None
    session: Text | None = None
    api_key: Text | None = None
    price: Price | None = None


class RecordedProvider(Declared):
    """Transcripts made elsewhere, scored here; nothing is called."""

    type: Literal["recorded"]
    answers: Text
    models: dict[str, ProviderModel]


class LocalModel(Declared):
    """A model on this machine: a folder of the project, or else a name in Hugging Face's cache."""

    path: Text | None = None


class LocalProvider(Declared):
    """Models of sentence-transformers, which embed texts on this machine; nothing is called."""

    type: Literal["sentence-transformers"]
    models: dict[str, LocalModel]


class CommandProvider(Declared):
    """A program under test; needs ``--allow-code``.

    It finds the question on stdin as JSON. What it writes to stdout is the reply; with ``reply``,
    a JSONPath, that is JSON of which the reply is a part.
    """

    type: Literal["command"]
    command: Annotated[tuple[Text, ...], Field(min_length=1)]
    reply: Text | None = None
    usage: Text | None = None
    price: Price | None = None


Provider = Annotated[
    OpenAIProvider
    | CompatibleProvider
    | AzureProvider
    | HttpProvider
    | RecordedProvider
    | CommandProvider
    | LocalProvider,
    Field(discriminator="type"),
]
