"""JSON Schema as Python checks it: for the schemas that ``schema`` cannot take.

Patterns are those of ``regex``, under the time limit that every pattern has here. Nothing is
fetched, and formats are checked as the other engine checks them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache, partial
from typing import Any

from harness.checks.finding import CannotCheck, quote
from harness.checks.reading.pattern import search

FORMATS = (
    *("date", "date-time", "duration", "email", "hostname", "idn-email", "idn-hostname", "ipv4"),
    *("ipv6", "iri", "iri-reference", "json-pointer", "regex", "relative-json-pointer", "time"),
    *("uri", "uri-reference", "uri-template", "uuid"),
)
"""The formats of draft 2020-12."""


def find_violation_slowly(text: str, document: Any) -> str | None:
    """Describe the place where a document breaks the schema in a text; None when it fits.

    Raises:
        CannotCheck: the schema is not one, or refers to what is not in it.
    """
    from jsonschema import exceptions
    from referencing.exceptions import Unresolvable

    validator = _make_validator(text)
    try:
        broken = exceptions.best_match(validator.iter_errors(document))
    except Unresolvable as error:
        raise CannotCheck(f"The JSON Schema refers to {quote(error.ref)}, which it lacks") from None
    if broken is None:
        return None
    return f"{broken.json_path}: {quote(broken.message)[1:-1]}"


@lru_cache(maxsize=64)
def _make_validator(text: str) -> Any:
    """Make the validator of a schema; made once for all replies that it is for."""
    from jsonschema import exceptions, validators
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]

    rules = json.loads(text)
    plain = validators.validator_for(rules, default=validators.validator_for({}))
    try:
        plain.check_schema(rules)
    except exceptions.SchemaError as error:
        raise CannotCheck(f"The JSON Schema is not one: {quote(error.message)}") from None
    if '"patternProperties"' in text and '"unevaluatedProperties"' in text:
        # The library looks for what is evaluated with patterns of its own, without a time limit.
        raise CannotCheck(
            "The JSON Schema has patternProperties beside unevaluatedProperties, which are not "
            "checked together here; write additionalProperties"
        )
    bounded = validators.extend(plain, _BOUNDED)  # type: ignore[no-untyped-call]
    # A registry of our own: the default one would fetch what a $ref names.
    return bounded(rules, registry=REGISTRY, format_checker=_make_format_checker())


@lru_cache(maxsize=1)
def _make_format_checker() -> Any:
    from jsonschema import FormatChecker

    checker = FormatChecker(formats=())
    for name in FORMATS:
        checker.checks(name, raises=UnicodeEncodeError)(partial(_has_format, name))
    return checker


def _has_format(name: str, instance: object) -> bool:
    from jsonschema_rs import Draft202012Validator

    return Draft202012Validator({"format": name}, validate_formats=True).is_valid(instance)


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[Any]:
    """Check the keyword ``pattern`` under the time limit that every pattern has here."""
    from jsonschema.exceptions import ValidationError

    del schema
    if validator.is_type(instance, "string") and search(pattern, instance) is None:
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: Mapping[str, Any], instance: Any, schema: Any
) -> Iterator[Any]:
    del schema
    if validator.is_type(instance, "object"):
        for pattern, rules in patterns.items():
            for name, value in instance.items():
                if search(pattern, name) is not None:
                    yield from validator.descend(value, rules, path=name, schema_path=pattern)


def _additional_properties(
    validator: Any, rules: Any, instance: Any, schema: Mapping[str, Any]
) -> Iterator[Any]:
    from jsonschema.exceptions import ValidationError

    if not validator.is_type(instance, "object"):
        return
    named, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for name, value in instance.items():
        if name in named or any(search(pattern, name) is not None for pattern in patterns):
            continue
        if rules is False:
            yield ValidationError(f"additional properties are not allowed: {name!r}")
        else:
            yield from validator.descend(value, rules, path=name)


_BOUNDED: Mapping[str, Callable[..., Iterator[Any]]] = {
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
}
"""The keywords that match patterns, under the time limit that every pattern has here."""
