"""Variables that texts name, and those that nobody defines."""

from __future__ import annotations

from tests.unit.spec.written import HEAD, Load, ProblemsOf, Write, codes, turn

VARIABLES = """version: 1
name: s
variants: {v: {user: "{{user}} {{tone}}"}, w: {user: "{{user}} {{both}}"}}
providers:
  app:
    {type: http, url: "http://127.0.0.1/", reply: $.a,
     body: {m: "{{messages}}", u: "{{user}}", t: "{{tone}}", z: "{{zone}}"}}
conversations:
  - id: one
    vars: {both: 1, person: {first: Ada}}
    matrix: {tone: [formal]}
    system: "{{person.first}} {{person.last}}"
    turns: [{user: "{{user}} {{ both }}", tool_results: []}]
  - id: two
    vars: {both: 1}
    cases: cases.csv
    turns: [{user: "{{column}} {{colunm}}"}]
  - id: three
    vars: {both: 1, tone: x}
    cases: gone.csv
    turns: [{user: "{{anything}}"}]
"""


def test_variables(write: Write, problems_of: ProblemsOf) -> None:
    write("cases.csv", "id,column\n1,x\n")
    assert [line.removeprefix("spec.yaml:") for line in problems_of(VARIABLES)] == [
        '3:22 H304 unknown variable "tone"',
        '12:13 H304 unknown variable "person.last"',
        '13:20 H304 unknown variable "user"',
        '17:20 H304 unknown variable "colunm"',
        '20:12 H101 "gone.csv" cannot be read',
    ]


def test_what_is_in_braces_and_no_name_is_warned_of(write: Write, load_spec: Load) -> None:
    write("spec.yaml", turn("is-json").replace("user: hi", "user: '{{ name | upper }}'"))
    (warning,) = load_spec().warnings
    assert (warning.code, str(warning.span)) == ("H304", "spec.yaml:7:40")


def test_columns_that_could_not_be_read_are_not_missed_as_well(
    write: Write, problems_of: ProblemsOf
) -> None:
    write("rows.csv", "a,a\n1,2\n")
    text = HEAD + 'conversations: [{id: c, cases: rows.csv, turns: [{user: "{{a}}"}]}]\n'
    assert codes(problems_of(text)) == ["rows.csv:1:1 H503"]
