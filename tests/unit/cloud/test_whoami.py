"""The identity that a token of Entra is for."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from harness.azure.roles import Principal
from harness.cloud.whoami import read_caller

OID = "22222222-2222-2222-2222-222222222222"


def token(**claims: Any) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"eyJ0eXAiOiJKV1QifQ.{payload}.signature"


@pytest.mark.parametrize(
    ("claims", "kind"),
    [
        ({"oid": OID, "idtyp": "user"}, "User"),
        ({"oid": OID, "idtyp": "app"}, "ServicePrincipal"),
        ({"oid": OID, "scp": "user_impersonation"}, "User"),
        ({"oid": OID, "appid": "x"}, "ServicePrincipal"),
    ],
)
def test_a_token_says_who_it_is_for(claims: dict[str, Any], kind: Any) -> None:
    assert read_caller(token(**claims)) == Principal(OID, kind)


@pytest.mark.parametrize("said", [token(tid="x"), "opaque", "a.b.c", "a.W10.c"])
def test_a_token_that_does_not_say_is_nobody_rather_than_somebody(said: str) -> None:
    assert read_caller(said) is None
