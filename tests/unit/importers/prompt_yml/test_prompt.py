"""A prompt of GitHub Models is a spec with the same messages, data and meaning."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from harness.app.converting.specs import convert_file
from harness.importers.conversion import Conversion
from harness.store.files import DiskReader

HEAD = "name: Text Summarizer\nmodel: openai/gpt-4o-mini\n"
USER = 'messages: [{role: user, content: "Sum {{input}}"}]\n'
DATA = "testData: [{input: one, expected: 1}, {input: two, expected: 2}]\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def convert(folder: Path, text: str) -> Conversion:
    """Convert a prompt; the spec that is made is known to load."""
    (folder / "a.prompt.yml").write_text(text, encoding="utf-8")
    reader = DiskReader(folder)
    return convert_file("a.prompt.yml", "a.yaml", reader, reader).conversion


def read(folder: Path, text: str) -> dict[str, Any]:
    document = convert(folder, text).document
    assert document is not None
    return dict(document)


def list_told(conversion: Conversion) -> list[tuple[int, str, str]]:
    return [(one.span.line, one.fate, one.what) for one in conversion.unmapped]


def test_the_sample_of_githubs_page_converts_with_nothing_left_over(folder: Path) -> None:
    conversion = convert(
        folder,
        """name: Text Summarizer
description: Summarizes input text concisely
model: openai/gpt-4o-mini
modelParameters: {temperature: 0.5, topP: 0.9, maxCompletionTokens: 200}
messages:
  - {role: system, content: You are a text summarizer.}
  - role: user
    content: |
      Summarize the given text, beginning with "Summary -":
      {{input}}
testData:
  - input: |
      The quick brown fox jumped over the lazy dog.
    expected: Summary - A fox jumped over a lazy dog.
evaluators:
  - name: Output should start with 'Summary -'
    string: {startsWith: 'Summary -'}
""",
    )
    document = conversion.document
    assert document is not None
    assert conversion.unmapped == ()
    assert document["name"] == "text-summarizer"
    assert document["evaluation"]["parameters"] == {
        "temperature": 0.5,
        "top_p": 0.9,
        "max_output_tokens": 200,
    }
    (conversation,) = document["conversations"]
    assert conversation["system"] == "You are a text summarizer."
    assert conversation["cases"][0]["x-expected"].startswith("Summary")
    deployment = document["accounts"]["sweden"]["deployments"]["main"]
    assert (deployment["model"], deployment["version"]) == ("gpt-4o-mini", "2024-07-18")
    assert "GitHub Models ended on 2026-07-30" in conversion.notes[0]
    assert "gpt-4o-mini 2024-07-18 on Azure" in conversion.notes[0]


@pytest.mark.parametrize(
    ("string", "reply", "holds"),
    [
        ("startsWith: 'Summary -'", "  summary - x", True),
        ("startsWith: 'Summary -'", "A summary - x", False),
        ("endsWith: 'done. (ok)'", "All DONE. (OK)\n", True),
        ("endsWith: 'done'", "done, but", False),
    ],
)
def test_the_start_and_the_end_do_not_mind_case(
    folder: Path, string: str, reply: str, holds: bool
) -> None:
    text = HEAD + USER + DATA + f"evaluators: [{{name: n, string: {{{string}}}}}]\n"
    (check,) = read(folder, text)["conversations"][0]["turns"][0]["assert"]
    assert bool(re.search(check["regex"], reply)) is holds
    assert check["metric"] == "n"


def test_contains_does_not_mind_case_and_equals_does(folder: Path) -> None:
    evaluators = "evaluators: [{string: {contains: Fox}}, {string: {equals: Fox}}]\n"
    checks = read(folder, HEAD + USER + DATA + evaluators)["conversations"][0]["turns"][0]["assert"]
    assert checks == [{"icontains": "Fox"}, {"equals": "Fox"}]


def test_data_in_a_comparison_is_put_in_and_told(folder: Path) -> None:
    strings = [f'{{string: {{{key}: "{{{{expected}}}}"}}}}' for key in ("contains", "startsWith")]
    evaluators = f"evaluators: [{', '.join(strings)}]\n"
    conversion = convert(folder, HEAD + USER + DATA + evaluators)
    assert conversion.document is not None
    (conversation,) = conversion.document["conversations"]
    assert conversation["turns"][0]["assert"] == [
        {"icontains": "{{expected}}"},
        {"starts-with": "{{expected}}"},
    ]
    assert conversation["cases"][0] == {"input": "one", "expected": 1}
    assert [fate for _, fate, _ in list_told(conversion)] == ["changed", "changed", "changed"]


def test_a_judge_with_choices_gives_their_scores(folder: Path) -> None:
    evaluators = """evaluators:
  - name: kind
    llm:
      modelId: openai/gpt-4.1
      systemPrompt: You are strict.
      prompt: "Is {{completion}} kind, as {{nobody}} says?"
      choices: [{choice: "no", score: 0}, {choice: fairly, score: 0.4}, {choice: "yes", score: 1}]
