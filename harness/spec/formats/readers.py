"""Plain scalars that other YAML readers take for something else than a spec does.

A spec is often read by more than harness: editors, linters, templates, other programs. Two things
differ. YAML 1.1, which PyYAML and much else reads, has more words and numbers than YAML 1.2; in a
spec both are text. And PyYAML's own parser, where libyaml is missing, ends a text in ``{…}`` and
``[…]`` at a question mark, and refuses what follows.

Sources: YAML 1.1 (types of 2005); YAML 1.2.2, section 10.3; PyYAML 6.0.3, ``scanner.scan_plain``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from yaml.constructor import SafeConstructor
from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from harness.spec.formats.scalars import read_scalar

_SCALAR = "tag:yaml.org,2002:"
_WORDS: Final = frozenset({"yes", "no", "on", "off", "=", "<<"})
_CORE_1_2: Final = re.compile(
    r"(?:[-+]?0(?:o[0-7_]+|x[0-9a-fA-F_]+|b[01_]+)|\.(?:nan|NaN|NAN)|[-+]?\.(?:inf|Inf|INF)"
    r"|[-+]?(?:[0-9_]+\.?[0-9_]*|\.[0-9_]+)(?:[eE][-+]?[0-9]+)?)\Z"
)
"""Numbers of YAML 1.2 that are text in a spec; ruamel.yaml has `_` in them."""

LONGEST = 100
"""Characters of a scalar that is compared: nobody means a longer one to be a number or a date, and
the work of reading one grows with the square of its digits."""

A_DATE = "a date in YAML 1.1"


def find_other_reading(raw: str, *, in_flow: bool) -> str | None:
    """Return how another reader takes a plain scalar; None where all read what a spec has.

    Numbers longer than ``LONGEST`` are not compared.

    Args:
        raw: the scalar as written, without quotes.
        in_flow: it stands in ``{…}`` or ``[…]``.
    """
    if in_flow and "?" in raw:
        return "an error in PyYAML without libyaml: there a text ends before the question mark"
    if len(raw) > LONGEST:
        return None
    if raw[:1].isalpha() and raw.casefold() not in _WORDS:
        return None
    return _find_other_value(raw)


@lru_cache(maxsize=4096)
def _find_other_value(raw: str) -> str | None:
    ours = read_scalar(raw)
    tag = _resolve(raw)
    if tag == "str":
        if not isinstance(ours, str):
            return None if ours is None or isinstance(ours, bool) else "text in YAML 1.1"
        return "a number in YAML 1.2" if _CORE_1_2.match(raw) else None
    if tag == "timestamp":
        return A_DATE
    if tag in ("merge", "value", "yaml"):
        return "a special word in YAML 1.1"
    theirs = _construct(raw, tag)
    if type(theirs) is type(ours) and theirs == ours:
        return None
    shown = (
        {True: "true", False: "false", None: "null"}.get(theirs)
        if tag in ("bool", "null")
        else theirs
    )
    return f"{shown} in YAML 1.1"


def _resolve(raw: str) -> str:
    """Return the type that YAML 1.1 gives a plain scalar, by its short name."""
    rows: Any = Resolver.yaml_implicit_resolvers
    for tag, pattern in rows.get(raw[:1], ()):
        if pattern.match(raw):
            return str(tag).removeprefix(_SCALAR)
    return "str"


def _construct(raw: str, tag: str) -> Any:
    maker = SafeConstructor()
    node = ScalarNode(f"{_SCALAR}{tag}", raw)
    try:
        return getattr(maker, f"construct_yaml_{tag}")(node)
    except (ValueError, OverflowError):
        return "an error"
