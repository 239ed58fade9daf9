"""Rules that find secrets in a text, one for each kind.

A rule is tried only when one of its literals stands in the text, so that ordinary prose costs a few
substring searches. Ids, fingerprints, embeddings and encrypted reasoning are none of these.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from harness.redaction.fields import (
    ASSIGNED,
    is_filler,
    is_mixed,
    is_secret_value,
    is_varied,
    measure_entropy,
    mentions_a_field,
)
from harness.redaction.prefixes import FORMED, PREFIXED

SHORT = 64
"""Characters; the findings of shorter texts are remembered."""

HIDDEN = "REDACTED-"
"""The beginning of every text that replaces a secret; such a text is never a secret itself."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A part of a text that looks like a secret; ``end`` is exclusive."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A rule that recognises one kind of secret.

    Attributes:
        literals: the text holds one of these, in lower case, or the rule is not tried.
        expression: the pattern, whose group ``secret`` is hidden; compiled when it is first tried,
            because most texts hold the literals of few rules.
        genuine: whether what matched is more than an example of the form.
    """

    kind: str
    literals: tuple[str, ...]
    expression: str
    genuine: Callable[[str], bool]


def find_spots(text: str, name: str = "") -> tuple[Spot, ...]:
    """Return the places in a text that look like secrets, in order and without overlap.

    ``name`` is the field or header that the text is the value of, where it is one.
    """
    return (
        _find_short_spots(text, name) if len(text) <= SHORT else tuple(_find_all_spots(text, name))
    )


@lru_cache(maxsize=4096)
def _find_short_spots(text: str, name: str) -> tuple[Spot, ...]:
    """Find spots in roles, models, names of fields: the same few thousand texts over and over."""
    return tuple(_find_all_spots(text, name))


def _find_all_spots(text: str, name: str) -> list[Spot]:
    lowered = text.lower()
    found: list[Spot] = []
    rules = [rule for literal, rule in _BY_LITERAL if literal in lowered]
    if LONG_RUN.search(text):
        rules += [rule for literal, rule in _BY_BEGINNING if literal in lowered]
    for rule in dict.fromkeys(rules):
        found += _find_by_rule(rule, text)
    found += _find_tokens(text, name)
    if mentions_a_field(lowered):
        found += _find_assignments(text)
    if name and is_secret_value(name, text, in_field=True) and not is_filler(text):
        found.append(Spot(0, len(text), "field"))
    return _drop_overlaps(found)


@cache
def _compile(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


def _find_by_rule(rule: Rule, text: str) -> Iterator[Spot]:
    for match in _compile(rule.expression).finditer(text):
        value = match["secret"]
        if HIDDEN not in value and rule.genuine(value):
            yield Spot(*match.span("secret"), rule.kind)


def _find_assignments(text: str) -> Iterator[Spot]:
    """Find ``password = "..."`` and the like, in whatever language."""
    for match in ASSIGNED.finditer(text):
        group = "quoted" if match["quoted"] is not None else "bare"
        value = match[group]
        if is_secret_value(match["name"], value, in_field=False) and not is_filler(value):
            yield Spot(*match.span(group), "field")


def _drop_overlaps(found: list[Spot]) -> list[Spot]:
    """Return the widest of those that overlap; of equally wide ones the first."""
    kept: list[Spot] = []
    for spot in sorted(found, key=lambda spot: (spot.start, -spot.end)):
        if not kept or spot.start >= kept[-1].end:
            kept.append(spot)
        elif spot.end > kept[-1].end:
            kept[-1] = Spot(kept[-1].start, spot.end, kept[-1].kind)
    return kept


TOKEN = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
"""Long unbroken runs: keys without a prefix, and base64."""

_HEX_KEY = re.compile(r"[0-9a-f]{32}|[0-9A-F]{32}")
_UNMARKED_KEY = re.compile(r"[A-Za-z0-9]{84}")
_STORAGE_KEY = re.compile(r"[A-Za-z0-9+/]{86}==")
_NO_KEY_BEFORE = re.compile(
    r"(?:id|uuid|guid|etag|md5|hash|checksum|digest|trace|span|session|fingerprint|nonce)"
    r"(?:\s(?:is|was|of))?[\"'`\\]{0,3}\s?[:=(]?\s?[\"'`\\]{0,3}$",
    re.IGNORECASE,
)
_NO_KEY_NAME = re.compile(
    r"(?:id|uuid|guid|etag|md5|hash|checksum|digest|traceparent|fingerprint|nonce|version|-ref)$",
    re.IGNORECASE,
)


def _find_tokens(text: str, name: str) -> Iterator[Spot]:
    """Find keys without a prefix to go by: of 32 hexadecimal digits, of 84 and 88 characters."""
    for match in TOKEN.finditer(text):
        token = match[0]
        if len(token) == 32 and _HEX_KEY.fullmatch(token):
            before = text[max(0, match.start() - 24) : match.start()]
            is_an_id = _NO_KEY_NAME.search(name) or _NO_KEY_BEFORE.search(before)
            if not is_an_id and measure_entropy(token) >= 2.5:
                yield Spot(*match.span(), "azure-key")
        elif len(token) in {84, 88} and is_mixed(token) and not _is_readable(token):
            if _UNMARKED_KEY.fullmatch(token):
                yield Spot(*match.span(), "azure-key")
            elif _STORAGE_KEY.fullmatch(token):
                yield Spot(*match.span(), "storage-key")


def _is_readable(token: str) -> bool:
    """Tell whether it is a text in base64: random bytes would not be UTF-8 for so long."""
    try:
        base64.b64decode(token).decode("utf-8")
    except ValueError:
        return False
    return True


def _is_no_filler(text: str) -> bool:
    return not is_filler(text)


def _is_token(text: str) -> bool:
    return not is_filler(text) and is_varied(text)


def _has_jose_header(token: str) -> bool:
    header = token.split(".", 1)[0]
    try:
        decoded = base64.urlsafe_b64decode(header + "=" * (-len(header) % 4))
    except (binascii.Error, ValueError):
        return False
    return any(name in decoded for name in (b'"alg"', b'"typ"', b'"enc"', b'"kid"'))


def _is_private_key(block: str) -> bool:
    return len(re.findall(r"[A-Za-z0-9+/=]", block)) >= 100 and is_varied(block)


NOBODYS_DOMAIN = re.compile(
    r"(?:^|\.)(?:example|test|invalid|localhost|example\.(?:com|net|org|edu))$", re.IGNORECASE
)
"""Domains for documentation, nobody's by definition. Source: RFC 2606, RFC 6761."""

