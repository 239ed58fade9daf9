"""Beside each line of openai 0.x that changed stands the line of today."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

import pytest

from harness.codegen.call import CallTurn, ModelCall, Service
from harness.codegen.choice import ProgramChoice, write_program

QUESTION = CallTurn(({"role": "user", "content": "Hi\nthere"},), options={"temperature": 0})
AZURE = Service(
    "azure", "mini", "https://x.openai.azure.com", "AZURE_OPENAI_ENDPOINT",
    api_version="2024-10-21", key_variable="AZURE_OPENAI_API_KEY", deploys=True,
)  # fmt: skip
KEYLESS = replace(AZURE, keyless=True, scope="https://ai.azure.com/.default")
OPENAI = Service("openai", "gpt-4.1-mini")
REMARK = re.compile(r"^(?P<then>.*?)\s*# now: (?P<now>.*)$")


def take_today(written: str) -> str:
    """Write the program of today from what stands beside the lines of openai 0.x."""
    lines = []
    for line in written.split("\n"):
        match = REMARK.match(line)
        if match is None or line.startswith("#"):
            lines.append(line)
        elif match["now"] != "gone":
            then = match["then"]
            lines.append(then[: len(then) - len(then.lstrip())] + match["now"])
    return "\n".join(lines)


@pytest.mark.parametrize("service", [AZURE, KEYLESS, OPENAI])
@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("turns", [1, 2])
def test_both_programs_are_python_and_know_only_their_own_library(
    service: Service, is_async: bool, streams: bool, turns: int
) -> None:
    call = ModelCall("T", service, "chat", (QUESTION,) * turns, streams=streams, max_turns=3)
    choice = ProgramChoice(style="legacy", is_async=is_async)
    written = write_program(choice, call, "x.py")
    today = take_today(written)
    ast.parse(written)
    ast.parse(today)
    assert "ChatCompletion" in written
    assert not re.search(r"ChatCompletion|api_base|openai\.error|engine=|request_timeout", today)
    assert "chat.completions.create" in today


def test_the_line_of_today_stands_beside_the_one_that_changed() -> None:
    call = ModelCall("T", AZURE, "chat", (QUESTION,))
    written = write_program(ProgramChoice(style="legacy"), call, "x.py")
    assert re.search(r'openai.api_type = "azure" +# now: client = openai.AzureOpenAI\(\n', written)
    assert re.search(r'engine="mini", +# now:     model="mini",\n', written)
    assert re.search(r"messages = \[\n", written)
