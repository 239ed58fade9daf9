"""Fields whose name says that the value is a secret: passwords, keys, tokens, cookies."""

from __future__ import annotations

import math
import re
from collections import Counter

_STEMS = ("pass", "pwd", "secret", "key", "token", "authorization", "cookie", "connection",
          "assertion", "credential")  # fmt: skip

ASSIGNED = re.compile(
    r"(?<![A-Za-z0-9_.-])(?P<name>[A-Za-z_][A-Za-z0-9_.-]{1,60})"
    r"[\"'`]{0,1}\s{0,3}(?:=>|:=|[:=])\s{0,3}"
    r"(?=[\"'`](?P<quoted>[^\"'`\n]{6,4000})[\"'`]|(?P<bare>[A-Za-z0-9_./+=~%!$^-]{8,4000}))"
)
"""A name, and ahead of it its value: in code, in a header line, in a query, among settings."""

_PASSWORD = re.compile(r"(?:password|passwd|passphrase|pwd)$")
_WHOLE = re.compile(r"(?:^|proxy)authorization$|cookie$")
_SURE = re.compile(
    r"(?:apikey|accesskey|accountkey|secretkey|privatekey|masterkey|adminkey|signingkey|sharedkey"
    r"|subscriptionkey|functionskey|primarykey|secondarykey|^key[12]|secretaccesskey"
    r"|(?:access|refresh|id|session|auth|bearer|api|sas|security|oauth)token"
    r"|secret|secretvalue|connectionstring|assertion|signature|xmsclientprincipal)$"
)
_PERHAPS = re.compile(r"(?:key|token|credentials?|signature)$")
_UNBROKEN = re.compile(r"[A-Za-z0-9+/=_-]+")
_HARMLESS = re.compile(r"(?:cachekey|publickey|keyid|partitionkey|idempotencykey|skiptoken)$")

_FILLER = re.compile(
    r"redacted|\*{3,}|x{5,}|\.\.\.|…|^[<{\[$(]|^%\w+%$|^(?:your|my)[-_ ]|\.invalid$"
    r"|^os\.environ|getenv\("
    r"|^test_|^process\.env|^env\.|^secrets\.|^(?:null|none|true|false|undefined|string|changeme)$",
    re.IGNORECASE,
)


def mentions_a_field(lowered: str) -> bool:
    """Tell whether a text in lower case may hold the name of a secret field at all."""
    return any(stem in lowered for stem in _STEMS)


LONGEST_FILLER = 300
"""Characters of a value that are looked at for what stands for a secret."""


def is_filler(value: str) -> bool:
    """Tell whether a value only stands for a secret: ``<your key>``, ``***``, ``${KEY}``."""
    return _FILLER.search(value[:LONGEST_FILLER]) is not None


def is_secret_value(name: str, value: str, *, in_field: bool) -> bool:
    """Tell whether a value is a secret, by the name of its field.

    ``in_field`` is true for a whole field of a document or a header, false for an assignment in
    prose or code, where more of what looks like one is an example.
    """
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    if _HARMLESS.search(plain) or not value.strip():
        return False
    if _WHOLE.search(plain):
        last = value.rsplit(maxsplit=1)[-1] if "cookie" not in plain else value
        return len(value) >= 8 and (is_varied(last) if in_field else _has_both_kinds(last))
    if len(value.split(maxsplit=1)) > 1 or value != value.strip():
        return False
    if _PASSWORD.search(plain):
        return len(value) >= 6 if in_field else len(value) >= 8 and _has_both_kinds(value)
    if _SURE.search(plain):
        return len(value) >= 12 and _has_both_kinds(value) and measure_entropy(value) >= 2.5
    return (
        _PERHAPS.search(plain) is not None
        and len(value) >= 20
        and _UNBROKEN.fullmatch(value) is not None
        and is_mixed(value)
        and measure_entropy(value) >= 3.5
    )


_DIGIT, _LETTER = re.compile(r"[0-9]"), re.compile(r"[A-Za-z]")


def _has_both_kinds(value: str) -> bool:
    """Tell whether a text has a digit and a letter, of whatever script."""
    if value.isascii():  # the same, and much faster for a long one
        return _DIGIT.search(value) is not None and _LETTER.search(value) is not None
    letters = set(value)
    return any(map(str.isdigit, letters)) and any(map(str.isalpha, letters))


def measure_entropy(value: str) -> float:
    """Return the bits a character."""
    total = len(value)
    return -sum(n / total * math.log2(n / total) for n in Counter(value).values())


def is_mixed(text: str) -> bool:
    """Tell whether a text has digits, small and capital letters, and many different ones."""
    return (
        len(set(text)) >= 10
        and any(map(str.isdigit, text))
        and any(map(str.islower, text))
        and any(map(str.isupper, text))
    )


def is_varied(text: str) -> bool:
    """Tell whether a text is neither a word, nor words with hyphens, nor one character repeated."""
    return len(set(text)) >= 8 and (
        any(map(str.isdigit, text)) or (text != text.lower() and text != text.upper())
    )
