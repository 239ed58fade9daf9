"""Put stable placeholders in place of what must not be written down, and back where it is known."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from harness.redaction.layers import SHORTEST, Visit, rewrite, rewrite_bytes
from harness.redaction.rules import HIDDEN, find_spots
from harness.redaction.sent import SentSecrets
from harness.redaction.texts import Edit, Path, apply_edits

KEPT_HEADERS = frozenset(
    {
        "apim-request-id", "azure-asyncoperation", "content-type", "date", "location",
        "ms-azureml-model-error-reason", "ms-azureml-model-error-statuscode", "openai-model",
        "openai-processing-ms", "openai-version", "operation-location", "request-id",
        "retry-after", "retry-after-ms", "x-ms-correlation-request-id", "x-ms-deployment-name",
        "x-ms-error-code", "x-ms-failure-cause", "x-ms-is-spilled-over", "x-ms-region",
        "x-ms-request-id", "x-ms-served-model", "x-ms-spillover-from-deployment", "x-request-id",
    }
)  # fmt: skip
KEPT_PREFIXES = ("x-ratelimit-", "x-ms-ratelimit-remaining-")

ROUNDS = 4
"""The most rounds over one text: a placeholder may uncover a secret that the next round hides."""


@dataclass(frozen=True, slots=True)
class _Placeholder(Edit):
    """The text in place of something that looks like a secret, and the kind of that secret."""

    kind: str


_Search = Callable[[str, str, Path], list[_Placeholder]]


class Redaction:
    """The values that a run knows to be private, and the texts that replace them in a cassette.

    Args:
        known: the real value -> what stands for it. Values that are ids or host names are found
            whatever their case; each is found URL-encoded, JSON-escaped and inside base64 too.
        sent: credentials that were sent, where somebody else keeps them.

    Attributes:
        replaced: how many values that only *looked* like secrets were replaced so far, by kind.
            Known values are not counted, for they come back; nor are ids and people.
        sent: credentials that were sent meanwhile; hidden as ``SentSecrets`` does, for good.
    """

    def __init__(self, known: Mapping[str, str], sent: SentSecrets | None = None) -> None:
        usable = {real: other for real, other in known.items() if len(real) >= SHORTEST and other}
        self.replaced: Counter[str] = Counter()
        self.sent = SentSecrets() if sent is None else sent
        self._out = _Exchange(_list_forms(usable.items()))
        self._back = _Exchange(_list_forms((other, real) for real, other in usable.items()))

    def hide_text(self, text: str) -> str:
        """Return the text without known values and without what looks like a secret.

        The same value always becomes the same placeholder, in every process. Hiding what is hidden
        changes nothing. Documents, event streams, base64 and gzip inside the text are gone into.
        """
        return self._hide(text, _find_secrets)

    def hide_document(self, text: str) -> str:
        """Hide as ``hide_text`` in what the management plane says: ids and people go as well.

        Every GUID that is not public (a tenant, an object, an operation) becomes one that begins
        with ``00000000-``.
        """
        return self._hide(text, _find_secrets_and_people)

    def hide_bytes(self, body: bytes) -> bytes:
        """Hide as ``hide_text`` in a body that may be compressed or no text at all."""
        visit = self._find_both(_find_secrets)
        for _ in range(ROUNDS):
            before, body = body, rewrite_bytes(body, visit)
            if body == before:
                break
        return body

    def restore_text(self, text: str, beside: str = "") -> str:
        """Put the current known values back in place of what stands for them.

        Args:
            text: something hidden, such as a recorded answer.
            beside: a text that is not hidden, such as the request which is answered now. What
                looked like a secret in it, and came back in the answer, is put back as well: an
                address that the author's own prompt names is one.
        """
        if beside and (HIDDEN in text or "00000000-" in text):
            again = _Exchange(_list_forms(self._find_spoken(beside).items()))
            text = rewrite(text, again.find_edits)
        return rewrite(text, self._back.find_edits)

    def hide_headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return those headers that a client reads, names in lower case, their values hidden.

        The id of a request stays: it is what Azure's support asks for, and opens nothing.
        """
        lowered = {name.lower(): value for name, value in headers.items()}
        return {
            name: self._hide(value, _choose_search(name), (name,))
            for name, value in lowered.items()
            if name in KEPT_HEADERS or name.startswith(KEPT_PREFIXES)
        }

    def _hide(self, text: str, looked_for: _Search, path: Path = ()) -> str:
        visit = self._find_both(looked_for)
        for _ in range(ROUNDS):
            before, text = text, rewrite(text, visit, path)
            if text == before:
                break
        return text

    def _find_both(self, looked_for: _Search) -> Visit:
        """Find known values first, then what looks like a secret in what is left."""

        def visit(text: str, name: str, path: Path) -> Sequence[Edit]:
            known = self._out.find_edits(text, name, path)
            rest = apply_edits(text, known)
            if sent := list(self.sent.find_edits(rest)):
                rest = apply_edits(rest, sent)
                self.replaced["sent-credential"] += len(sent)
            found = looked_for(rest, name, path)
            self.replaced.update(edit.kind for edit in found if edit.kind not in _NO_SECRETS)
            if sent or (known and found):
                return [Edit(0, len(text), apply_edits(rest, found))]
            return known or found

        return visit

    def _find_spoken(self, text: str) -> dict[str, str]:
        """Return the parts of a text that look like secrets, by the placeholder each one gets."""
        found: dict[str, str] = {}

        def visit(text: str, name: str, path: Path) -> list[_Placeholder]:
            edits = _find_secrets(text, name, path)
            found.update((edit.text, text[edit.start : edit.end]) for edit in edits)
            return edits

        rewrite(rewrite(text, self._out.find_edits), visit)
        return found


