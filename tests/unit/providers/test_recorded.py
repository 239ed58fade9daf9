import asyncio

import pytest

from harness.conversation.answers import Answers
from harness.conversation.ports import Place, Request
from harness.conversation.transcript import Failure, Message, Reply
from harness.providers import v1_base_url
from harness.providers.recorded import RecordedEndpoint


def test_a_recorded_transcript_answers_without_time_or_tokens() -> None:
    answers = Answers()
    answers.add("gpt-4", "1106-Preview", [("My name is Ada.", "Hello."), ("My name?", "Ada.")])
    model = RecordedEndpoint(answers, "gpt-4", "1106-Preview").open()
    place = Place("recorded/gpt-4", "names", None, "default", 1, 2)
    said = (
        Message("system", "Be kind."),
        Message("user", "My name is Ada."),
        Message("assistant", "anything"),
        Message("user", "My name?"),
    )
    reply = asyncio.run(model.complete(Request(place, said)))
    assert reply == Reply(text="Ada.", finish_reason="stop", model="gpt-4-1106-Preview")
    missed = asyncio.run(model.complete(Request(place, (Message("user", "Who?"),))))
    assert isinstance(missed, Failure)
    assert missed.kind == "stale_recording"
    assert not missed.retryable
    assert "gpt-4 1106-Preview" in missed.message
    assert "Who?" in missed.message


@pytest.mark.parametrize(
    ("endpoint", "base"),
    [
        ("https://contoso.openai.azure.com", "https://contoso.openai.azure.com/openai/v1/"),
        ("https://contoso.openai.azure.com/", "https://contoso.openai.azure.com/openai/v1/"),
        ("https://contoso.openai.azure.com/openai", "https://contoso.openai.azure.com/openai/v1/"),
        (
            "https://contoso.openai.azure.com/openai/v1/",
            "https://contoso.openai.azure.com/openai/v1/",
        ),
        ("https://gate.contoso.com/ai/eu", "https://gate.contoso.com/ai/eu/openai/v1/"),
        ("http://127.0.0.1:1/_providers/openai", "http://127.0.0.1:1/_providers/openai/openai/v1/"),
    ],
)
def test_an_endpoint_may_carry_part_of_the_v1_path(endpoint: str, base: str) -> None:
    assert v1_base_url(endpoint) == base
