"""Parameters are arguments of the library's `create`, or go through `extra_body`."""

from __future__ import annotations

import inspect

import pytest
from openai.resources.chat.completions import Completions
from openai.resources.responses import Responses

from harness.codegen.call import Api, CallTurn, ModelCall, Service
from harness.codegen.choice import ProgramChoice, write_program
from harness.codegen.python.asking import ARGUMENTS

OF_THE_LIBRARY = {"extra_headers", "extra_query", "extra_body", "timeout", "self"}
WRITTEN_ELSEWHERE = {"model", "messages", "input", "instructions", "tools", "stream"}


@pytest.mark.parametrize(
    ("api", "create"), [("chat", Completions.create), ("responses", Responses.create)]
)
def test_the_table_of_arguments_is_the_librarys(api: Api, create: object) -> None:
    assert callable(create)
    there = set(inspect.signature(create).parameters)
    assert ARGUMENTS[api] <= there - OF_THE_LIBRARY - WRITTEN_ELSEWHERE


def test_what_the_library_has_no_argument_for_goes_through_extra_body() -> None:
    turn = CallTurn(({"role": "user", "content": "Hi"},), options={"top_k": 4, "seed": 7})
    call = ModelCall("One", Service("openai", "llama"), "chat", (turn,))
    written = write_program(ProgramChoice(), call, "x.py")
    assert 'extra_body={"top_k": 4},' in written
    assert "seed=7," in written
    assert '**{"top_k": 4},' in write_program(ProgramChoice(style="legacy"), call, "x.py")
