"""A model at a URL becomes a spec with that target."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harness.app.playground.addresses import ModelAddress
from harness.errors import RequestError
from harness.wiring import Permissions, read_spec_text


def write(**given: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(ModelAddress("m", **given).write_spec())
    return document


@pytest.mark.parametrize(
    ("given", "kind", "cloud"),
    [
        ({"base_url": "http://localhost:11434/v1"}, "openai-compatible", None),
        ({"base_url": "https://api.openai.com/v1", "key_variable": "K"}, "openai", None),
        ({"endpoint": "https://a.openai.azure.com/"}, "azure-openai", "azure"),
        ({"endpoint": "https://a.openai.azure.us"}, "azure-openai", "azure-us-government"),
        ({"endpoint": "https://a.openai.azure.cn"}, "azure-openai", "azure-china"),
    ],
)
def test_the_kind_and_the_cloud_follow_from_the_host(
    given: dict[str, str], kind: str, cloud: str | None
) -> None:
    document = write(**given)
    assert document["providers"]["url"]["type"] == kind
    assert document.get("cloud") == cloud


def test_the_spec_names_the_variable_and_holds_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "the key itself")
    at = ModelAddress("m", base_url="http://localhost/v1", key_variable="MY_KEY", others=("n",))
    text = at.write_spec()
    assert "the key itself" not in text
    spec = read_spec_text(text, permissions=Permissions(environment_names=("MY_KEY",))).spec
    assert list(spec.providers["url"].list_models()) == ["m", "n"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"base_url": "localhost:80"}, "this is no URL"),
        ({"base_url": "http://[::1"}, "this is no URL"),
        ({"base_url": "https://me:secret@h/v1"}, "a name or a password"),
        ({"base_url": "https://h", "key_variable": "sk-abc"}, "never the key itself"),
        ({"base_url": "https://h", "endpoint": "https://h"}, "both say where"),
        ({"base_url": "https://h", "api_version": "2024-10-21"}, "is of an Azure resource"),
        ({"key_variable": "K"}, "give its --base-url"),
    ],
)
def test_what_is_no_address_is_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        write(**given)
