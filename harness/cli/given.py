"""Texts that a person gives a command: on standard input, or among its arguments."""

from __future__ import annotations

import sys

import click


def read_input(what: str) -> str:
    """Return all of standard input; "" where it was closed before the process began.

    Args:
        what: the name of the text, for the message about what is none.

    Raises:
        click.UsageError: it is no text in UTF-8.
    """
    if sys.stdin is None:
        return ""
    try:
        return require_text(sys.stdin.read(), what)
    except UnicodeDecodeError:
        raise make_not_text_error(what) from None


def require_text(text: str, what: str) -> str:
    """Return the text; refuse what no request can hold: bytes that are no text, as Python has them.

    Raises:
        click.UsageError: it is no text in UTF-8.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise make_not_text_error(what) from None
    return text


def make_not_text_error(what: str) -> click.UsageError:
    """Make the error about bytes that are no text."""
    return click.UsageError(f"{what} is no text in UTF-8.")
