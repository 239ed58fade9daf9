"""A reply as Markdown on the terminal, block by block as it comes.

What a model writes is text: nothing in it moves the cursor, hides an address behind a word, or is
left out because it looks like HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.text.safe import visible

if TYPE_CHECKING:
    from markdown_it.token import Token
    from rich.console import Console, RenderableType
    from rich.live import Live

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def render_markdown(text: str) -> RenderableType:
    """Return a text of a model as something that rich draws; the text is made safe here."""
    from markdown_it import MarkdownIt
    from rich.markdown import Markdown

    drawn = Markdown("", hyperlinks=False)
    parser = MarkdownIt("commonmark", {"html": False}).enable(["strikethrough", "table"])
    drawn.parsed = parser.parse(visible(text))
    for token in _list_inner(drawn.parsed):
        if token.type == "softbreak":  # a line end that the model wrote is one
            token.type = "hardbreak"
    return drawn


def _list_inner(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or ()


def split_blocks(text: str) -> tuple[list[str], str]:
    """Split a growing text into blocks that are whole, and what may still grow.

    A block ends at an empty line outside of a fence of code; a list or a table is one block with
    its empty lines only where the next line goes on with it, which nobody knows before it is there.
    """
    whole: list[str] = []
    block: list[str] = []
    fence = ""
    *lines, rest = text.split("\n")
    for line in lines:
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif mark:
            fence = mark[1]
        if not fence and not line.strip():
            if block:
                whole.append("\n".join(block))
            block = []
        else:
            block.append(line)
    return whole, "\n".join([*block, rest])


class ReplyScreen:
    """Draws a reply while it comes: whole blocks stay, the one that grows is drawn anew.

    Args:
        console: where to draw.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None
        self._text = ""
        self._drawn = 0
        self._thought = False

    def wait(self) -> None:
        """Show that a reply is awaited."""
        self._update("…")

    def add(self, text: str) -> None:
        """Draw more of the reply."""
        if self._thought and not self._text:
            self._console.print("\n")
        self._text += text
        whole, growing = split_blocks(self._text)
        for block in whole[self._drawn :]:
            self._draw_block(block)
        self._update(growing)

    def add_thought(self, text: str) -> None:
        """Draw more of what the model tells of its reasoning, dimmed."""
        from rich.text import Text

        self._thought = True
        self._stop()
        self._console.print(Text(visible(text), style="dim italic"), end="")

    def end(self) -> None:
        """Draw what is left, as it will stay."""
        self._stop()
        if self._thought and not self._text:
            self._console.print()
        _, growing = split_blocks(self._text)
        if growing.strip():
            self._draw_block(growing)
        self._text, self._drawn, self._thought = "", 0, False

    def _draw_block(self, block: str) -> None:
        if self._live is not None:
            self._live.update("")
        if self._drawn:
            self._console.print()
        self._console.print(render_markdown(block))
        self._drawn += 1

    def _update(self, growing: str) -> None:
        """Show the end of the block that grows, as much as fits: what scrolled away is no more."""
        from rich.live import Live
        from rich.text import Text

        if not self._console.is_terminal:
            return
        if self._live is None:
            self._live = Live(console=self._console, transient=True, refresh_per_second=12)
            self._live.start()
        lines = Text(visible(growing)).wrap(self._console, max(20, self._console.width))
        room = max(1, self._console.height - 4)
        self._live.update(Text("\n").join(lines[-room:]))

    def _stop(self) -> None:
        if self._live is not None:
            self._live.update("")
            self._live.stop()
            self._live = None
