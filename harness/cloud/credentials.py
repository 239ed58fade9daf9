"""Signing in to a real Azure, and one line on what to do when nobody is."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from harness.azure.clouds import CLOUDS
from harness.errors import Diagnostic, OutsideError
from harness.text.safe import flatten

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential


def sign_in(cloud: str, *, verbose: bool) -> TokenCredential:
    """Return credentials of whoever is signed in, proven by a token for the management plane.

    Asking first keeps the SDK from failing later, inside some request, with a page of text.

    Raises:
        OutsideError: nobody is signed in; with ``verbose`` it says what was tried.
    """
    # Imported here: half a second that no command on the simulator should pay.
    from azure.core.exceptions import AzureError, ClientAuthenticationError
    from azure.identity import DefaultAzureCredential

    # Without a handler of its own the SDK's page of text goes to stderr beside ours.
    logging.getLogger("azure").addHandler(logging.NullHandler())
    facts = CLOUDS[cloud]
    credential = DefaultAzureCredential(authority=facts.authority)
    try:
        credential.get_token(facts.arm_scope)
    except ClientAuthenticationError as error:
        credential.close()
        detail = flatten(error.message) if verbose else "`-v` shows what was tried"
        raise OutsideError(
            Diagnostic(
                "H902",
                "nobody is signed in to Azure",
                detail,
                hint="run `az login` (or set AZURE_CLIENT_ID, AZURE_TENANT_ID and "
                "AZURE_CLIENT_SECRET), or use `--cloud simulator`",
            )
        ) from None
    except AzureError as error:
        credential.close()
        raise OutsideError(
            Diagnostic(
                "H902",
                f"signing in at {facts.authority} failed",
                flatten(str(error)) if verbose else "`-v` shows why",
                hint="check the network, or use `--cloud simulator`",
            )
        ) from None
    return credential
