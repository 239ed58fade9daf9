"""Cases: what they hold beside variables, and what of them nothing uses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from harness.checks.definitions import FORMS
from harness.errors import SpecError
from harness.run.asking.question import ask, list_cases
from harness.spec.check.case_rows import read_data_set
from harness.spec.formats.data import detect_format
from harness.store.files import DiskReader
from tests.unit.spec.written import HEAD, Load, ProblemsOf, Write, codes


def conversation(cases: str, user: str = "{{item}}", more: str = "") -> str:
    return HEAD + f'conversations: [{{id: c, cases: {cases}, turns: [{{user: "{user}"{more}}}]}}]\n'


def play(
    load_spec: Load, tmp_path: Path, *, allow_code: bool = False
) -> list[tuple[str | None, str, list[str]]]:
    """The cases as they are asked: the name, what the user says, the demands of the last turn."""
    spec_file = load_spec(allow_code=allow_code)
    reader = DiskReader(tmp_path)
    (declared,) = spec_file.spec.conversations

    def rows(_: object) -> Any:
        cases = declared.cases
        if not isinstance(cases, str):
            return cases
        with reader.stream(cases) as lines:
            form = detect_format(cases)
            assert form is not None
            return list(read_data_set(lines, form, cases, reader, FORMS))

    found = []
    for case in list_cases(declared, rows):
        question = ask(declared, case, ())
        demands = [f"{one.name}: {one.value}" for one in question.turns[-1].assertions]
        found.append((case.name, question.turns[-1].user, demands))
    return found


ITEMS = [
    ("milk", "milk", ["icontains: yes"]),
    ("gold", "gold", ["icontains: yes", "not-contains: gold"]),
]


@pytest.mark.parametrize(
    "cases",
    [
        "[{id: milk, item: milk}, {id: gold, item: gold, assert: [{not-contains: '{{item}}'}]}]",
        "cases.jsonl",
        "cases.yaml",
        "file://cases.jsonl",
    ],
)
def test_a_case_has_assertions_of_its_own_which_join_the_last_turn(
    cases: str, write: Write, load_spec: Load, tmp_path: Path
) -> None:
    write("cases.jsonl", '{"id": "milk", "item": "milk"}\n{"id": "gold", "item": "gold", '
          '"assert": [{"not-contains": "{{item}}"}]}\n')  # fmt: skip
    write("cases.yaml", "- {id: milk, item: milk}\n"
          "- {id: gold, item: gold, assert: [{not-contains: '{{item}}'}]}\n")  # fmt: skip
    write("spec.yaml", conversation(cases, more=", assert: [{icontains: 'yes'}]"))
    assert play(load_spec, tmp_path) == ITEMS


@pytest.mark.parametrize(
    ("demand", "told"),
    [
        ("[icontans]", "H310"),
        ("[{contains: [x]}]", "H312"),
        ("[{contains: '{{itme}}'}]", "H304"),
        ("[{llm-rubric: x}]", "H302"),
        ("[{python: '1 == 1'}]", "H313"),
        ("is-json", "H203"),
        ("{is-json: {}}", "H203"),
    ],
)
def test_the_assertions_of_cases_are_held_to_what_all_are(
    demand: str, told: str, write: Write, problems_of: ProblemsOf
) -> None:
    inline = problems_of(conversation(f"[{{item: milk, assert: {demand}}}]"))
    write("cases.yaml", f"- {{item: milk}}\n- {{item: gold, assert: {demand}}}\n")
    (line,) = problems_of(conversation("cases.yaml"))
    assert [found.split()[1] for found in inline] == [told]
    assert line.split()[:2] == ["cases.yaml:2:1", told]


def test_the_assertions_of_a_case_need_a_turn_that_is_asked(problems_of: ProblemsOf) -> None:
    text = conversation("[{item: milk, assert: [is-json]}]", more=", assistant: hello")
    assert [line.split()[1] for line in problems_of(text)] == ["H209"]


@pytest.mark.parametrize(
    "cases",
    [
        '[{id: a, item: "file://job.txt", assert: [{contains: "file://wanted.txt"}]}]',
        "sub/cases.jsonl",
        "sub/cases.csv",
    ],
)
def test_a_file_that_a_case_names_is_read_in_its_place(
    cases: str, write: Write, load_spec: Load, tmp_path: Path
) -> None:
    for folder in ("", "sub/"):
        write(f"{folder}job.txt", "the job\n")
        write(f"{folder}wanted.txt", "wanted\n")
    write("sub/cases.jsonl", '{"id": "a", "item": "file://job.txt", '
          '"assert": [{"contains": "file://wanted.txt"}]}\n')  # fmt: skip
    write("sub/cases.csv", "id,item\na,file://job.txt\n")
    write("spec.yaml", conversation(cases))
    ((name, user, demands),) = play(load_spec, tmp_path)
    assert (name, user) == ("a", "the job")
    assert demands in ([], ["contains: wanted"])


def test_files_in_variables_and_matrices_keep_their_structure(
    write: Write, load_spec: Load, tmp_path: Path
) -> None:
    write("person.json", '{"name": "Ada"}')
    write("a.txt", "A")
    text = HEAD + (
        "conversations: [{id: c, vars: {person: 'file://person.json'}, "
        "matrix: {letter: ['file://a.txt', b]}, turns: [{user: '{{person.name}} {{letter}}'}]}]\n"
    )
    write("spec.yaml", text)
    assert [user for _, user, _ in play(load_spec, tmp_path)] == ["Ada A", "Ada b"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (conversation("[{item: 'file://gone.txt'}]"), "H101"),
        (conversation("[{item: 'file://../out.txt'}]"), "H111"),
        (conversation("cases.csv"), "H111"),
        (conversation("[{item: x}]", more=", assistant: 'file://a.txt'"), "H111"),
    ],
)
def test_files_of_variables_stay_in_the_project_root(
    text: str, told: str, write: Write, problems_of: ProblemsOf
) -> None:
    write("cases.csv", "item\nfile:///etc/passwd\n")
    assert [line.split()[1] for line in problems_of(text)] == [told]


def test_the_digest_of_a_spec_covers_the_files_that_cells_name(
    write: Write, load_spec: Load
) -> None:
    write("cases.csv", "item\nfile://job.txt\n")
    write("spec.yaml", conversation("cases.csv"))
    digests = set()
    for content in ("one", "two"):
        write("job.txt", content)
        digests.add(load_spec().sha256)
    assert len(digests) == 2


@pytest.mark.parametrize(
    ("cases", "more", "unused"),
    [
        ("[{item: x, note: y}]", "", ['no text uses the column "note" of the cases']),
        ("[{item: x, a: y, b: z}]", "", ['no text uses the columns "a", "b" of the cases']),
        ("[{id: n, item: x}]", "", []),
        ("[{item: x, x-note: y}]", "", []),
        ("[{item: x, want: y}]", ", assert: [{contains: '{{want}}'}]", []),
        ("[{item: x, want: y}]", ", assert: [{contains: x, when: '{{want}}'}]", []),
        ("[{item: x, want: {a: y}}]", ", assert: [{contains: '{{want.a}}'}]", []),
        ("[{item: x, want: y, assert: [{contains: '{{want}}'}]}]", "", []),
        ("cases.jsonl", "", ['no text uses the column "note" of the cases']),
    ],
)
def test_columns_that_no_text_uses_are_named(
    cases: str, more: str, unused: list[str], write: Write, load_spec: Load
) -> None:
    write("cases.jsonl", '{"item": "x", "want": 1, "note": 2, "assert": [{"equals": "{{want}}"}]}')
    write("spec.yaml", conversation(cases, more=more))
    assert [warning.summary for warning in load_spec().warnings] == unused


@pytest.mark.parametrize(
    ("cases", "demand", "told"),
    [
        ("[{item: x, want: [a, b]}]", "contains", ["H312"]),
        ("[{item: x, want: a}, {item: y, want: {a: 1}}]", "regex", ["H312"]),
        ("[{item: x, want: a}]", "contains", []),
        ("[{item: x, want: 5}]", "contains", []),
        ("[{item: x, want: [a, b]}]", "contains-any", []),
        ("[{item: x, want: {a: 1}}]", "equals", []),
    ],
)
def test_a_list_in_the_place_of_a_text_is_refused(
    cases: str, demand: str, told: list[str], problems_of: ProblemsOf
) -> None:
    text = conversation(cases, more=f", assert: [{{{demand}: '{{{{want}}}}'}}]")
    assert [line.split()[1] for line in problems_of(text)] == told


def test_what_the_cases_of_a_data_set_demand_is_known_before_they_are_played(
    write: Write, load_spec: Load
) -> None:
    write("cases.jsonl", '{"item": "x", "assert": ["Polite and short.", "is-json"]}\n'
          '{"item": "y", "assert": ["Something else."]}\n')  # fmt: skip
    roles = "evaluation: {judge: {target: a/d}}\n"
    for cases in ("cases.jsonl", "[{item: x, assert: [Polite and short., is-json]}]"):
        write("spec.yaml", conversation(cases) + roles)
        (declared,) = load_spec().spec.conversations
        assert [one.type for one in declared.case_assertions] == ["llm-rubric", "is-json"]


def test_columns_that_judges_look_at_are_used(write: Write, load_spec: Load) -> None:
    roles = "evaluation: {judge: {target: a/d}}\n"
    demands = ", assert: [{context-relevance: null}]"
    write("spec.yaml", conversation("[{item: x, context: y, query: z}]", more=demands) + roles)
    assert load_spec().warnings == ()


PROGRAM = "providers: {q: {type: command, command: [a]}, "


def test_columns_are_not_missed_where_a_program_is_handed_them(
    write: Write, load_spec: Load
) -> None:
    text = conversation("[{item: x, y: 1}]")
    write("spec.yaml", text.replace("providers: {", PROGRAM))
    assert load_spec(allow_code=True).warnings == ()


def test_code_that_cases_name_is_found_from_the_data_set_and_counts_in_the_digest(
    write: Write, load_spec: Load, tmp_path: Path
) -> None:
    write("sub/cases.jsonl", '{"item": "x", "assert": [{"python": "tone.py:polite"}]}\n')
    write("spec.yaml", conversation("sub/cases.jsonl"))
    digests = set()
    for body in ("1", "2"):
        write("sub/tone.py", f"def polite(output, context): return {body}\n")
        digests.add(load_spec(allow_code=True).sha256)
    assert len(digests) == 2
    write("spec.yaml", conversation("sub/cases.jsonl"))
    ((_, _, demands),) = play(load_spec, tmp_path, allow_code=True)
    assert demands == ["python: sub/tone.py:polite"]


def test_columns_are_not_missed_where_code_sees_them(write: Write, load_spec: Load) -> None:
    write("spec.yaml", conversation("[{item: x, y: 1}]", more=", assert: [{python: 'True'}]"))
    assert load_spec(allow_code=True).warnings == ()


@pytest.mark.parametrize("text", ["{% if x %}a{% endif %}", "a {# note #}", "{{item}}{% raw %}"])
def test_statements_and_comments_of_template_languages_are_warned_of(
    text: str, write: Write, load_spec: Load
) -> None:
    write("spec.yaml", conversation("[{item: '{% of the data %}'}]", text + "{{item}}"))
    warnings = load_spec().warnings
    assert {warning.code for warning in warnings} == {"H304"}
    assert all("sent as it is written" in warning.summary for warning in warnings)


def test_a_column_that_cannot_be_used_is_an_error(write: Write, load_spec: Load) -> None:
    write("cases.csv", "item,__expected\nx,y\n")
    write("spec.yaml", conversation("cases.csv"))
    with pytest.raises(SpecError) as refused:
        load_spec()
    (problem,) = refused.value.diagnostics
    assert "assert: [{contains:" in problem.hint
    assert codes([f"{problem.span} {problem.code}"]) == ["cases.csv:1:1 H503"]
