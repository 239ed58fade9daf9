"""Open a page in the reader's browser, where there is one."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from harness.cli.show import shorten_path

P = ParamSpec("P")
R = TypeVar("R")


def add_open_option(function: Callable[P, R]) -> Callable[P, R]:
    """Add ``--open``; it arrives as ``opens``."""
    return click.option("--open", "opens", is_flag=True, help="Open the report in a browser.")(
        function
    )


def open_page(page: Path) -> bool:
    """Open a page in the browser; where there is none, say where the page is.

    ``BROWSER`` names the program, as everywhere. Returns whether it was opened: that it was not is
    nothing that a command fails of.
    """
    import webbrowser

    if has_browser(os.environ, sys.platform):
        try:
            if webbrowser.open(page.resolve().as_uri()):
                return True
        except (webbrowser.Error, OSError):
            pass
    click.echo(f"no browser could be opened; the page is {shorten_path(page)}", err=True)
    return False


def has_browser(environment: Mapping[str, str], platform: str) -> bool:
    """Return whether there is a window to open one in, or a program that somebody named.

    A browser that draws in the terminal is not taken unasked: it would lie over what is printed.
    """
    if environment.get("BROWSER"):
        return True
    if platform in ("darwin", "win32"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
