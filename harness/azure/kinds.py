"""The kinds of accounts with their endpoints, capabilities and call rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from harness.azure.tables.kinds import KINDS


@dataclass(frozen=True, slots=True)
class CallRate:
    """A limit of calls to some paths; ``matches`` are pairs of path and method."""

    key: str
    period_s: int
    calls: int
    matches: tuple[tuple[str, str], ...]
    dynamic: bool = False


@dataclass(frozen=True, slots=True)
class AccountKind:
    """A kind of account.

    Attributes:
        name: ``OpenAI``.
        endpoints: what its APIs are called.
        capabilities: with their values, where they have one.
        rates: limits of calls.
        question_answering: it has ``apiProperties``, if only an empty key.
        quota: its calls a month are limited too.
        included: what a month includes, by name of the usage.
    """

    name: str
    endpoints: tuple[str, ...]
    capabilities: tuple[tuple[str, str | None], ...]
    rates: tuple[CallRate, ...]
    question_answering: bool = False
    quota: bool = False
    included: tuple[tuple[str, int], ...] = ()


_DEFAULT_RATE = CallRate("default", 1, 10, (("*", "*"),))


def find_account_kind(name: str) -> AccountKind:
    """Return a kind; one that was never recorded is assumed to have what all of them have."""
    known = _load_kinds().get(name)
    if known is not None:
        return known
    capabilities = (("VirtualNetworks", None), ("CustomerManagedKey", None))
    return AccountKind(name, (name,), capabilities, (_DEFAULT_RATE,))


@lru_cache(maxsize=1)
def _load_kinds() -> Mapping[str, AccountKind]:
    table = {}
    for block in (
        KINDS.replace("\n@ ", ";@")
        .replace("\n! ", ";!")
        .replace("\n$ ", ";$")
        .replace("\n% ", "\t")
        .split("\n")
    ):
        head, *rates = block.split("\t")
        name, _, rest = head.partition("|")
        flags, *parts = rest.split(";")
        table[name] = AccountKind(
            name,
            tuple(_take_marked(parts, "@")),
            tuple(_make_capability(one) for one in _take_marked(parts, "!")),
            tuple(map(_make_rate, rates)),
            "qna" in flags.split(),
            "quota" in flags.split(),
            tuple((name, int(limit)) for name, limit in map(_parse_pair, _take_marked(parts, "$"))),
        )
    return table


def _take_marked(parts: list[str], mark: str) -> list[str]:
    """Return the parts of the lines that began with a mark; only the first of a line carries it."""
    found, current = [], ""
    for part in parts:
        current = part[0] if part[0] in "@!$" else current
        if current == mark:
            found.append(part.lstrip("@!$"))
    return found


def _make_capability(text: str) -> tuple[str, str | None]:
    name, equals, value = text.partition("=")
    return name, value if equals else None


def _parse_pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _make_rate(line: str) -> CallRate:
    key, period, calls, matches = line.split("|")
    pairs = (match.rpartition(" ") for match in matches.split(","))
    return CallRate(
        key.removesuffix("*"),
        int(period),
        int(calls),
        tuple((path, method) for path, _, method in pairs),
        dynamic=key.endswith("*"),
    )
