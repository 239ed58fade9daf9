"""Recorded traffic as values: what was asked, what was answered, under which names.

Nothing here knows a particular recording. Only what ``INDEX.json`` and the exchanges themselves
call real counts; hand-edited interactions and invented ones are left out.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from harness.azure.regions import REGIONS

ARM = "https://management.azure.com"
SINGLE = ("exchanges.jsonl", "exchanges-2026.jsonl", "more-2026/exchanges.jsonl")
"""Files of exchanges that stand alone."""


@dataclass(frozen=True)
class Exchange:
    """One recorded request with its answer; header names are in lower case."""

    method: str
    url: str
    body: str
    status: int
    headers: Mapping[str, str]
    answer: str

    @property
    def path(self) -> str:
        """The path of the URL."""
        return urlsplit(self.url).path

    @property
    def api_version(self) -> str:
        """As asked for, or nothing."""
        found = re.search(r"api-version=([\w.-]+)", self.url)
        return found[1] if found else ""

    @property
    def document(self) -> Any:
        """The decoded answer; None when it is no JSON."""
        try:
            return json.loads(self.answer)
        except ValueError:
            return None


@dataclass(frozen=True)
class Recording:
    """Exchanges that belong together, in their order.

    ``ordered`` is false when the recorder wrote the bodies anew and sorted their keys.
    """

    name: str
    exchanges: tuple[Exchange, ...]
    ordered: bool = True

    @property
    def day(self) -> date | None:
        """When it was recorded, where a header still says so."""
        for exchange in self.exchanges:
            if "date" in exchange.headers:
                return parsedate_to_datetime(exchange.headers["date"]).date()
            edge = exchange.headers.get("x-msedge-ref", "")
            if found := re.search(r"Ref C: (\d{4}-\d\d-\d\d)", edge):
                return date.fromisoformat(found[1])
        return None

    @property
    def kept_headers(self) -> frozenset[str]:
        """Headers that the recorder left in somewhere: only these can be missed elsewhere."""
        return frozenset(name for one in self.exchanges for name in one.headers)


def recordings(data: Path, plane: str) -> Iterator[Recording]:
    """The real recordings of a folder of ``data/recordings``: ``arm``, ``inference-azure`` …"""
    index = json.loads((data / "recordings" / "INDEX.json").read_text(encoding="utf-8"))
    for entry in index:
        authenticity = entry["authenticity"]
        if entry["file"].startswith(f"{plane}/") and not authenticity.startswith("synthetic"):
            edited = {int(n) for n in re.findall(r"interaction (\d+) hand-edited", authenticity)}
            text = (data / "recordings" / entry["file"]).read_text(encoding="utf-8")
            document = yaml.load(text, yaml.CSafeLoader)
            yield Recording(
                entry["file"],
                tuple(
                    from_cassette(one)
                    for number, one in enumerate(document["interactions"])
                    if number not in edited
                ),
                "re-serialised" not in authenticity,
            )
    yield from _further(data, plane)


def _further(data: Path, plane: str) -> Iterator[Recording]:
    """The sessions of the second gathering; its index does not say of which plane each is."""
    folder = data / "recordings" / "more-2026"
    for entry in json.loads((folder / "INDEX.json").read_text(encoding="utf-8")):
        text = (folder / "cassettes" / entry["file"]).read_text(encoding="utf-8")
        found = yaml.load(text, yaml.CSafeLoader)["interactions"]
        exchanges = tuple(from_cassette(one) for one in found)
        managed = any(exchange.url.startswith(ARM) for exchange in exchanges)
        if plane == ("arm" if managed else "inference-azure"):
            yield Recording(f"{plane}/{entry['file']}", exchanges)


def single_exchanges(data: Path, plane: str, *, real: bool = True) -> Iterator[Recording]:
    """Exchanges that stand alone; ``real=False``: those that users quoted in issue threads."""
    for file in SINGLE:
        text = (data / "recordings" / file).read_text(encoding="utf-8")
        for entry in map(json.loads, filter(None, text.split("\n"))):
            if entry["plane"] == plane and _is_real(entry) is real:
                yield Recording(entry["operation"], (_from_line(entry),))


def _is_real(entry: Mapping[str, Any]) -> bool:
    """Whether an exchange was recorded; of some fixtures only the answer was kept."""
    return str(entry["authenticity"]).startswith("real")


def renamed(recording: Recording) -> Recording:
    """The same traffic with other subscriptions, regions, groups, accounts and deployments.

    Names are what stands behind ``subscriptions/``, ``locations/`` and so on in an address; they
    are exchanged wherever they occur. Operations keep their ids: the player exchanges them.
    """
    names: dict[str, str] = {}
    for exchange in recording.exchanges:
        for kind, name in _NAMED.findall(exchange.path):
            names.setdefault(name, _other_name(kind.lower(), len(names)))
        for region in _LOCATED.findall(exchange.path):
            if region.lower() in _REGIONS:
                names.setdefault(region, _other_region(region))
    if not names:
        return recording
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(longest_first)})(?![\w-])")

    def other(text: str) -> str:
        return pattern.sub(lambda found: names[found[0]], text)

    return replace(
        recording,
        exchanges=tuple(
            replace(
                one,
                url=ARM + other(one.url.removeprefix(ARM)),
                body=other(one.body),
                answer=other(one.answer),
                headers={name: other(value) for name, value in one.headers.items()},
            )
            for one in recording.exchanges
        ),
    )


def _other_region(spelt: str) -> str:
    """The next region of the list, in the spelling of this one."""
    names = sorted(region.name for region in REGIONS)
    other = names[(names.index(spelt.lower()) + 1) % len(names)]
    return other.upper() if spelt.isupper() else other


_REGIONS = {region.name for region in REGIONS}
_LOCATED = re.compile(r"/locations/([^/]+)", re.IGNORECASE)
_NAMED = re.compile(
    r"/(subscriptions|resourceGroups|accounts|deployments|projects|commitmentPlans|raiPolicies"
    r"|raiBlocklists|raiBlocklistItems|deletedAccounts)/([^/]+)",
    re.IGNORECASE,
)


def _other_name(kind: str, number: int) -> str:
    if kind == "subscriptions":
        return f"7b1c9d3e-0000-4000-8000-{number:012d}"
    return f"other-{kind[:8].rstrip('s')}-{number}"


def from_cassette(entry: Mapping[str, Any]) -> Exchange:
    """An interaction as vcrpy wrote it."""
    request, response = entry["request"], entry["response"]
    status = response.get("status") or response.get("code")
    body = response.get("body")
    return Exchange(
        method=request["method"],
        url=request.get("uri") or request["url"],
        body=_text(request.get("body")),
        status=status["code"] if isinstance(status, dict) else int(status),
        headers={
            name.lower(): value[0] if isinstance(value, list) else value
            for name, value in (response.get("headers") or {}).items()
        },
        answer=_text(body.get("string") if isinstance(body, dict) else body),
    )


def _from_line(entry: Mapping[str, Any]) -> Exchange:
    request, response = entry["request"], entry["response"]
    query = f"?{request['query']}" if request.get("query") else ""
    host = ARM if str(request["path"]).startswith("/subscriptions") else ""
    return Exchange(
        request["method"],
        f"{host}{request['path']}{query}",
        _text(request.get("body")),
        response["status"],
        {name.lower(): str(value) for name, value in (response.get("headers") or {}).items()},
        _text(response.get("body")),
    )


def _text(body: object) -> str:
    match body:
        case None:
            return ""
        case str():
            return body
        case bytes():
            raw = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
            return raw.decode("utf-8", "replace")
        case _:
            return json.dumps(body)
