"""JSON Schema, without its doors to the network and to endless patterns.

jsonschema-rs checks nearly every schema: its patterns are ECMA's, matched in a time proportional to
the text. What it does not take (lookaround and back references in patterns, draft 3, a reference
to what is not there, text that is no UTF-8) goes to ``slow_schema``, which is a hundred times
slower, holds patterns to a time limit, and says what a schema lacks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from harness.checks.finding import CannotCheck, quote

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError, Validator

MOST_ERRORS = 1000
"""Errors that are looked at for the one that is told."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def find_violation(schema: Any, document: Any) -> str | None:
    """Describe the place where a document breaks a schema; None when it fits.

    The schema is a mapping, true or false, or a JSON text of one; draft 2020-12 unless it names
    another in ``$schema``. Formats such as ``date`` are checked, as promptfoo does.

    Raises:
        CannotCheck: the schema is not one, or refers to what is not in it.
    """
    text = json.dumps(_read_rules(schema), sort_keys=True)
    validator = _make_validator(text)
    if validator is not None:
        try:
            if validator.is_valid(document):
                return None
            errors = list(islice(validator.iter_errors(document), MOST_ERRORS))
            return _describe(_choose(errors), document)
        except UnicodeEncodeError:  # lone surrogates, which JSON can hold as escapes
            pass
    from harness.checks.reading.slow_schema import find_violation_slowly

    return find_violation_slowly(text, document)


@lru_cache(maxsize=64)
def _make_validator(text: str) -> Validator | None:
    """Make the validator of a schema, once for all replies; None where this engine takes it not."""
    from jsonschema_rs import RegexOptions, validator_for

    try:
        return validator_for(
            json.loads(text),
            validate_formats=True,
            pattern_options=RegexOptions(),  # no lookaround, no back references: no backtracking
            offline=True,
        )
    except ValueError:  # among them `ValidationError`; the other engine says what is wrong
        return None


def _read_rules(schema: Any) -> Any:
    if isinstance(schema, str):
        try:
            schema = json.loads(schema)
        except (ValueError, RecursionError):
            raise CannotCheck("The JSON Schema is a text that is not JSON") from None
    if not isinstance(schema, bool | Mapping):
        raise CannotCheck(f"A JSON Schema is a mapping, not {quote(schema)}")
    return schema


def _choose(errors: Sequence[ValidationError]) -> ValidationError:
    """Choose the error to tell: the outermost, and of those one that names the fault itself.

    Of a choice (``anyOf``, ``oneOf``) it is the one inside the only part of a fitting type.
    """
    chosen = min(errors, key=lambda one: (len(one.instance_path), _list_parts(one) != ()))
    fitting = [
        part
        for part in _list_parts(chosen)
        if not any(_is_of_other_type(one, chosen) for one in part)
    ]
    if len(fitting) != 1 or not fitting[0]:
        return chosen
    return _choose(fitting[0])


def _is_of_other_type(error: ValidationError, choice: ValidationError) -> bool:
    return error.kind.name == "type" and error.instance_path == choice.instance_path


def _list_parts(error: ValidationError) -> Sequence[Sequence[ValidationError]]:
    return getattr(error.kind, "context", ())


def _describe(error: ValidationError, document: Any) -> str:
    path, found = "$", document
    for step in error.instance_path:
        found = found[step]
        if isinstance(step, int):
            path += f"[{step}]"
        elif _NAME.fullmatch(step):
            path += f".{step}"
        else:
            escaped = step.replace("\\", "\\\\").replace("'", "\\'")
            path += f"['{escaped}']"
    what = error.message
    is_keyword = error.schema_path[-1:] == ["additionalProperties"]
    if error.kind.name == "falseSchema" and is_keyword and isinstance(found, dict):
        names = ", ".join(quote(name, 40) for name in list(found)[:5])
        what = f"additional properties are not allowed: {names}"
    return f"{quote(path)[1:-1]}: {quote(what)[1:-1]}"
