"""A model at a URL, without a spec: it becomes a spec with that one target."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from harness.azure.clouds import CLOUDS
from harness.errors import Diagnostic, RequestError

OWNER = "url"
"""The handle of the provider that stands for the URL: targets are ``url/MODEL``."""
OPENAI_HOST = "api.openai.com"
BAD_ADDRESS = "H943"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class ModelAddress:
    """A model at a URL.

    Attributes:
        model: the model's name, or the deployment's.
        endpoint: an Azure resource: ``https://NAME.openai.azure.com``; "" for another server.
        base_url: a server that speaks OpenAI's protocol; "" for Azure.
        key_variable: the variable of the environment that holds the key; "" for none: Entra on
            Azure, no credential elsewhere.
        api_version: of Azure's dated API; "" for the v1 API.
        others: models there that the first can be compared with.
    """

    model: str
    endpoint: str = ""
    base_url: str = ""
    key_variable: str = ""
    api_version: str = ""
    others: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The one URL that it has."""
        return self.endpoint or self.base_url

    def write_spec(self) -> str:
        """Return the text of a spec with these targets alone.

        Raises:
            RequestError: what it holds is no URL, or no name.
        """
        self._check()
        host = urlsplit(self.url).hostname or ""
        provider: dict[str, Any] = {"models": {name: {} for name in (self.model, *self.others)}}
        if self.key_variable:
            provider["api_key"] = f"${{{self.key_variable}}}"
        document: dict[str, Any] = {"version": 1, "name": "chat"}
        if self.endpoint:
            provider |= {"type": "azure-openai", "endpoint": self.endpoint.rstrip("/")}
            if self.api_version:
                provider["api_version"] = self.api_version
            document["cloud"] = _find_cloud(host)
        elif host == OPENAI_HOST and self.key_variable:
            provider |= {"type": "openai", "base_url": self.base_url}
        else:
            provider |= {"type": "openai-compatible", "base_url": self.base_url}
        return json.dumps({**document, "providers": {OWNER: provider}})

    def _check(self) -> None:
        if self.endpoint and self.base_url:
            raise _refuse(
                "--endpoint and --base-url both say where the model is",
                "--endpoint for an Azure resource, --base-url for any other server",
            )
        if not self.url:
            raise _refuse(
                "--api-key-env and --api-version are of a model at a URL",
                "give its --base-url, or its --endpoint on Azure",
            )
        if self.api_version and not self.endpoint:
            raise _refuse("--api-version is of an Azure resource", "give its --endpoint too")
        try:
            parts = urlsplit(self.url)
            is_url = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            is_url = False
        if not is_url:
            raise _refuse(f"this is no URL: {self.url}", "it begins with https://")
        if parts.username is not None or parts.password is not None:
            raise _refuse(
                "the URL holds a name or a password", "--api-key-env NAME says where the key is"
            )
        if self.key_variable and not _VARIABLE.fullmatch(self.key_variable):
            raise _refuse(
                "--api-key-env wants the name of a variable, never the key itself",
                "export KEY=… and then --api-key-env KEY",
            )


def _find_cloud(host: str) -> str:
    """Return the cloud whose data planes have this suffix; the public one for any other host."""
    for cloud in CLOUDS.values():
        if any(host.endswith(f".{suffix}") for suffix in cloud.suffixes):
            return cloud.name
    return "azure"


def _refuse(summary: str, hint: str) -> RequestError:
    return RequestError(Diagnostic(BAD_ADDRESS, summary, hint=hint))
