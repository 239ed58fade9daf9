"""What models say in the log of a pipeline is never a command of its runner."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.text.commands import CommandBreaker, break_commands

COMMANDS = [
    "::error file=a::x",
    "  ::add-mask::x",
    "\t\u2003::stop-commands::x",
    "##[error]x",
    "text ##[set-output name=x]y",
    "##vso[task.setvariable variable=PATH]x",
    "said ##VSO[task.complete result=Failed]",
    "a\n::error::x",
    "a\r::error::x",
    "a\r\n ##vso[x]y\n::b::",
    "###vso[x]",
    "::::x",
]
OBEYED = re.compile(r"(?:(?<=[\r\n])|\A)\s*::|##(?:vso)?\[", re.IGNORECASE)
"""What the runners look for, read off their source."""


@pytest.mark.parametrize("text", COMMANDS)
def test_a_command_is_broken_and_reads_as_it_was(text: str) -> None:
    assert OBEYED.search(text)
    broken = break_commands(text)
    assert not OBEYED.search(broken)
    assert broken.replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    "text", ["a::b", "std::vector", "# heading", "## heading", "#[x]", "a [b] ##", "", "Ein Satz."]
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert break_commands(text) == text


PIECES = st.lists(
    st.sampled_from(
        ["#", "##", ":", "::", "[", "vso[", "vs", "o[", " ", "\u3000", "\n", "\r", "新"]
    )
)


@given(PIECES)
def test_however_the_text_is_cut_nothing_in_it_is_obeyed(pieces: list[str]) -> None:
    breaker = CommandBreaker()
    written = b"".join(breaker(bytes([byte])) for byte in "".join(pieces).encode()).decode()
    whole = break_commands("".join(pieces))
    assert not OBEYED.search(written)
    assert not OBEYED.search(whole)
    assert written.replace(" ", "") == "".join(pieces).replace(" ", "")


@given(PIECES)
def test_in_json_the_document_stays_what_it_was(pieces: list[str]) -> None:
    document = json.dumps({"reply": "".join(pieces)}, ensure_ascii=False)
    breaker = CommandBreaker(in_json=True)
    written = b"".join(breaker(bytes([byte])) for byte in document.encode()).decode()
    assert not OBEYED.search(written)
    assert json.loads(written) == json.loads(document)


def test_a_long_line_costs_no_more_than_a_short_one() -> None:
    breaker = CommandBreaker()
    for _ in range(20_000):
        breaker(b"x" * 50)
    assert breaker(b"##vso[") == b"# #vso["
