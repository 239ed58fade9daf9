"""Ranges of versions, as ``requires`` writes them: ``>=0.1``, ``>=0.1,<2``, ``==0.3.*``, ``~=0.3``.

A few lines of PEP 440, so that reading a spec needs no package for it: releases are compared, and
what follows them (``rc1``, ``.dev2``) is left out, so that a pre-release counts as its release.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt

Release = tuple[int, ...]

CLAUSE = re.compile(r"\s*(===|==|!=|~=|>=|<=|>|<)\s*(\d{1,9}(?:\.\d{1,9})*)(\.\*)?\s*\Z")
RELEASE = re.compile(r"\d{1,9}(?:\.\d{1,9})*")
ORDERS: Mapping[str, Callable[[Release, Release], bool]] = {">=": ge, "<=": le, ">": gt, "<": lt}


def satisfies(version: str, wanted: str) -> bool | None:
    """Tell whether a version lies in a range; None when the range cannot be understood."""
    clauses = [CLAUSE.match(clause) for clause in wanted.split(",")]
    found = RELEASE.match(version)
    if found is None or not all(clauses):
        return None
    release = _split_release(found.group())
    verdicts = [_holds(release, *clause.groups()) for clause in clauses if clause is not None]
    return None if None in verdicts else all(verdicts)


def _holds(release: Release, operator: str, written: str, wildcard: str | None) -> bool | None:
    numbers = _split_release(written)
    if operator in ORDERS:
        return None if wildcard else ORDERS[operator](*_pad(release, numbers))
    if operator == "~=":
        if wildcard or len(numbers) < 2:
            return None
        have, want = _pad(release, numbers)
        return have >= want and have[: len(numbers) - 1] == numbers[:-1]
    have, want = _pad(release, numbers)
    width = len(numbers) if wildcard else len(have)
    return (have[:width] == want[:width]) is (operator != "!=")


def _split_release(text: str) -> Release:
    return tuple(int(part) for part in text.split("."))


def _pad(one: Release, other: Release) -> tuple[Release, Release]:
    width = max(len(one), len(other))
    return one + (0,) * (width - len(one)), other + (0,) * (width - len(other))