"""
    document = read(folder, HEAD + USER + DATA + evaluators)
    (check,) = document["conversations"][0]["turns"][0]["assert"]
    assert check["rubric_prompt"] == (
        "You are strict.\n\nIs {{completion}} kind, as \\{{nobody}} says?\n\n"
        "Give as your score: 0 for 'no', 0.4 for 'fairly', 1 for 'yes'."
    )
    assert check["threshold"] == 0.4, "any score above 0 passed"
    assert document["evaluation"]["judge"] == {"target": "sweden/judge"}
    assert document["accounts"]["sweden"]["deployments"]["judge"]["model"] == "gpt-4.1"


def test_githubs_own_evaluators_are_rubrics_and_unknown_ones_are_skipped(folder: Path) -> None:
    evaluators = (
        "evaluators: [{uses: github/similarity}, {uses: github/fluency}, "
        "{uses: github/groundedness}, {uses: acme/x}, {name: empty}]\n"
    )
    conversion = convert(folder, HEAD + USER + DATA + evaluators)
    assert conversion.document is not None
    checks = conversion.document["conversations"][0]["turns"][0]["assert"]
    assert [next(iter(check)) for check in checks] == [*["llm-rubric"] * 3, "skip"]
    assert "{{expected}}" in checks[0]["llm-rubric"]
    assert "{{expected}}" in checks[2]["llm-rubric"], "GitHub's judge took it for the context"
    assert [fate for _, fate, _ in list_told(conversion)] == [
        "changed",
        "changed",
        "changed",
        "left out",
        "broken",
    ]


def test_an_evaluator_that_compares_with_data_that_is_not_there_is_skipped(folder: Path) -> None:
    data = "testData: [{input: one}]\nevaluators: [{uses: github/similarity}]\n"
    conversion = convert(folder, HEAD + USER + data)
    assert conversion.document is not None
    (check,) = conversion.document["conversations"][0]["turns"][0]["assert"]
    assert "the test data has no column expected" in check["skip"]
    assert list_told(conversion) == [(5, "broken", "uses github/similarity")]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("responseFormat: json_object\n", {"type": "json_object"}),
        (
            'jsonSchema: \'{"name": "p", "strict": true, "schema": {"type": "object"}}\'\n',
            {
                "type": "json_schema",
                "json_schema": {"name": "p", "strict": True, "schema": {"type": "object"}},
            },
        ),
        (
            "responseFormat: json_schema\njsonSchema: {type: object}\n",
            {
                "type": "json_schema",
                "json_schema": {"name": "reply", "schema": {"type": "object"}},
            },
        ),
    ],
)
def test_the_form_of_a_reply_is_kept(folder: Path, written: str, wanted: dict[str, Any]) -> None:
    document = read(folder, HEAD + USER + DATA + written)
    assert document["evaluation"]["parameters"]["response_format"] == wanted


def test_examples_before_the_question_are_history(folder: Path) -> None:
    messages = """messages:
  - {role: user, content: Hi}
  - {role: assistant, content: Hello}
  - {role: user, content: "{{input}}"}
"""
    (conversation,) = read(folder, HEAD + messages + DATA)["conversations"]
    assert conversation["turns"] == [{"user": "Hi", "assistant": "Hello"}, {"user": "{{input}}"}]
    odd = messages.replace("role: user, content: Hi", "role: system, content: Hi", 1)
    (conversation,) = read(folder, HEAD + "x: 1\n" + odd + DATA)["conversations"]
    assert [one["role"] for one in conversation["turns"][0]["messages"]] == ["assistant", "user"]
    assert conversation["system"] == "Hi"


def test_names_without_data_are_told_and_never_sent_as_they_are_by_mistake(folder: Path) -> None:
    conversion = convert(
        folder, HEAD + 'messages: [{role: user, content: "{{a}} {{input}}"}]\n' + DATA
    )
    assert conversion.document is not None
    assert conversion.document["conversations"][0]["turns"][0]["user"] == "\\{{a}} {{input}}"
    assert list_told(conversion) == [(3, "broken", "{{a}}")]
    without = convert(folder, HEAD + USER)
    assert without.document is not None
    assert without.document["conversations"][0]["vars"] == {
        "input": "(nobody wrote a value for this)"
    }
    assert [fate for _, fate, _ in list_told(without)] == ["broken"]


def test_keys_and_parameters_that_nobody_knows_are_left_out_with_their_lines(folder: Path) -> None:
    text = HEAD + "modelParameters: {temperature: 1, wild: 2}\nfoo: 1\n" + USER + DATA
    assert list_told(convert(folder, text)) == [
        (3, "left out", "modelParameters.wild"),
        (4, "left out", "foo"),
    ]


def test_a_model_of_others_has_a_stand_in_and_a_prompt_without_a_user_is_none(folder: Path) -> None:
    llama = convert(folder, HEAD.replace("openai/gpt-4o-mini", "meta/llama-3.3") + USER + DATA)
    assert any("meta/llama-3.3 is no model of OpenAI's" in note for note in llama.notes)
    silent = convert(folder, HEAD + "messages: [{role: assistant, content: Hi}]\n")
    assert silent.document is None
    assert silent.out_of_reach == "it holds no message of a user"
