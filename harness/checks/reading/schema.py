"""JSON Schema, without its doors to the network and to endless patterns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from harness.checks.finding import CannotCheck, quote
from harness.checks.reading.pattern import search


def find_violation(schema: Any, document: Any) -> str | None:
    """Describe the place where a document breaks a schema; None when it fits.

    The schema is a mapping, true or false, or a JSON text of one; draft 2020-12 unless it names
    another in ``$schema``. Formats such as ``date`` are checked, as promptfoo does.

    Raises:
        CannotCheck: the schema is not one, or refers to what is not in it.
    """
    from jsonschema import exceptions
    from referencing.exceptions import Unresolvable

    validator = _make_validator(json.dumps(_read_rules(schema), sort_keys=True))
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
    return bounded(rules, registry=REGISTRY, format_checker=plain.FORMAT_CHECKER)


def _read_rules(schema: Any) -> Any:
    if isinstance(schema, str):
        try:
            schema = json.loads(schema)
        except (ValueError, RecursionError):
            raise CannotCheck("The JSON Schema is a text that is not JSON") from None
    if not isinstance(schema, bool | Mapping):
        raise CannotCheck(f"A JSON Schema is a mapping, not {quote(schema)}")
    return schema


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
