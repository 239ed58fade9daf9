"""Checks that read the reply as HTML.

The standard library's parser takes seconds for a few thousand letters of ``<a <a <a``, and the one
that follows HTML's own rules to the letter has not been maintained since 2020: here is what these
checks need, one pass over the text. What they accept is promptfoo's documentation. Source:
promptfoo ``deterministic.md``, read 2026.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from harness.checks.finding import CannotCheck, Finding, name_subject, quote
from harness.checks.subject import Subject
from harness.spec.model.spec import Assertion


def _split_names(text: str) -> frozenset[str]:
    return frozenset(text.split())


VOID = _split_names("area base br col embed hr img input link meta param source track wbr")
"""Elements that have no end."""

MAY_STAY_OPEN = _split_names(
    "html head body p li dt dd rt rp optgroup option colgroup caption thead tbody tfoot tr td th"
)
"""Elements whose end may be left out. Source: HTML Living Standard, 13.1.2.4, optional tags."""

ELEMENTS = (
    VOID
    | MAY_STAY_OPEN
    | _split_names(
        "title style article section nav aside h1 h2 h3 h4 h5 h6 header footer address pre "
        "blockquote ol ul dl figure figcaption main div a em strong small s cite q dfn abbr ruby "
        "data time code var samp kbd sub sup i b u mark bdi bdo span iframe object picture video "
        "audio map svg math script noscript canvas ins del table form label button select "
        "datalist textarea output progress meter fieldset legend details summary dialog menu slot "
        "template search hgroup"
    )
)
"""The elements of HTML; a name with a hyphen is an element of somebody's own."""

RAW = frozenset({"script", "style", "textarea", "title"})
"""Elements whose content is text up to their end, whatever stands in it."""


LONGEST = 1_000_000
"""Characters of a reply that is read as HTML."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of markup; ``name`` in lower case, of tags only."""

    kind: Literal["text", "start", "end", "empty", "comment", "doctype", "instruction"]
    name: str = ""
    attributes: bool = False


# Possessive, and stopped by the next "<" outside of quotes, which hold a bounded text: whatever the
# reply, looking for a tag costs about as much as reading it.
_TAG = re.compile(
    r"<(?P<end>/)?(?P<name>[A-Za-z][^\s/>\"'<=]*+)"
    r"(?P<rest>(?:\s|/(?!>)|=\s*+(?:\"[^\"]{0,4000}+\"|'[^']{0,4000}+')|[^\s\"'<>/=]|=(?!\s*+[\"']))*+)"
    r"(?P<empty>/)?>"
)
_DELIMITED = (("<!--", "-->", "comment"), ("<!", ">", "doctype"), ("<?", ">", "instruction"))


def split_pieces(text: str) -> Iterator[Piece]:
    """Yield markup and what stands between it, in order, in time proportional to the length.

    Raises:
        CannotCheck: it is too long.
    """
    if len(text) > LONGEST:
        raise CannotCheck(f"HTML is looked for in replies of up to {LONGEST:,} characters")
    at = said = 0
    absent: set[str] = set()
    while (at := text.find("<", at)) >= 0:
        tag = _TAG.match(text, at)
        piece, end = None, at
        if tag is not None:
            piece, end = _read_tag(tag), tag.end()
        else:
            for opening, closing, kind in _DELIMITED:
                if text.startswith(opening, at) and closing not in absent:
                    found = text.find(closing, at + len(opening))
                    if found < 0:
                        absent.add(closing)
                    else:
                        piece, end = _read_declaration(kind, text[at:found]), found + len(closing)
                        break
        if piece is None:
            at += 1
            continue
        if text[said:at].strip():
            yield Piece("text")
        yield piece
        if piece.kind == "start" and piece.name in RAW:
            closing_tag = re.compile(rf"</{piece.name}\s*>", re.IGNORECASE).search(text, end)
            end = closing_tag.start() if closing_tag else len(text)
        at = said = end
    if text[said:].strip():
        yield Piece("text")


def _read_tag(tag: re.Match[str]) -> Piece:
    name = tag["name"].lower()
    attributes = "=" in tag["rest"]
    if tag["end"]:
        return Piece("end", name)
    return Piece("empty" if tag["empty"] or name in VOID else "start", name, attributes)


def _read_declaration(kind: str, text: str) -> Piece:
    if kind == "comment":
        return Piece("comment")
    if kind == "instruction":
        return Piece("instruction")
    return Piece("doctype", text[2:].strip().lower())


def is_html(assertion: Assertion, subject: Subject) -> Finding:
    """Check that the whole reply is HTML: elements that are closed, no text beside them."""
    del assertion
    if (why := _find_misfit(subject.text)) is not None:
        return Finding(False, f"{name_subject(subject)} is not HTML: {why}: {quote(subject.text)}")
    return Finding(True, f"{name_subject(subject)} is HTML")


def _find_misfit(text: str) -> str | None:
    """Return the reason why a text is not HTML, None when it is."""
    open_elements: list[str] = []
    known = False
    for piece in split_pieces(text):
        if piece.kind == "instruction":
            return "it is XML"
        if piece.kind == "text" and not open_elements:
            return "text stands beside the elements"
        known = known or piece.name in ELEMENTS or "-" in piece.name
        if piece.kind == "start":
            open_elements.append(piece.name)
        elif piece.kind == "end" and not _close(open_elements, piece.name):
            return f"</{quote(piece.name, 30)[1:-1]}> closes what is not open"
    if not known:
        return "it has no element of HTML"
    if unclosed := [name for name in open_elements if name not in MAY_STAY_OPEN]:
        return f"<{quote(unclosed[-1], 30)[1:-1]}> is not closed"
    return None


def _close(open_elements: list[str], name: str) -> bool:
    """Close an element, and those inside it whose end may be left out."""
    if name in VOID:
        return name == "br"  # </br> is what browsers read as <br>
    at = len(open_elements) - 1
    while at >= 0 and open_elements[at] != name and open_elements[at] in MAY_STAY_OPEN:
        at -= 1
    if at < 0 or open_elements[at] != name:
        return name == "p"  # </p> alone is what browsers read as <p></p>
    del open_elements[at:]
    return True


_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")


def contains_html(assertion: Assertion, subject: Subject) -> Finding:
    """Check that HTML stands in the reply: an element of HTML, or two other signs of it.

    Signs are a start tag, an end tag, a tag that ends itself, an attribute, a comment, a doctype
    (which counts twice) and a character reference, each counted once.
    """
    del assertion
    signs: set[str] = set()
    for piece in split_pieces(subject.text):
        if piece.name in ELEMENTS and piece.kind != "end":
            return Finding(True, f"{name_subject(subject)} contains HTML: an element {piece.name}")
        if piece.kind == "doctype" and piece.name.startswith("doctype html"):
            return Finding(True, f"{name_subject(subject)} contains HTML: its doctype")
        if piece.kind in ("start", "end", "empty", "comment"):
            signs.add({"empty": "a tag that ends itself"}.get(piece.kind, f"a {piece.kind} tag"))
        if piece.attributes:
            signs.add("an attribute")
    if _ENTITY.search(subject.text):
        signs.add("a character reference")
    holds = len(signs) >= 2
    if holds:
        return Finding(
            True, f"{name_subject(subject)} contains HTML: {' and '.join(sorted(signs))}"
        )
    return Finding(False, f"{name_subject(subject)} contains no HTML: {quote(subject.text)}")
