"""Checks that read the reply as XML, without entities, external files or the network."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.checks.finding import CannotCheck, Finding, name_subject, quote
from harness.checks.subject import Subject
from harness.spec.model.spec import Assertion
from harness.spec.values.filling import split_texts

MOST_STARTS = 10_000
"""Beginnings of elements at which XML is looked for; a reply of nothing but those must end too."""

MOST_READ = 2_000_000
"""Bytes that are read in vain, all in all, from a beginning to where it turns out to be none."""

MOST_NESTED = 1000

PIECE = 4096


@dataclass(slots=True)
class Element:
    """An element by its name as written, prefix included, and those inside it."""

    name: str
    inside: list[Element] = field(default_factory=list)


class NotXml(Exception):  # noqa: N818 - a finding about a reply, not an error of ours
    """The text is not well-formed; the message says why, ``read`` how many bytes it took to see."""

    def __init__(self, why: str, read: int) -> None:
        super().__init__(why)
        self.read = read


def is_xml(assertion: Assertion, subject: Subject) -> Finding:
    """Check that the whole reply is one well-formed document, with the elements wanted."""
    wanted = _read_wanted(assertion)
    try:
        root, _ = _parse(subject.text.strip().encode("utf-8", "surrogatepass"), whole=True)
    except NotXml as why:
        return Finding(False, f"The reply is not XML: {why}: {quote(subject.text)}")
    return _check_elements(f"{name_subject(subject)} is XML", [root], wanted)


def contains_xml(assertion: Assertion, subject: Subject) -> Finding:
    """Check that well-formed elements stand in the reply, with the elements that are wanted.

    Paths begin at the outermost element of each fragment.
    """
    wanted = _read_wanted(assertion)
    fragments = _find_fragments(subject.text.encode("utf-8", "surrogatepass"))
    if not fragments:
        return Finding(False, f"{name_subject(subject)} contains no XML: {quote(subject.text)}")
    return _check_elements(f"{name_subject(subject)} contains XML", fragments, wanted)


def _check_elements(fact: str, roots: Sequence[Element], wanted: Sequence[str]) -> Finding:
    missing = [path for path in wanted if not _has_path(roots, path.split("."))]
    if missing:
        named = ", ".join(quote(path, 60) for path in missing[:5])
        return Finding(False, f"{fact} but lacks {named}")
    return Finding(True, f"{fact} with {', '.join(wanted[:5])}" if wanted else fact)


def _has_path(elements: Sequence[Element], steps: Sequence[str]) -> bool:
    """Return True where dots lead from element to element; a number picks one of several."""
    step, *rest = steps
    named = [element for element in elements if element.name == step]
    if named and rest and rest[0].isdecimal() and len(rest[0]) < 10:
        at = int(rest[0])
        named, rest = named[at : at + 1], rest[1:]
    if not rest:
        return bool(named)
    return any(_has_path(element.inside, rest) for element in named)


def _read_wanted(assertion: Assertion) -> list[str]:
    value = assertion.value
    if isinstance(value, Mapping):
        if set(value) != {"requiredElements"}:
            raise CannotCheck(f"{assertion.type} takes {{requiredElements: [root.child]}}")
        value = value["requiredElements"]
    if isinstance(value, str):
        value = split_texts(value)
    paths = list(value) if isinstance(value, list | tuple) else [] if value is None else [value]
    if not all(isinstance(path, str) and path for path in paths):
        raise CannotCheck(f"{assertion.type} takes names of elements, such as root.child")
    return paths


_START = re.compile(rb"<[A-Za-z_:\x80-\xff]")


def _find_fragments(text: bytes) -> list[Element]:
    """Find the outermost well-formed elements of a text, in order.

    Raises:
        CannotCheck: there are too many beginnings without an end to try them all.
    """
    found: list[Element] = []
    at = starts = in_vain = 0
    while start := _START.search(text, at):
        starts += 1
        try:
            element, at = _parse(text, start.start(), whole=False)
            found.append(element)
        except NotXml as why:
            at, in_vain = start.end(), in_vain + why.read
        if starts > MOST_STARTS or in_vain > MOST_READ:
            raise CannotCheck("The reply has too many beginnings of elements to look behind")
    return found


class _Ended(Exception):  # noqa: N818 - how the parser is left when a fragment ends
    """The outermost element has ended; its end tag begins ``at`` this byte."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at


def _parse(text: bytes, at: int = 0, *, whole: bool) -> tuple[Element, int]:
    """Read the element that begins there, and where it ends; ``whole`` when nothing may follow.

    Entities are the reply's own little programs, one of which can fill a disk: a document that
    declares some is not read at all.

    Raises:
        NotXml: it is not well-formed.
        CannotCheck: it declares entities, or is nested too deeply.
    """
    from xml.parsers import expat

    top = Element("")
    open_elements = [top]
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True

    def start(name: str, attributes: Any) -> None:
        del attributes
        element = Element(name)
        open_elements[-1].inside.append(element)
        open_elements.append(element)
        if len(open_elements) > MOST_NESTED:
            raise CannotCheck(f"The reply nests XML elements more than {MOST_NESTED} deep")

    def end(name: str) -> None:
        del name
        open_elements.pop()
        if not whole and len(open_elements) == 1:
            raise _Ended(parser.CurrentByteIndex)

    def entity(*declaration: Any) -> None:
        del declaration
        raise CannotCheck("The reply declares XML entities, which are not read here")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.EntityDeclHandler = entity
    try:
        for piece in range(at, len(text), PIECE):
            parser.Parse(text[piece : piece + PIECE], False)
        parser.Parse(b"", True)
    except _Ended as ended:
        closing = text.find(b">", at + ended.at)
        return top.inside[0], closing + 1 or len(text)
    except expat.ExpatError as error:
        why = f"{expat.ErrorString(error.code)} at line {error.lineno}, column {error.offset + 1}"
        raise NotXml(why, max(parser.ErrorByteIndex, 0)) from None
    return top.inside[0], len(text)
