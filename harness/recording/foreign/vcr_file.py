"""Other people's cassettes, read as data: no code, no tags, no more than a file may hold.

YAML or JSON, in the wrappers that ``wrappers`` knows. Of YAML's tags only ``!!binary`` is taken
(Ruby writes ``!binary``), which is the one that recorders write for bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from harness.errors import Diagnostic, OutsideError
from harness.fs.regular import open_regular
from harness.recording.foreign.interactions import (
    ForeignExchange,
    ForeignFormatError,
    read_interaction,
)
from harness.recording.foreign.wrappers import find_interactions
from harness.source import Span
from harness.spec.formats.limits import LimitError, Limits, check_limits
from harness.text.safe import printable

UNREADABLE: Final = "H827"
LIMITS: Final = Limits(size=128_000_000, nodes=4_000_000, levels=100)
_BINARY: Final = frozenset({"tag:yaml.org,2002:binary", "!binary"})
_HINT: Final = (
    "read are cassettes of vcrpy, go-vcr, betamax, PHP-VCR, of VCR in Ruby and R, HAR and nock; "
    "`python -m vcr.migration FILE` mends very old ones of vcrpy"
)


def open_vcr(path: Path) -> tuple[ForeignExchange, ...]:
    """Return the exchanges with models of a file; see ``read_vcr``.

    Raises:
        OutsideError: it cannot be opened; or as ``read_vcr``.
    """
    try:
        with open_regular(path) as file:
            data = file.read(LIMITS.size + 1 if LIMITS.size is not None else -1)
    except OSError as error:
        raise OutsideError(
            Diagnostic(UNREADABLE, f"{path} cannot be opened", error.strerror or str(error))
        ) from error
    return read_vcr(data, str(path))


def read_vcr(data: bytes, file: str) -> tuple[ForeignExchange, ...]:
    """Return the exchanges with models, in the order in which they were recorded.

    Others (management, sign-in, search) are passed over: their bodies are not even decoded.

    Raises:
        OutsideError: it is no vcrpy cassette, holds too much or what is refused, or holds no
            exchange with a model.
    """
    starts: list[int] = []
    try:
        entries = find_interactions(_parse(data, file, starts))
        lines = starts if len(starts) == len(entries) else [1] * len(entries)
        found = [
            exchange
            for number, entry in enumerate(entries, start=1)
            if (exchange := read_interaction(entry, number, Span(file, lines[number - 1], 1)))
        ]
    except ForeignFormatError as error:
        raise OutsideError(
            Diagnostic(
                UNREADABLE,
                "this is no cassette that can be replayed",
                str(error),
                error.span or Span(file, 1, 1),
                _HINT,
            )
        ) from error
    if not found:
        raise OutsideError(
            Diagnostic(
                UNREADABLE,
                "the cassette holds no exchange with a model",
                f"none of its {len(entries)} interactions went to chat/completions, responses "
                "or embeddings",
                Span(file, 1, 1),
            )
        )
    return tuple(found)


def _parse(data: bytes, file: str, starts: list[int]) -> Any:
    """Return the file's value; ``starts`` becomes the lines of what may be its interactions."""
    if LIMITS.size is not None and len(data) > LIMITS.size:
        raise ForeignFormatError(f"it is larger than {LIMITS.size // 1_000_000} MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ForeignFormatError(f"it is not UTF-8: byte 0x{data[error.start]:02x}") from error
    if text[:64].lstrip().startswith(("{", "[")):
        try:
            return json.loads(text)
        except RecursionError as error:
            raise ForeignFormatError("its JSON is nested too deep") from error
        except ValueError:
            pass  # perhaps YAML's own braces, and else YAML says better where it breaks
    return _parse_yaml(text, file, starts)


def _parse_yaml(text: str, file: str, starts: list[int]) -> Any:
    try:
        check_limits(_read_plain_events(text, file, starts), file, LIMITS)
        return yaml.load(text, _make_loader())  # noqa: S506 - nothing but plain values and bytes
    except LimitError as error:
        raise ForeignFormatError(error.problem.summary, error.problem.span) from error
    except yaml.YAMLError as error:
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
        raise ForeignFormatError(printable(str(what)), _find_span(error, file)) from error
    except (ValueError, RecursionError) as error:
        raise ForeignFormatError(
            f"a value cannot be read: {printable(str(error))[:200]}"
        ) from error


def _find_span(error: object, file: str) -> Span | None:
    mark: object = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = getattr(mark, "line", None), getattr(mark, "column", None)
    return Span(file, line + 1, column + 1) if line is not None and column is not None else None


def _find_line(mark: Any) -> int:
    return int(mark.line) + 1


def _read_plain_events(text: str, file: str, starts: list[int]) -> Iterator[Any]:
    """Return the parser's events; a tag other than ``!!binary`` ends them."""
    loader = _choose_base()(text)
    depth = 0
    try:
        while (event := loader.get_event()) is not None:
            tag = getattr(event, "tag", None)
            if tag is not None and tag not in _BINARY:
                span = Span(file, event.start_mark.line + 1, event.start_mark.column + 1)
                raise ForeignFormatError(_explain_tag(printable(tag)), span)
            if isinstance(event, yaml.MappingStartEvent) and depth == 2:
                starts.append(_find_line(event.start_mark))
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            yield event
    finally:
        loader.dispose()


def _explain_tag(tag: str) -> str:
    if tag.startswith("!ruby/"):
        return (
            f"{tag} is what Ruby's VCR wrote before version 2: it asks for code of Ruby's; "
            "record it again with a current one"
        )
    return f"a cassette is data, and {tag} asks for more"


def _choose_base() -> Any:
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _make_loader() -> Any:
    """Return a loader that knows values and bytes: no dates, no merge keys, no tags of Python's."""
    known = ("null", "bool", "int", "float", "binary", "str", "seq", "map")
    tags = {f"tag:yaml.org,2002:{name}" for name in known}
    base = _choose_base()
    return type(
        "PlainLoader",
        (base,),
        {
            "yaml_constructors": {
                **{tag: make for tag, make in base.yaml_constructors.items() if tag in tags},
                "!binary": base.yaml_constructors["tag:yaml.org,2002:binary"],
            },
            "yaml_multi_constructors": {},
            "yaml_implicit_resolvers": {
                first: [(tag, pattern) for tag, pattern in resolvers if tag in tags]
                for first, resolvers in base.yaml_implicit_resolvers.items()
            },
        },
    )