class _Exchange:
    """One text for another, all at once: the longest first, and never inside what was put there."""

    def __init__(self, forms: Iterable[tuple[str, str]]) -> None:
        self._instead: dict[str, str] = {}
        self._folded: dict[str, str] = {}
        for old, new in forms:
            self._instead.setdefault(old, new)
            if _CASELESS.fullmatch(old):
                self._folded.setdefault(old.lower(), new)
        for new in tuple(self._instead.values()):
            self._instead.setdefault(new, new)
        texts = sorted(self._instead, key=lambda text: (-len(text), text))
        self._pattern = re.compile("|".join(map(_make_alternative, texts))) if texts else None

    def find_edits(self, text: str, name: str, path: Path) -> list[Edit]:
        """Return the edits that hide what is known; the arguments are those of ``layers.Visit``."""
        del name, path
        if self._pattern is None:
            return []
        return [
            Edit(*match.span(), new)
            for match in self._pattern.finditer(text)
            if (new := self._find_new(match[0])) != match[0]
        ]

    def _find_new(self, old: str) -> str:
        exact = self._instead.get(old)
        return exact if exact is not None else self._folded[old.lower()]


_CASELESS = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:[a-z]+://)?(?:[a-z0-9-]+\.)+[a-z]{2,}/?",
    re.IGNORECASE,
)
"""Ids and host names: Azure answers with them in whatever case it likes."""


def _make_alternative(text: str) -> str:
    return f"(?i:{re.escape(text)})" if _CASELESS.fullmatch(text) else re.escape(text)


