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

_FOLDERS: Final = frozenset({"PWD", "OLDPWD"})
"""Variables in which every shell keeps a folder. Source: POSIX, cd."""

_PASS: Final = re.compile(r"(?<!BY)(?<!COM)(?<!SUR)(?<!TRES)PASS$")
_BETWEEN: Final = re.compile(r"[^A-Z0-9]+|(?<=[A-Z])(?=[0-9])")

_PLACES: Final = ("_FILE", "_PATH", "_DIR", "_SOCK", "_HOME")
"""Ends of names whose value says where a secret is, and is none itself."""

SHORTEST_MIXED: Final = 8
SHORTEST_WORD: Final = 16
"""Characters. What is shorter, or has no digit and is shorter than the second, is a word that a
server without keys was given (``ollama``, ``lm-studio``), and stays: texts are full of words."""


def is_secret_variable(name: str) -> bool:
    """Return whether a variable's name says that it holds a secret, in whatever case it is.

    The contract's KEY, TOKEN, SECRET and PASSWORD, and their kind: credentials, pass phrases,
    certificates, shared access signatures, connection strings, personal access tokens, cookies.
    """
    upper = name.upper()
    if upper in _FOLDERS:
        return False
    if _ANYWHERE.search(upper):
        return True
    return any(word in _WORDS or _PASS.search(word) for word in _BETWEEN.split(upper))


def is_telling(secret: str) -> bool:
    """Return whether a secret is long and mixed enough to be no word of an ordinary text."""
    mixed = any(map(str.isdigit, secret)) and any(map(str.isalpha, secret))
    return len(secret) >= (SHORTEST_MIXED if mixed else SHORTEST_WORD)


def find_secret_values(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the values that must not be printed, each with the name of its variable."""
    return {
        value: name
        for name, value in environment.items()
        if is_secret_variable(name) and not name.upper().endswith(_PLACES) and is_telling(value)
    }
