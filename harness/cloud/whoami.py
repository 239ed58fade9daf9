"""Tell who is signed in, from the token that Entra gave: nobody is asked."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from harness.azure.clouds import CLOUDS
from harness.azure.roles import STAND_IN, Principal
from harness.cloud.credentials import sign_in
from harness.cloud.endpoint import CloudEndpoint, make_azure_endpoint

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential


def find_caller(endpoint: CloudEndpoint, credential: TokenCredential) -> Principal | None:
    """Return who is signed in at an endpoint, None where the token does not say.

    At the simulator, and in a recording, it is always the same one, who is nobody.
    """
    if endpoint.simulated:
        return STAND_IN
    return read_caller(credential.get_token(CLOUDS[endpoint.name].arm_scope).token)


def ask_caller(cloud: str, *, verbose: bool) -> Principal | None:
    """Sign in to a real cloud, and return who that is.

    Raises:
        OutsideError: nobody is signed in.
    """
    credential = sign_in(cloud, verbose=verbose)
    try:
        return find_caller(make_azure_endpoint(cloud), credential)
    finally:
        if hasattr(credential, "close"):
            credential.close()


def read_caller(token: str) -> Principal | None:
    """Return the identity that a token of Entra is for, None where it does not say.

    Nothing is proved by it: Azure looks at the token itself. Source: claims of Entra's access
    tokens: ``oid`` is the object id, ``idtyp`` is ``app`` for a service principal, ``scp`` is there
    only where a person is signed in.
    """
    claims = _read_claims(token)
    object_id = str(claims.get("oid") or "")
    if not object_id:
        return None
    person = claims.get("idtyp", "user" if "scp" in claims else "app") == "user"
    return Principal(object_id, "User" if person else "ServicePrincipal")


def _read_claims(token: str) -> dict[str, Any]:
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        padded = parts[1] + "=" * (-len(parts[1]) % 4)
        claims = json.loads(base64.urlsafe_b64decode(padded))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}
