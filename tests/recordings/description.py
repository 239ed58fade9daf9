"""Azure's descriptions of its management API, as JSON Schemas.

Two forms are read: swagger 2.0 documents, and what was extracted from the management SDK for an
api-version whose document is not at hand. What ARM sends as null counts as absent. Keys that the
description does not know are problems too: Azure ignores them in requests, and so nobody learns of
a misspelt one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

Schema = dict[str, Any]
KEPT = ("type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum")
SDK_TYPES = {
    "str": "string",
    "iso-8601": "string",
    "bool": "boolean",
    "int": "integer",
    "float": "number",
    "object": "object",
}


@dataclass(frozen=True)
class Described:
    """An operation: its request's body and its answers by status; ``default`` is an error."""

    name: str
    request: Schema | None
    answers: Mapping[str, Schema | None]


class Description:
    """An api-version of the service."""

    def __init__(self, version: str, definitions: Schema) -> None:
        self.version = version
        self.definitions = definitions
        self.operations: list[tuple[str, re.Pattern[str], Described]] = []

    def add(self, method: str, path: str, described: Described) -> None:
        """Know an operation by its method and path."""
        words = map(re.escape, re.split(r"\{[^}]+\}", path))
        pattern = re.compile("[^/]+".join(words) + "/?$", re.IGNORECASE)
        self.operations.append((method.upper(), pattern, described))

    def find(self, method: str, path: str) -> Described | None:
        """The operation of a request."""
        for known, pattern, described in self.operations:
            if known == method and pattern.match(path):
                return described
        return None

    def problems(self, schema: Schema, document: object) -> Iterator[str]:
        """Where a document differs from a schema, whichever element of a list it is in."""
        validator = Draft202012Validator({**schema, "$defs": self.definitions})
        for error in validator.iter_errors(without_nulls(document)):
            at = "".join("[]" if isinstance(p, int) else f".{p}" for p in error.absolute_path)
            if error.validator in ("additionalProperties", "unevaluatedProperties"):
                for key in re.findall(r"'([^']+)'", error.message):
                    yield f"{at}.{key} is not described"
            elif error.validator == "enum":
                yield f"{at}: {error.instance!r} is none of the values described"
            else:
                yield f"{at}: {error.message[-120:]}"


def without_nulls(document: Any) -> Any:
    """A document as its readers see it: what is null is absent."""
    match document:
        case dict():
            return {k: without_nulls(v) for k, v in document.items() if v is not None}
        case list():
            return [without_nulls(inner) for inner in document]
        case _:
            return document


def swagger(path: Path) -> Description:
    """A swagger 2.0 document with everything that it refers to."""
    reader = _Swagger(path)
    document = reader.document(path)
    description = Description(document["info"]["version"], reader.definitions)
    for route, methods in document["paths"].items():
        for method, operation in methods.items():
            if method == "parameters":
                continue
            bodies = [p for p in operation["parameters"] if p.get("in") == "body"]
            description.add(
                method,
                route,
                Described(
                    operation["operationId"],
                    reader.used(bodies[0]["schema"], path) if bodies else None,
                    {
                        status: reader.used(answer["schema"], path) if "schema" in answer else None
                        for status, answer in operation["responses"].items()
                    },
                ),
            )
    return description


class _Swagger:
    """Follows references across files; every definition is converted once."""

    def __init__(self, main: Path) -> None:
        self._main = main
        self._documents: dict[Path, Any] = {}
        self.definitions: Schema = {}

    def document(self, path: Path) -> Any:
        if path not in self._documents:
            self._documents[path] = json.loads(path.read_text(encoding="utf-8"))
        return self._documents[path]

    def used(self, schema: Schema, file: Path) -> Schema:
        """A schema where it is used: here an object is whole, and further keys are unknown."""
        converted = self._converted(schema, file)
        return {**converted, "unevaluatedProperties": False} if "$ref" in converted else converted

    def _converted(self, schema: Schema, file: Path) -> Schema:
        if "$ref" in schema:
            return {"$ref": f"#/$defs/{self._defined(schema['$ref'], file)}"}
        found: Schema = {key: schema[key] for key in KEPT if key in schema}
        if "properties" in schema:
            found["properties"] = {
                name: self.used(inner, file) for name, inner in schema["properties"].items()
            }
            found["required"] = schema.get("required", [])
        if "allOf" in schema:
            found["allOf"] = [self._converted(part, file) for part in schema["allOf"]]
        if "items" in schema:
            found["items"] = self.used(schema["items"], file)
        if isinstance(schema.get("additionalProperties"), dict):
            found["additionalProperties"] = self.used(schema["additionalProperties"], file)
        return found

    def _defined(self, reference: str, file: Path) -> str:
        where, _, pointer = reference.partition("#/")
        target = _beside(file, where) if where else file
        name = re.sub(r"\W+", "_", f"{target.parent.name}_{target.stem}_{pointer}")
        if name not in self.definitions:
            self.definitions[name] = {}
            found = self.document(target)
            for part in pointer.split("/"):
                found = found[part]
            self.definitions[name] = self._converted(found, target)
        return name


def _beside(file: Path, where: str) -> Path:
    """A file that another one refers to; the folders between them may be fewer than they were."""
    inner = where.replace("../", "")
    return next(folder / inner for folder in file.resolve().parents if (folder / inner).is_file())


def from_sdk(path: Path) -> Description:
    """What was extracted from the SDK: models with their attributes, operations with their models.

    A PUT is asked for with the model that it answers with; other requests are not described.
    """
    document = json.loads(path.read_text(encoding="utf-8"))
    models, enums = document["models"], document["enums"]
    definitions: Schema = {name: _model(model, models, enums) for name, model in models.items()}
    operations = document["operations"]
    version = next(one["api_version"] for one in operations.values() if "api_version" in one)
    description = Description(version, definitions)
    for name, operation in operations.items():
        if "path" not in operation:
            continue
        begun = re.sub(r"\._(\w+)_initial$", r".begin_\1", name)
        model = operation.get("response_model") or operations.get(begun, {}).get("response_model")
        schema: Schema | None = {"$ref": f"#/$defs/{model}"} if model in definitions else None
        answers = {str(s): None if s == 204 else schema for s in operation["success_status"]}
        error = {"default": {"$ref": "#/$defs/ErrorResponse"}}
        put = operation["method"] == "PUT"
        described = Described(name, schema if put else None, answers | error)
        description.add(operation["method"], operation["path"], described)
    return description


def _model(model: Mapping[str, Any], models: Mapping[str, Any], enums: Mapping[str, Any]) -> Schema:
    properties: Schema = {}
    required = []
    for attribute in model["attributes"].values():
        schema = _sdk_type(attribute["type"], models, enums)
        outer, dot, inner = attribute["wire"].partition(".")
        if dot:
            # The SDK shows some properties of properties as its own.
            flattened = properties.setdefault(outer, {"type": "object", "properties": {}})
            flattened["properties"][inner] = schema
        else:
            properties[outer] = schema
        if attribute.get("validation", {}).get("required"):
            required.append(outer)
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": not properties,
    }


def _sdk_type(name: str, models: Mapping[str, Any], enums: Mapping[str, Any]) -> Schema:
    if name.startswith("["):
        return {"type": "array", "items": _sdk_type(name[1:-1], models, enums)}
    if name.startswith("{"):
        return {"type": "object", "additionalProperties": _sdk_type(name[1:-1], models, enums)}
    if name in models:
        return {"$ref": f"#/$defs/{name}"}
    if name in enums:
        return {"enum": enums[name]}
    return {"type": SDK_TYPES[name]}