def _list_forms(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """List each pair as it is, URL-encoded and JSON-escaped; decoded in the same way."""
    pairs = list(pairs)
    forms = list(pairs)
    for old, new in pairs:
        for encode, escape in ((_encode_url, "%{:02X}"), (_escape_json, "\\u{:04x}")):
            coded, plain = encode(old), encode(new)
            if coded == old and plain == new:
                continue
            if plain == new:  # then its first letter is escaped, to be told from the plain one
                plain = escape.format(ord(new[0])) + new[1:] if new[0] < "\x80" else new
            forms.append((_make_mark(coded, old, escape), plain))
    return forms


def _make_mark(coded: str, old: str, escape: str) -> str:
    if coded != old or old[0] >= "\x80":
        return coded
    return escape.format(ord(old[0])) + old[1:]


def _encode_url(text: str) -> str:
    return quote(text, safe="")


def _escape_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _make_digest(value: str) -> str:
    return hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()


def make_placeholder(kind: str, value: str) -> str:
    """Return the text that replaces a value that looks like a secret; the same in every process."""
    name = f"{HIDDEN}{kind}-{_make_digest(value)[:8]}"
    return f"{name}@example.com" if kind == "email" else name


def replace_guid(guid: str) -> str:
    """Return a GUID that is nobody's, told by its beginning; one that already is stays as it is."""
    if guid.startswith("00000000-"):
        return guid
    digits = _make_digest(guid.lower())
    return f"00000000-{digits[:4]}-4{digits[4:7]}-8{digits[7:10]}-{digits[10:22]}"


def _find_secrets(text: str, name: str, path: Path) -> list[_Placeholder]:
    del path
    found = []
    for spot in find_spots(text, name):
        new = make_placeholder(spot.kind, text[spot.start : spot.end])
        found.append(_Placeholder(spot.start, spot.end, new, spot.kind))
    if _MAY_BE_GUID.search(text):
        found += _find_ids(text, found, all_of_them=_ID_NAME.search(name) is not None)
    return found


def _find_ids(text: str, taken: list[_Placeholder], *, all_of_them: bool) -> list[_Placeholder]:
    """Find GUIDs that are somebody's: all of them, or those that the words before them call so."""
    found = []
    for match in _GUID.finditer(text):
        new = replace_guid(match[0])
        before = text[max(0, match.start() - 40) : match.start()]
        is_meant = all_of_them or _ID_BEFORE.search(before + "\0") is not None
        is_public = _PUBLIC_GUID.search(before) is not None
        is_taken = any(one.start < match.end() and match.start() < one.end for one in taken)
        if new != match[0] and is_meant and not is_public and not is_taken:
            found.append(_Placeholder(*match.span(), new, "id"))
    return found


_MAY_BE_GUID = re.compile(r"-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-")
_WHOSE = r"(?:subscription|tenant|directory|object|principal|client|application|app)"
_ID_NAME = re.compile(rf"^(?:{_WHOSE}[-_ ]?id|oid|tid|appid)$", re.IGNORECASE)
_ID_BEFORE = re.compile(
    rf"(?:/subscriptions/|/tenants/|{_WHOSE}(?:[-_ ]?id)?(?:\s(?:is|of))?[\"'`:=\s]{{1,4}})"
    r"(?=[0-9a-f]{8}-|\0)",
    re.IGNORECASE,
)
"""Words before a GUID that show it is the id of a subscription, a tenant or a person."""


def _choose_search(header: str) -> _Search:
    return _find_secrets if header.endswith("request-id") else _find_secrets_and_people


_NO_SECRETS = frozenset({"id", "person"})

_GUID = re.compile(
    r"(?<![0-9A-Za-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9A-Za-z])", re.IGNORECASE
)
_PUBLIC_GUID = re.compile(r"/(?:role|policy|policySet)Definitions/$", re.IGNORECASE)
"""The same for everybody: Azure's built-in roles and policies."""

_PERSON = frozenset({"createdBy", "lastModifiedBy", "caller", "upn", "userPrincipalName"})


def _find_secrets_and_people(text: str, name: str, path: Path) -> list[_Placeholder]:
    found = _find_secrets(text, name, path)
    found += _find_ids(text, found, all_of_them=True)
    if name in _PERSON and not found and text and not _STANDS_IN.search(text):
        found.append(_Placeholder(0, len(text), make_placeholder("person", text), "person"))
    return found


_STANDS_IN = re.compile(rf"{HIDDEN}|^00000000-|@example\.com$|\.invalid$")