_NO_DOMAIN = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|ico|css|js|ts|py|md|json|ya?ml|txt|html?|local)$", re.IGNORECASE
)
_AT = re.compile(r"@|%40|\\u0040|&#64;|&#x40;", re.IGNORECASE)


def _is_owned(address: str) -> bool:
    who, _, domain = (_AT.sub("@", address)).rpartition("@")
    return (
        who.lower() != "git"
        and NOBODYS_DOMAIN.search(domain) is None
        and _NO_DOMAIN.search(domain) is None
    )


_EDGE = r"(?<![A-Za-z0-9_-])"
_END = r"(?![A-Za-z0-9_-])"


def _make_prefixed(kind: str, prefixes: str, rest: str) -> Rule:
    """Make a rule of a row of ``PREFIXED``."""
    beginnings = "|".join(map(re.escape, prefixes.split()))
    # Without a mark in it a beginning may be one of something longer in base64.
    end = r"(?![A-Za-z0-9+/])" if prefixes.isalnum() else "(?![A-Za-z0-9])"
    return _make_rule(kind, prefixes.lower(), rf"{_EDGE}(?:{beginnings}){rest}{end}", _is_token)


def _make_rule(
    kind: str, literals: str, pattern: str, genuine: Callable[[str], bool] = bool
) -> Rule:
    """Make a rule of its row; without a group of its own, all that matches is the secret."""
    if "(?P<secret>" not in pattern:
        pattern = rf"(?P<secret>{pattern})"
    return Rule(kind, tuple(literals.split()), pattern, genuine)


