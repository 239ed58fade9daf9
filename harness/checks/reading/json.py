"""JSON in a reply: the whole of it, a part of it, or a value inside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, NoReturn

from harness.checks.finding import CannotCheck, quote
from harness.checks.reading.pattern import search

MOST_STARTS = 10_000
"""Brackets at which JSON is looked for; a reply of nothing but brackets must end as well."""


MOST_DEPTHS = 20
"""Brackets at which the reply may turn out to be nested deeper than any JSON is."""


class NotJson(Exception):  # noqa: N818 - a finding about a reply, not an error of ours
    """The text is not JSON; the message says why in half a sentence."""


def read_json(text: str) -> Any:
    """Read the reply as JSON; NaN and Infinity are not JSON, whatever Python says.

    Raises:
        NotJson: it is not.
    """
    try:
        return STRICT.decode(text)
    except json.JSONDecodeError as error:
        if not text.strip():
            raise NotJson("it is empty") from None
        if text.lstrip().startswith("```"):
            raise NotJson("it is wrapped in a Markdown fence") from None
        raise NotJson(describe_fault(error)) from None
    except (ValueError, RecursionError) as error:
        raise NotJson(describe_fault(error)) from None


def describe_fault(error: ValueError | RecursionError) -> str:
    """Say in half a sentence what is wrong with the JSON, and where, as far as that is known."""
    match error:
        case json.JSONDecodeError():
            what = error.msg.removesuffix(" at").removesuffix(":")
            return f"{what} at line {error.lineno}, column {error.colno}"
        case RecursionError():
            return "it is nested too deeply"
        case _:
            return str(error)


def find_json(text: str, decoder: json.JSONDecoder | None = None) -> Iterator[Any]:
    """Yield every object and list of JSON in a text, outermost ones, in order.

    Args:
        text: anybody's.
        decoder: what is JSON; ``STRICT`` where none is given.

    Raises:
        CannotCheck: there are too many brackets to try them all, or too many of them nested.
    """
    decoder = decoder or STRICT
    at = starts = depths = 0
    while bracket := _BRACKET.search(text, at):
        starts += 1
        if starts > MOST_STARTS:
            raise CannotCheck(f"The reply has more than {MOST_STARTS} brackets to look behind")
        try:
            value, at = decoder.raw_decode(text, bracket.start())
        except RecursionError:
            # Each bracket within is as deep, less one: tried in turn they would take seconds.
            depths += 1
            if depths > MOST_DEPTHS:
                raise CannotCheck("The reply is nested too deeply to look for JSON in it") from None
            at = bracket.end()
        except ValueError:
            at = bracket.end()
        else:
            yield value


MOST_FOUND = 100_000
"""Values that a path may find; ``$..*`` on a large reply finds one for each of its parts."""

MOST_DESCENTS = 3
"""The most descents to everything (``..``) in a path: each multiplies the work of the next."""


@lru_cache(maxsize=256)
def _compile_path(path: str) -> Any:
    """Compile a path, with patterns that are held to the time limit of all patterns.

    Raises:
        CannotCheck: it is not a JSONPath (RFC 9535).
    """
    import jsonpath

    environment = jsonpath.JSONPathEnvironment(strict=True)
    environment.function_extensions["match"] = _make_pattern_function(whole=True)
    environment.function_extensions["search"] = _make_pattern_function(whole=False)
    try:
        query = environment.compile(path)
    except jsonpath.JSONPathError as error:
        why = str(error).splitlines()[0]
        raise CannotCheck(f"{quote(path)} is not a JSONPath: {why}") from None
    if path.count("..") > MOST_DESCENTS:
        raise CannotCheck(f"{quote(path)} descends more than {MOST_DESCENTS} times")
    return query


def _make_pattern_function(*, whole: bool) -> Any:
    """Make ``match`` or ``search`` of RFC 9535; the library's own have no time limit."""
    from jsonpath.function_extensions import ExpressionType, FilterFunction

    class Pattern(FilterFunction):
        arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012 - as in its base
        return_type = ExpressionType.LOGICAL

        def __call__(self, value: object, pattern: object) -> bool:
            if not isinstance(value, str) or not isinstance(pattern, str):
                return False
            return search(f"^(?:{pattern})$" if whole else pattern, value) is not None

    return Pattern()


def find_value(path: str, document: Any) -> tuple[bool, Any]:
    """Follow a path: True and the value where it leads somewhere.

    A path that can lead to one place only (``$.items[0].name``) gives that value, any other
    (``$.items[*].name``) the list of all it found: what a path gives depends on how it is
    written, not on how many items a reply happens to have.

    Raises:
        CannotCheck: the path is not a JSONPath (RFC 9535).
    """
    import jsonpath

    query = _compile_path(path)
    try:
        if isinstance(document, str):  # which the library would read as JSON once more
            found = [document] if str(query) == "$" else []
        else:
            found = [match.obj for match in islice(query.finditer(document), MOST_FOUND + 1)]
    except (jsonpath.JSONPathError, RecursionError) as error:
        why = str(error).splitlines()[0]
        raise CannotCheck(f"{quote(path)} could not be followed: {why}") from None
    if len(found) > MOST_FOUND:
        raise CannotCheck(f"{quote(path)} finds more than {MOST_FOUND:,} values")
    if not found:
        return False, None
    single = isinstance(query, jsonpath.JSONPath) and query.singular_query()
    return True, found[0] if single else found


def refuse_constant(constant: str) -> NoReturn:
    """Refuse a number that is none in JSON.

    Raises:
        ValueError: always.
    """
    raise ValueError(f"{constant} is not JSON")


STRICT = json.JSONDecoder(parse_constant=refuse_constant)
"""JSON as RFC 8259 has it."""

_BRACKET = re.compile(r"[{\[]")
