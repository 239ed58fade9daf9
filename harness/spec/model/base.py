"""The base of every declared value: strict scalars, immutable, no unknown keys."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict
from pydantic_core import PydanticCustomError

Text = Annotated[str, Strict()]
Flag = Annotated[bool, Strict()]
Whole = Annotated[int, Strict()]
Number = Annotated[float, Strict()]
Count = Annotated[int, Strict(), Field(ge=0)]
Positive = Annotated[int, Strict(), Field(ge=1)]
Share = Annotated[float, Strict(), Field(ge=0.0, le=1.0)]
NonNegative = Annotated[float, Strict(), Field(ge=0.0)]
Json = Any
"""A JSON value that the spec carries without looking inside."""


def _require_written_date(value: object) -> object:
    """Accept only a date as people write it: a number would be taken for seconds since 1970."""
    if isinstance(value, dt.date) or (isinstance(value, str) and len(value) == len("2026-09-01")):
        return value
    raise PydanticCustomError("date_type", "not a date")


def _require_link(value: object) -> object:
    """Accept only what a page may link to."""
    if isinstance(value, str):
        try:
            parts = urlsplit(value)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme in {"https", "http"} and parts.hostname and value.isprintable():
            return value
    raise PydanticCustomError("link_type", "not a link")


WrittenDate = Annotated[dt.date, BeforeValidator(_require_written_date)]
Link = Annotated[str, BeforeValidator(_require_link)]


class Declared(BaseModel):
    """Base of everything in a spec: immutable, and unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