RULES = (
    _make_rule(
        "private-key",
        "-----begin",
        r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:(?:(?!-----)[\s\S]){0,20000}-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
        r"|[A-Za-z0-9+/=\s\\]*)",
        _is_private_key,
    ),
    # Tried once in each unbroken run: a run of a thousand beginnings is looked through once.
    _make_rule("jwt", "eyj", r"(?<![A-Za-z0-9_-])(?>[A-Za-z0-9_-]*?(?=eyJ))"
          r"(?P<secret>eyJ[A-Za-z0-9_-]{8,}+\.[A-Za-z0-9_-]{8,}+(?:\.[A-Za-z0-9_-]*+){0,3})",
          _has_jose_header),
    # Azure's annotated keys: 52 random characters, a signature, the date, the service (ACOG is
    # Cognitive Services), a checksum; 84 characters in all, 88 with an alternative ending.
    # Source: github.com/microsoft/security-utilities, GeneratedRegexPatterns, SEC101/200.
    _make_rule("azure-key", "jqqj9",
          r"[A-Za-z0-9]{40,52}JQQJ9[9DH][A-Za-z0-9][A-L][A-Za-z0-9]{16,24}(?:[A-Za-z0-9]{2}==)?"),
    _make_rule("openai-key", "sk-", rf"{_EDGE}sk-[A-Za-z0-9_-]{{20,}}", _is_token),
    _make_rule("github-token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{30,}"),
    _make_rule("github-token", "github_pat_", r"github_pat_[A-Za-z0-9_]{30,}"),
    _make_rule("gitlab-token", "glpat-", r"glpat-[A-Za-z0-9_-]{20,}", _is_token),
    _make_rule("aws-key", "akia asia aroa aida",
          rf"{_EDGE}(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{{16}}{_END}"),
    _make_rule("slack-token", "xox", r"xox[abcdeoprs]-[A-Za-z0-9%-]{10,}", _is_token),
    _make_rule("google-key", "aiza", rf"{_EDGE}AIza[A-Za-z0-9_-]{{35}}"),
    _make_rule("google-token", "ya29.", r"ya29\.[A-Za-z0-9_-]{20,}"),
    _make_rule("huggingface-token", "hf_", rf"{_EDGE}hf_[A-Za-z0-9]{{30,}}"),
    _make_rule("stripe-key", "k_live_ k_test_",
          rf"{_EDGE}[rs]k_(?:live|test)_[A-Za-z0-9]{{16,}}", _is_token),
    _make_rule("npm-token", "npm_", rf"{_EDGE}npm_[A-Za-z0-9]{{36}}"),
    _make_rule("pypi-token", "pypi-ag", r"pypi-Ag[A-Za-z0-9_-]{50,}"),
    _make_rule("sendgrid-key", "sg.", rf"{_EDGE}SG\.[A-Za-z0-9_-]{{16,}}\.[A-Za-z0-9_-]{{16,}}"),
    # Source: github.com/microsoft/security-utilities, SEC101/156: client secrets of Entra.
    _make_rule("entra-secret", "q~",
          r"(?<![A-Za-z0-9_.~-])[A-Za-z0-9_.~-]{3}[0-9]Q~[A-Za-z0-9_.~-]{31,37}"),
    _make_rule("sas", "sig=", r"(?<![A-Za-z0-9])sig=(?P<secret>[A-Za-z0-9%+/=_-]{16,})", _is_token),
    # The signature in the address of a long-running operation of Azure Resource Manager.
    _make_rule("sas", "&s=", r"[?&]s=(?P<secret>[A-Za-z0-9%+/=_-]{80,})", _is_token),
    _make_rule("function-key", "code=", r"[?&]code=(?P<secret>[A-Za-z0-9%+/=_.-]{30,})", _is_token),
    _make_rule("connection-string", "key= value= signature=",
          r"(?i:AccountKey|SharedAccessKey|AccessKey|SharedSecretValue|SharedAccessSignature)="
          r"(?P<secret>[A-Za-z0-9%+/=_&-]{16,})", _is_token),
    _make_rule("connection-string", "password= pwd=",
          r"(?i:;\s?(?:password|pwd))=(?P<secret>[^;\"'\s\\<{$]{4,})",
          _is_no_filler),
    _make_rule("url-password", "://",
          r"://[^\s/:@\"'<>]{1,60}:(?P<secret>[^\s/:@\"'<>${}]{6,120})@[A-Za-z0-9]", _is_token),
    _make_rule("bearer", "bearer",
          r"(?i:bearer)(?:\s|%20|\+){1,3}(?P<secret>[A-Za-z0-9._~+/=-]{16,})",
          _is_token),
    _make_rule("basic-auth", "basic ",
          r"(?i:authorization)[\"'\s:]{1,6}(?i:basic)\s(?P<secret>[A-Za-z0-9+/=]{8,})"),
    _make_rule("email", "@ %40 \\u0040 &#64; &#x40;",
          r"[^\W_](?:[\w.+'-]{0,62}[\w+-])?(?i:@|%40|\\u0040|&\#64;|&\#x40;)"
          r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}[^\W\d_]{2,24}(?![\w(])", _is_owned),
)  # fmt: skip
"""Kinds that are known by their form."""

TOKENS = (
    *(_make_prefixed(*row) for row in PREFIXED),
    *(_make_rule(*row, _is_token) for row in FORMED),
)
"""Kinds that are known by their beginning, too many to look for in every text."""

LONG_RUN = re.compile(r"[A-Za-z0-9_+/=-]{20}")
"""A text without such a run holds none of ``TOKENS``."""

_BY_LITERAL = tuple((literal, rule) for rule in RULES for literal in rule.literals)
_BY_BEGINNING = tuple((literal, rule) for rule in TOKENS for literal in rule.literals)
