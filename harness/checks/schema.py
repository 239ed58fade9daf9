"""JSON Schema, without its doors to the network and to endless patterns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from harness.checks.finding import CannotCheck, shown
from harness.checks.pattern import search


def violation(schema: Any, document: Any) -> str | None:
    """Where a document breaks a schema, in a few words; None when it fits.

    The schema is a mapping, true or false, or a JSON text of one; draft 2020-12 unless it names
    another in ``$schema``. Formats such as ``date`` are checked, as promptfoo does.

    Raises:
        CannotCheck: the schema is not one, or refers to what is not in it.
    """
    from jsonschema import exceptions, validators
    from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]
    from referencing.exceptions import Unresolvable

    rules = _rules(schema)
    plain = validators.validator_for(rules, default=validators.validator_for({}))
    try:
        plain.check_schema(rules)
    except exceptions.SchemaError as error:
        raise CannotCheck(f"The JSON Schema is not one: {shown(error.message)}") from None
    bounded = validators.extend(plain, {"pattern": _pattern})  # type: ignore[no-untyped-call]
    # A registry of our own: the default one would fetch what a $ref names.
    validator = bounded(rules, registry=REGISTRY, format_checker=plain.FORMAT_CHECKER)
    try:
        broken = exceptions.best_match(validator.iter_errors(document))
    except Unresolvable as error:
        raise CannotCheck(f"The JSON Schema refers to {shown(error.ref)}, which it lacks") from None
    if broken is None:
        return None
    return f"{broken.json_path}: {shown(broken.message)[1:-1]}"


def _rules(schema: Any) -> Any:
    if isinstance(schema, str):
        try:
            schema = json.loads(schema)
        except (ValueError, RecursionError):
            raise CannotCheck("The JSON Schema is a text that is not JSON") from None
    if not isinstance(schema, bool | Mapping):
        raise CannotCheck(f"A JSON Schema is a mapping, not {shown(schema)}")
    return schema


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[Any]:
    """The keyword ``pattern`` under the time limit that every pattern has here."""
    from jsonschema.exceptions import ValidationError

    del schema
    if validator.is_type(instance, "string") and search(pattern, instance) is None:
        yield ValidationError(f"{instance!r} does not match {pattern!r}")
