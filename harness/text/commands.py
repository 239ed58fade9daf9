"""Commands that a pipeline's runner reads out of a log, broken: what models say is never obeyed.

GitHub's runner obeys a line that begins with ``::``, white space before it or not, and ``##[``
anywhere in one; the agent of Azure DevOps obeys ``##vso[`` anywhere. Sources: actions/runner
``ActionCommand.cs`` and azure-pipelines-agent ``Command.cs``, read 2026.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

Service = Literal["github", "azure"]

# White space in UTF-8 as .NET trims it, line ends left out.
_SPACE = (
    rb"(?:[ \t\v\f]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]"
    rb"|\xe2\x81\x9f|\xe3\x80\x80)*"
)
_COMMAND = re.compile(rb"#(?=#(?:vso)?\[)|(?:(?<=[\r\n])|\A)" + _SPACE + rb":(?=:)", re.IGNORECASE)
_HEAD = re.compile(_SPACE)
_LONGEST_HEAD = 8
_TAIL = len("##vso[") - 1


def find_service(environment: Mapping[str, str]) -> Service | None:
    """Return the service whose runner reads what this process prints; None where there is none.

    Sources: GitHub's list of default variables, Azure Pipelines' list of predefined ones.
    """
    if environment.get("GITHUB_ACTIONS", "").lower() == "true":
        return "github"
    if environment.get("TF_BUILD", "").lower() == "true":
        return "azure"
    return None


class CommandBreaker:
    """Breaks the commands in bytes that come one after the other, wherever they are cut.

    A space is put into what begins a command. In JSON (``in_json``), where a space would change a
    text, it is a character written as an escape; there no line begins with one of a text's.
    """

    def __init__(self, *, in_json: bool = False) -> None:
        self._in_json = in_json
        self._line = b""

    def __call__(self, data: bytes) -> bytes:
        """Return the bytes with every command in them broken."""
        seen = len(self._line)
        whole = self._line + data
        broken, end = bytearray(), 0
        for found in _COMMAND.finditer(whole):
            place = max(found.end(), seen)
            broken += whole[end:place] + self._write_break(whole[place])
            end = place + self._in_json
        broken += whole[end:]
        line = bytes(broken).replace(b"\r", b"\n").rpartition(b"\n")[2]
        head = _HEAD.sub(b"", line, count=1)  # how far a line is indented makes no difference
        self._line = head if len(head) < _LONGEST_HEAD else b"x" + head[-_TAIL:]
        return bytes(broken[seen:])

    def _write_break(self, byte: int) -> bytes:
        return rf"\u{byte:04x}".encode() if self._in_json else b" "


def break_commands(text: str) -> str:
    """Return a text with every command in it broken by a space."""
    data = text.encode("utf-8", "surrogatepass")
    return CommandBreaker()(data).decode("utf-8", "surrogatepass")
