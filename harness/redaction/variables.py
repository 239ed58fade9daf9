"""Variables of the environment whose name says that the value is a secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_ANYWHERE: Final = re.compile(
    r"KEY|TOKEN|SECRET|PASSW|PASSPHRASE|PASSCODE|PWD|CREDENTIAL|CERT|CONNECTION|CONNSTR|PRIVATE"
    r"|COOKIE|SIGNATURE|BEARER|(?<!LOCAL_)AUTH(?!OR(?!I[SZ]))"
)
"""Parts of a name, wherever they stand. AUTHOR and AUTHORITY are none, AUTHORIZATION is one;
``local_auth`` is a switch of the spec's own."""

_WORDS: Final = frozenset(
    {
        "CONN",
        "CRED",
        "CREDS",
        "DSN",
        "JWT",
        "PAT",
        "PATS",
        "PEM",
        "PFX",
        "SAS",
        "SASURI",
        "SASURL",
        "SIG",
    }
)
"""Whole words of a name, for others begin or end so: PAT is a personal access token, PATH none."""

_PASS: Final = re.compile(r"(?<!BY)(?<!COM)(?<!SUR)(?<!TRES)PASS$")
_BETWEEN: Final = re.compile(r"[^A-Z0-9]+|(?<=[A-Z])(?=[0-9])")

SHORTEST_VALUE: Final = 8
"""Characters; what is shorter is a word of ordinary texts, and hides nobody's key."""


def is_secret_variable(name: str) -> bool:
    """Return whether a variable's name says that it holds a secret, in whatever case it is.

    The contract's KEY, TOKEN, SECRET and PASSWORD, and their kind: credentials, pass phrases,
    certificates, shared access signatures, connection strings, personal access tokens, cookies.
    """
    upper = name.upper()
    if _ANYWHERE.search(upper):
        return True
    return any(word in _WORDS or _PASS.search(word) for word in _BETWEEN.split(upper))


def list_secret_values(environment: Mapping[str, str]) -> frozenset[str]:
    """Return the values of an environment that its names call secrets, short ones left out."""
    return frozenset(
        value
        for name, value in environment.items()
        if len(value) >= SHORTEST_VALUE and is_secret_variable(name)
    )
