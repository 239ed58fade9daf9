"""Sequences that a terminal would obey, a text that holds them all, and what looks for one.

Sources: ECMA-48; xterm's ctlseqs; the sequences of CVE-2003-0063 (answerback by title)
and the clipboard of OSC 52; Trojan Source (CVE-2021-42574).
"""

from __future__ import annotations

import re
from typing import Final

ESC = "\x1b"
_CONTROLS = (
    "2J 3J H 6n c >c 5n ?25l ?1049h ?1000h ?2004h 4h 20h s u "
    "99A 99B 99C 99D 1;1r 8m 7m 31m 0K 1K 99L 99M 99P 99X 21t"
)
_ESCAPES = "c 7 8 D E M H = > (0 #8 Z n"
SEQUENCES: Final = (
    *(f"{ESC}[{end}" for end in _CONTROLS.split()),
    *(f"{ESC}{end}" for end in _ESCAPES.split()),
    f"{ESC}]0;owned\x07",
    f"{ESC}]2;owned{ESC}\\",
    f"{ESC}]8;;http://evil.example\x07click{ESC}]8;;\x07",
    f"{ESC}]52;c;b3duZWQ=\x07",
    f"{ESC}]4;1;?\x07",
    f"{ESC}]1337;File=:AAAA\x07",
    f'{ESC}P$q"p{ESC}\\',
    f"{ESC}_owned{ESC}\\",
    f"{ESC}^owned{ESC}\\",
    f"{ESC}Xowned{ESC}\\",
    "\x9b2J",
    "\x9d0;owned\x9c",
    "\x90q\x9c",
    "\x85",
    "\x07",
    "\x08\x08\x08",
    "\x0eqqq\x0f",
    "a\rb",
    "\x7f",
    "\u202edesrever\u202c",
    "\u2066\u2067x\u2069",
)
HOSTILE: Final = "".join(f"<{number}{text}>\n{text}" for number, text in enumerate(SEQUENCES))

COMMANDS: Final = (
    "\n::error::x\n  ::add-mask::x\n::stop-commands::x\n::set-output name=a::b\n##[error]x\n"
    "##vso[task.setvariable variable=a]b\nsection_start:1560896352:evil[collapsed=true]\r\x1b[0Kx\n"
    "section_end:1560896352:evil\r\x1b[0K\n"
)

COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
"""Our own colours: they end with the line, and nobody else's come through."""

OBEYED: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]"
)
"""Every character that a terminal obeys, or that reorders a line; tab and line feed do no harm."""
