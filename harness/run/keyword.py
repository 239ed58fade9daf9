"""``-k EXPR``: which conversations and cases, in the words that pytest taught.

``founders``, ``capitals and not norway``, ``(smoke or greeting) and not slow``. A word matches when
it is part of a conversation's id, of a case's name or of a tag, in any case of letters. Words that
hold spaces or parentheses stand in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from harness.errors import Diagnostic, RequestError

BAD_EXPRESSION = "H603"

Matches = Callable[[Sequence[str]], bool]
"""Tells from names (id, case, tags) whether they are meant."""

TOKEN = re.compile(r"""\s*(?:(?P<mark>[()])|"(?P<quoted>[^"]*)"|(?P<word>[^\s()"]+))""")
OPERATORS = frozenset({"and", "or", "not"})


def compile_keyword(expression: str) -> Matches:
    """Return the expression as a function of names; an empty one matches everything.

    Raises:
        RequestError: the expression cannot be read; says what was expected where.
    """
    if not expression.strip():
        return lambda _: True
    return _Reader(expression).read()


class _Reader:
    """Recursive descent over ``or`` < ``and`` < ``not``; holds its place in the expression."""

    def __init__(self, expression: str) -> None:
        self.expression = expression
        self.tokens = _tokens(expression)
        self.next = 0

    def read(self) -> Matches:
        matches = self._either()
        if self.next < len(self.tokens):
            raise _bad_keyword_error(
                self.expression, f"did not expect '{self.tokens[self.next][1]}'"
            )
        return matches

    def _either(self) -> Matches:
        options = [self._all()]
        while self._take("or"):
            options.append(self._all())
        return options[0] if len(options) == 1 else lambda names: any(m(names) for m in options)

    def _all(self) -> Matches:
        parts = [self._one()]
        while self._take("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda names: all(m(names) for m in parts)

    def _one(self) -> Matches:
        if self._take("not"):
            inner = self._one()
            return lambda names: not inner(names)
        if self._take("("):
            inner = self._either()
            if not self._take(")"):
                raise _bad_keyword_error(self.expression, "a closing parenthesis is missing")
            return inner
        if self.next >= len(self.tokens):
            raise _bad_keyword_error(self.expression, "a word is missing at the end")
        kind, text = self.tokens[self.next]
        if kind == "mark":
            raise _bad_keyword_error(self.expression, f"expected a word, got '{text}'")
        self.next += 1
        needle = text.casefold()
        return lambda names: any(needle in name.casefold() for name in names)

    def _take(self, mark: str) -> bool:
        if self.next < len(self.tokens) and self.tokens[self.next] == ("mark", mark):
            self.next += 1
            return True
        return False


def _tokens(expression: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position, text = 0, expression.rstrip()
    while position < len(text):
        found = TOKEN.match(text, position)
        if found is None:
            raise _bad_keyword_error(expression, "a closing quote is missing")
        position = found.end()
        if found["mark"] or (found["word"] or "").lower() in OPERATORS:
            tokens.append(("mark", (found["mark"] or found["word"]).lower()))
        else:
            tokens.append(("word", found["quoted"] if found["word"] is None else found["word"]))
    return tokens


def _bad_keyword_error(expression: str, why: str) -> RequestError:
    return RequestError(
        Diagnostic(
            BAD_EXPRESSION,
            "the -k expression cannot be read",
            f"{expression}\n{why}",
            hint="combine words with and, or, not: -k 'founders or (smoke and not slow)'",
        )
    )
